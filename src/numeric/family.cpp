#include "numeric/family.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "numeric/evaluate.h"
#include "numeric/known_functions.h"

namespace nonlin {
namespace {

constexpr double kRelative = 1e-10;
// Cancellation leaves absolute noise: exp(x) - sinh(x) near 8 is wrong by 1e-13.
constexpr double kAbsolute = 1e-11;
// Projections of equal functions differ by less: squash() is a contraction, weights sum to 1.
constexpr double kWindow = 4e-10;
// Matchings that are tried where many parameters look alike one by one.
constexpr int kMaxMatchings = 5'000;

using Names = std::vector<std::string>;

std::vector<double> random_points(std::string_view purpose, int count) {
  RandomStream random(0, 0, purpose);
  std::vector<double> points;
  for (int i = 0; i < count; ++i) points.push_back(16 * random.uniform() - 8);
  return points;
}

// Where functions are told apart first: borders, kinks, periods, and what nobody thought of.
const std::vector<double>& probe_points() {
  static const std::vector<double> kPoints = [] {
    std::vector<double> points = {0, 1e-3, -1e-3, 0.5, -0.5, 1, -1, 2, -2, 3.14159265, -3, 7.9, -8};
    const std::vector<double> more = random_points("probe", 19);
    points.insert(points.end(), more.begin(), more.end());
    return points;
  }();
  return kPoints;
}

const std::vector<double>& confirmation_points() {
  static const std::vector<double> kPoints = random_points("confirmation", 40);
  return kPoints;
}

// Rounds of parameter values: all combinations of signs for up to three parameters.
constexpr int kRounds = 8;

// The value of the parameter in place `index`; not near 0, where families degenerate.
double parameter_value(std::size_t index, int round) {
  RandomStream random(static_cast<std::uint64_t>(round), index, "parameters");
  const double size = 0.25 + 2.25 * random.uniform();
  const bool negative = index < 3 ? (round >> index) & 1 : random.below(2) == 1;
  return negative ? -size : size;
}

bool nearly_equal(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, same_value);
}

double squash(double value) {
  if (std::isnan(value)) return 3;
  return std::isinf(value) ? std::copysign(1, value) : value / (1 + std::abs(value));
}

// One number that nearly equal vectors share nearly: what would be a hash, without borders.
double project(const std::vector<double>& values) {
  double sum = 0, weights = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Any weights would do that are no simple multiples of each other.
    const double weight = 0.5 + std::fmod(0.6180339887 * static_cast<double>(i + 1), 1);
    sum += weight * squash(values[i]);
    weights += weight;
  }
  return sum / weights;
}

// Values at the probe points with every parameter at `common`, but the one in place `single`.
double projection_of(const Expr& expr, const Names& names, double common, std::size_t single,
                     double value) {
  ParameterValues values;
  for (std::size_t i = 0; i < names.size(); ++i) values[names[i]] = i == single ? value : common;
  return project(evaluate(expr, probe_points(), values));
}

// What is known of one expression before it is compared with another one.
struct Probe {
  Expr expr;
  Names parameters;
  double projection = 0;            // With all parameters equal: no matching changes it.
  std::vector<double> projections;  // With one parameter different: equal for those that match.
};

Probe probe(const Expr& expr) {
  Probe result;
  result.expr = expr;
  result.parameters = influential_parameters(expr);
  const std::size_t count = result.parameters.size();
  const auto at = [&](double common, std::size_t single, double value) {
    return projection_of(expr, result.parameters, common, single, value);
  };
  if (count == 0) {
    result.projection = at(0, 0, 0);
  } else {
    result.projection = (at(0.7, count, 0) + at(-1.3, count, 0) + at(2.1, count, 0)) / 3;
  }
  for (std::size_t i = 0; count > 1 && i < count; ++i) {
    result.projections.push_back(at(0.6, i, 1.9));
  }
  return result;
}

// Looks for a matching of parameters under which two expressions are equal.
class Matching {
 public:
  Matching(const Probe& a, const Probe& b) : a_(a), b_(b), matched_(a.parameters.size()) {}

  bool exists() { return extend(0); }

 private:
  // Parameters of `a` before `index` have their partners.
  bool extend(std::size_t index) {
    if (index == matched_.size()) return ++tried_ <= kMaxMatchings && confirmed();
    for (std::size_t partner = 0; partner < matched_.size(); ++partner) {
      const auto end = matched_.begin() + static_cast<std::ptrdiff_t>(index);
      if (std::find(matched_.begin(), end, partner) != end) continue;
      if (!may_match(index, partner)) continue;
      matched_[index] = partner;
      if (extend(index + 1)) return true;
      if (tried_ > kMaxMatchings) return false;
    }
    return false;
  }

