#include "kernel/norm_kernel.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "kernel/norm_generator.h"
#include "kernel/rows.h"

namespace nonlin {
namespace {

constexpr std::size_t kFewestRows = 16;  // Of a chunk, lest its sums take as much room as the data.

class CompiledNorm final : public NormKernel {
 public:
  CompiledNorm(NormKind kind, FunctionForm form, DType dtype, MachineCode code)
      : kind_(kind), form_(std::move(form)), dtype_(dtype), code_(std::move(code)) {}

  const FunctionForm& form() const override { return form_; }
  DType dtype() const override { return dtype_; }
  NormKind kind() const override { return kind_; }

  void forward(const void* x, void* y, MatrixShape shape, const NormScale& scale, double epsilon,
               std::span<const float> parameters, const RowStatistics& statistics,
               const Parallel& parallel) const override {
    const Call call(*this, shape, scale, parameters, statistics);
    parallel(call.tiling.chunks(), [&](std::size_t chunk) {
      NormBlock block = call.block();
      block.epsilon = static_cast<float>(epsilon);
      with_whole_vectors(call.tiling, dtype_, chunk, std::array{ConstRows{x, shape.channels}},
                         std::array{Rows{y, shape.channels}},
                         [&](std::size_t first, std::size_t rows, const auto& in, const auto& out) {
                           call.enter(block, first, rows);
                           block.x = in[0].data;
                           block.out = out[0].data;
                           code_.at<NormFunction>(0)(&block);
                         });
    });
  }

  void backward(const void* x, const void* dy, void* dx, MatrixShape shape, const NormScale& scale,
                std::span<const float> parameters, const RowStatistics& statistics,
                const NormScaleGradients& gradients, std::span<double> parameter_gradients,
                const Parallel& parallel) const override {
    assert(parameter_gradients.size() == form_.parameters.size() * shape.channels);
    const Call call(*this, shape, scale, parameters, statistics);
    ColumnSums sums(call.tiling, 2 + form_.parameters.size());
    parallel(call.tiling.chunks(), [&](std::size_t chunk) {
      std::vector<float> chunk_sums = sums.table();
      std::vector<float> workspace(call.tiling.padded);
      NormBlock block = call.block();
      block.sums = chunk_sums.data();
      block.workspace = workspace.data();
      with_whole_vectors(call.tiling, dtype_, chunk,
                         std::array{ConstRows{x, shape.channels}, ConstRows{dy, shape.channels}},
                         std::array{Rows{dx, shape.channels}},
                         [&](std::size_t first, std::size_t rows, const auto& in, const auto& out) {
                           call.enter(block, first, rows);
                           block.x = in[0].data;
                           block.dy = in[1].data;
                           block.out = out[0].data;
                           code_.at<NormFunction>(1)(&block);
                         });
      sums.collect(chunk, chunk_sums);
    });
    std::ranges::fill(gradients.weight, 0.0);
    std::ranges::fill(gradients.bias, 0.0);
    sums.add_to(0, gradients.weight);
    sums.add_to(1, gradients.bias);
    for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
      sums.add_to(2 + i, parameter_gradients.subspan(i * shape.channels, shape.channels));
    }
  }

 private:
  // The tables of one call.
  struct Call {
    Call(const CompiledNorm& kernel, MatrixShape shape, const NormScale& scale,
         std::span<const float> activation_parameters, const RowStatistics& row_statistics)
        : tiling(shape, kernel.code_.lanes, kFewestRows),
          weight(table(scale.weight, 1.0F)),
          bias(table(scale.bias, -0.0F)),
          parameters(tiling.expand_all(activation_parameters)),
          masks(row_masks(shape.channels, kernel.code_.lanes)),
          statistics(row_statistics) {
      assert(activation_parameters.size() == kernel.form_.parameters.size() * shape.channels);
      assert(statistics.mean.size() == shape.rows);
      assert(statistics.inverse_deviation.size() == shape.rows);
    }

    std::vector<float> table(std::span<const float> values, float absent) const {
      if (!values.empty()) return tiling.expand(values);
      return std::vector<float>(tiling.padded, absent);
    }

    NormBlock block() const {
      NormBlock block{};
      block.weight = weight.data();
      block.bias = bias.data();
      block.parameters = parameters.data();
      block.masks = masks.data();
      block.columns = static_cast<std::int64_t>(tiling.columns);
      block.count = static_cast<float>(tiling.length);
      return block;
    }

    void enter(NormBlock& block, std::size_t first, std::size_t rows) const {
      block.mean = &statistics.mean[first];
      block.inverse = &statistics.inverse_deviation[first];
      block.rows = static_cast<std::int64_t>(rows);
    }

    RowTiling tiling;
    std::vector<float> weight, bias, parameters;
    std::vector<std::uint32_t> masks;
    RowStatistics statistics;
  };

  NormKind kind_;
  FunctionForm form_;
  DType dtype_;
  MachineCode code_;
};

}  // namespace

std::unique_ptr<NormKernel> make_norm_kernel(NormKind kind, FunctionForm form, DType dtype,
                                             MachineCode code) {
  return std::make_unique<CompiledNorm>(kind, std::move(form), dtype, std::move(code));
}

}  // namespace nonlin
