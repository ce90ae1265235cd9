#include "numeric/gaussian.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "expr/catalogue.h"
#include "numeric/shape_breaks.h"
#include "numeric/shape_tape.h"

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// The density falls below the smallest double at 38.6.
constexpr double kReach = 38;
// Beyond, the probability is 1e-16: there an undefined value (0*inf) is nobody's input.
constexpr double kSeen = 8.3;
constexpr int kPasses = 60;

// Gauss-Kronrod rule of 7 and 15 points on [-1, 1]: nodes from the outside in, Kronrod weights,
// weights of the Gauss rule (0 where it has no node). Kronrod: Nodes and weights of quadrature
// formulas, 1965; the figures are QUADPACK's.
constexpr std::array<std::array<double, 3>, 8> kRule = {{
    {0.991455371120812639206854697526329, 0.022935322010529224963732008058970, 0},
    {0.949107912342758524526189684047851, 0.063092092629978553290700663189204,
     0.129484966168869693270611432679082},
    {0.864864423359769072789712788640926, 0.104790010322250183839876322541518, 0},
    {0.741531185599394439863864773280788, 0.140653259715525918745189590510238,
     0.279705391489276667901467771423780},
    {0.586087235467691130294144691693013, 0.169004726639267902826583426598550, 0},
    {0.405845151377397166906606412076961, 0.190350578064785409913256402421014,
     0.381830050505118944950369775488975},
    {0.207784955007898467600689403773245, 0.204432940075298892414161999234649, 0},
    {0.000000000000000000000000000000000, 0.209482141084727828012999174891714,
     0.417959183673469387755102040816327},
}};
constexpr std::size_t kPoints = 15;

constexpr std::size_t kMoments = 3;  // f, f^2, f'^2
using Moments = std::array<double, kMoments>;

struct Panel {
  double low = 0;
  double high = 0;
  Moments integral{};
  Moments error{};
  Moments noise{};  ///< What rounding in the values may make of it.
};

// The 15 points of a panel: node -1 ... 1 with both weights.
struct Node {
  double place, kronrod, gauss;
};

std::array<Node, kPoints> nodes() {
  std::array<Node, kPoints> all;
  for (std::size_t i = 0; i < kRule.size(); ++i) {
    all[i] = {-kRule[i][0], kRule[i][1], kRule[i][2]};
    all[kPoints - 1 - i] = {kRule[i][0], kRule[i][1], kRule[i][2]};
  }
  return all;
}

double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); }

// An undefined or infinite value where hardly an input falls counts as nothing, if the formula has
// overflowed on the way; elsewhere it spoils the sum, as it must.
double weighted(double value, double x) {
  if (std::isnan(value) && std::abs(x) > kSeen) return 0;
  return value == 0 ? 0 : value * density(x);
}

void integrate(const shape::Curve& curve, std::span<Panel> panels) {
  static constexpr std::array<double, 3> kNone{};
  std::vector<double> xs;
  const auto all_nodes = nodes();
  for (const Panel& panel : panels) {
    const double middle = panel.low / 2 + panel.high / 2, half = panel.high / 2 - panel.low / 2;
    for (const Node& node : all_nodes) xs.push_back(middle + half * node.place);
  }
  const shape::Samples values = curve.value(xs), slopes = curve.slope(xs);
  for (std::size_t p = 0; p < panels.size(); ++p) {
    Panel& panel = panels[p];
    Moments coarse = kNone;
    panel.integral = panel.noise = kNone;
    const double half = panel.high / 2 - panel.low / 2;
    for (std::size_t i = 0; i < kPoints; ++i) {
      const std::size_t at = p * kPoints + i;
      const double f = values[at].value, slope = slopes[at].value;
      const Moments all{weighted(f, xs[at]), weighted(f * f, xs[at]),
                        weighted(slope * slope, xs[at])};
      const Moments noise{values[at].noise, 2 * std::abs(f) * values[at].noise,
                          2 * std::abs(slope) * slopes[at].noise};
      for (std::size_t m = 0; m < kMoments; ++m) {
        panel.integral[m] += half * all_nodes[i].kronrod * all[m];
        panel.noise[m] += half * all_nodes[i].kronrod * noise[m] * density(xs[at]);
        coarse[m] += half * all_nodes[i].gauss * all[m];
      }
    }
    for (std::size_t m = 0; m < kMoments; ++m) {
      panel.error[m] = std::abs(panel.integral[m] - coarse[m]);
    }
  }
}

