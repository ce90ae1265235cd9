// Goal: the shape of a function is that of its graph, for activation functions and for awkward
// ones, and rounding errors, overflow and undefined values make no features of their own. Method: a
// table of functions with what is known about them, written down in one line each; positions and
// values against closed forms.
#include "numeric/shape.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Shape shape_of(std::string_view text, const ParameterValues& values = {}) {
  return nonlin::shape_of(parse_expression(text).value_or_throw(), values);
}

std::string number(double value) { return fmt::format("{:.6g}", value); }

std::string describe(const Limit& limit) {
  return limit.kind == LimitKind::kFinite ? number(limit.value)
                                          : std::string(to_string(limit.kind));
}

std::string describe(const End& end) {
  std::string text = describe(end.limit);
  if (end.asymptote && end.asymptote->slope != 0) {
    text += " along " + number(end.asymptote->slope) + "x" +
            fmt::format("{:+.6g}", end.asymptote->intercept);
  }
  return text;
}

// "[0 inf)": a bracket where the value is attained.
std::string describe(const ValueRange& range) {
  return (range.low_attained ? "[" : "(") + number(range.low) + " " + number(range.high) +
         (range.high_attained ? "]" : ")");
}

std::string zeros_of(const Shape& shape) {
  std::string text;
  for (const XInterval& i : shape.zero_intervals) {
    text += " (" + number(i.low) + " " + number(i.high) + ")";
  }
  for (const Zero& zero : shape.zeros) text += " " + number(zero.x) + (zero.crossing ? "" : "t");
  return shape.many_zeros ? " many" : text;
}

std::string extrema_of(const Shape& shape) {
  std::string text;
  for (const Extremum& e : shape.extrema) {
    text += fmt::format(" {}{}@{}", e.kind == ExtremumKind::kMinimum ? "min" : "max",
                        e.global ? "!" : "", number(e.x));
  }
  return shape.many_extrema ? " many" : text;
}

std::string breaks_of(const Shape& shape) {
  std::string text;
  for (const Kink& k : shape.kinks) text += " kink@" + number(k.x);
  for (const Jump& j : shape.jumps) text += " jump@" + number(j.x);
  for (const Pole& p : shape.poles) text += " pole@" + number(p.x);
  return text;
}

// One line: range; left end, right end; zeros; extrema; trend, convexity, parity, class; breaks.
std::string describe(const Shape& shape) {
  return fmt::format("{}; {}, {};{};{}; {} {} {} {};{}", describe(shape.range),
                     describe(shape.left), describe(shape.right), zeros_of(shape),
                     extrema_of(shape), to_string(shape.monotonicity), to_string(shape.convexity),
                     to_string(shape.parity), to_string(shape.smoothness), breaks_of(shape));
}

struct Row {
  const char* formula;
  const char* shape;
};

constexpr Row kActivations[] = {
    {"x",
     "(-inf inf); minus-infinity along 1x+0, plus-infinity along 1x+0; 0;; increasing linear "
     "odd smooth;"},
    {"relu(x)",
     "[0 inf); 0, plus-infinity along 1x+0; (-inf 0);; increasing convex none C0; "
     "kink@0"},
    {"max(x, 0.01*x)",
     "(-inf inf); minus-infinity along 0.01x+0, plus-infinity along 1x+0; 0;; "
     "increasing convex none C0; kink@0"},
    {"tanh(x)", "(-1 1); -1, 1; 0;; increasing none odd smooth;"},
    {"sigmoid(x)", "(0 1); 0, 1;;; increasing none none smooth;"},
    {"1/(1 + exp(-x))", "(0 1); 0, 1;;; increasing none none smooth;"},
    {"0.5*x*(1 + erf(x/sqrt(2)))",
     "[-0.169971 inf); 0, plus-infinity along 1x+0; 0; "
     "min!@-0.751792; none none none smooth;"},
    {"x*tanh(softplus(x))",
     "[-0.308843 inf); 0, plus-infinity along 1x+0; 0; min!@-1.19243; none "
     "none none smooth;"},
    {"softplus(x)", "(0 inf); 0, plus-infinity along 1x+0;;; increasing convex none smooth;"},
    {"x*sigmoid(x)",
     "[-0.278465 inf); 0, plus-infinity along 1x+0; 0; min!@-1.27846; none none "
     "none smooth;"},
    {"relu(x) + (exp(min(x, 0)) - 1)",
     "(-1 inf); -1, plus-infinity along 1x+0; 0;; increasing "
     "convex none C1;"},
    {"x*min(relu(x + 3), 6)/6",
     "[-0.375 inf); 0, plus-infinity along 1x+0; (-inf -3) 0; "
     "min!@-1.5; none none none C0; kink@-3 kink@3"},
    {"relu(x)^2", "[0 inf); 0, plus-infinity; (-inf 0);; increasing convex none C1;"},
    {"max(-1, min(x, 1))", "[-1 1]; -1, 1; 0;; increasing none odd C0; kink@-1 kink@1"},
    {"x/(1 + |x|)", "(-1 1); -1, 1; 0;; increasing none odd C1;"},
    {"max(x, tanh(x))", "(-1 inf); -1, plus-infinity along 1x+0; 0;; increasing convex none C2;"},
    {"relu(x - 0.5) - relu(-x - 0.5)",
     "(-inf inf); minus-infinity along 1x+0.5, plus-infinity "
     "along 1x-0.5; (-0.5 0.5);; increasing none odd C0; "
     "kink@-0.5 kink@0.5"},
    {"heaviside(x)", "[0 1]; 0, 1; (-inf 0);; increasing none none discontinuous; jump@0"},
    {"sign(x)", "[-1 1]; -1, 1; 0;; increasing none odd discontinuous; jump@0"},
    {"exp(-x^2)", "(0 1]; 0, 0;; max!@0; none none even smooth;"},
    {"sin(x)", "[-1 1]; oscillates, oscillates; many; many; none none odd smooth;"},
    {"sinc(x)", "[-0.217234 1]; 0, 0; many; many; none none even smooth;"},
    {"cos(x) - x",
     "(-inf inf); plus-infinity, minus-infinity; 0.739085;; decreasing none none "
     "smooth;"},
    {"(x + sqrt(x^2 + 4))/2",
     "(0 inf); 0, plus-infinity along 1x+0;;; increasing convex none "
     "smooth;"},
    {"atan(x)^2 - x",
     "(-inf inf); plus-infinity along -1x+2.4674, minus-infinity along "
     "-1x+2.4674; 0;; decreasing none none smooth;"},
    {"sinc(x) + x",
     "(-inf inf); minus-infinity along 1x+0, plus-infinity along 1x+0; -0.559289; "
     "max@0.341779 min@1; none none none smooth;"},
};

