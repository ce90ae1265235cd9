#include "numeric/rediscovery.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "numeric/affine_form.h"
#include "numeric/affine_search.h"
#include "numeric/curve.h"
#include "numeric/family.h"
#include "numeric/known_functions.h"

namespace nonlin {
namespace {

// An entry with what is compared, worked out once per process.
struct Known {
  const CatalogueEntry* entry = nullptr;
  Curve curve;
  bool has_parameters = false;
  /// Of the entries that are one function at start values, the first without parameters, or the
  /// first; its own index for most.
  std::size_t group = 0;
};

// Where families are compared too (numeric/family.h); farther out, one way of writing a function
// overflows and another does not.
constexpr int kFirst = (Curve::kNodes - 1) / 3, kLast = 2 * (Curve::kNodes - 1) / 3;
static_assert(kFirst * 3 == Curve::kNodes - 1);

bool equal_at_start(const Curve& a, const Curve& b) {
  const auto part = [](const Curve& curve) {
    return curve.values().subspan(kFirst, kLast - kFirst + 1);
  };
  return std::ranges::equal(part(a), part(b), same_value);
}

void find_groups(std::vector<Known>& catalogue) {
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    catalogue[i].group = i;
    for (std::size_t other = 0; other < i; ++other) {
      Known& leader = catalogue[other];
      if (leader.group != other || !equal_at_start(leader.curve, catalogue[i].curve)) continue;
      catalogue[i].group = other;
      if (!leader.has_parameters || catalogue[i].has_parameters) break;
      for (Known& known : std::span(catalogue).first(i + 1)) {
        if (known.group == other) known.group = i;
      }
      break;
    }
  }
}

const std::vector<Known>& prepared_catalogue() {
  static const std::vector<Known> kPrepared = [] {
    std::vector<Known> prepared;
    for (const KnownFunction& known : known_functions()) {
      prepared.push_back({known.entry, Curve(known.expr), !parameters_of(known.expr).empty(), 0});
    }
    find_groups(prepared);
    return prepared;
  }();
  return kPrepared;
}

// The density of N(0, 1) at the table's nodes in [-6, 6], summing to 1: the trapezoidal rule, which
// for a smooth function is exact to rounding, and to 1e-4 for one with kinks.
struct NormalWeights {
  static constexpr int kFirstNode = (Curve::kNodes - 1) * 3 / 8;
  static constexpr int kCount = (Curve::kNodes - 1) / 4 + 1;
  std::vector<double> weights;

  NormalWeights() {
    double sum = 0;
    for (int i = 0; i < kCount; ++i) {
      const double x = Curve::node(kFirstNode + i);
      weights.push_back(std::exp(-x * x / 2));
      sum += weights.back();
    }
    for (double& weight : weights) weight /= sum;
  }
};

std::optional<Neighbour> neighbour_of(const Curve& own, const Known& known) {
  static const NormalWeights kNormal;
  double squares = 0, mean_f = 0, mean_g = 0, ff = 0, fg = 0, gg = 0;
  for (int i = 0; i < NormalWeights::kCount; ++i) {
    const auto at = static_cast<std::size_t>(NormalWeights::kFirstNode + i);
    const double weight = kNormal.weights[static_cast<std::size_t>(i)];
    const double f = known.curve.values()[at], g = own.values()[at];
    squares += weight * (f - g) * (f - g);
    mean_f += weight * f;
    mean_g += weight * g;
    ff += weight * f * f;
    fg += weight * f * g;
    gg += weight * g * g;
  }
  if (!std::isfinite(squares) || !std::isfinite(ff) || !std::isfinite(gg)) return std::nullopt;
  const double variance_f = ff - mean_f * mean_f, covariance = fg - mean_f * mean_g;
  const double explained = variance_f > 0 ? covariance * covariance / variance_f : 0;
  const double rest = gg - mean_g * mean_g - explained;
  // What is left of subtracting equal numbers is rounding.
  const double fitted = rest > 1e-14 * gg ? std::sqrt(rest) : 0;
  return Neighbour{known.entry, std::sqrt(squares), fitted};
}

// One function's comparison with the catalogue.
class Comparison {
 public:
  explicit Comparison(const Expr& expr)
      : expr_(expr),
        curve_(expr),
        catalogue_(prepared_catalogue()),
        has_parameters_(!influential_parameters(expr).empty()) {}

  Rediscovery run(const RediscoveryOptions& options) {
    find_exact();
    find_affine();
    find_nearest(options.nearest);
    return std::move(result_);
  }

