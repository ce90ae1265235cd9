#include "verify/budgets.h"

#include <array>

#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr Budget default_budget(DType dtype) {
  // Arithmetic is float32 whatever the type: the narrow ones are lost only to the last rounding.
  return dtype == DType::kFloat32 ? Budget{.value = 4, .derivative = 8}
                                  : Budget{.value = 1, .derivative = 1};
}

struct Exception {
  std::string_view function;  ///< Its name in the catalogue.
  DType dtype;
  Budget budget;
};

constexpr std::array kExceptions = {
    Exception{"GELU",
              DType::kFloat32,
              {.value = 200,
               .derivative = 260,
               .reason = "rounding x/sqrt(2) costs erfc about x^2 ulp in the left tail"}},
    Exception{
        "atan_squared_minus_x",
        DType::kFloat32,
        {.value = 7,
         .derivative = 11,
         .reason =
             "near 1 the difference is half as large as its parts, and their errors are not"}},
    Exception{
        "x_asinh_squared",
        DType::kFloat32,
        {.value = 9, .derivative = 8, .reason = "a square has twice the error of asinh, 3.7 ulp"}},
};

}  // namespace

Budget budget_of(const Expr& expr, DType dtype) {
  for (const Exception& exception : kExceptions) {
    if (exception.dtype != dtype) continue;
    const CatalogueEntry* entry = find_catalogue(exception.function);
    const Result<Expr> known = parse_expression(entry->formula);
    if (known && known.value() == expr) return exception.budget;
  }
  return default_budget(dtype);
}

}  // namespace nonlin
