// A function and its slope over contiguous elements, on several threads: the loops around the code
// of kernel/elementwise_generator.h. What is larger than the caches keep is stored past them, which
// saves reading every line before it is written, as a large copy does.
#pragma once

#include <cstddef>

#include "kernel/elementwise_generator.h"
#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {

class Elementwise {
 public:
  Elementwise(DType dtype, MachineCode code);

  /// As Kernel::forward and Kernel::backward, for `count` elements.
  void forward(const void* x, void* y, std::size_t count, const Parallel& parallel) const;
  void backward(const void* x, const void* dy, void* dx, std::size_t count,
                const Parallel& parallel) const;

 private:
  struct Arrays;
  enum class Stores { kPlain, kPastCaches };

  void run(ElementwiseFunction function, const Arrays& arrays, std::size_t count,
           const Parallel& parallel) const;
  void run_chunk(ElementwiseFunction function, const Arrays& arrays, std::size_t vectors,
                 Stores stores) const;
  void run_piece(ElementwiseFunction function, const Arrays& arrays, std::size_t count) const;
  void call(ElementwiseFunction function, const Arrays& arrays, std::size_t vectors) const;

  DType dtype_;
  MachineCode code_;
};

}  // namespace nonlin
