// What a function really is at a point: its expression evaluated in arithmetic of many digits (GNU
// MPFR), with as many as it takes. Float64 cannot judge float32 where an expression cancels or
// overflows; this can.
//
// The precision is raised until two evaluations agree to 60 bits (Ziv's strategy): 192 bits, which
// tell x from x*e^-|x| at the smallest float32, then 640, and twice as many from there to 20,480.
// MPFR's exponents reach 2^(2^62), so that only the likes of e^(1e19) are beyond it: such points
// are marked, since what follows from them (1/e^(1e19) is 0, but e^(1e19)/e^(2e19) is not a
// number) may be wrong. So are sines and cosines of numbers above 2^4096.
#pragma once

#include <memory>

#include "expr/expr.h"
#include "numeric/evaluate.h"

namespace nonlin {

/// One function, prepared. Not thread-safe: each thread makes its own.
class ExactFunction {
 public:
  /// The expression as it is written, by the op table's meanings, conventions at kinks included.
  /// Constants are the doubles that they are.
  explicit ExactFunction(const Expr& expr, const ParameterValues& values = {});
  ~ExactFunction();
  ExactFunction(ExactFunction&&) noexcept;
  ExactFunction& operator=(ExactFunction&&) noexcept;

  struct Value {
    double value = 0;      ///< Rounded to the nearest double; NaN where undefined.
    bool in_range = true;  ///< False if something on the way was beyond MPFR's exponents.
  };

  /// f(x). Costs 2 to 50 microseconds for usual functions.
  Value at(double x);

  /// The same, but an evaluation at the lowest precision is enough if it confirms `estimate` to
  /// 1e-12: half the cost of at().
  Value confirm(double x, double estimate);

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace nonlin
