#include "numeric/evaluate.h"

#include <array>
#include <cstdint>
#include <unordered_map>

#include "expr/expr_hash.h"
#include "expr/op.h"

namespace nonlin {
namespace {

// Values of every part of an expression that was met, so that shared parts (derivatives are full of
// them) are computed once.
class Evaluator {
 public:
  Evaluator(std::span<const double> xs, const ParameterValues& values) : xs_(xs), values_(values) {}

  const std::vector<double>& operator()(const Expr& expr) {
    if (auto found = done_.find(expr); found != done_.end()) return found->second;
    std::vector<double> result = expr.args().empty() ? leaf(expr) : operation(expr);
    return done_.emplace(expr, std::move(result)).first->second;
  }

 private:
  std::vector<double> leaf(const Expr& expr) const {
    if (expr.is_input()) return {xs_.begin(), xs_.end()};
    if (expr.is_constant()) return std::vector<double>(xs_.size(), expr.value());
    const auto given = values_.find(expr.parameter().name);
    const double value = given == values_.end() ? expr.parameter().initial : given->second;
    return std::vector<double>(xs_.size(), value);
  }

  std::vector<double> operation(const Expr& expr) {
    const OpRow& row = row_of(expr.op());
    const auto args = expr.args();
    const std::vector<double>& first = (*this)(args[0]);
    const std::vector<double>& last = (*this)(args[args.size() - 1]);
    std::vector<double> result(xs_.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
      const std::array<double, 2> point{first[i], last[i]};
      result[i] = row.value(std::span(point).first(args.size()));
    }
    return result;
  }

  std::span<const double> xs_;
  const ParameterValues& values_;
  std::unordered_map<Expr, std::vector<double>, ExprHash> done_;
};

}  // namespace

std::vector<double> evaluate(const Expr& expr, std::span<const double> xs,
                             const ParameterValues& values) {
  return Evaluator(xs, values)(expr);
}

double evaluate(const Expr& expr, double x, const ParameterValues& values) {
  return evaluate(expr, std::span(&x, 1), values)[0];
}

}  // namespace nonlin
