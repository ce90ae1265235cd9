#include "verify/piece.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>

namespace nonlin {
namespace {

constexpr double kReferenceTolerance = 1e-9;

// Whether an estimate is as good as the exact value, for judging results by it: to 1e-9 of the size
// whose ulp is the unit.
bool agrees(const ErrorMeasure& measure, double estimate, double exact) {
  if (std::isnan(estimate) || std::isnan(exact)) return std::isnan(estimate) == std::isnan(exact);
  const double limit = std::ldexp(1.0, 2 - measure.format.least_exponent);
  const double difference =
      std::abs(std::clamp(estimate, -limit, limit) - std::clamp(exact, -limit, limit));
  const double size = std::ldexp(unit_at(measure, exact), measure.format.fraction_bits);
  return difference <= kReferenceTolerance * size;
}

// Nearest to 0 first, and the negative one of two.
bool is_nearer(const Sighting& a, const Sighting& b) {
  const double size_a = std::abs(a.input), size_b = std::abs(b.input);
  return size_a < size_b || (size_a == size_b && a.input < b.input);
}

void list(Wrong& wrong, const Sighting& sighting) {
  std::vector<Sighting>& first = wrong.first;
  if (first.size() == Wrong::kListed && !is_nearer(sighting, first.back())) return;
  first.insert(std::ranges::upper_bound(first, sighting, is_nearer), sighting);
  if (first.size() > Wrong::kListed) first.pop_back();
}

// Judges one quantity of one piece.
class Settlement {
 public:
  Settlement(const Piece& piece, Piece::Quantity& quantity, const Judging& judging,
             QuantityVerdict& verdict, Findings& findings)
      : piece_(piece),
        quantity_(quantity),
        judging_(judging),
        verdict_(verdict),
        findings_(findings) {}

  void run() {
    for (const std::size_t index : judging_.samples) confirm(index);
    ErrorSummary summary = summary_of_all();
    if (deserves_attention(summary) && !confirm_extremes()) {
      confirm_suspects();
      summary = summary_of_all();
    }
    add(summary);
  }

 private:
  PointError error_at(std::size_t i) const {
    return point_error(judging_.measure, quantity_.got[i], quantity_.exact[i]);
  }

  ErrorSummary summary_of_all() const {
    return summarize_errors(judging_.measure, quantity_.got, quantity_.exact);
  }

  bool deserves_attention(const ErrorSummary& summary) const {
    return summary.worst > verdict_.units.error || summary.non_finite > 0 ||
           summary.not_infinite > 0;
  }

  // True if the estimate was right; takes the exact value if not.
  bool confirm(std::size_t i) {
    if (std::ranges::find(confirmed_, i) != confirmed_.end()) return true;
    return confirm_new(i);
  }

  bool confirm_new(std::size_t i) {
    const double estimate = quantity_.exact[i];
    const double exact = judging_.confirm(piece_.x[i], estimate, quantity_.got[i]);
    confirmed_.push_back(i);
    ++findings_.confirmed;
    if (agrees(judging_.measure, estimate, exact)) return true;
    quantity_.exact[i] = exact;
    ++findings_.reference_errors;
    return false;
  }

  // The worst result and the first one of each kind that is wrong altogether.
  bool confirm_extremes() {
    std::size_t worst = piece_.x.size(), non_finite = worst, not_infinite = worst;
    double units = 0;
    const auto deserves = [this](const ErrorSummary& summary) {
      return deserves_attention(summary);
    };
    for_each_point(deserves, [&](std::size_t i) {
      const PointError error = error_at(i);
      if (error.finding == Finding::kCounted && error.units > units) {
        worst = i;
        units = error.units;
      }
      if (error.finding == Finding::kNonFinite) non_finite = std::min(non_finite, i);
      if (error.finding == Finding::kNotInfinite) not_infinite = std::min(not_infinite, i);
    });
    bool right = true;
    for (const std::size_t i : {worst, non_finite, not_infinite}) {
      if (i < piece_.x.size() && !confirm(i)) right = false;
    }
    return right;
  }

  // Once the estimate has failed nothing bad is believed of this piece without a look.
  void confirm_suspects() {
    std::vector<bool> known(piece_.x.size());
    for (const std::size_t i : confirmed_) known[i] = true;
    const double threshold = std::max(verdict_.units.error, judging_.measure.budget / 2);
    for (std::size_t i = 0; i < piece_.x.size(); ++i) {
      if (known[i]) continue;
      const PointError error = error_at(i);
      const bool is_wrong =
          error.finding == Finding::kNonFinite || error.finding == Finding::kNotInfinite;
      const bool is_large = error.finding == Finding::kCounted && error.units > threshold;
      if (is_wrong || is_large) confirm_new(i);
    }
  }