 private:
  bool excluded(std::size_t index) const {
    return std::ranges::find(same_groups_, catalogue_[index].group) != same_groups_.end();
  }

  void find_exact() {
    const std::vector<const CatalogueEntry*> family = entries_of(expr_);
    std::vector<ExactMatch> at_start;
    for (const Known& known : catalogue_) {
      const bool same_family = std::ranges::find(family, known.entry) != family.end();
      const bool same_at_start = equal_at_start(curve_, known.curve);
      if (same_family) {
        result_.exact.push_back(
            {known.entry, has_parameters_ ? Sameness::kFamily : Sameness::kEverywhere});
      } else if (same_at_start) {
        at_start.push_back({known.entry, Sameness::kAtStart});
      }
      if (same_at_start) same_groups_.push_back(known.group);
    }
    result_.exact.insert(result_.exact.end(), at_start.begin(), at_start.end());
  }

  void find_affine() {
    if (curve_.curve_class() == CurveClass::kConstant) return;
    if (curve_.curve_class() == CurveClass::kUndefined) return;
    const AffineSearch search(curve_);
    std::vector<std::pair<int, AffineMatch>> found;
    for (std::size_t i = 0; i < catalogue_.size(); ++i) {
      if (catalogue_[i].group != i || excluded(i)) continue;
      const auto transform = curve_.curve_class() == CurveClass::kLinear
                                 ? line_as(search.fit(), catalogue_[i].curve)
                                 : search.find(catalogue_[i].curve);
      if (transform) found.push_back(match(search.fit(), i, *transform));
    }
    std::ranges::stable_sort(found, [](const auto& a, const auto& b) {
      const bool weak_a = a.second.sameness == Sameness::kAtStart;
      const bool weak_b = b.second.sameness == Sameness::kAtStart;
      return weak_a != weak_b ? weak_b : a.first < b.first;
    });
    for (auto& [cost, affine] : found) result_.affine.push_back(std::move(affine));
  }

  // A straight line is one of the identity; of how it is scaled there is nothing to find.
  static std::optional<AffineTransform> line_as(const AffineFit& fit, const Curve& known) {
    if (known.curve_class() != CurveClass::kLinear) return std::nullopt;
    const AffineTransform transform = fit.fit_output(known, 1, 0).transform;
    return fit.confirms(known, transform) ? std::optional(transform) : std::nullopt;
  }

  // The entry of group `index` that is meant most strictly, with its cost.
  std::pair<int, AffineMatch> match(const AffineFit& fit, std::size_t index,
                                    const AffineTransform& transform) const {
    std::size_t chosen = index;
    Sameness sameness = Sameness::kAtStart;
    for (std::size_t i = 0; i < catalogue_.size() && sameness == Sameness::kAtStart; ++i) {
      if (catalogue_[i].group != index) continue;
      sameness = sameness_with(i, transform);
      if (sameness != Sameness::kAtStart) chosen = i;
    }
    const Known& known = catalogue_[chosen];
    const bool identity = known.curve.expr().is_input();
    const AffineForm form =
        simplest_form(fit, known.curve, identity ? "x" : known.entry->name, transform);
    return {form.cost, AffineMatch{.entry = known.entry,
                                   .sameness = sameness,
                                   .output_scale = form.transform.output_scale,
                                   .input_scale = form.transform.input_scale,
                                   .input_shift = form.transform.input_shift,
                                   .output_shift = form.transform.output_shift,
                                   .formula = form.text}};
  }

  Sameness sameness_with(std::size_t index, const AffineTransform& transform) const {
    const Known& known = catalogue_[index];
    if (!has_parameters_ && !known.has_parameters) return Sameness::kEverywhere;
    if (has_parameters_ != known.has_parameters) return Sameness::kAtStart;
    const Expr inner = Expr::constant(transform.input_scale) * Expr::input() +
                       Expr::constant(transform.input_shift);
    const Expr outer =
        Expr::constant(transform.output_scale) * substitute_input(known.curve.expr(), inner) +
        Expr::constant(transform.output_shift);
    return same_family(expr_, outer) ? Sameness::kFamily : Sameness::kAtStart;
  }

  void find_nearest(std::size_t count) {
    for (std::size_t i = 0; i < catalogue_.size(); ++i) {
      if (catalogue_[i].group != i || excluded(i)) continue;
      if (const auto neighbour = neighbour_of(curve_, catalogue_[i])) {
        result_.nearest.push_back(*neighbour);
      }
    }
    std::ranges::stable_sort(result_.nearest, {}, &Neighbour::distance);
    if (result_.nearest.size() > count) result_.nearest.resize(count);
  }

