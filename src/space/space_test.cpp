// Goal: core1 is the paper's space of one core unit, enumerated without semantic duplicates and
// without losing a function. Method: known functions are looked up; the partition into families is
// compared with one found by a second method, which shares no points, parameter values or
// simplification with the first; representatives are compared with what they stand for.
#include "space/space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <set>

#include "base/random.h"
#include "expr/parse.h"
#include "numeric/evaluate.h"
#include "numeric/family.h"
#include "space/space_count.h"

namespace nonlin {
namespace {

const std::string kFolder = NONLIN_SOURCE_DIR "/spaces";

const Space& core1() {
  static const Space kSpace = Space::load("core1", kFolder).value_or_throw();
  return kSpace;
}

const std::vector<Candidate>& candidates() {
  static const std::vector<Candidate> kCandidates = core1().distinct().value_or_throw();
  return kCandidates;
}

const Candidate* find(std::string_view text) {
  const Expr wanted = parse_expression(text).value_or_throw();
  for (const Candidate& candidate : candidates()) {
    if (candidate.expr == wanted) return &candidate;
  }
  return nullptr;
}

TEST(Core1, HoldsThePapers25UnaryAnd10BinaryFunctions) {
  EXPECT_EQ(core1().raw_count(), 6250u);
  std::set<std::string> texts;
  for (std::uint64_t i = 0; i < 25; ++i) {
    texts.insert(to_string(core1().raw(i)));  // x + u(x).
  }
  for (const char* text :
       {"x + x", "x + x^2", "x + sqrt(x)", "x + beta*x", "x + (x + beta)", "x + log(|x| + 1e-07)",
        "x + relu(x)", "x + min(x, 0)", "x + softplus(x)", "x + exp(-x^2)", "x + beta"}) {
    EXPECT_TRUE(texts.contains(text)) << text;
  }
  EXPECT_EQ(to_string(core1().raw(6249)), "beta*beta2 + (1 - beta)*beta3");
}

TEST(Core1, EveryOccurrenceOfBetaIsAParameterOfItsOwn) {
  EXPECT_EQ(to_string(core1().raw(6 * 25 + 6)), "beta*x + beta2*x");
  for (const Parameter& beta : parameters_of(core1().raw(6249))) {
    EXPECT_EQ(beta.initial, 1);
    EXPECT_EQ(beta.scope, Scope::kPerChannel);
  }
}

TEST(Core1, HoldsTheFunctionsThePaperFoundInTheFormPeopleWriteThem) {
  for (const char* text : {"x*sigmoid(beta*x)", "max(x, sigmoid(x))", "cos(x) - x",
                           "min(x, sin(x))", "max(x, tanh(x))", "x + sinc(x)", "relu(x)", "x",
                           "x*sigmoid(x)", "x*tanh(x)", "x^2", "beta*x", "|x|"}) {
    EXPECT_NE(find(text), nullptr) << text;
  }
}

TEST(Core1, WaysAddUpToTheRawCountAndNumbersAscend) {
  std::uint64_t ways = 0;
  for (const Candidate& candidate : candidates()) ways += candidate.ways;
  EXPECT_TRUE(std::ranges::is_sorted(candidates(), {}, &Candidate::number));
  EXPECT_EQ(ways, core1().raw_count());
  ASSERT_NE(find("relu(x)"), nullptr);
  EXPECT_GE(find("relu(x)")->ways, 10u);  // max(x, 0) in many disguises.
}

TEST(Core1, EveryCandidateIsTheFunctionItWasComposedAs) {
  std::set<std::string> texts;
  for (const Candidate& candidate : candidates()) {
    const Expr raw = core1().raw(candidate.number);
    EXPECT_TRUE(same_family(candidate.expr, raw)) << to_string(candidate.expr);
    EXPECT_LE(candidate.expr.node_count(), raw.node_count());
    EXPECT_TRUE(texts.insert(to_string(candidate.expr)).second) << to_string(candidate.expr);
  }
}

// --- the second method ---------------------------------------------------------------------------
// A raw composition, unsimplified, is described by one number for each way of giving three values
// to its effective parameters, sorted, so that their order does not matter; and this for several
// triples of values. A parameter is effective if the symbolic derivative by it is not always zero.

constexpr double kTriples[][3] = {
    {0.83, -1.61, 2.27}, {-0.83, 1.9, -2.4}, {0.4, 1.3, 2.9}, {-0.5, -1.2, -3.1}, {4.1, -0.2, 0.9}};

const std::vector<double>& other_points() {
  static const std::vector<double> kPoints = [] {
    std::vector<double> points;
    for (int i = -40; i <= 40; ++i) points.push_back(0.1913 * i + 0.017);
    return points;
  }();
  return kPoints;
}

double summary(const Expr& expr, const ParameterValues& values) {
  RandomStream weights(5, 0, "cross-check");  // Rough ones: smooth weights would cancel.
  double sum = 0;
  for (double value : evaluate(expr, other_points(), values)) {
    sum += weights.normal() * (std::isnan(value) ? 10 : std::atan(value));
  }
  return sum;
}

ParameterValues values_of(const double (&triple)[3]) {
  return {{"beta", triple[0]}, {"beta2", triple[1]}, {"beta3", triple[2]}};
}

std::vector<std::string> effective_parameters(const Expr& expr) {
  std::vector<std::string> effective;
  for (const Parameter& parameter : parameters_of(expr)) {
    const Expr slope = derivative(expr, parameter.name);
    const auto is_zero_with = [&](const auto& triple) {
      const auto slopes = evaluate(slope, other_points(), values_of(triple));
      return std::ranges::all_of(slopes, [](double s) { return std::abs(s) < 1e-13; });
    };
    if (!std::ranges::all_of(kTriples, is_zero_with)) effective.push_back(parameter.name);
  }
  return effective;
}

std::vector<double> description(const Expr& expr) {
  const std::vector<std::string> effective = effective_parameters(expr);
  std::vector<double> result;
  for (const auto& triple : kTriples) {
    std::vector<double> summaries;
    std::vector<std::size_t> order(effective.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      ParameterValues values = values_of(triple);
      for (std::size_t i = 0; i < order.size(); ++i) values[effective[i]] = triple[order[i]];
      summaries.push_back(summary(expr, values));
    } while (std::ranges::next_permutation(order).found);
    std::ranges::sort(summaries);
    result.insert(result.end(), summaries.begin(), summaries.end());
  }
  return result;
}

bool near(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, [](double x, double y) { return std::abs(x - y) < 1e-9; });
}

TEST(Core1, ASecondMethodFindsTheSameFamilies) {
  std::vector<Expr> exprs;
  std::vector<std::vector<double>> descriptions;
  for (std::uint64_t i = 0; i < core1().raw_count(); ++i) {
    exprs.push_back(core1().raw(i));
    descriptions.push_back(description(exprs.back()));
  }
  const std::vector<std::size_t> first = group_families(exprs);

  std::vector<std::size_t> order(exprs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t i, std::size_t j) {
    if (descriptions[i].size() != descriptions[j].size()) {
      return descriptions[i].size() < descriptions[j].size();
    }
    return descriptions[i] < descriptions[j];
  });
  std::size_t families = 1, disagreements = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const std::size_t a = order[i - 1], b = order[i];
    const bool equal = near(descriptions[a], descriptions[b]);
    if (!equal) ++families;
    if (equal == (first[a] == first[b])) continue;
    ++disagreements;
    ADD_FAILURE() << to_string(exprs[a]) << " and " << to_string(exprs[b])
                  << (equal ? " look equal here" : " look different here");
  }
  EXPECT_EQ(disagreements, 0u);
  EXPECT_EQ(families, candidates().size());
}