constexpr Row kAwkward[] = {
    {"7", "[7 7]; 7, 7;;; constant linear even smooth;"},
    {"0", "[0 0]; 0, 0; (-inf inf);; constant linear even-and-odd smooth;"},
    {"x^2", "[0 inf); plus-infinity, plus-infinity; 0t; min!@0; none convex even smooth;"},
    {"|x|",
     "[0 inf); plus-infinity along -1x+0, plus-infinity along 1x+0; 0t; min!@0; none convex "
     "even C0; kink@0"},
    {"|x|^3", "[0 inf); plus-infinity, plus-infinity; 0t; min!@0; none convex even C2;"},
    {"max(0, |x| - 1)",
     "[0 inf); plus-infinity along -1x-1, plus-infinity along 1x-1; (-1 1); "
     "min!@0; none convex even C0; kink@-1 kink@1"},
    {"sqrt(|x|)", "[0 inf); plus-infinity, plus-infinity; 0t; min!@0; none none even C0; kink@0"},
    {"1/x", "(-inf inf); 0, 0;;; none none odd discontinuous; pole@0"},
    {"1/(x^2 - 2)",
     "(-inf inf); 0, 0;; max@0; none none even discontinuous; pole@-1.41421 "
     "pole@1.41421"},
    {"1/(x - 0.3)^2", "(0 inf); 0, 0;;; none none none discontinuous; pole@0.3"},
    {"exp(1/x)", "(0 inf); 1, 1;;; none none none discontinuous; pole@0"},
    {"log(|x| + 1e-7)",
     "[-16.1181 inf); plus-infinity, plus-infinity; -1 1; min!@0; none none "
     "even C0; kink@0"},
    {"log(x)", "(-inf inf); undefined, plus-infinity; 1;; increasing concave none smooth; pole@0"},
    {"sqrt(x)",
     "[0 inf); undefined, plus-infinity; 0t; min!@0; increasing concave none C0; "
     "kink@0"},
    {"sqrt(1 - x^2)",
     "[0 1]; undefined, undefined; -1t 1t; min!@-1 max!@0 min!@1; none concave "
     "even C0; kink@-1 kink@1"},
    {"x*log(x)",
     "[-0.367879 inf); undefined, plus-infinity; 1; min!@0.367879; none convex none "
     "smooth;"},
    {"exp(x)", "(0 inf); 0, plus-infinity;;; increasing convex none smooth;"},
    {"cosh(x)", "[1 inf); plus-infinity, plus-infinity;; min!@0; none convex even smooth;"},
    {"exp(-1/x^2)", "[0 1); 1, 1; 0t; min!@0; none none even smooth;"},
    {"(x - 1)^3", "(-inf inf); minus-infinity, plus-infinity; 1;; increasing none none smooth;"},
    {"(x^2 - 2)^2",
     "[0 inf); plus-infinity, plus-infinity; -1.41421t 1.41421t; min!@-1.41421 "
     "max@0 min!@1.41421; none none even smooth;"},
    {"x*sin(x)", "(-inf inf); oscillates, oscillates; many; many; none none even smooth;"},
    {"|sin(x)|",
     "[0 1]; oscillates, oscillates; many; many; none none even C0; kink@-18.8496 "
     "kink@-15.708 kink@-12.5664 kink@-9.42478 kink@-6.28319 kink@-3.14159 kink@0 "
     "kink@3.14159 kink@6.28319 kink@9.42478 kink@12.5664 kink@15.708 kink@18.8496"},
    {"x + log(|x| + 1)",
     "(-inf inf); minus-infinity, plus-infinity; 0;; increasing none none C0; "
     "kink@0"},
    {"sin(x)/x", "[-0.217234 1); 0, 0; many; many; none none even discontinuous; jump@0"},
};

class ShapeTable : public testing::TestWithParam<Row> {};

TEST_P(ShapeTable, IsThatOfTheGraph) {
  EXPECT_EQ(describe(shape_of(GetParam().formula)), GetParam().shape) << GetParam().formula;
}

INSTANTIATE_TEST_SUITE_P(Activations, ShapeTable, testing::ValuesIn(kActivations));
INSTANTIATE_TEST_SUITE_P(Awkward, ShapeTable, testing::ValuesIn(kAwkward));

}  // namespace
}  // namespace nonlin
