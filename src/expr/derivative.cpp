// Symbolic differentiation by the op table's partial derivatives and the chain rule, and the
// folding arithmetic that derivatives are built with.
#include <array>
#include <unordered_map>

#include "base/error.h"
#include "expr/expr.h"
#include "expr/expr_hash.h"
#include "expr/op.h"

namespace nonlin {
namespace {

Expr fold(Op op, const Expr& a, const Expr& b) {
  if (a.is_constant() && b.is_constant()) {
    const std::array<double, 2> values{a.value(), b.value()};
    return Expr::constant(row_of(op).value(values));
  }
  return Expr::apply(op, {a, b});
}

// Differentiates with respect to the leaf that `is_variable` recognises. A branch that does not
// hold the variable contributes nothing, whatever its partial derivative is: that is where 0 * a is
// 0.
template <typename IsVariable>
class Differentiator {
 public:
  explicit Differentiator(IsVariable is_variable) : is_variable_(is_variable) {}

  Expr operator()(const Expr& expr) {
    if (expr.args().empty()) return Expr::constant(is_variable_(expr) ? 1 : 0);
    if (auto found = done_.find(expr); found != done_.end()) return found->second;
    Expr sum = Expr::constant(0);
    for (std::size_t i = 0; i < expr.args().size(); ++i) {
      const Expr inner = (*this)(expr.args()[i]);
      if (inner.is_constant(0)) continue;
      const OpRow& row = row_of(expr.op());
      if (row.partial == nullptr) {
        throw Error(ErrorCode::kUnsupported, std::string(row.name) + " has no derivative in nonlin",
                    "use it only where it is not differentiated");
      }
      const Expr outer = row.partial(expr.args(), i);
      if (!outer.is_constant(0)) sum = sum + outer * inner;
    }
    done_.emplace(expr, sum);
    return sum;
  }

 private:
  IsVariable is_variable_;
  std::unordered_map<Expr, Expr, ExprHash> done_;
};

}  // namespace

Expr operator+(const Expr& a, const Expr& b) {
  if (a.is_constant(0)) return b;
  if (b.is_constant(0)) return a;
  if (b.op() == Op::kNeg) return a - b.args()[0];
  return fold(Op::kAdd, a, b);
}

Expr operator-(const Expr& a, const Expr& b) {
  if (b.is_constant(0)) return a;
  if (a.is_constant(0)) return -b;
  if (b.op() == Op::kNeg) return a + b.args()[0];
  return fold(Op::kSub, a, b);
}

Expr operator*(const Expr& a, const Expr& b) {
  if (a.is_constant(1)) return b;
  if (b.is_constant(1)) return a;
  if (a.is_constant(-1)) return -b;
  if (b.is_constant(-1)) return -a;
  return fold(Op::kMul, a, b);
}

Expr operator/(const Expr& a, const Expr& b) {
  if (b.is_constant(1)) return a;
  return fold(Op::kDiv, a, b);
}

Expr operator-(const Expr& a) {
  if (a.is_constant()) return Expr::constant(-a.value());
  if (a.op() == Op::kNeg) return a.args()[0];
  return Expr::apply(Op::kNeg, {a});
}

Expr derivative(const Expr& expr) {
  const auto is_input = [](const Expr& leaf) { return leaf.is_input(); };
  return Differentiator(is_input)(expr);
}

Expr derivative(const Expr& expr, const std::string& name) {
  const auto is_parameter = [&](const Expr& leaf) {
    return leaf.is_parameter() && leaf.parameter().name == name;
  };
  return Differentiator(is_parameter)(expr);
}

}  // namespace nonlin
