#include "kernel/reference_kernel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <map>
#include <string>

#include "kernel/reference_generator.h"

namespace nonlin {
namespace {

FunctionForm without_parameters(const FunctionForm& form,
                                const std::map<std::string, double>& values) {
  std::map<std::string, Expr> constants;
  for (const Parameter& parameter : form.parameters) {
    const auto found = values.find(parameter.name);
    constants.emplace(parameter.name,
                      Expr::constant(found == values.end() ? parameter.initial : found->second));
  }
  return {.value = substitute_parameters(form.value, constants),
          .derivative = substitute_parameters(form.derivative, constants)};
}

MachineCode compile(const FunctionForm& form) {
  return Jit(Compiler::Options{}).compile(1, reference_generator(form));
}

}  // namespace

ReferenceKernel::ReferenceKernel(const FunctionForm& form,
                                 const std::map<std::string, double>& values)
    : code_(compile(without_parameters(form, values))) {}

void ReferenceKernel::evaluate(std::span<const float> x, std::span<double> value,
                               std::span<double> derivative) const {
  assert(value.size() == x.size() && derivative.size() == x.size());
  const std::size_t lanes = code_.lanes / 2;  // Of float64.
  const auto function = code_.at<ReferenceFunction>(0);
  const std::size_t vectors = x.size() / lanes;
  const std::size_t whole = vectors * lanes;
  const auto count = static_cast<std::int64_t>(vectors);
  if (vectors > 0) function(x.data(), value.data(), derivative.data(), count);
  if (whole == x.size()) return;
  constexpr std::size_t kMostLanes = 8;
  std::array<float, kMostLanes> inputs{};
  std::array<double, kMostLanes> values{}, derivatives{};
  std::ranges::copy(x.subspan(whole), inputs.begin());
  function(inputs.data(), values.data(), derivatives.data(), 1);
  const std::size_t rest = x.size() - whole;
  std::ranges::copy(std::span(values).first(rest),
                    value.begin() + static_cast<std::ptrdiff_t>(whole));
  std::ranges::copy(std::span(derivatives).first(rest),
                    derivative.begin() + static_cast<std::ptrdiff_t>(whole));
}

}  // namespace nonlin
