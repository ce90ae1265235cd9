#include "numeric/shape_graph.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numeric/shape_roots.h"

namespace nonlin::shape {
namespace {

constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
// Beyond the window so many turns in the tails are a function that never stops turning.
constexpr int kManyTurns = 24;

// Turning points of a sequence, by index. A change of direction counts if it goes beyond rounding
// errors: that leaves out the noise in the tails, whatever its height.
struct IndexTurn {
  std::size_t index = 0;
  bool to_falling = false;
};

struct IndexCourse {
  Trend first = Trend::kConstant;
  std::vector<IndexTurn> turns;
};

// Bounds between which the exact value certainly lies.
double surely_above(const Sample& s) { return s.value - 4 * s.noise - 8 * kSmallest; }
double surely_below(const Sample& s) { return s.value + 4 * s.noise; }

IndexCourse follow(std::span<const Sample> samples) {
  IndexCourse course;
  Trend now = Trend::kConstant;
  std::size_t low = 0, high = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (std::isnan(samples[i].value)) continue;
    if (std::isnan(samples[low].value)) low = high = i;
    const double above = surely_above(samples[i]), below = surely_below(samples[i]);
    if (above > surely_above(samples[high])) high = i;
    if (below < surely_below(samples[low])) low = i;
    if (now != Trend::kIncreasing && above > surely_below(samples[low])) {
      if (now == Trend::kDecreasing) course.turns.push_back({low, false});
      if (now == Trend::kConstant) course.first = Trend::kIncreasing;
      now = Trend::kIncreasing;
      high = i;
    } else if (now != Trend::kDecreasing && below < surely_above(samples[high])) {
      if (now == Trend::kIncreasing) course.turns.push_back({high, true});
      if (now == Trend::kConstant) course.first = Trend::kDecreasing;
      now = Trend::kDecreasing;
      low = i;
    }
  }
  return course;
}

// The nearest samples on both sides of a turn at which `slopes` has the sign that the turn needs.
std::optional<Bracket> bracket_turn(const Samples& slopes, const IndexTurn& turn) {
  constexpr std::size_t kFar = 400;
  const int sign_before = turn.to_falling ? 1 : -1;
  std::size_t before = turn.index, after = turn.index;
  for (std::size_t n = 0; believed_sign(slopes[before]) != sign_before; ++n) {
    if (before == 0 || n == kFar) return std::nullopt;
    --before;
  }
  for (std::size_t n = 0; believed_sign(slopes[after]) != -sign_before; ++n) {
    if (after + 1 == slopes.size() || n == kFar) return std::nullopt;
    ++after;
  }
  return Bracket{slopes[before].x, slopes[after].x};
}

// Values at turns; 0 where f is as near to it as the turn's position is known: (x^2 - 2)^2.
void set_values(const Curve& curve, std::vector<Turn>& turns) {
  std::vector<double> xs;
  for (const Turn& turn : turns) {
    xs.push_back(turn.x);
    xs.push_back(turn.x + std::fmax(1e-3 * std::abs(turn.x), 1e-9));
  }
  const Samples values = curve.value(xs);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const Sample& here = values[2 * i];
    const double beside = std::abs(values[2 * i + 1].value);
    const bool touches =
        std::abs(here.value) <= std::fmin(4 * here.noise, 1e-8 * beside) + 1e-14 * beside;
    turns[i].value = touches ? 0 : here.value;
  }
}

std::vector<Turn> locate_turns(const Curve& curve, const Stretch& stretch,
                               const std::vector<IndexTurn>& turns) {
  std::vector<Turn> located;
  std::vector<Bracket> brackets;
  std::vector<std::size_t> owners;
  for (const IndexTurn& turn : turns) {
    located.push_back({stretch.values[turn.index].x, turn.to_falling});
    if (const auto bracket = bracket_turn(stretch.slopes, turn)) {
      brackets.push_back(*bracket);
      owners.push_back(located.size() - 1);
    }
  }
  const std::vector<double> roots = sign_changes(curve.slope, brackets);
  for (std::size_t i = 0; i < roots.size(); ++i) located[owners[i]].x = roots[i];
  set_values(curve, located);
  // A slope that has lost its digits leads away from the turn.
  for (std::size_t i = 0; i < located.size(); ++i) {
    const Sample& sample = stretch.values[turns[i].index];
    const double gain = (located[i].value - sample.value) * (turns[i].to_falling ? 1 : -1);
    if (!(gain >= -4 * sample.noise)) located[i] = {sample.x, turns[i].to_falling, sample.value};
  }
  return located;
}