TEST(Core1, IsCountedAndScreened) {
  const auto start = std::chrono::steady_clock::now();
  const SpaceCount count = count_functions(core1());
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(count.raw, 6250u);
  EXPECT_EQ(count.distinct, candidates().size());
  // sqrt(x), not a number below zero, is in 49 of the 625 pairs.
  EXPECT_GT(count.rejected.at(RejectReason::kNonFiniteValue), 200u);
  EXPECT_GT(count.rejected.at(RejectReason::kConstant), 20u);
  EXPECT_TRUE(count.complete());
  EXPECT_GT(count.trainable(), count.distinct / 5 * 4);
  EXPECT_LT(seconds.count(), 20);  // About 1 s; a limit for loaded and instrumented machines.
}

TEST(SpaceCount, OfALargeSpaceIsThatOfASampleOfIt) {
  const Space core2 = Space::load("core2", kFolder).value_or_throw();
  const SpaceCount count = count_functions(core2, {.limit = 2000});
  EXPECT_EQ(count.raw, 117'193'750u);
  EXPECT_EQ(count.walked, 2000u);
  EXPECT_FALSE(count.complete());
  EXPECT_GT(count.distinct, 1500u);
  EXPECT_LT(count.trainable(), count.distinct);
  const SpaceCount unscreened = count_functions(core2, {.limit = 2000, .with_screen = false});
  EXPECT_EQ(unscreened.distinct, count.distinct);
  EXPECT_TRUE(unscreened.rejected.empty());
}

TEST(Space, OneThatIsTooLargeToListSaysHowLargeItIs) {
  const auto list = Space::load("core2", kFolder).value_or_throw().distinct();
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().code(), ErrorCode::kUsage);
  EXPECT_NE(list.error().message().find("117193750"), std::string::npos);
  EXPECT_FALSE(list.error().hint().empty());
}

TEST(Core1, TheScreenAcceptsEveryFiniteFunctionThatVaries) {
  for (const char* text : {"x*sigmoid(beta*x)", "sinh(x)*cosh(x)", "x/(sin(x) + 1e-07)",
                           "exp(-x^2)/(x + 1e-07)", "x^3*exp(x)", "exp(-beta*(sin(x) - x)^2)"}) {
    EXPECT_FALSE(screen(parse_expression(text).value_or_throw())) << text;
  }
  for (const Candidate& candidate : candidates()) {
    const auto rejection = screen(candidate.expr, {.points = 129});
    if (!rejection || rejection->reason != RejectReason::kNonFiniteValue) continue;
    EXPECT_NE(to_string(core1().raw(candidate.number)).find("sqrt"), std::string::npos)
        << to_string(candidate.expr) << ": " << rejection->detail;
  }
}

}  // namespace
}  // namespace nonlin