std::vector<Panel> first_panels(std::span<const double> breaks) {
  std::vector<double> edges{-kReach, kReach};
  for (int i = -12; i <= 12; ++i) edges.push_back(i);
  for (double x : {16.0, 20.0, 26.0, 32.0}) edges.insert(edges.end(), {x, -x});
  for (double x : breaks) edges.push_back(x);
  std::ranges::sort(edges);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::vector<Panel> panels;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) panels.push_back({edges[i], edges[i + 1]});
  return panels;
}

// Which integrals diverge, at a break or at infinity, and with which sign.
struct Divergence {
  std::array<bool, kMoments> up{};
  std::array<bool, kMoments> down{};
};

// |value| grows like distance^-1 or faster towards a break: from what it is at two distances.
bool is_not_integrable(double near, double far, double ratio) {
  return std::abs(near) >= 0.98 * ratio * std::abs(far) && near != 0;
}

void look_at_break(const shape::Side& side, Divergence& found) {
  if (!side.defined || side.values.size() < 8) return;
  // Four steps apart, each four times the one before; not the nearest, where the break's own
  // rounding shows.
  constexpr std::size_t kNear = 2, kFar = 6;
  constexpr double kRatio = 256;
  const auto believed = [](const shape::Sample& s) {
    return std::abs(s.value) > 4 * s.noise ? s.value : 0;
  };
  const double f[2] = {believed(side.values[kNear]), side.values[kFar].value};
  const double slope[2] = {believed(side.slopes[kNear]), side.slopes[kFar].value};
  if (is_not_integrable(f[0], f[1], kRatio)) (f[0] > 0 ? found.up : found.down)[0] = true;
  if (is_not_integrable(f[0] * f[0], f[1] * f[1], kRatio)) found.up[1] = true;
  if (is_not_integrable(slope[0] * slope[0], slope[1] * slope[1], kRatio)) found.up[2] = true;
}

// log of |value| times the density; what the density itself underflows at is still told apart.
double log_weighted(double value, double power, double x) {
  return power * std::log(std::abs(value)) - x * x / 2;
}

void look_at_ends(const shape::Curve& curve, Divergence& found) {
  for (double side : {-1.0, 1.0}) {
    const std::array<double, 2> points{side * 0.75 * kReach, side * kReach};
    const shape::Samples values = curve.value(points), slopes = curve.slope(points);
    const auto diverges = [&](const shape::Samples& samples, double power) {
      const double near = log_weighted(samples[0].value, power, points[0]);
      const double far = log_weighted(samples[1].value, power, points[1]);
      if (std::isinf(samples[1].value)) return true;
      return far > std::log(1e-15) && far > near - 10;
    };
    if (diverges(values, 1)) (values[1].value > 0 ? found.up : found.down)[0] = true;
    if (diverges(values, 2)) found.up[1] = true;
    // Where the slope is lost to an overflow, it follows the value.
    if (diverges(slopes, 2) || (slopes[1].overflow && found.up[1])) found.up[2] = true;
  }
}

// Halves panels until their errors are nothing beside the whole; of what diverges, none is asked.
Moments adaptive_integral(const shape::Curve& curve, std::span<const double> breaks,
                          const Divergence& divergence) {
  constexpr std::size_t kMostPanels = 1024;  // Nothing that can be integrated needs so many.
  std::vector<Panel> open = first_panels(breaks);
  Moments done{}, sizes{};
  const auto is_good = [&](const Panel& panel) {
    const double middle = panel.low / 2 + panel.high / 2;
    if (!(middle > panel.low && middle < panel.high)) return true;
    for (std::size_t m = 0; m < kMoments; ++m) {
      if (divergence.up[m] || divergence.down[m] || !std::isfinite(panel.integral[m])) continue;
      if (panel.error[m] > 1e-14 * sizes[m] + panel.noise[m]) return false;
    }
    return true;
  };
  for (int pass = 0; pass < kPasses && !open.empty() && open.size() <= kMostPanels; ++pass) {
    integrate(curve, open);
    for (const Panel& panel : open) {
      for (std::size_t m = 0; pass == 0 && m < kMoments; ++m) {
        sizes[m] += std::abs(panel.integral[m]);
      }
    }
    std::vector<Panel> halves;
    for (const Panel& panel : open) {
      if (is_good(panel) || pass + 1 == kPasses) {
        for (std::size_t m = 0; m < kMoments; ++m) done[m] += panel.integral[m];
      } else {
        const double middle = panel.low / 2 + panel.high / 2;
        halves.push_back({panel.low, middle});
        halves.push_back({middle, panel.high});
      }
    }
    open = std::move(halves);
  }
  if (!open.empty()) integrate(curve, open);
  for (const Panel& panel : open) {
    for (std::size_t m = 0; m < kMoments; ++m) done[m] += panel.integral[m];
  }
  return done;
}

