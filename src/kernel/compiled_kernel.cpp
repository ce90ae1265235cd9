#include "kernel/compiled_kernel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "kernel/block.h"
#include "kernel/elementwise.h"
#include "kernel/no_residual.h"
#include "kernel/prefetch.h"
#include "kernel/tiling.h"

namespace nonlin {
namespace {

// The arrays of one call, as the caller gave them.
struct Arrays {
  const void* x;
  const void* residual;
  const void* dy;
  void* out;

  Arrays from(std::size_t bytes) const {
    const auto at = [bytes](const void* base) {
      return base ? static_cast<const std::byte*>(base) + bytes : nullptr;
    };
    return {at(x), at(residual), at(dy), static_cast<std::byte*>(out) + bytes};
  }
};

class CompiledKernel final : public Kernel {
 public:
  CompiledKernel(FunctionForm form, DType dtype, MachineCode code,
                 ElementwiseCompiler compile_elementwise)
      : form_(std::move(form)),
        dtype_(dtype),
        code_(std::move(code)),
        compile_elementwise_(std::move(compile_elementwise)) {}

  const FunctionForm& form() const override { return form_; }
  DType dtype() const override { return dtype_; }

  void forward(const void* x, void* y, MatrixShape shape, std::span<const float> parameters,
               const Parallel& parallel) const override {
    if (form_.parameters.empty()) {
      elementwise().forward(x, y, shape.rows * shape.channels, parallel);
      return;
    }
    affine_forward(x, nullptr, y, shape, std::vector<float>(shape.channels, 1.0F),
                   std::vector<float>(shape.channels, -0.0F), parameters, parallel);
  }

  void backward(const void* x, const void* dy, void* dx, MatrixShape shape,
                std::span<const float> parameters, std::span<double> parameter_gradients,
                const Parallel& parallel) const override {
    if (form_.parameters.empty()) {
      elementwise().backward(x, dy, dx, shape.rows * shape.channels, parallel);
      return;
    }
    const std::vector<float> zero(shape.channels, -0.0F);
    std::vector<double> unused(2 * shape.channels);
    affine_backward(x, nullptr, dy, dx, shape, std::vector<float>(shape.channels, 1.0F), zero, zero,
                    parameters, std::span(unused).first(shape.channels),
                    std::span(unused).last(shape.channels), parameter_gradients, parallel);
  }

  void affine_forward(const void* x, const void* residual, void* y, MatrixShape shape,
                      std::span<const float> scale, std::span<const float> shift,
                      std::span<const float> parameters, const Parallel& parallel) const override {
    const Tiling tiling(shape, code_.lanes);
    const std::vector<float> tables = expand(tiling, scale, shift, {}, parameters);
    const Block block = table_block(tiling, tables);
    parallel(tiling.chunks(), [&](std::size_t chunk) {
      run(code_.at<BlockFunction>(0), block, tiling, chunk, {x, residual, nullptr, y});
    });
  }

  void affine_backward(const void* x, const void* residual, const void* dy, void* dz,
                       MatrixShape shape, std::span<const float> scale,
                       std::span<const float> shift, std::span<const float> center,
                       std::span<const float> parameters, std::span<double> sum_dz,
                       std::span<double> sum_dz_x, std::span<double> parameter_gradients,
                       const Parallel& parallel) const override {
    assert(sum_dz.size() == shape.channels && sum_dz_x.size() == shape.channels);
    assert(parameter_gradients.size() == form_.parameters.size() * shape.channels);
    const Tiling tiling(shape, code_.lanes);
    const std::vector<float> tables = expand(tiling, scale, shift, center, parameters);
    const std::size_t quantities = 2 + form_.parameters.size();
    ChunkSums sums(tiling, quantities);
    parallel(tiling.chunks(), [&](std::size_t chunk) {
      std::vector<float> chunk_sums(quantities * tiling.period);
      Block block = table_block(tiling, tables);
      block.sums = chunk_sums.data();
      run(code_.at<BlockFunction>(1), block, tiling, chunk, {x, residual, dy, dz});
      sums.collect(chunk, chunk_sums.data());
    });
    std::fill(sum_dz.begin(), sum_dz.end(), 0.0);
    std::fill(sum_dz_x.begin(), sum_dz_x.end(), 0.0);
    sums.add_to(0, sum_dz);
    sums.add_to(1, sum_dz_x);
    for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
      sums.add_to(2 + i, parameter_gradients.subspan(i * shape.channels, shape.channels));
    }
  }

