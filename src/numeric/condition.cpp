#include "numeric/condition.h"

#include <algorithm>
#include <cmath>

#include "expr/op.h"

namespace nonlin {
namespace {

// What is known of the values of an expression, where they are numbers; each includes those before.
enum class Sign { kAny, kNonnegative, kPositive };

// Signs are looked for this deep only, which keeps the search short in towers of |...|.
constexpr int kMaxDepth = 12;

Sign sign_of(const Expr& expr, int depth);

Sign sign_of_number(double value) {
  if (value > 0) return Sign::kPositive;
  return value == 0 ? Sign::kNonnegative : Sign::kAny;
}

Sign sign_of_power(const Expr& base, const Expr& exponent, int depth) {
  const Sign sign = sign_of(base, depth);
  return holds(Is::kEven, exponent) ? std::max(sign, Sign::kNonnegative) : sign;
}

Sign sign_of_sum(Sign a, Sign b) {
  return std::min(a, b) == Sign::kAny ? Sign::kAny : std::max(a, b);
}

Sign sign_of(const Expr& expr, int depth) {
  if (depth == 0) return Sign::kAny;
  const auto sign = [&](std::size_t i) { return sign_of(expr.args()[i], depth - 1); };
  switch (expr.op()) {
    case Op::kConstant: return sign_of_number(expr.value());
    case Op::kExp:
    case Op::kCosh:
    case Op::kSigmoid:
    case Op::kSoftplus:
    case Op::kErfc: return Sign::kPositive;
    case Op::kHeaviside:
    case Op::kStep: return Sign::kNonnegative;
    case Op::kAbs:
    case Op::kSqrt:
    case Op::kRelu: return std::max(sign(0), Sign::kNonnegative);
    case Op::kSign:
    case Op::kSinh:
    case Op::kTanh:
    case Op::kAsinh:
    case Op::kAtan:
    case Op::kErf:
    case Op::kExpm1:
    case Op::kLog1p: return sign(0);
    case Op::kAdd: return sign_of_sum(sign(0), sign(1));
    case Op::kMul:
      if (expr.args()[0] == expr.args()[1]) return std::max(sign(0), Sign::kNonnegative);
      return std::min(sign(0), sign(1));
    case Op::kDiv:
    case Op::kMin: return std::min(sign(0), sign(1));
    case Op::kMax: return std::max(sign(0), sign(1));
    case Op::kPow: return sign_of_power(expr.args()[0], expr.args()[1], depth - 1);
    default: return Sign::kAny;
  }
}

bool is_whole_with_remainder(const Expr& expr, double remainder) {
  return is_whole_number(expr) && std::abs(std::fmod(expr.value(), 2)) == remainder;
}

}  // namespace

bool contains_input(const Expr& expr) {
  return expr.is_input() || std::ranges::any_of(expr.args(), contains_input);
}

bool is_whole_number(const Expr& expr) {
  return expr.is_constant() && std::abs(expr.value()) < 1e9 &&
         expr.value() == std::trunc(expr.value());
}

bool holds(Is wanted, const Expr& expr) {
  switch (wanted) {
    case Is::kAnything: return true;
    case Is::kNonnegative: return sign_of(expr, kMaxDepth) >= Sign::kNonnegative;
    case Is::kPositive: return sign_of(expr, kMaxDepth) == Sign::kPositive;
    case Is::kWhole: return is_whole_number(expr);
    case Is::kPositiveWhole: return is_whole_number(expr) && expr.value() > 0;
    case Is::kEven: return is_whole_with_remainder(expr, 0);
    case Is::kOdd: return is_whole_with_remainder(expr, 1);
    case Is::kVarying: return contains_input(expr);
  }
  return false;
}

}  // namespace nonlin
