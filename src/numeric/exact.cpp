#include "numeric/exact.h"

#include <mpfr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "expr/expr_hash.h"
#include "expr/op.h"

namespace nonlin {
namespace {

constexpr mpfr_prec_t kLeastPrecision = 192;
constexpr mpfr_prec_t kSecondPrecision = 640;  // Tells 1 from 1 + x^4 at the smallest float32.
constexpr mpfr_prec_t kMostPrecision = 20'480;
constexpr double kAgreement = 0x1p-60;
constexpr double kConfirmation = 1e-12;
constexpr mpfr_rnd_t kNearest = MPFR_RNDN;

// A number of some precision; what is in it survives no change of that.
class Register {
 public:
  Register() { mpfr_init2(value_, kLeastPrecision); }
  ~Register() { mpfr_clear(value_); }
  Register(const Register&) = delete;
  Register& operator=(const Register&) = delete;

  void set_precision(mpfr_prec_t precision) { mpfr_set_prec(value_, precision); }
  mpfr_ptr get() { return value_; }

 private:
  mpfr_t value_;
};

// Numbers that operations need on their way, and what they have to say.
struct Scratch {
  Register first, second;
  bool angle_is_huge = false;
};

// Sines and cosines reduce their argument with as many digits of pi as it has: the sine of e^(1e6)
// would take forever. True, with NaN in `to`, where that is not even tried.
bool is_huge_angle(mpfr_ptr to, mpfr_srcptr a, Scratch& scratch) {
  constexpr mpfr_exp_t kMostBits = 4096;
  if (!mpfr_regular_p(a) || mpfr_get_exp(a) <= kMostBits) return false;
  mpfr_set_nan(to);
  scratch.angle_is_huge = true;
  return true;
}

void sigmoid(mpfr_ptr to, mpfr_srcptr a, Scratch& scratch) {
  mpfr_neg(scratch.first.get(), a, kNearest);
  mpfr_exp(to, scratch.first.get(), kNearest);
  mpfr_add_ui(to, to, 1, kNearest);
  mpfr_ui_div(to, 1, to, kNearest);
}

// max(a, 0) + log1p(e^-|a|), so that e^a need not be within range.
void softplus(mpfr_ptr to, mpfr_srcptr a, Scratch& scratch) {
  mpfr_ptr tail = scratch.first.get();
  mpfr_abs(tail, a, kNearest);
  mpfr_neg(tail, tail, kNearest);
  mpfr_exp(tail, tail, kNearest);
  mpfr_log1p(tail, tail, kNearest);
  if (mpfr_sgn(a) > 0) {
    mpfr_add(to, a, tail, kNearest);
  } else {
    mpfr_set(to, tail, kNearest);
  }
}

// sin(pi a) / (pi a).
void sinc(mpfr_ptr to, mpfr_srcptr a, Scratch& scratch) {
  if (mpfr_zero_p(a)) {
    mpfr_set_ui(to, 1, kNearest);
    return;
  }
  mpfr_ptr angle = scratch.first.get();
  mpfr_const_pi(angle, kNearest);
  mpfr_mul(angle, angle, a, kNearest);
  mpfr_sinpi(to, a, kNearest);
  mpfr_div(to, to, angle, kNearest);
}

// (cos(pi a) - sinc(a)) / a.
void sinc_derivative(mpfr_ptr to, mpfr_srcptr a, Scratch& scratch) {
  if (mpfr_zero_p(a)) {
    mpfr_set_ui(to, 0, kNearest);
    return;
  }
  mpfr_ptr cosine = scratch.second.get();
  sinc(to, a, scratch);
  mpfr_cospi(cosine, a, kNearest);
  mpfr_sub(to, cosine, to, kNearest);
  mpfr_div(to, to, a, kNearest);
}

void sign(mpfr_ptr to, mpfr_srcptr a) {
  if (mpfr_nan_p(a)) {
    mpfr_set_nan(to);
  } else {
    mpfr_set_si(to, mpfr_sgn(a) > 0 ? 1 : (mpfr_sgn(a) < 0 ? -1 : 0), kNearest);
  }
}

void keep_positive(mpfr_ptr to, mpfr_srcptr a, bool as_one) {
  if (mpfr_nan_p(a)) {
    mpfr_set_nan(to);
  } else if (mpfr_sgn(a) <= 0) {
    mpfr_set_ui(to, 0, kNearest);
  } else if (as_one) {
    mpfr_set_ui(to, 1, kNearest);
  } else {
    mpfr_set(to, a, kNearest);
  }
}

// MPFR's own max and min give the other operand for a NaN.
void select(mpfr_ptr to, mpfr_srcptr a, mpfr_srcptr b, bool larger) {
  if (mpfr_nan_p(a) || mpfr_nan_p(b)) {
    mpfr_set_nan(to);
  } else {
    mpfr_set(to, (mpfr_cmp(a, b) > 0) == larger ? a : b, kNearest);
  }
}

void step(mpfr_ptr to, mpfr_srcptr a, mpfr_srcptr b) {
  if (mpfr_nan_p(a) || mpfr_nan_p(b)) {
    mpfr_set_nan(to);
  } else {
    const int order = mpfr_cmp(a, b);
    mpfr_set_d(to, order > 0 ? 1 : (order == 0 ? 0.5 : 0), kNearest);
  }
}

// `b` is `a` for operations of one argument.
void apply(Op op, mpfr_ptr to, mpfr_srcptr a, mpfr_srcptr b, Scratch& scratch) {
  const bool is_periodic =
      op == Op::kSin || op == Op::kCos || op == Op::kSinc || op == Op::kSincDerivative;
  if (is_periodic && is_huge_angle(to, a, scratch)) return;
  switch (op) {
    case Op::kInput:
    case Op::kConstant:
    case Op::kParameter: break;
    case Op::kAdd: mpfr_add(to, a, b, kNearest); return;
    case Op::kSub: mpfr_sub(to, a, b, kNearest); return;
    case Op::kMul: mpfr_mul(to, a, b, kNearest); return;
    case Op::kDiv: mpfr_div(to, a, b, kNearest); return;
    case Op::kPow: mpfr_pow(to, a, b, kNearest); return;
    case Op::kNeg: mpfr_neg(to, a, kNearest); return;
    case Op::kAbs: mpfr_abs(to, a, kNearest); return;
    case Op::kSign: sign(to, a); return;
    case Op::kSqrt: mpfr_sqrt(to, a, kNearest); return;
    case Op::kExp: mpfr_exp(to, a, kNearest); return;
    case Op::kLog: mpfr_log(to, a, kNearest); return;
    case Op::kSin: mpfr_sin(to, a, kNearest); return;
    case Op::kCos: mpfr_cos(to, a, kNearest); return;
    case Op::kSinh: mpfr_sinh(to, a, kNearest); return;
    case Op::kCosh: mpfr_cosh(to, a, kNearest); return;
    case Op::kTanh: mpfr_tanh(to, a, kNearest); return;
    case Op::kAsinh: mpfr_asinh(to, a, kNearest); return;
    case Op::kAtan: mpfr_atan(to, a, kNearest); return;
    case Op::kErf: mpfr_erf(to, a, kNearest); return;
    case Op::kSinc: sinc(to, a, scratch); return;
    case Op::kSincDerivative: sinc_derivative(to, a, scratch); return;
    case Op::kSigmoid: sigmoid(to, a, scratch); return;
    case Op::kSoftplus: softplus(to, a, scratch); return;
    case Op::kRelu: keep_positive(to, a, false); return;
    case Op::kHeaviside: keep_positive(to, a, true); return;
    case Op::kMax: select(to, a, b, true); return;
    case Op::kMin: select(to, a, b, false); return;
    case Op::kStep: step(to, a, b); return;
    case Op::kExpm1: mpfr_expm1(to, a, kNearest); return;
    case Op::kLog1p: mpfr_log1p(to, a, kNearest); return;
    case Op::kErfc: mpfr_erfc(to, a, kNearest); return;
  }
  throw Error(ErrorCode::kInternal, "a leaf has no operation");
}

bool same_within(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

}  // namespace

// The expression as a list of steps, arguments before what is made of them, equal parts once.
struct ExactFunction::Machine {
  struct Step {
    Op op = Op::kInput;
    double leaf = 0;  // Of constants and parameters.
    std::array<std::size_t, 2> args{};
  };

