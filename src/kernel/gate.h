// Gates: y = f(a) * b, where a network gives both a and b, f being the activation function. With f
// the sigmoid this is the gated linear unit (Dauphin, Fan, Auli, Grangier 2017, "Language Modeling
// with Gated Convolutional Networks", section 2), with f = x*sigmoid(x) it is SwiGLU (Shazeer 2020,
// "GLU Variants Improve Transformer", section 2). Here f is any expression.
//
// a, b, y and their gradients are rows [rows, channels] with strides of their own, so that a and b
// may be the halves of one tensor [rows, 2 * channels]. Which half is activated is the caller's
// choice: torch.nn.functional.glu activates the second one, Shazeer's formula Swish(xW) * xV with
// [W, V] as one matrix the first. Types, parameters, threads and reductions are those of
// kernel/kernel.h. NaN in, NaN out.
#pragma once

#include <span>

#include "kernel/kernel.h"
#include "kernel/rows.h"

namespace nonlin {

/// Which half of a row goes through f; the other one is b.
enum class ActivatedHalf { kFirst, kSecond };

struct GateInputs {
  ConstRows a;  ///< Goes through f.
  ConstRows b;
};
struct GateGradients {
  Rows a;
  Rows b;
};

/// a and b as the halves of rows of 2 * channels elements without gaps.
GateInputs gate_halves(const void* x, std::size_t channels, DType dtype, ActivatedHalf activated);
GateGradients gate_halves(void* x, std::size_t channels, DType dtype, ActivatedHalf activated);

class GateKernel {
 public:
  virtual ~GateKernel() = default;

  virtual const FunctionForm& form() const = 0;
  virtual DType dtype() const = 0;
  const std::vector<Parameter>& parameters() const { return form().parameters; }

  /// y = f(a) * b. y may be a or b, with the same stride.
  virtual void forward(const GateInputs& inputs, Rows y, MatrixShape shape,
                       std::span<const float> parameters, const Parallel& parallel) const = 0;

  /// da = dy * b * f'(a) and db = dy * f(a), with f(a) computed anew; adds the sums over rows of
  /// dy * b * df/dparameter to `parameter_gradients` [parameter, channels]. Each gradient may take
  /// the place of any input, with the same stride.
  virtual void backward(const GateInputs& inputs, ConstRows dy, const GateGradients& gradients,
                        MatrixShape shape, std::span<const float> parameters,
                        std::span<double> parameter_gradients, const Parallel& parallel) const = 0;
};

}  // namespace nonlin
