// A function's value and derivative, together, as an LLVM module of one function in float64.
#pragma once

#include <cstdint>

#include "expr/function_form.h"
#include "kernel/jit.h"

namespace nonlin {

/// The value and the derivative at `vectors` vectors of half the target's lanes, in float64.
using ReferenceFunction = void (*)(const float* x, double* value, double* derivative,
                                   std::int64_t vectors);

/// Writes one ReferenceFunction. The form must be free of parameters. Refers to `form`.
Generator reference_generator(const FunctionForm& form);

}  // namespace nonlin