  std::vector<Step> steps;
  std::vector<Register> registers;
  Scratch scratch;
  Register last;  // The result at the precision before.
  mpfr_prec_t precision = kLeastPrecision;
  bool in_range = true;

  std::size_t add(const Expr& expr, const ParameterValues& values,
                  std::unordered_map<Expr, std::size_t, ExprHash>& known) {
    if (const auto found = known.find(expr); found != known.end()) return found->second;
    Step step{.op = expr.op()};
    for (std::size_t i = 0; i < expr.args().size(); ++i) {
      step.args[i] = add(expr.args()[i], values, known);
    }
    if (expr.args().size() == 1) step.args[1] = step.args[0];
    if (expr.is_constant()) step.leaf = expr.value();
    if (expr.is_parameter()) {
      const auto given = values.find(expr.parameter().name);
      step.leaf = given == values.end() ? expr.parameter().initial : given->second;
    }
    steps.push_back(step);
    known.emplace(expr, steps.size() - 1);
    return steps.size() - 1;
  }

  void set_precision(mpfr_prec_t wanted) {
    if (wanted == precision) return;
    precision = wanted;
    for (Register& each : registers) each.set_precision(wanted);
    scratch.first.set_precision(wanted);
    scratch.second.set_precision(wanted);
  }

  mpfr_ptr evaluate(double x, mpfr_prec_t wanted) {
    set_precision(wanted);
    mpfr_set_emin(mpfr_get_emin_min());  // Of this thread: it may be another one than last time.
    mpfr_set_emax(mpfr_get_emax_max());
    mpfr_clear_flags();
    scratch.angle_is_huge = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      mpfr_ptr to = registers[i].get();
      if (step.op == Op::kInput) {
        mpfr_set_d(to, x, kNearest);
      } else if (step.op == Op::kConstant || step.op == Op::kParameter) {
        mpfr_set_d(to, step.leaf, kNearest);
      } else {
        apply(step.op, to, registers[step.args[0]].get(), registers[step.args[1]].get(), scratch);
      }
    }
    in_range = !mpfr_overflow_p() && !scratch.angle_is_huge;
    return registers.back().get();
  }

