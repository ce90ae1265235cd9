#include "kernel/gate_kernel.h"

#include <cassert>
#include <utility>

#include "kernel/gate_generator.h"

namespace nonlin {
namespace {

constexpr std::size_t kFewestRows = 16;  // Of a chunk, lest its sums take as much room as the data.
constexpr std::size_t kJoined = 2048;    // Elements of a row where rows may be cut anywhere.

class CompiledGate final : public GateKernel {
 public:
  CompiledGate(FunctionForm form, DType dtype, MachineCode code)
      : form_(std::move(form)), dtype_(dtype), code_(std::move(code)) {}

  const FunctionForm& form() const override { return form_; }
  DType dtype() const override { return dtype_; }

  void forward(const GateInputs& inputs, Rows y, MatrixShape shape,
               std::span<const float> parameters, const Parallel& parallel) const override {
    run(0, {inputs, {}, {y, {}}}, shape, parameters, {}, parallel);
  }

  void backward(const GateInputs& inputs, ConstRows dy, const GateGradients& gradients,
                MatrixShape shape, std::span<const float> parameters,
                std::span<double> parameter_gradients, const Parallel& parallel) const override {
    assert(parameter_gradients.size() == form_.parameters.size() * shape.channels);
    run(1, {inputs, dy, gradients}, shape, parameters, parameter_gradients, parallel);
  }

 private:
  struct Arrays {
    GateInputs in;
    ConstRows dy;
    GateGradients out;  // Of a forward only `a`: y.
  };

  // Rows without gaps and without anything that differs between channels can be cut anywhere.
  bool may_join(const Arrays& arrays, std::size_t channels) const {
    const auto dense = [channels](const auto& rows) {
      return rows.data == nullptr || rows.stride == channels;
    };
    return form_.parameters.empty() && dense(arrays.in.a) && dense(arrays.in.b) &&
           dense(arrays.dy) && dense(arrays.out.a) && dense(arrays.out.b);
  }

  void run(std::size_t function, Arrays arrays, MatrixShape shape,
           std::span<const float> parameters, std::span<double> parameter_gradients,
           const Parallel& parallel) const {
    if (!may_join(arrays, shape.channels)) {
      run_rows(function, arrays, shape, parameters, parameter_gradients, parallel);
      return;
    }
    const std::size_t elements = shape.rows * shape.channels;
    const auto part = [&](std::size_t start, MatrixShape joined) {
      Arrays from = arrays;
      for (ConstRows* rows : {&from.in.a, &from.in.b, &from.dy}) {
        *rows = {ConstRows{rows->data, 1}.from(start, byte_size(dtype_)).data, joined.channels};
      }
      from.out.a = {Rows{arrays.out.a.data, 1}.from(start, byte_size(dtype_)).data,
                    joined.channels};
      if (arrays.out.b.data != nullptr) {
        from.out.b = {Rows{arrays.out.b.data, 1}.from(start, byte_size(dtype_)).data,
                      joined.channels};
      }
      run_rows(function, from, joined, {}, {}, parallel);
    };
    const std::size_t rows = elements / kJoined;
    part(0, {rows, kJoined});
    part(rows * kJoined, {1, elements - rows * kJoined});
  }

  void run_rows(std::size_t function, const Arrays& arrays, MatrixShape shape,
                std::span<const float> parameters, std::span<double> parameter_gradients,
                const Parallel& parallel) const {
    assert(parameters.size() == form_.parameters.size() * shape.channels);
    const std::size_t quantities = form_.parameters.size();
    const RowTiling tiling(shape, code_.lanes, quantities == 0 ? 1 : kFewestRows);
    const std::vector<float> tables = tiling.expand_all(parameters);
    ColumnSums sums(tiling, quantities);
    parallel(tiling.chunks(), [&](std::size_t chunk) {
      std::vector<float> chunk_sums = sums.table();
      GateBlock block{};
      block.parameters = tables.data();
      block.sums = chunk_sums.data();
      block.columns = static_cast<std::int64_t>(tiling.columns);
      const auto work = [&](std::size_t, std::size_t rows, const auto& in, const auto& out) {
        call(function, block, rows, in, out);
      };
      const std::array in{arrays.in.a, arrays.in.b, arrays.dy};
      if (arrays.out.b.data == nullptr) {
        with_whole_vectors(tiling, dtype_, chunk, in, std::array{arrays.out.a}, work);
      } else {
        with_whole_vectors(tiling, dtype_, chunk, in, std::array{arrays.out.a, arrays.out.b}, work);
      }
      sums.collect(chunk, chunk_sums);
    });
    if (parameter_gradients.empty()) return;
    for (std::size_t i = 0; i < quantities; ++i) {
      sums.add_to(i, parameter_gradients.subspan(i * shape.channels, shape.channels));
    }
  }

  template <std::size_t kOutputs>
  void call(std::size_t function, GateBlock& block, std::size_t rows,
            const std::array<ConstRows, 3>& in, const std::array<Rows, kOutputs>& out) const {
    const auto stride = [](const auto& array) { return static_cast<std::int64_t>(array.stride); };
    block.a = in[0].data;
    block.b = in[1].data;
    block.dy = in[2].data;
    block.out = out.front().data;
    block.out_b = out.back().data;
    block.a_stride = stride(in[0]);
    block.b_stride = stride(in[1]);
    block.dy_stride = stride(in[2]);
    block.out_stride = stride(out.front());
    block.out_b_stride = stride(out.back());
    block.rows = static_cast<std::int64_t>(rows);
    code_.at<GateFunction>(function)(&block);
  }

  FunctionForm form_;
  DType dtype_;
  MachineCode code_;
};

template <typename Pair, typename Pointer>
Pair halves(Pointer x, std::size_t channels, DType dtype, ActivatedHalf activated) {
  using Array = decltype(Pair{}.a);
  const Array first{x, 2 * channels};
  const Array second{Array{x, 1}.from(channels, byte_size(dtype)).data, 2 * channels};
  return activated == ActivatedHalf::kFirst ? Pair{first, second} : Pair{second, first};
}

}  // namespace

GateInputs gate_halves(const void* x, std::size_t channels, DType dtype, ActivatedHalf activated) {
  return halves<GateInputs>(x, channels, dtype, activated);
}

GateGradients gate_halves(void* x, std::size_t channels, DType dtype, ActivatedHalf activated) {
  return halves<GateGradients>(x, channels, dtype, activated);
}

std::unique_ptr<GateKernel> make_gate_kernel(FunctionForm form, DType dtype, MachineCode code) {
  return std::make_unique<CompiledGate>(std::move(form), dtype, std::move(code));
}

}  // namespace nonlin
