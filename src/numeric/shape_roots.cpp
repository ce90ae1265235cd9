#include "numeric/shape_roots.h"

#include <cmath>
#include <cstddef>

namespace nonlin::shape {
namespace {

constexpr int kParts = 4;           // Each pass cuts every bracket into so many.
constexpr double kNothing = 1e-31;  // Below what is looked at.

bool is_tight(const Bracket& bracket, double width) {
  const double distance = std::abs(bracket.outside - bracket.inside);
  return distance <= std::fmax(width, kNothing) ||
         std::nextafter(bracket.inside, bracket.outside) == bracket.outside ||
         bracket.inside == bracket.outside;
}

double inner_point(const Bracket& bracket, int part) {
  return bracket.inside + (bracket.outside - bracket.inside) * (part / double{kParts});
}

// The inner points of all brackets that are not tight, and whose they are.
struct Points {
  std::vector<double> xs;
  std::vector<std::size_t> owners;
};

Points inner_points(std::span<const Bracket> brackets, std::span<const double> widths) {
  Points points;
  for (std::size_t b = 0; b < brackets.size(); ++b) {
    if (is_tight(brackets[b], widths[b])) continue;
    for (int part = 1; part < kParts; ++part) {
      points.xs.push_back(inner_point(brackets[b], part));
      points.owners.push_back(b);
    }
  }
  return points;
}

std::vector<double> widths_of(std::span<const Bracket> brackets, double width) {
  std::vector<double> widths;
  for (const Bracket& b : brackets) widths.push_back(width * std::abs(b.outside - b.inside));
  return widths;
}

}  // namespace

double rounded(double x) {
  if (x == 0 || !std::isfinite(x)) return x;
  // Powers of ten up to 1e22 are exact, so that 8 comes out as 8.
  const double places = 11 - std::floor(std::log10(std::abs(x)));
  const double scale = std::pow(10, std::abs(places));
  return places > 0 ? std::round(x * scale) / scale : std::round(x / scale) * scale;
}

void narrow(std::vector<Bracket>& brackets, const Holds& holds, double width) {
  const std::vector<double> widths = widths_of(brackets, width);
  for (int pass = 0; pass < 400; ++pass) {
    const Points points = inner_points(brackets, widths);
    if (points.xs.empty()) return;
    const std::vector<bool> inside = holds(points.xs, points.owners);
    for (std::size_t i = 0; i < points.xs.size(); i += kParts - 1) {
      Bracket& bracket = brackets[points.owners[i]];
      const Bracket before = bracket;
      for (std::size_t part = 0; part + 1 < kParts; ++part) {
        if (!inside[i + part]) {
          bracket.outside = points.xs[i + part];
          break;
        }
        bracket.inside = points.xs[i + part];
      }
      if (bracket.inside == before.inside && bracket.outside == before.outside) {
        bracket.outside = bracket.inside;  // Rounding leaves no point between.
      }
    }
  }
}

namespace {

std::vector<int> signs_at(const Tape& tape, std::span<const Bracket> brackets,
                          double Bracket::*end) {
  std::vector<double> ends;
  for (const Bracket& b : brackets) ends.push_back(b.*end);
  std::vector<int> signs;
  for (const Sample& s : tape(ends)) signs.push_back((s.value > 0) - (s.value < 0));
  return signs;
}

// From `inside` as far as the function keeps the sign it has there.
void follow_sign(const Tape& tape, std::vector<Bracket>& brackets) {
  const std::vector<int> wanted = signs_at(tape, brackets, &Bracket::inside);
  narrow(brackets, [&](std::span<const double> xs, std::span<const std::size_t> owners) {
    std::vector<bool> holds;
    const Samples samples = tape(xs);
    for (std::size_t i = 0; i < xs.size(); ++i) {
      holds.push_back(wanted[owners[i]] > 0 ? samples[i].value > 0 : samples[i].value < 0);
    }
    return holds;
  });
}

// The other edge of a stretch of zeros, of which `brackets` have found one edge.
std::vector<double> far_edges(const Tape& tape, std::span<const Bracket> wide,
                              std::span<const Bracket> brackets) {
  std::vector<double> edges;
  std::vector<Bracket> back;
  std::vector<std::size_t> owners;
  const std::vector<int> beyond = signs_at(tape, brackets, &Bracket::outside);
  for (std::size_t b = 0; b < brackets.size(); ++b) {
    edges.push_back(brackets[b].outside);
    if (beyond[b] != 0) continue;
    back.push_back({wide[b].outside, brackets[b].inside});
    owners.push_back(b);
  }
  follow_sign(tape, back);
  for (std::size_t i = 0; i < back.size(); ++i) edges[owners[i]] = back[i].outside;
  return edges;
}

}  // namespace

std::vector<double> sign_changes(const Tape& tape, std::span<const Bracket> brackets) {
  std::vector<Bracket> near(brackets.begin(), brackets.end());
  follow_sign(tape, near);
  const std::vector<double> far = far_edges(tape, brackets, near);
  // Of what is left, the place with the smallest value; a round number, if there it is as good as
  // 0.
  constexpr std::size_t kEach = 4;
  std::vector<double> candidates;
  for (std::size_t b = 0; b < near.size(); ++b) {
    const double middle = near[b].outside / 2 + far[b] / 2;
    const bool holds_zero = brackets[b].inside * brackets[b].outside < 0;
    candidates.insert(candidates.end(),
                      {holds_zero ? 0 : middle, rounded(middle), middle, near[b].inside});
  }
  const Samples values = tape(candidates);
  std::vector<double> roots;
  for (std::size_t i = 0; i < values.size(); i += kEach) {
    std::size_t best = i + 1;
    const bool is_round = std::abs(values[best].value) <= values[best].noise;
    if (values[i].value == 0) {
      best = i;
    } else if (!is_round) {
      for (std::size_t j : {i + 2, i + 3}) {
        if (std::abs(values[j].value) < std::abs(values[best].value)) best = j;
      }
    }
    roots.push_back(candidates[best]);
  }
  return roots;
}

std::vector<double> smallest_values(const Tape& tape, std::vector<Bracket> brackets) {
  const std::vector<double> widths(brackets.size(), 0);
  for (int pass = 0; pass < 60; ++pass) {
    const Points points = inner_points(brackets, widths);
    if (points.xs.empty()) break;
    const Samples samples = tape(points.xs);
    for (std::size_t i = 0; i < points.xs.size(); i += kParts - 1) {
      std::size_t best = 0;
      for (std::size_t part = 1; part + 1 < kParts; ++part) {
        const double value = std::abs(samples[i + part].value);
        if (value < std::abs(samples[i + best].value)) best = part;
      }
      Bracket& bracket = brackets[points.owners[i]];
      const Bracket before = bracket;
      if (best > 0) bracket.inside = points.xs[i + best - 1];
      if (best + 2 < kParts) bracket.outside = points.xs[i + best + 1];
      if (bracket.inside == before.inside && bracket.outside == before.outside) {
        bracket.outside = bracket.inside;
      }
    }
  }
  std::vector<double> places;
  places.reserve(brackets.size());
  for (const Bracket& b : brackets) places.push_back(b.inside / 2 + b.outside / 2);
  return places;
}

}  // namespace nonlin::shape
