// Where a function has no value: what there is to tell a person before anything is computed with
// it, such as that 1/(x - x) divides by zero or that sqrt(x) needs x >= 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "expr/expr.h"

namespace nonlin {

enum class DomainProblemKind : std::uint8_t {
  kDivisionByZero,  ///< A denominator that is the number 0, whatever x and the parameters are.
  kNowhereFinite,   ///< NaN or infinite for every x of the reference range.
  kPartlyFinite,    ///< For some of them, isolated poles included.
};

struct DomainProblem {
  DomainProblemKind kind;
  Expr culprit;        ///< The smallest part of the expression that has the problem.
  std::string detail;  ///< For people: "sqrt(-1 - x^2) is NaN for every x".
};

/// The first of these problems that `expr` has, in the order of the enum; parameters have their
/// start values. Decided at 2,049 evenly spread points of [-8, 8] (the reference range of
/// numeric/screen.h), so that a pole or gap between two of them goes unseen. Cost: one evaluation
/// there of every part of the expression, under a millisecond for a common one.
std::optional<DomainProblem> domain_problem(const Expr& expr);

}  // namespace nonlin