  Sighting sighting(std::size_t i) const {
    return {.input = piece_.x[i], .got = quantity_.got[i], .exact = quantity_.exact[i]};
  }

  bool is_news(const ErrorSummary& summary) const {
    return deserves_attention(summary) || summary.worst_absolute > verdict_.absolute.error ||
           summary.worst_subnormal > verdict_.subnormal.error;
  }

  void add(const ErrorSummary& summary) {
    if (!is_news(summary)) return;
    const auto news = [this](const ErrorSummary& part) { return is_news(part); };
    for_each_point(news, [this](std::size_t i) { add_point(i); });
  }

  // Of those parts whose summary is wanted: looking at a point alone costs 50 times as much.
  template <typename Wanted, typename Visit>
  void for_each_point(const Wanted& wanted, const Visit& visit) const {
    constexpr std::size_t kPart = 64;
    const std::span<const float> got = quantity_.got;
    const std::span<const double> exact = quantity_.exact;
    for (std::size_t start = 0; start < got.size(); start += kPart) {
      if (!wanted(summarize_errors(judging_.measure, got.subspan(start, kPart),
                                   exact.subspan(start, kPart)))) {
        continue;
      }
      for (std::size_t i = start; i < start + kPart; ++i) visit(i);
    }
  }

  void add_point(std::size_t i) {
    const PointError error = error_at(i);
    switch (error.finding) {
      case Finding::kCounted:
        keep(verdict_.units, error.units, i);
        if (is_absolute(i)) {
          keep(verdict_.absolute, std::abs(quantity_.got[i] - quantity_.exact[i]), i);
        }
        break;
      case Finding::kSubnormal: keep(verdict_.subnormal, error.units, i); break;
      case Finding::kNonFinite: count(verdict_.non_finite, i); break;
      case Finding::kNotInfinite: count(verdict_.not_infinite, i); break;
    }
  }

  bool is_absolute(std::size_t i) const {
    const ErrorMeasure& measure = judging_.measure;
    return measure.least_unit > 0 && std::isfinite(quantity_.got[i]) &&
           unit_at(measure, quantity_.exact[i]) == measure.least_unit;
  }

  void keep(Worst& worst, double error, std::size_t i) const {
    if (error > worst.error) worst = {error, sighting(i), piece_.turn};
  }

  void count(Wrong& wrong, std::size_t i) const {
    ++wrong.count;
    list(wrong, sighting(i));
  }