 private:
  // Without anything that differs between channels, no tables are needed; and a search never asks.
  const Elementwise& elementwise() const {
    std::call_once(elementwise_once_,
                   [this] { elementwise_.emplace(dtype_, compile_elementwise_(form_)); });
    return *elementwise_;
  }

  // Scale, shift, center, then the parameters, each repeated to a period.
  std::vector<float> expand(const Tiling& tiling, std::span<const float> scale,
                            std::span<const float> shift, std::span<const float> center,
                            std::span<const float> parameters) const {
    assert(parameters.size() == form_.parameters.size() * scale.size());
    std::vector<float> tables((3 + form_.parameters.size()) * tiling.period);
    if (scale.empty()) return tables;
    tiling.expand(scale, &tables[0]);
    tiling.expand(shift, &tables[tiling.period]);
    if (!center.empty()) tiling.expand(center, &tables[2 * tiling.period]);
    for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
      tiling.expand(parameters.subspan(i * scale.size(), scale.size()),
                    &tables[(3 + i) * tiling.period]);
    }
    return tables;
  }

  static Block table_block(const Tiling& tiling, const std::vector<float>& tables) {
    Block block{};
    block.scale = tables.data();
    block.shift = block.scale + tiling.period;
    block.center = block.shift + tiling.period;
    block.parameters = block.center + tiling.period;
    block.columns = static_cast<std::int64_t>(tiling.columns);
    return block;
  }

  void run(BlockFunction function, Block block, const Tiling& tiling, std::size_t chunk,
           const Arrays& arrays) const {
    if (tiling.is_rest(chunk)) {
      run_padded(function, block, tiling, arrays.from(tiling.start_of(chunk) * byte_size(dtype_)));
      return;
    }
    const std::size_t size = byte_size(dtype_);
    for_each_strip(tiling, chunk, [&](std::size_t start, std::size_t rows) {
      block.rows = static_cast<std::int64_t>(rows);
      const Arrays here = arrays.from(start * size);
      const std::size_t bytes = rows * tiling.period * size;
      const Arrays next = here.from(bytes);
      prefetch(next.x, bytes);
      prefetch(next.residual, bytes);
      prefetch(next.dy, bytes);
      if (next.out != next.x && next.out != next.dy) prefetch(next.out, bytes);
      run_whole(function, block, here);
    });
  }

  void run_whole(BlockFunction function, Block block, const Arrays& arrays) const {
    const void* nothing = no_residual(dtype_);
    block.x = arrays.x;
    block.dy = arrays.dy;
    block.out = arrays.out;
    block.residual = arrays.residual ? arrays.residual : nothing;
    block.residual_mask = arrays.residual ? -1 : 0;
    function(&block);
  }

  // Works on a copy with zeros behind the data; what comes of them is dropped.
  void run_padded(BlockFunction function, Block block, const Tiling& tiling,
                  const Arrays& arrays) const {
    const std::size_t size = tiling.period * byte_size(dtype_);
    const std::size_t valid = tiling.rest * byte_size(dtype_);
    std::vector<std::byte> copies(4 * size);
    std::size_t used = 0;
    const auto copy = [&](const void* from) -> std::byte* {
      if (from == nullptr) return nullptr;
      std::byte* to = &copies[size * used++];
      std::memcpy(to, from, valid);
      return to;
    };
    const Arrays padded{copy(arrays.x), copy(arrays.residual), copy(arrays.dy), &copies[3 * size]};
    block.rows = 1;
    run_whole(function, block, padded);
    std::memcpy(arrays.out, padded.out, valid);
  }

  FunctionForm form_;
  DType dtype_;
  MachineCode code_;
  ElementwiseCompiler compile_elementwise_;
  mutable std::once_flag elementwise_once_;
  mutable std::optional<Elementwise> elementwise_;
};

}  // namespace

std::unique_ptr<Kernel> make_kernel(FunctionForm form, DType dtype, MachineCode code,
                                    ElementwiseCompiler compile_elementwise) {
  return std::make_unique<CompiledKernel>(std::move(form), dtype, std::move(code),
                                          std::move(compile_elementwise));
}

}  // namespace nonlin
