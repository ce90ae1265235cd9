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
    // Differences that cancel, as functions of their own.
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
    {"one minus the square of tanh", "1 - tanh(a)^2", "4*(sigmoid(2*a)*sigmoid(-(2*a)))"},
    {"one plus tanh", "1 + tanh(a)", "2*sigmoid(2*a)"},
    {"one minus tanh", "1 - tanh(a)", "2*sigmoid(-(2*a))"},
    {"tanh minus one", "tanh(a) - 1", "-(2*sigmoid(-(2*a)))"},
    {"half plus half of tanh", "0.5 + 0.5*tanh(a)", "sigmoid(2*a)"},
    {"half minus half of tanh", "0.5 - 0.5*tanh(a)", "sigmoid(-(2*a))"},
    {"softplus minus its argument", "softplus(a) - a", "softplus(-a)"},
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
    {"tanh by sinh and cosh", "sinh(a)/cosh(a)", "tanh(a)"},
    {"tanh by twice sigmoid", "2*sigmoid(a) - 1", "tanh(0.5*a)"},
    {"over one plus exp of a negative", "b/(1 + exp(-a))", "b*sigmoid(a)"},
    {"over one plus exp", "b/(1 + exp(a))", "b*sigmoid(-a)"},
    {"over the square of one plus exp", "b/(1 + exp(a))^2", "b*sigmoid(-a)^2"},
    {"exp times sigmoid of the negative", "exp(a)*sigmoid(-a)", "sigmoid(a)"},
    {"cosh by exponentials", "exp(a) + exp(-a)", "2*cosh(a)"},
    {"sinh by exponentials", "exp(a) - exp(-a)", "2*sinh(a)"},
    {"over cosh squared", "b/cosh(a)^2", "b*(4*(sigmoid(2*a)*sigmoid(-(2*a))))"},
    {"sinh over cosh squared", "sinh(a)/cosh(a)^2", "tanh(a)*(2*exp(-|a|)/(1 + exp(-2*|a|)))"},
    {"over cosh", "b/cosh(a)", "b*(2*exp(-|a|)/(1 + exp(-2*|a|)))"},
    // The general logarithm, after those that have a better name.
    {"log of one plus", "log(1 + a)", "log1p(a)"},
    // Roots.
    {"root of a square", "sqrt(a^2)", "|a|", kReal, kMayMove},
    {"asinh by log", "log(a + sqrt(a^2 + 1))", "asinh(a)"},
};

constexpr Rule kTradeOffs[] = {
    {"log of cosh", "log(cosh(a))", "|a| + (log1p(exp(-2*|a|)) - log(2))"},
    {"sum with its root", "a + sqrt(a^2 + c)", "2*max(a, 0) + c/(sqrt(a^2 + c) + |a|)"},
    {"difference to its root", "a - sqrt(a^2 + c)", "2*min(a, 0) - c/(sqrt(a^2 + c) + |a|)"},
    {"root minus its argument", "sqrt(a^2 + c) - a", "c/(sqrt(a^2 + c) + |a|) - 2*min(a, 0)"},
    {"root minus one", "sqrt(1 + a) - 1", "a/(sqrt(1 + a) + 1)"},
    {"one plus a ratio to a root", "1 + a/sqrt(a^2 + c)",
     "step(a, 0)*(1 + a/sqrt(a^2 + c)) + step(0, a)*(c/(sqrt(a^2 + c)*(sqrt(a^2 + c) + |a|)))"},
    {"square plus one under a root", "sqrt(1 + a^2)", "max(|a|, sqrt(1 + min(|a|, 1e9)^2))"},
    {"square over one plus square", "a^2/(1 + a^2)", "1/(1 + (1/a)^2)"},
    {"product of a square", "(a*b)^2", "a^2*b^2"},
    {"one plus sigmoid's mirror", "sigmoid(a)*sigmoid(-a)", "sigmoid(-|a|)*(1 - sigmoid(-|a|))"},
    {"exp of a square", "a*exp(-b)", "a*exp(-min(b, 200))", kReal, kMayMove},
};

constexpr std::size_t kMostNodes = 2000;
constexpr int kMostSteps = 2000;

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

Expr rewrite_everywhere(const Expr& expr, const RuleSet& rules) {
  if (expr.node_count() > kMostNodes) return expr;
  Rewriter rewriter(rules);
  Expr result = rewriter(expr);
  return rewriter.gave_up() || result.node_count() > kMostNodes ? expr : result;
}

}  // namespace nonlin