  bool may_match(std::size_t of_a, std::size_t of_b) const {
    if (matched_.size() < 2) return true;
    return std::abs(a_.projections[of_a] - b_.projections[of_b]) < kWindow;
  }

  bool confirmed() const {
    const int rounds = matched_.empty() ? 1 : kRounds;
    for (int round = 0; round < rounds; ++round) {
      ParameterValues of_a, of_b;
      for (std::size_t i = 0; i < matched_.size(); ++i) {
        const double value = parameter_value(i, round);
        of_a[a_.parameters[i]] = value;
        of_b[b_.parameters[matched_[i]]] = value;
      }
      for (const auto* points : {&probe_points(), &confirmation_points()}) {
        const auto a = evaluate(a_.expr, *points, of_a), b = evaluate(b_.expr, *points, of_b);
        if (!nearly_equal(a, b)) return false;
      }
    }
    return true;
  }

  const Probe& a_;
  const Probe& b_;
  std::vector<std::size_t> matched_;
  int tried_ = 0;
};

bool may_be_equal(const Probe& a, const Probe& b) {
  return a.parameters.size() == b.parameters.size() &&
         std::abs(a.projection - b.projection) < kWindow;
}

bool are_equal(const Probe& a, const Probe& b) {
  return may_be_equal(a, b) && Matching(a, b).exists();
}

}  // namespace

bool same_value(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::abs(a - b) <= kAbsolute + kRelative * std::max(std::abs(a), std::abs(b));
}

bool same_family(const Expr& a, const Expr& b) { return are_equal(probe(a), probe(b)); }

std::vector<std::size_t> group_families(std::span<const Expr> exprs) {
  std::vector<Probe> probes;
  for (const Expr& expr : exprs) probes.push_back(probe(expr));
  std::vector<std::size_t> order(exprs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t i, std::size_t j) {
    const Probe &a = probes[i], &b = probes[j];
    if (a.parameters.size() != b.parameters.size()) {
      return a.parameters.size() < b.parameters.size();
    }
    return a.projection != b.projection ? a.projection < b.projection : i < j;
  });
  // Equal families stand near each other now. Each group is known by a leader, the first met.
  std::vector<std::size_t> leader(exprs.size());
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::size_t current = order[place];
    leader[current] = current;
    for (std::size_t back = place; back-- > 0;) {
      const std::size_t other = order[back];
      if (!may_be_equal(probes[other], probes[current])) break;
      if (leader[other] != other || !are_equal(probes[other], probes[current])) continue;
      leader[current] = other;
      break;
    }
  }
  std::vector<std::size_t> first(exprs.size(), exprs.size());
  for (std::size_t i = 0; i < exprs.size(); ++i) {
    first[leader[i]] = std::min(first[leader[i]], i);
    leader[i] = first[leader[i]];
  }
  return leader;
}

std::vector<std::string> influential_parameters(const Expr& expr) {
  const std::vector<Parameter> parameters = parameters_of(expr);
  Names names;
  for (const Parameter& parameter : parameters) {
    bool influences = false;
    for (int round = 0; round < kRounds && !influences; ++round) {
      ParameterValues values;
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        values[parameters[i].name] = parameter_value(i, round);
      }
      const auto before = evaluate(expr, probe_points(), values);
      for (double value : {-1.7, 0.4, 2.3}) {
        values[parameter.name] = value;
        influences = influences || !nearly_equal(before, evaluate(expr, probe_points(), values));
      }
    }
    if (influences) names.push_back(parameter.name);
  }
  return names;
}

std::vector<const CatalogueEntry*> entries_of(const Expr& expr) {
  static const std::vector<Probe> kProbes = [] {
    std::vector<Probe> probes;
    for (const KnownFunction& known : known_functions()) probes.push_back(probe(known.expr));
    return probes;
  }();
  const Probe own = probe(expr);
  std::vector<const CatalogueEntry*> entries;
  for (std::size_t i = 0; i < kProbes.size(); ++i) {
    if (are_equal(own, kProbes[i])) entries.push_back(known_functions()[i].entry);
  }
  return entries;
}

std::vector<std::string> names_of(const Expr& expr) {
  Names names;
  for (const CatalogueEntry* entry : entries_of(expr)) names.emplace_back(entry->name);
  return names;
}

}  // namespace nonlin
