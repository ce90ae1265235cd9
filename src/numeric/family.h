// When two expressions are the same activation function.
//
// An expression with trainable parameters stands for a family of functions. Two expressions are the
// same family if, once parameters without influence are left out, the parameters of one can be
// matched one to one with those of the other such that both give the same value for every x and
// every value of the parameters. So x^2 and (-x)^2, max(x, 0) and x - min(x, 0), beta*x + beta2 and
// beta + x*beta2 are the same; names, start values and scopes of parameters do not matter.
//
// A change of parameters that is no matching makes another family, though both may reach the same
// functions: -beta*x is not beta*x, nor is (1 - beta)*x or beta*beta2*x. Trained from the same
// start values these begin as different functions or move at different speeds, so that one cannot
// stand for the other in an experiment.
//
// Equality is decided numerically, in float64 at fixed awkward and random points in [-8, 8] and
// parameters in [-2.5, 2.5], and confirmed at others: a difference below 1e-10 of the value goes
// unseen, and so does one outside that range. NaN equals NaN only, infinity itself.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "expr/catalogue.h"
#include "expr/expr.h"

namespace nonlin {

/// Whether two values are equal as far as that tells functions apart.
bool same_value(double a, double b);

bool same_family(const Expr& a, const Expr& b);

/// For every expression, the index of the first one that is the same family (its own, if there is
/// none before it). About 0.1 ms per expression: no pair is compared that cannot be equal.
std::vector<std::size_t> group_families(std::span<const Expr> exprs);

/// The parameters that change the function at all: none in beta*x + (1 - beta)*x.
std::vector<std::string> influential_parameters(const Expr& expr);

/// The catalogue's entries that are the family of `expr`, the better known first; often none. The
/// first call in a process prepares the catalogue; later ones cost as much as group_families does
/// for one expression. Thread-safe.
std::vector<const CatalogueEntry*> entries_of(const Expr& expr);

/// The catalogue's names for the family of `expr`, the better known first; often none.
std::vector<std::string> names_of(const Expr& expr);

}  // namespace nonlin
