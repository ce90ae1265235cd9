#include "numeric/stability_rules.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/expr_hash.h"
#include "expr/op.h"

namespace nonlin {
namespace {

constexpr auto kReal = Promise::kRealValued;
constexpr auto kKept = Kinks::kKept;
constexpr auto kMayMove = Kinks::kMayMove;

// What is more special comes first: of several rows that match, the first is applied.
constexpr Rule kRules[] = {
    // Signs, so that the rows below need not be written for both.
    {"plus zero", "a + 0", "a"},
    {"double negation", "-(-a)", "a"},
    {"plus a negative", "a + (-b)", "a - b"},
    {"minus a negative", "a - (-b)", "a + b"},
    {"times minus one", "a*(-1)", "-a"},
    {"zero minus", "0 - a", "-a"},
    {"size of a negative", "|-a|", "|a|"},
    {"negation of a difference", "-(a - b)", "b - a"},
    // Exponentials written as powers, and those of which one overflows while the other vanishes.
    {"power of e", "e^a", "exp(a)"},
    {"power of an exponential", "exp(a)^b", "exp(b*a)", kReal, kKept, {.b = Is::kPositiveWhole}},
    {"product of exponentials", "exp(a)*exp(b)", "exp(a + b)"},
    {"quotient of exponentials", "exp(a)/exp(b)", "exp(a - b)"},
    {"multiple of a quotient of exponentials", "b*exp(a)/exp(c)", "b*exp(a - c)"},
    {"over an exponential", "b/exp(a)", "b*exp(-a)"},
    {"log of exp", "log(exp(a))", "a"},
    {"exp of log", "exp(log(a))", "a", kReal, kKept, {.a = Is::kPositive}},
    {"exp of softplus", "exp(softplus(a))", "1 + exp(a)"},
    {"exp of minus softplus", "exp(-softplus(a))", "sigmoid(-a)"},
    {"exp of log1p", "exp(log1p(a))", "1 + a", kReal, kKept, {.a = Is::kNonnegative}},
    {"smaller of one and exp", "min(1, exp(a))", "exp(min(a, 0))"},
    {"larger of one and exp", "max(1, exp(a))", "exp(max(a, 0))"},
    {"smaller of zero and expm1", "min(0, expm1(a))", "expm1(min(a, 0))"},
    {"larger of zero and expm1", "max(0, expm1(a))", "expm1(max(a, 0))"},
    {"one before an exponential", "step(1, exp(a))", "step(0, a)"},
    {"an exponential before one", "step(exp(a), 1)", "step(a, 0)"},
    {"larger by relu of a difference", "a + relu(b - a)", "max(a, b)", kReal, kMayMove},
    {"larger by relu of expm1", "a + relu(a*expm1(b))", "max(a, a*exp(b))", kReal, kMayMove},
    {"smaller by relu of a difference", "a - relu(a - b)", "min(a, b)", kReal, kMayMove},
    {"half of a double plus", "(2*a + b)/2", "a + b/2"},
    {"half of a double minus", "(2*a - b)/2", "a - b/2"},
    {"half of a double plus, multiplied", "0.5*(2*a + b)", "a + 0.5*b"},
    // Differences that cancel, as functions of their own.
    {"softplus without its value at 0", "softplus(a) - log(2)", "relu(a) + log1p(0.5*expm1(-|a|))",
     kReal, kMayMove},
    {"sum with softplus without its value at 0", "(b + softplus(a)) - log(2)",
     "b + (relu(a) + log1p(0.5*expm1(-|a|)))", kReal, kMayMove},
    {"sum with a multiple of softplus without its value at 0", "(b + c*softplus(a)) - c*log(2)",
     "b + c*(relu(a) + log1p(0.5*expm1(-|a|)))", kReal, kMayMove},
    {"sigmoid without its value at 0", "sigmoid(a) - 0.5", "0.5*tanh(0.5*a)"},
    {"exp minus one", "exp(a) - 1", "expm1(a)"},
    {"one minus exp", "1 - exp(a)", "-expm1(a)"},
    {"multiple of exp minus itself", "b*exp(a) - b", "b*expm1(a)"},
    {"number minus a multiple of exp", "b - b*exp(a)", "-(b*expm1(a))"},
    {"one minus erf", "1 - erf(a)", "erfc(a)"},
    {"one plus erf", "1 + erf(a)", "erfc(-a)"},
    {"erf minus one", "erf(a) - 1", "-erfc(a)"},
    {"half plus half of erf", "0.5 + 0.5*erf(a)", "0.5*erfc(-a)"},
    {"half minus half of erf", "0.5 - 0.5*erf(a)", "0.5*erfc(a)"},
    {"one minus sigmoid", "1 - sigmoid(a)", "sigmoid(-a)"},
    {"one minus cos", "1 - cos(a)", "2*sin(0.5*a)^2"},
    {"cos minus one", "cos(a) - 1", "-(2*sin(0.5*a)^2)"},
    {"multiple of one minus sigmoid", "b - b*sigmoid(a)", "b*sigmoid(-a)"},
    {"one minus the square of tanh", "1 - tanh(a)^2", "4*(sigmoid(2*a)*sigmoid(-(2*a)))"},
    {"one plus tanh", "1 + tanh(a)", "2*sigmoid(2*a)"},
    {"one minus tanh", "1 - tanh(a)", "2*sigmoid(-(2*a))"},
    {"tanh minus one", "tanh(a) - 1", "-(2*sigmoid(-(2*a)))"},
    {"half plus half of tanh", "0.5 + 0.5*tanh(a)", "sigmoid(2*a)"},
    {"half minus half of tanh", "0.5 - 0.5*tanh(a)", "sigmoid(-(2*a))"},
    {"softplus minus its argument", "softplus(a) - a", "softplus(-a)"},
    {"argument minus softplus", "a - softplus(a)", "-softplus(-a)"},
    {"softplus minus relu", "softplus(a) - relu(a)", "softplus(-|a|)"},
    {"softplus minus the larger", "softplus(a) - max(a, 0)", "softplus(-|a|)"},
    {"softplus plus its mirror", "a + softplus(-a)", "softplus(a)"},
    // sigmoid, softplus and tanh written out.
    {"softplus by log", "log(1 + exp(a))", "softplus(a)"},
    {"softplus by log1p", "log1p(exp(a))", "softplus(a)"},
    {"softplus by log of sigmoid", "log(sigmoid(a))", "-softplus(-a)"},
    {"log of two exponentials", "log(exp(a) + exp(b))", "max(a, b) + softplus(-|a - b|)"},
    {"sigmoid by exponentials", "exp(a)/(1 + exp(a))", "sigmoid(a)"},
    {"multiple of sigmoid by exponentials", "b*exp(a)/(1 + exp(a))", "b*sigmoid(a)"},
    {"slope of sigmoid by exponentials", "exp(a)/(1 + exp(a))^2", "sigmoid(a)*sigmoid(-a)"},
    {"multiple of a slope of sigmoid", "b*exp(a)/(1 + exp(a))^2", "b*(sigmoid(a)*sigmoid(-a))"},
    {"tanh by exponentials", "(exp(a) - exp(-a))/(exp(a) + exp(-a))", "tanh(a)"},
    {"tanh by exp of a double", "(exp(2*a) - 1)/(exp(2*a) + 1)", "tanh(a)"},
    {"tanh by expm1 of a double", "expm1(2*a)/(exp(2*a) + 1)", "tanh(a)"},
    {"tanh by a quotient of expm1", "expm1(a)/(1 + exp(a))", "tanh(0.5*a)"},
    {"tanh by a mirrored quotient", "-expm1(-a)/(1 + exp(-a))", "tanh(0.5*a)"},
    {"tanh by a mirrored expm1", "(-expm1(-a))/(1 + exp(-a))", "tanh(0.5*a)"},
    {"tanh by a negated expm1", "(-expm1(a))/(1 + exp(a))", "tanh(-0.5*a)"},
    {"tanh by twice sinh and cosh", "(2*sinh(a))/(2*cosh(a))", "tanh(a)"},
    {"tanh by sinh and cosh", "sinh(a)/cosh(a)", "tanh(a)"},
    {"tanh by twice sigmoid", "2*sigmoid(a) - 1", "tanh(0.5*a)"},
    {"over one plus exp of a negative", "b/(1 + exp(-a))", "b*sigmoid(a)"},
    {"over one plus exp", "b/(1 + exp(a))", "b*sigmoid(-a)"},
    {"over the square of one plus exp", "b/(1 + exp(a))^2", "b*sigmoid(-a)^2"},
    {"exp times sigmoid of the negative", "exp(a)*sigmoid(-a)", "sigmoid(a)"},
    {"exp of a negative times sigmoid", "exp(-a)*sigmoid(a)", "sigmoid(-a)"},
    {"cosh by exponentials", "exp(a) + exp(-a)", "2*cosh(a)"},
    {"sinh by exponentials", "exp(a) - exp(-a)", "2*sinh(a)"},
    {"cosh squared by sinh", "1 + sinh(a)^2", "cosh(a)^2"},
    {"over cosh squared", "b/cosh(a)^2", "b*(4*(sigmoid(2*a)*sigmoid(-(2*a))))"},
    {"sinh over cosh squared", "sinh(a)/cosh(a)^2", "tanh(a)*(2*exp(-|a|)/(1 + exp(-2*|a|)))"},
    {"cosh over cosh squared", "b*(4*(sigmoid(2*a)*sigmoid(-(2*a))))*cosh(a)",
     "b*(2*exp(-|a|)/(1 + exp(-2*|a|)))"},
    {"over cosh", "b/cosh(a)", "b*(2*exp(-|a|)/(1 + exp(-2*|a|)))"},
    // The general logarithm, after those that have a better name.
    {"log of one plus", "log(1 + a)", "log1p(a)"},
    // Roots.
    {"root of a square", "sqrt(a^2)", "|a|", kReal, kMayMove},
    {"asinh by log", "log(a + sqrt(a^2 + 1))", "asinh(a)"},
};

constexpr Rule kTradeOffs[] = {
    {"sum with its root", "a + sqrt(a^2 + c)", "2*max(a, 0) + c/(sqrt(a^2 + c) + |a|)"},
    {"difference to its root", "a - sqrt(a^2 + c)", "2*min(a, 0) - c/(sqrt(a^2 + c) + |a|)"},
    {"root minus its argument", "sqrt(a^2 + c) - a", "c/(sqrt(a^2 + c) + |a|) - 2*min(a, 0)"},
    {"root of a square plus one, minus one", "sqrt(1 + a^2) - 1", "a*(a/(sqrt(1 + a^2) + 1))"},
    {"root minus one", "sqrt(1 + a) - 1", "a/(sqrt(1 + a) + 1)"},
    {"one plus a ratio to a root", "1 + a/sqrt(a^2 + c)",
     "2*(max(a, 0)/sqrt(a^2 + c)) + c/(sqrt(a^2 + c) + |a|)/sqrt(a^2 + c)"},
    {"multiple of a sum with sigmoid, minus", "sigmoid(a)*(x + c) - b",
     "x*sigmoid(a) + (0.5*c*tanh(0.5*a) + (0.5*c - b))"},
    {"multiple of sigmoid about its value at 0", "c*sigmoid(a) - b",
     "0.5*c*tanh(0.5*a) + (0.5*c - b)"},
    {"sum with a reciprocal square minus one", "(b + a^(-2)) - 1", "b + (1 - a^2)/a^2"},
    {"over one plus a square", "a/(1 + a^2)", "1/(a + 1/a)"},
    {"negative part times exp", "min(a, 0)*exp(a)", "min(a, 0)*exp(min(a, 0))", kReal, kMayMove},
    {"log of twice sigmoid", "log(2*sigmoid(2*a))", "log1p(tanh(a))"},
    {"log of cosh near 0", "log(cosh(a))", "log1p(2*sinh(0.5*a)^2)"},
    {"square over one plus square", "a^2/(1 + a^2)", "1/(1 + (1/a)^2)"},
    {"product over a number", "a*b/c", "a*(b/c)", kReal, kKept, {.c = Is::kPositiveWhole}},
};

constexpr Rule kScalings[] = {
    {"root of a square plus", "sqrt(a^2 + c)",
     "max(|a|, 1)*sqrt(a/max(|a|, 1)*(a/max(|a|, 1)) + c/max(|a|, 1)/max(|a|, 1))"},
    {"log of one plus a square", "log1p(a^2)",
     "2*log(max(|a|, 1)) + log1p(min(|a|, 1)/max(|a|, 1)*(min(|a|, 1)/max(|a|, 1)))"},
    {"log of cosh far from 0", "log(cosh(a))", "|a| + log1p(0.5*expm1(-(2*|a|)))"},
    {"power of a quotient", "(a/b)^2", "a/b*(a/b)"},
};

constexpr std::size_t kMostNodes = 2000;
constexpr int kMostSteps = 2000;

// Sums and products of two numbers as one, so that what cancels does so here; quotients stay, as
// people write 1/3.
Expr folded(const Expr& expr) {
  const bool folds = expr.op() == Op::kAdd || expr.op() == Op::kSub || expr.op() == Op::kMul;
  if (!folds || !expr.args()[0].is_constant() || !expr.args()[1].is_constant()) return expr;
  const std::array<double, 2> values{expr.args()[0].value(), expr.args()[1].value()};
  return Expr::constant(row_of(expr.op()).value(values));
}

// One traversal from the leaves up; what a rule makes is traversed again, as its parts may match.
class Rewriter {
 public:
  explicit Rewriter(const RuleSet& rules) : rules_(rules) {}

