// The one language for expressions: mathematics as people write it.
//
//   + - * / ^      power binds tighter than a leading minus: -x^2 is -(x^2); ^ goes from right
//                  to left; a leading minus takes the whole product: -x*y is -(x*y); but -2*x
//                  is (-2)*x
//   |x|            absolute value; bars nest: ||x| - 1|
//   f(x), f(a, b)  the functions of the op table, and catalogue names: swish(2*x), or swish alone
//                  for swish(x); a catalogue function's parameters keep their names
//   1, 2.5e-3, e, pi, inf, nan
//   x              the input
//   beta, alpha2   trainable parameters: a Greek letter's name and an optional number of up to 6
//                  digits; start value and scope may be given once: beta[0.25],
//                  beta[0.25, scalar], beta[1, channel]
//
// `/`, `log` and `sqrt` are the true functions; guarded forms are written out: log(|x|+1e-7). There
// is no multiplication without a sign: 2x is an error that proposes 2*x.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "expr/expr.h"

namespace nonlin {

/// Names that mean a given expression in one text only, before any other meaning: a space's eps.
using Bindings = std::map<std::string, Expr, std::less<>>;

/// Reads an expression. The error shows the text with a caret under the first character that cannot
/// be read, and says what was expected there; for an unknown name it offers the nearest ones.
/// Texts over 10,000 characters, and expressions over 1,000 nodes or nested over 200 deep, are
/// refused, so that any bytes are answered within milliseconds; an error's text is short and
/// printable. What is read can be written by to_string and read again.
Result<Expr> parse_expression(std::string_view text, const Bindings& bindings = {});

/// Writes an expression so that parse_expression gives back an equal one, with as few parentheses
/// as that allows while no two signs stand side by side: x*(-2). Constants are printed shortest
/// such that they read back to the same double; pi and e by name, the infinities as inf and -inf.
std::string to_string(const Expr& expr);

}  // namespace nonlin
