#include "space/value_program.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nonlin {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <typename Function>
void for_each(const ProbeValues& a, const ProbeValues& b, ProbeValues& result, Function function) {
  for (std::size_t i = 0; i < kProbes; ++i) result[i] = function(a[i], b[i]);
}

bool is_everywhere(const ProbeValues& values, double value) {
  return std::ranges::all_of(values, [value](double each) { return each == value; });
}

// Arithmetic in loops that compilers turn into vector code; all else by the op table.
void compute(Op op, const ProbeValues& a, const ProbeValues& b, ProbeValues& result) {
  switch (op) {
    case Op::kAdd: return for_each(a, b, result, [](double x, double y) { return x + y; });
    case Op::kSub: return for_each(a, b, result, [](double x, double y) { return x - y; });
    case Op::kMul: return for_each(a, b, result, [](double x, double y) { return x * y; });
    case Op::kDiv: return for_each(a, b, result, [](double x, double y) { return x / y; });
    case Op::kNeg: return for_each(a, b, result, [](double x, double) { return -x; });
    case Op::kAbs: return for_each(a, b, result, [](double x, double) { return std::abs(x); });
    case Op::kMax:
      return for_each(a, b, result,
                      [](double x, double y) { return x != x || y != y ? kNaN : (x > y ? x : y); });
    case Op::kMin:
      return for_each(a, b, result,
                      [](double x, double y) { return x != x || y != y ? kNaN : (x < y ? x : y); });
    case Op::kPow:
      if (is_everywhere(b, 2)) return compute(Op::kMul, a, a, result);
      break;
    default: break;
  }
  const OpRow& row = row_of(op);
  for (std::size_t i = 0; i < kProbes; ++i) {
    const std::array<double, 2> point{a[i], b[i]};
    result[i] = row.value(std::span(point).first(static_cast<std::size_t>(row.arity)));
  }
}

}  // namespace

ValueProgram::ValueProgram(const Expr& function) {
  for (const Parameter& parameter : parameters_of(function)) {
    if (parameter.name != "a" && parameter.name != "b") parameters_.push_back(parameter);
  }
  result_ = source_of(function);
}

ValueProgram::Source ValueProgram::source_of(const Expr& expr) {
  if (expr.is_input()) return {Place::kOperand, 0};
  if (expr.is_constant()) {
    constants_.emplace_back().fill(expr.value());
    return {Place::kConstant, constants_.size() - 1};
  }
  if (expr.is_parameter()) {
    const std::string& name = expr.parameter().name;
    if (name == "a" || name == "b") return {Place::kOperand, name == "a" ? 0u : 1u};
    const auto found = std::ranges::find(parameters_, name, &Parameter::name);
    return {Place::kParameter, static_cast<std::size_t>(found - parameters_.begin())};
  }
  Step step{expr.op(), {}};
  step.args[0] = source_of(expr.args()[0]);
  step.args[1] = expr.args().size() == 1 ? step.args[0] : source_of(expr.args()[1]);
  steps_.push_back(step);
  return {Place::kStep, steps_.size() - 1};
}

void ValueProgram::run(std::span<const ProbeValues* const> operands,
                       std::span<const ProbeValues* const> parameters,
                       std::vector<ProbeValues>& scratch, ProbeValues& result) const {
  if (scratch.size() < steps_.size()) scratch.resize(steps_.size());
  const auto values = [&](Source source) -> const ProbeValues& {
    switch (source.place) {
      case Place::kOperand: return *operands[source.index];
      case Place::kParameter: return *parameters[source.index];
      case Place::kConstant: return constants_[source.index];
      case Place::kStep: break;
    }
    return scratch[source.index];
  };
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    ProbeValues& into = i + 1 == steps_.size() ? result : scratch[i];
    compute(step.op, values(step.args[0]), values(step.args[1]), into);
  }
  if (steps_.empty()) result = values(result_);
}

}  // namespace nonlin