// From a turn of f' as far as f' has changed by many times its noise, but to no other turn.
Bracket bracket_inflection(const Samples& slopes, const std::vector<IndexTurn>& turns,
                           std::size_t which) {
  const std::size_t index = turns[which].index;
  const std::size_t first = which == 0 ? 0 : turns[which - 1].index;
  const std::size_t last = which + 1 == turns.size() ? slopes.size() - 1 : turns[which + 1].index;
  const auto is_clear = [&](const Sample& s) {
    const double noise = s.noise + slopes[index].noise;
    return std::abs(s.value - slopes[index].value) > 1e8 * noise;
  };
  std::size_t before = index, after = index;
  while (before > first && !(before < index && is_clear(slopes[before]))) --before;
  while (after < last && !(after > index && is_clear(slopes[after]))) ++after;
  return {slopes[before].x, slopes[after].x};
}

// Where f' turns: there is no formula for f'' to bisect, so a difference of f' stands for it.
std::vector<Turn> locate_inflections(const Curve& curve, const Stretch& stretch,
                                     const std::vector<IndexTurn>& turns) {
  std::vector<Bracket> brackets;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    brackets.push_back(bracket_inflection(stretch.slopes, turns, i));
  }
  const std::vector<Bracket> wide = brackets;
  narrow(
      brackets,
      [&](std::span<const double> xs, std::span<const std::size_t> owners) {
        std::vector<double> points;
        for (std::size_t i = 0; i < xs.size(); ++i) {
          const Bracket& b = wide[owners[i]];
          const double h = 1e-3 * (b.outside - b.inside);
          points.push_back(std::fmax(xs[i] - h, b.inside));
          points.push_back(std::fmin(xs[i] + h, b.outside));
        }
        const Samples slopes = curve.slope(points);
        std::vector<bool> holds;
        for (std::size_t i = 0; i < xs.size(); ++i) {
          const double change = slopes[2 * i + 1].value - slopes[2 * i].value;
          holds.push_back(turns[owners[i]].to_falling ? change > 0 : change < 0);
        }
        return holds;
      },
      1e-8);
  std::vector<Turn> located;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const double width = wide[i].outside - wide[i].inside;
    const bool is_zero = wide[i].inside < 0 && wide[i].outside > 0 &&
                         std::abs(brackets[i].inside) < 1e-6 * width + 1e-29;
    located.push_back({is_zero ? 0 : brackets[i].inside, turns[i].to_falling});
  }
  std::vector<double> xs;
  xs.reserve(located.size());
  for (const Turn& turn : located) xs.push_back(turn.x);
  const Samples values = curve.slope(xs);
  for (std::size_t i = 0; i < located.size(); ++i) located[i].value = values[i].value;
  return located;
}

// Keeps the turns within the window; the first trend is then that of the window's first piece.
void clip(IndexCourse& course, const Samples& samples, double window) {
  std::vector<IndexTurn> kept;
  for (const IndexTurn& turn : course.turns) {
    const double x = samples[turn.index].x;
    if (std::abs(x) <= window) {
      kept.push_back(turn);
    } else if (x < 0) {
      course.first = turn.to_falling ? Trend::kDecreasing : Trend::kIncreasing;
    }
  }
  course.turns = std::move(kept);
}

double median_size(std::span<const Sample> samples) {
  std::vector<double> sizes;
  for (const Sample& s : samples) {
    if (std::abs(s.x) <= 20 && std::isfinite(s.value)) sizes.push_back(std::abs(s.value));
  }
  if (sizes.empty()) return 1;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::ranges::nth_element(sizes, middle);
  if (*middle == 0) return std::ranges::max(sizes);
  return *middle;
}

int count_sign_changes(std::span<const Sample> samples) {
  int changes = 0, previous = 0;
  for (const Sample& s : samples) {
    const int sign = believed_sign(s);
    if (sign * previous < 0) ++changes;
    if (sign != 0) previous = sign;
  }
  return changes;
}

// Looks closely at two distant places, where only what repeats for ever still turns.
void look_for_many(Graph& graph) {
  constexpr int kPoints = 384;
  for (double from : {-1040.0, 1002.0}) {
    std::vector<double> points(kPoints);
    for (int i = 0; i < kPoints; ++i) points[i] = from + 0.1 * i;
    const Samples values = graph.curve.value(points), slopes = graph.curve.slope(points);
    graph.many_turns |= follow(values).turns.size() >= 3;
    graph.many_inflections |= follow(slopes).turns.size() >= 3;
    graph.many_zeros |= count_sign_changes(values) >= 3;
  }
}

int turns_in_tails(const IndexCourse& course, const Samples& samples, double window) {
  return static_cast<int>(std::ranges::count_if(course.turns, [&](const IndexTurn& turn) {
    return std::abs(samples[turn.index].x) > window;
  }));
}

