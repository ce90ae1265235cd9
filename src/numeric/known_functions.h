// The catalogue's functions of one element as expressions, read once per process: what candidates
// are compared with.
#pragma once

#include <span>

#include "expr/catalogue.h"
#include "expr/expr.h"

namespace nonlin {

struct KnownFunction {
  const CatalogueEntry* entry = nullptr;
  Expr expr;  ///< Its formula.
};

/// In the catalogue's order. Thread-safe; the first call parses the catalogue, some milliseconds.
std::span<const KnownFunction> known_functions();

}  // namespace nonlin
