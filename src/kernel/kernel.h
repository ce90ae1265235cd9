// Expressions as machine code. One compiled kernel holds everything that training with an
// activation needs, for one storage type: elementwise forward and backward, and BatchNorm +
// activation with an optional residual, forward and two-pass backward.
//
// Layout: tensors are channels-last, that is a matrix [rows, channels] (rows = batch x height x
// width). Arithmetic is float32 in registers whatever the storage type. Parameters of the
// activation are a float32 matrix [parameter, channels]; the caller repeats a scalar parameter over
// the channels and adds up its gradients. Any number of channels and rows, zero included; arrays
// need no more alignment than their elements. A kernel may be used by several threads at once.
//
// Every reduction is cut into chunks of rows whose size depends on the shape alone, and summed in a
// fixed order in float64: results do not depend on the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "expr/expr.h"
#include "expr/function_form.h"

namespace nonlin {

enum class DType : std::uint8_t { kFloat32, kBFloat16, kFloat16 };

/// "float32", "bfloat16", "float16".
std::string_view to_string(DType dtype);

constexpr std::size_t byte_size(DType dtype) { return dtype == DType::kFloat32 ? 4 : 2; }

/// Runs task(0) ... task(count - 1), in any order, on any threads; returns when all are done.
using Parallel =
    std::function<void(std::size_t count, const std::function<void(std::size_t)>& task)>;

/// Runs every task on the calling thread.
Parallel serial();

struct MatrixShape {
  std::size_t rows = 0;
  std::size_t channels = 0;
};

class Kernel {
 public:
  virtual ~Kernel() = default;

  virtual const FunctionForm& form() const = 0;
  virtual DType dtype() const = 0;
  /// In the order of the rows of every `parameters` and `parameter_gradients` matrix.
  const std::vector<Parameter>& parameters() const { return form().parameters; }

  /// y = f(x). y may be x.
  virtual void forward(const void* x, void* y, MatrixShape shape, std::span<const float> parameters,
                       const Parallel& parallel) const = 0;

  /// dx = dy * f'(x); adds sum over rows of dy * df/dparameter to `parameter_gradients`
  /// [parameter, channels]. dx may be dy.
  virtual void backward(const void* x, const void* dy, void* dx, MatrixShape shape,
                        std::span<const float> parameters, std::span<double> parameter_gradients,
                        const Parallel& parallel) const = 0;

  /// y = f(scale[c] * x + shift[c] + residual); `residual` may be null; y may be x or residual.
  virtual void affine_forward(const void* x, const void* residual, void* y, MatrixShape shape,
                              std::span<const float> scale, std::span<const float> shift,
                              std::span<const float> parameters,
                              const Parallel& parallel) const = 0;

  /// First pass of the backward of affine_forward: dz = dy * f'(z), z = scale * x + shift +
  /// residual recomputed; dz may be dy (and is also the gradient of the residual). Sets sum_dz[c]
  /// and sum_dz_x[c] = sum over rows of dz * (x - center[c]); adds to `parameter_gradients`.
  virtual void affine_backward(const void* x, const void* residual, const void* dy, void* dz,
                               MatrixShape shape, std::span<const float> scale,
                               std::span<const float> shift, std::span<const float> center,
                               std::span<const float> parameters, std::span<double> sum_dz,
                               std::span<double> sum_dz_x, std::span<double> parameter_gradients,
                               const Parallel& parallel) const = 0;
};

// The two passes of BatchNorm that do not depend on the activation (kernel/batch_norm.cpp). For
// float32 and bf16, in which children are trained; float16 throws Error{kUnsupported}.

/// Mean and biased variance over the rows, per channel; accurate to 1e-5 relative also where
/// |mean| is 100 standard deviations.
void channel_moments(DType dtype, const void* x, MatrixShape shape, std::span<double> mean,
                     std::span<double> variance, const Parallel& parallel);

/// dx = a[c] * dz + b[c] * x + c[c]: the second pass of BatchNorm's backward. dx may be dz.
void channel_combine(DType dtype, const void* dz, const void* x, void* dx, MatrixShape shape,
                     std::span<const float> a, std::span<const float> b, std::span<const float> c,
                     const Parallel& parallel);

/// dst = a + b over `count` elements (joins two gradients of a residual branch); dst may be a or b.
void add(DType dtype, const void* a, const void* b, void* dst, std::size_t count,
         const Parallel& parallel);

class GateKernel;   // kernel/gate.h
class NormKernel;   // kernel/norm.h
class PlaneKernel;  // kernel/plane.h
enum class NormKind : std::uint8_t;

/// Compiles with LLVM's ORC for this machine, and remembers compiled kernels by layer, form and
/// dtype, in memory and, if wanted, on disk.
class Compiler {
 public:
  struct Options {
    std::string isa = {};  ///< A name of kernel/isa.h; empty or "host": the widest that runs here.
    std::size_t cached_kernels = 256;  ///< Least recently used ones beyond this are forgotten.
    std::string cache_folder = {};     ///< Compiled objects are kept there; empty: nowhere.
  };

  Compiler();
  /// Throws Error as choose_isa (kernel/isa.h) does.
  explicit Compiler(Options options);
  ~Compiler();
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  /// The kernel of a form, value and slopes as they stand. Thread-safe. About 10 ms when it is not
  /// cached in memory, 1 ms from disk; as much again when forward() or backward() is first called.
  /// Errors: kUnsupported for float16 on an instruction set without conversions for it.
  Result<std::shared_ptr<const Kernel>> compile(const FunctionForm& form, DType dtype);
  /// The kernel of `expr` as it is written. Errors: kUnsupported for an op without a derivative.
  Result<std::shared_ptr<const Kernel>> compile(const Expr& expr, DType dtype);

  /// The same for the other fused layers.
  Result<std::shared_ptr<const GateKernel>> compile_gate(const FunctionForm& form, DType dtype);
  Result<std::shared_ptr<const NormKernel>> compile_norm(NormKind kind, const FunctionForm& form,
                                                         DType dtype);
  Result<std::shared_ptr<const PlaneKernel>> compile_planes(const FunctionForm& form, DType dtype);

  struct Statistics {
    std::size_t compiled = 0;
    std::size_t loaded = 0;  ///< Taken from the cache folder instead.
    std::size_t cache_hits = 0;
    double compile_seconds = 0;  ///< Of both, until they could be called.
  };
  Statistics statistics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nonlin