void follow_stretches(Graph& graph) {
  std::vector<IndexCourse> values, slopes;
  int far_turns = 0, far_inflections = 0, far_zeros = 0;
  const double window = graph.options.window;
  for (const Stretch& stretch : graph.stretches) {
    values.push_back(stretch.defined ? follow(stretch.values) : IndexCourse{});
    slopes.push_back(stretch.defined ? follow(stretch.slopes) : IndexCourse{});
    far_turns += turns_in_tails(values.back(), stretch.values, window);
    far_inflections += turns_in_tails(slopes.back(), stretch.slopes, window);
    Samples tails;
    for (const Sample& s : stretch.values) {
      if (std::abs(s.x) > window) tails.push_back(s);
    }
    far_zeros += count_sign_changes(tails);
  }
  for (const Break& b : graph.breaks) {  // sin(1/x)
    for (const Side* side : {&b.left, &b.right}) {
      const bool value = side->value.kind == LimitKind::kOscillates;
      const bool slope = side->slope.kind == LimitKind::kOscillates;
      graph.many_turns |= value || slope;
      graph.many_inflections |= value || slope;
      graph.many_zeros |= value;
    }
  }
  graph.many_turns |= far_turns > kManyTurns;
  graph.many_inflections |= far_inflections > kManyTurns;
  graph.many_zeros |= far_zeros > kManyTurns;
  for (std::size_t i = 0; i < graph.stretches.size(); ++i) {
    Stretch& stretch = graph.stretches[i];
    if (!stretch.defined) continue;
    if (graph.many_turns) clip(values[i], stretch.values, window);
    if (graph.many_inflections) clip(slopes[i], stretch.slopes, window);
    stretch.values_course = {values[i].first, locate_turns(graph.curve, stretch, values[i].turns)};
    stretch.slopes_course = {slopes[i].first,
                             locate_inflections(graph.curve, stretch, slopes[i].turns)};
  }
}

// Cuts samples, in order, at the breaks.
void cut(Graph& graph, Samples values, Samples slopes) {
  const auto by_x = [](const Sample& a, const Sample& b) { return a.x < b.x; };
  for (Samples* samples : {&values, &slopes}) std::ranges::stable_sort(*samples, by_x);
  graph.stretches.resize(graph.breaks.size() + 1);
  std::size_t at = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    while (at < graph.breaks.size() && graph.breaks[at].x < values[i].x) ++at;
    if (at < graph.breaks.size() && graph.breaks[at].x == values[i].x) continue;
    graph.stretches[at].values.push_back(values[i]);
    graph.stretches[at].slopes.push_back(slopes[i]);
  }
  for (std::size_t i = 0; i < graph.stretches.size(); ++i) {
    Stretch& stretch = graph.stretches[i];
    if (i > 0) stretch.where.low = graph.breaks[i - 1].x;
    if (i < graph.breaks.size()) stretch.where.high = graph.breaks[i].x;
    const auto usable = std::ranges::count_if(stretch.values, is_usable);
    stretch.defined = 2 * usable > static_cast<std::ptrdiff_t>(stretch.values.size());
  }
}

}  // namespace

int believed_sign(const Sample& sample) {
  if (!(std::abs(sample.value) > sample.noise)) return 0;
  return sample.value > 0 ? 1 : -1;
}

bool is_outside_domain(const Stretch& stretch) {
  return !stretch.defined && !stretch.values.empty() && !stretch.values.back().overflow;
}

Trend trend_of(const Course& course, std::size_t piece) {
  if (course.first == Trend::kConstant || piece % 2 == 0) return course.first;
  return course.first == Trend::kIncreasing ? Trend::kDecreasing : Trend::kIncreasing;
}

Graph::Graph(const Expr& expr, const ParameterValues& values, const ShapeOptions& shape_options)
    : options(shape_options), curve(expr, values) {
  const std::vector<double> grid = grid_points();
  Samples all_values = curve.value(grid), all_slopes = curve.slope(grid);
  scale = median_size(all_values);
  slope_scale = median_size(all_slopes);
  const Candidates candidates = find_candidates(curve, all_values, options.window);
  many_breaks = candidates.many;
  breaks = describe_breaks(curve, candidates.xs);
  for (const Break& b : breaks) {
    for (const Side* side : {&b.left, &b.right}) {
      all_values.insert(all_values.end(), side->values.begin(), side->values.end());
      all_slopes.insert(all_slopes.end(), side->slopes.begin(), side->slopes.end());
    }
  }
  if (many_breaks) {  // What was not looked for out there, is not to be stepped over.
    const auto is_outside = [&](const Sample& s) { return std::abs(s.x) > options.window; };
    std::erase_if(all_values, is_outside);
    std::erase_if(all_slopes, is_outside);
  }
  cut(*this, std::move(all_values), std::move(all_slopes));
  look_for_many(*this);
  follow_stretches(*this);
}

}  // namespace nonlin::shape