bool is_undefined(const shape::Curve& curve, std::span<const double> breaks) {
  std::vector<double> edges{-kSeen, kSeen};
  for (double x : breaks) {
    if (std::abs(x) < kSeen) edges.push_back(x);
  }
  std::ranges::sort(edges);
  std::vector<double> points;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    for (double part : {0.1, 0.3, 0.5, 0.7, 0.9}) {
      points.push_back(edges[i] + part * (edges[i + 1] - edges[i]));
    }
  }
  const shape::Samples values = curve.value(points);
  return std::ranges::any_of(values, [](const shape::Sample& s) {
    return std::isnan(s.value) || (std::isinf(s.value) && !s.overflow);
  });
}

}  // namespace

GaussianMoments gaussian_moments(const Expr& expr, const ParameterValues& values) {
  const shape::Curve curve(expr, values);
  const shape::Samples on_grid = curve.value(shape::grid_points());
  std::vector<double> breaks = shape::find_candidates(curve, on_grid, kReach).xs;
  std::erase_if(breaks, [](double x) { return std::abs(x) >= kReach; });
  if (is_undefined(curve, breaks)) return {kNaN, kNaN, kNaN};
  Divergence divergence;
  for (const shape::Break& b : shape::describe_breaks(curve, breaks)) {
    look_at_break(b.left, divergence);
    look_at_break(b.right, divergence);
  }
  look_at_ends(curve, divergence);
  Moments moments = adaptive_integral(curve, breaks, divergence);
  for (std::size_t m = 0; m < kMoments; ++m) {
    if (divergence.up[m]) moments[m] = divergence.down[m] ? kNaN : kInfinity;
    if (divergence.down[m] && !divergence.up[m]) moments[m] = -kInfinity;
  }
  // The mean of an odd function, but for rounding.
  const double scale = std::isfinite(moments[1]) ? std::sqrt(moments[1]) : 0;
  if (std::abs(moments[0]) < 1e-15 * scale) moments[0] = 0;
  return {moments[0], moments[1], moments[2]};
}

std::optional<double> gain(const GaussianMoments& moments) {
  if (!std::isfinite(moments.second_moment) || moments.second_moment <= 0) return std::nullopt;
  return 1 / std::sqrt(moments.second_moment);
}

std::optional<EdgeOfChaos> edge_of_chaos(const GaussianMoments& moments) {
  const double f = moments.second_moment, slope = moments.derivative_second_moment;
  if (!std::isfinite(f) || !std::isfinite(slope) || slope <= 0) return std::nullopt;
  const double bias_variance = 1 - f / slope;
  if (bias_variance < -1e-9) return std::nullopt;
  // Of functions such as ReLU, with E[f^2] = E[f'^2], only rounding is left.
  return EdgeOfChaos{1 / slope, bias_variance < 1e-9 ? 0 : bias_variance};
}

std::optional<double> conventional_gain(std::string_view name) {
  struct Row {
    std::string_view name;
    double gain;
  };
  // By PyTorch's names, which the catalogue knows; its leaky_relu has a slope of 0.01 unless told.
  static const std::array kRows = {
      Row{"linear", 1},
      Row{"sigmoid", 1},
      Row{"tanh", 5.0 / 3},
      Row{"relu", std::numbers::sqrt2},
      Row{"leaky_relu", std::sqrt(2 / (1 + 0.01 * 0.01))},
      Row{"selu", 0.75},
  };
  const CatalogueEntry* entry = find_catalogue(name);
  if (entry == nullptr) return std::nullopt;
  for (const Row& row : kRows) {
    if (find_catalogue(row.name) == entry) return row.gain;
  }
  return std::nullopt;
}

}  // namespace nonlin