  Expr expr_;
  Curve curve_;
  const std::vector<Known>& catalogue_;
  bool has_parameters_;
  std::vector<std::size_t> same_groups_;  ///< Equal to the candidate at start values.
  Rediscovery result_;
};

// "TanhExp (2020)"
std::string with_year(std::string_view name, int year) {
  return fmt::format("{} ({})", name, year);
}

// "TanhExp (2020), also published as TeLU (2024)"
std::string title(const CatalogueEntry& entry, std::string_view also) {
  std::vector<std::string> later;
  for (const Publication& publication : entry.republished) {
    if (!publication.name.empty()) later.push_back(with_year(publication.name, publication.year));
  }
  const std::string first = with_year(entry.name, entry.year);
  return later.empty() ? first : fmt::format("{}, {} {}", first, also, fmt::join(later, ", "));
}

std::string list(const std::vector<std::string>& words) {
  if (words.size() < 2) return fmt::format("{}", fmt::join(words, ""));
  const std::span<const std::string> all(words);
  return fmt::format("{} and {}", fmt::join(all.first(all.size() - 1), ", "), words.back());
}

// Of each kind, what a person is told; JSON has them all.
constexpr std::size_t kMostAlike = 3;

std::string with_distance(const Neighbour& neighbour) {
  return fmt::format("{} ({:.2g})", neighbour.entry->name, neighbour.distance);
}

}  // namespace

std::string_view to_string(Sameness sameness) {
  switch (sameness) {
    case Sameness::kEverywhere: return "everywhere";
    case Sameness::kFamily: return "family";
    case Sameness::kAtStart: return "at-start";
  }
  return "";
}

Rediscovery rediscover(const Expr& expr, const RediscoveryOptions& options) {
  return Comparison(expr).run(options);
}

std::vector<std::string> exact_names(const Rediscovery& rediscovery) {
  std::vector<std::string> names;
  for (const ExactMatch& match : rediscovery.exact) {
    if (match.sameness == Sameness::kAtStart) continue;
    names.emplace_back(match.entry->name);
    for (const Publication& publication : match.entry->republished) {
      if (!publication.name.empty()) names.emplace_back(publication.name);
    }
  }
  return names;
}

std::vector<std::string> describe(const Rediscovery& rediscovery) {
  std::vector<std::string> sentences, at_start;
  for (const ExactMatch& match : rediscovery.exact) {
    if (match.sameness == Sameness::kAtStart) {
      at_start.push_back(with_year(match.entry->name, match.entry->year));
    } else {
      sentences.push_back("this is " + title(*match.entry, "also published as"));
    }
  }
  if (!at_start.empty()) {
    if (at_start.size() > kMostAlike) {
      const std::string rest = fmt::format("{} more", at_start.size() - kMostAlike);
      at_start.resize(kMostAlike);
      at_start.push_back(rest);
    }
    sentences.push_back(
        fmt::format("this is {} while parameters hold their start values", list(at_start)));
  }
  const std::span<const AffineMatch> affine(rediscovery.affine);
  for (const AffineMatch& match : affine.first(std::min(affine.size(), kMostAlike))) {
    const std::string when =
        match.sameness == Sameness::kAtStart ? " while parameters hold their start values" : "";
    sentences.push_back(fmt::format("this is an affine form of {}{}: {}",
                                    with_year(match.entry->name, match.entry->year), when,
                                    match.formula));
  }
  if (sentences.empty() && !rediscovery.nearest.empty()) {
    std::vector<std::string> names;
    for (const Neighbour& neighbour : rediscovery.nearest)
      names.push_back(with_distance(neighbour));
    sentences.push_back(
        fmt::format("nearest {} {}", names.size() == 1 ? "is" : "are", list(names)));
  }
  return sentences;
}

std::string summary(const Rediscovery& rediscovery) {
  std::string at_start;
  for (const ExactMatch& match : rediscovery.exact) {
    const std::string name = title(*match.entry, "also");
    if (match.sameness != Sameness::kAtStart) return name;
    if (at_start.empty()) at_start = name + " at start values";
  }
  if (!at_start.empty()) return at_start;
  if (!rediscovery.affine.empty()) {
    const AffineMatch& match = rediscovery.affine.front();
    return fmt::format("affine of {}: {}{}", match.entry->name, match.formula,
                       match.sameness == Sameness::kAtStart ? " at start values" : "");
  }
  if (rediscovery.nearest.empty()) return "";
  return "nearest: " + with_distance(rediscovery.nearest.front());
}

}  // namespace nonlin