  bool gave_up() const { return steps_ > kMostSteps; }

  Expr operator()(const Expr& expr) {
    if (expr.args().empty() || gave_up()) return expr;
    if (const auto found = done_.find(expr); found != done_.end()) return found->second;
    Expr result = expr;
    std::vector<Expr> args;
    for (const Expr& arg : expr.args()) args.push_back((*this)(arg));
    if (!std::equal(args.begin(), args.end(), expr.args().begin())) {
      result = Expr::apply(expr.op(), std::move(args));
    }
    result = folded(result);
    if (auto rewriting = rules_.first(result); rewriting && !gave_up()) {
      ++steps_;
      result = rewriting->result.node_count() > kMostNodes ? result : (*this)(rewriting->result);
    }
    done_.emplace(expr, result);
    return result;
  }

 private:
  const RuleSet& rules_;
  int steps_ = 0;
  std::unordered_map<Expr, Expr, ExprHash> done_;
};

}  // namespace

std::span<const Rule> stability_rules() { return kRules; }
std::span<const Rule> trade_off_rules() { return kTradeOffs; }
std::span<const Rule> scaling_rules() { return kScalings; }

Expr rewrite_everywhere(const Expr& expr, const RuleSet& rules) {
  if (expr.node_count() > kMostNodes) return expr;
  Rewriter rewriter(rules);
  Expr result = rewriter(expr);
  return rewriter.gave_up() || result.node_count() > kMostNodes ? expr : result;
}

}  // namespace nonlin
