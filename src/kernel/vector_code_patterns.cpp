// Expressions that derivatives are full of and that take fewer instructions as a whole than one
// operation at a time.
#include <optional>

#include "expr/op.h"
#include "kernel/vector_code.h"

namespace nonlin {
namespace {

using llvm::Value;

bool depends_on_input(const Expr& expr) {
  if (expr.is_input()) return true;
  for (const Expr& arg : expr.args()) {
    if (depends_on_input(arg)) return true;
  }
  return false;
}

// Whether NaN comes out wherever x is NaN; a power may be 1 all the same.
bool passes_nan(const Expr& expr) {
  if (expr.op() == Op::kPow) return false;
  if (expr.is_input()) return true;
  for (const Expr& arg : expr.args()) {
    if (passes_nan(arg)) return true;
  }
  return false;
}

// Whether NaN comes out only where x is NaN.
bool makes_no_nan(const Expr& expr) {
  switch (expr.op()) {
    case Op::kInput: return true;
    case Op::kConstant: return expr.value() == expr.value();
    case Op::kNeg:
    case Op::kAbs:
    case Op::kSign:
    case Op::kExp:
    case Op::kSinh:
    case Op::kCosh:
    case Op::kTanh:
    case Op::kAsinh:
    case Op::kAtan:
    case Op::kErf:
    case Op::kSigmoid:
    case Op::kSoftplus:
    case Op::kRelu:
    case Op::kHeaviside:
    case Op::kExpm1:
    case Op::kErfc: return makes_no_nan(expr.args()[0]);
    case Op::kMax:
    case Op::kMin:
    case Op::kStep: return makes_no_nan(expr.args()[0]) && makes_no_nan(expr.args()[1]);
    default: return false;
  }
}

// +-step(a, b) * factor.
struct StepTerm {
  Expr step;
  Expr factor = Expr::constant(1);
  bool negative = false;
};

std::optional<StepTerm> step_term(const Expr& expr) {
  if (expr.op() == Op::kStep) return StepTerm{expr};
  if (expr.op() == Op::kNeg) {
    std::optional<StepTerm> term = step_term(expr.args()[0]);
    if (term) term->negative = !term->negative;
    return term;
  }
  if (expr.op() != Op::kMul) return std::nullopt;
  for (const std::size_t i : {0, 1}) {
    if (expr.args()[i].op() == Op::kStep) return StepTerm{expr.args()[i], expr.args()[1 - i]};
  }
  return std::nullopt;
}

bool are_opposite(const Expr& step, const Expr& other) {
  return step.args()[0] == other.args()[1] && step.args()[1] == other.args()[0];
}

}  // namespace

Value* VectorCode::evaluate_pattern(const Expr& expr) {
  switch (expr.op()) {
    case Op::kAdd:
    case Op::kSub: return evaluate_choice(expr);
    case Op::kMax:
    case Op::kMin: return evaluate_extreme(expr);
    case Op::kMul: {
      const Expr &a = expr.args()[0], &b = expr.args()[1];
      if (a.op() != Op::kSigmoid || b.op() != Op::kSigmoid) return nullptr;
      const Expr &left = a.args()[0], &right = b.args()[0];
      if (right.op() == Op::kNeg && right.args()[0] == left) {
        return math_.sigmoid_slope(evaluate(left));
      }
      return nullptr;
    }
    case Op::kDiv: {
      const Expr& divisor = expr.args()[1];
      if (!depends_on_input(divisor)) {
        return math_.over_invariant(evaluate(expr.args()[0]), evaluate(divisor));
      }
      if (divisor.op() != Op::kSqrt) return nullptr;
      return math_.over_root(evaluate(expr.args()[0]), evaluate(divisor.args()[0]));
    }
    default: return nullptr;
  }
}

// step(a, b) * p + step(b, a) * q is p or q. NaN comes out by way of whichever passes it on.
Value* VectorCode::evaluate_choice(const Expr& sum) {
  std::optional<StepTerm> first = step_term(sum.args()[0]);
  std::optional<StepTerm> second = step_term(sum.args()[1]);
  if (!first || !second || !are_opposite(first->step, second->step)) return nullptr;
  if (sum.op() == Op::kSub) second->negative = !second->negative;
  if (!passes_nan(second->factor)) std::swap(first, second);  // Chosen where a or b is NaN.
  if (!passes_nan(second->factor)) return nullptr;
  const auto value_of = [&](const StepTerm& term) {
    Value* value = evaluate(term.factor);
    return term.negative ? builder_.CreateFNeg(value) : value;
  };
  Value* above = value_of(*first);
  Value* below = value_of(*second);
  const Expr& step = first->step;
  return math_.choice(evaluate(step.args()[0]), evaluate(step.args()[1]), above, below);
}

Value* VectorCode::evaluate_extreme(const Expr& expr) {
  const Expr &a = expr.args()[0], &b = expr.args()[1];
  if (a.is_constant() || b.is_constant()) return nullptr;
  const auto decides = [](const Expr& second, const Expr& first) {
    return makes_no_nan(first) && passes_nan(second);
  };
  if (decides(b, a)) return math_.extreme_by_second(expr.op(), evaluate(a), evaluate(b));
  if (decides(a, b)) return math_.extreme_by_second(expr.op(), evaluate(b), evaluate(a));
  return nullptr;
}

}  // namespace nonlin