  const Piece& piece_;
  Piece::Quantity& quantity_;
  const Judging& judging_;
  QuantityVerdict& verdict_;
  Findings& findings_;
  std::vector<std::size_t> confirmed_;
};

void merge(Worst& into, const Worst& other) {
  const bool is_first = other.error == into.error && other.turn < into.turn;
  if (other.error > into.error || is_first) into = other;
}

void merge(Wrong& into, const Wrong& other) {
  into.count += other.count;
  for (const Sighting& sighting : other.first) list(into, sighting);
}

void merge(QuantityVerdict& into, const QuantityVerdict& other) {
  merge(into.units, other.units);
  merge(into.absolute, other.absolute);
  merge(into.subnormal, other.subnormal);
  merge(into.non_finite, other.non_finite);
  merge(into.not_infinite, other.not_infinite);
}

void merge(Sighting& into, const Sighting& other) {
  if (!std::isnan(other.input)) into = other;
}

void add_step(MonotonicityVerdict& verdict, const Worst& step) {
  ++verdict.breaks;
  if (step.error > verdict.largest.error) verdict.largest = step;
}

}  // namespace

std::size_t Piece::size_for(const FloatFormat& format) {
  return std::min(std::size_t{1} << 13, std::size_t{1} << format.fraction_bits);
}

void Piece::load(const FloatFormat& format, std::uint32_t first, const Subject& subject) {
  const std::size_t size = size_for(format);
  first_bits = first;
  x.resize(size);
  for (Quantity* quantity : {&value, &derivative}) {
    quantity->got.resize(size);
    quantity->exact.resize(size);
  }
  if (format.bits == 32) {
    for (std::uint32_t i = 0; i < size; ++i) x[i] = std::bit_cast<float>(first + i);
  } else {
    for (std::uint32_t i = 0; i < size; ++i) x[i] = static_cast<float>(decode(format, first + i));
  }
  subject.evaluate(first, value.got, derivative.got);
}

void settle(const Piece& piece, Piece::Quantity& quantity, const Judging& judging,
            QuantityVerdict& verdict, Findings& findings) {
  Settlement(piece, quantity, judging, verdict, findings).run();
}

void Findings::add_not_finite_inputs(const Piece& piece, bool constant_slope) {
  for (std::size_t i = 0; i < piece.x.size(); ++i) {
    const float x = piece.x[i], y = piece.value.got[i], slope = piece.derivative.got[i];
    if (std::isnan(x)) {
      if (!std::isnan(y) || (!constant_slope && !std::isnan(slope))) ++lost_nan;
      continue;
    }
    Sighting& at_value = x < 0 ? value_at_minus_infinity : value_at_plus_infinity;
    Sighting& at_slope = x < 0 ? derivative_at_minus_infinity : derivative_at_plus_infinity;
    at_value.input = at_slope.input = x;
    at_value.got = y;
    at_slope.got = slope;
  }
}

// Bits of negative numbers go down as the numbers go up. Steps between results that hardware may
// have flushed to zero do not count, and a NaN is wrong in other ways already.
void Findings::add_monotonicity(const Piece& piece, const ErrorMeasure& measure, int direction) {
  const std::vector<float>& got = piece.value.got;
  const std::size_t size = got.size();
  const bool is_negative = std::signbit(piece.x.front());
  const float sign = static_cast<float>(is_negative ? -direction : direction);
  const auto smallest = static_cast<float>(smallest_normal(measure.format));
  bool any = false;
  for (std::size_t i = 0; i + 1 < size; ++i) any |= sign * got[i] > sign * got[i + 1];
  for (std::size_t i = 0; any && i + 1 < size; ++i) {
    if (!(sign * got[i] > sign * got[i + 1])) continue;
    if (std::abs(got[i]) <= smallest && std::abs(got[i + 1]) <= smallest) continue;
    const std::size_t before = is_negative ? i + 1 : i, after = is_negative ? i : i + 1;
    const double exact = piece.value.exact[i];
    if (std::isnan(exact)) continue;
    const double step = std::abs(double{got[i]} - double{got[i + 1]});
    add_step(monotonicity, {.error = step / unit_at(measure, exact),
                            .at = {piece.x[before], got[before], got[after]},
                            .turn = piece.turn});
  }
  const double exact = piece.value.exact[is_negative ? size - 1 : 0];
  PieceEnds& end = ends[piece.first_bits];
  end = {got.front(), got.back(), std::isnan(exact) ? 0 : unit_at(measure, exact)};
  if (is_negative) std::swap(end.first, end.last);
}

void Findings::merge(Findings&& other) {
  nonlin::merge(value, other.value);
  nonlin::merge(derivative, other.derivative);
  monotonicity.breaks += other.monotonicity.breaks;
  nonlin::merge(monotonicity.largest, other.monotonicity.largest);
  ends.merge(other.ends);
  lost_nan += other.lost_nan;
  confirmed += other.confirmed;
  reference_errors += other.reference_errors;
  nonlin::merge(value_at_minus_infinity, other.value_at_minus_infinity);
  nonlin::merge(value_at_plus_infinity, other.value_at_plus_infinity);
  nonlin::merge(derivative_at_minus_infinity, other.derivative_at_minus_infinity);
  nonlin::merge(derivative_at_plus_infinity, other.derivative_at_plus_infinity);
}

Verdict Findings::verdict(const FloatFormat& format, int direction) && {
  // In the order of the numbers: pieces of negative ones from the last to the first.
  std::vector<std::pair<std::uint32_t, PieceEnds>> ordered;
  const auto positive = ends.lower_bound(1U << (format.bits - 1));
  ordered.assign(std::make_reverse_iterator(ends.end()), std::make_reverse_iterator(positive));
  ordered.insert(ordered.end(), ends.begin(), positive);
  const double smallest = smallest_normal(format);
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    const double before = ordered[i - 1].second.last, after = ordered[i].second.first;
    const double step = direction * (before - after);
    const bool may_be_flushed = std::abs(before) <= smallest && std::abs(after) <= smallest;
    if (!(step > 0) || may_be_flushed || ordered[i].second.first_unit == 0) continue;
    const double x = decode(format, ordered[i].first);
    add_step(monotonicity,
             {.error = step / ordered[i].second.first_unit, .at = {x, before, after}});
  }
  monotonicity.is_monotonic = direction != 0;
  Verdict verdict;
  verdict.value = std::move(value);
  verdict.derivative = std::move(derivative);
  verdict.monotonicity = monotonicity;
  verdict.lost_nan = lost_nan;
  verdict.confirmed = confirmed;
  verdict.reference_errors = reference_errors;
  verdict.value_at_minus_infinity = value_at_minus_infinity;
  verdict.value_at_plus_infinity = value_at_plus_infinity;
  verdict.derivative_at_minus_infinity = derivative_at_minus_infinity;
  verdict.derivative_at_plus_infinity = derivative_at_plus_infinity;
  return verdict;
}

}  // namespace nonlin
