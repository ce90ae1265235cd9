#include "expr/function_form.h"

namespace nonlin {

FunctionForm form_as_written(const Expr& expr) {
  FunctionForm form{.value = expr,
                    .derivative = derivative(expr),
                    .parameter_derivatives = {},
                    .parameters = parameters_of(expr)};
  for (const Parameter& parameter : form.parameters) {
    form.parameter_derivatives.push_back(derivative(expr, parameter.name));
  }
  return form;
}

}  // namespace nonlin
