#include "numeric/stable_form.h"

namespace nonlin {

FunctionForm stable_form(const Expr& expr) { return form_as_written(expr); }

}  // namespace nonlin