  // Whether the result agrees with that of the precision before; remembers it.
  bool agrees_with_last(mpfr_ptr result) {
    mpfr_ptr before = last.get();
    bool agrees = mpfr_nan_p(result) ? mpfr_nan_p(before) != 0 : mpfr_equal_p(result, before) != 0;
    // A sum that cancels to nothing may do so at two precisions, and log or 1/x make it infinite.
    const bool is_doubtful = mpfr_zero_p(result) || mpfr_inf_p(result);
    if (agrees && is_doubtful) agrees = precision > 2 * kSecondPrecision;
    if (!agrees && mpfr_number_p(result) && mpfr_number_p(before)) {
      Register difference;
      mpfr_reldiff(difference.get(), before, result, kNearest);
      agrees = std::abs(mpfr_get_d(difference.get(), kNearest)) <= kAgreement;
    }
    last.set_precision(precision);
    mpfr_set(last.get(), result, kNearest);
    return agrees;
  }

  Value until_agreement(double x, mpfr_ptr first) {
    last.set_precision(precision);
    mpfr_set(last.get(), first, kNearest);
    for (mpfr_prec_t next = kSecondPrecision; next <= kMostPrecision; next *= 2) {
      if (agrees_with_last(evaluate(x, next))) break;
    }
    return {mpfr_get_d(last.get(), kNearest), in_range};
  }
};

ExactFunction::ExactFunction(const Expr& expr, const ParameterValues& values)
    : machine_(std::make_unique<Machine>()) {
  std::unordered_map<Expr, std::size_t, ExprHash> known;
  machine_->add(expr, values, known);
  machine_->registers = std::vector<Register>(machine_->steps.size());
}

ExactFunction::~ExactFunction() = default;
ExactFunction::ExactFunction(ExactFunction&&) noexcept = default;
ExactFunction& ExactFunction::operator=(ExactFunction&&) noexcept = default;

ExactFunction::Value ExactFunction::at(double x) {
  return machine_->until_agreement(x, machine_->evaluate(x, kLeastPrecision));
}

ExactFunction::Value ExactFunction::confirm(double x, double estimate) {
  mpfr_ptr first = machine_->evaluate(x, kLeastPrecision);
  const double value = mpfr_get_d(first, kNearest);
  const bool is_doubtful = value == 0 || std::isinf(value);
  if (!is_doubtful && same_within(value, estimate, kConfirmation)) {
    return {value, machine_->in_range};
  }
  return machine_->until_agreement(x, first);
}

}  // namespace nonlin
