#include "kernel/plane_kernel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "base/float_format.h"
#include "kernel/no_residual.h"
#include "kernel/plane_generator.h"
#include "kernel/rows.h"

namespace nonlin {
namespace {

// A plane longer than a chunk is worked on in segments; all rows of one segment are a matrix.
struct Segment {
  std::size_t start;  // Position.
  RowTiling tiling;
};

std::vector<Segment> segments(const PlaneShape& shape, std::size_t lanes) {
  std::vector<Segment> all;
  for (std::size_t start = 0; start < shape.positions; start += kChunkElements) {
    const std::size_t length = std::min(kChunkElements, shape.positions - start);
    all.push_back({start, RowTiling({shape.batch * shape.channels, length}, lanes, 1)});
  }
  return all;
}

// One value per channel, repeated for every plane of the batch.
std::vector<float> per_row(std::span<const float> values, const PlaneShape& shape) {
  std::vector<float> table(shape.batch * shape.channels);
  if (values.empty()) return table;
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = values[i % shape.channels];
  return table;
}

float load_one(DType dtype, const void* array, std::size_t i) {
  if (dtype == DType::kFloat32) return static_cast<const float*>(array)[i];
  const std::uint32_t bits = static_cast<const std::uint16_t*>(array)[i];
  const FloatFormat format = dtype == DType::kBFloat16 ? kBFloat16Format : kFloat16Format;
  return static_cast<float>(decode(format, bits));
}

// A value near the mean of every channel, from a few positions: sums of squares around it do not
// cancel, wherever the mean lies.
std::vector<float> pilot_means(DType dtype, const void* x, const PlaneShape& shape) {
  constexpr std::size_t kSamples = 64;
  const std::size_t count = shape.batch * shape.positions;
  const std::size_t samples = std::min(kSamples, count);
  std::vector<float> means(shape.channels);
  for (std::size_t c = 0; c < shape.channels; ++c) {
    double sum = 0;
    for (std::size_t sample = 0; sample < samples; ++sample) {
      const std::size_t place = sample * count / samples;
      const std::size_t plane = place / shape.positions * shape.channels + c;
      sum += load_one(dtype, x, plane * shape.positions + place % shape.positions);
    }
    means[c] = static_cast<float>(sum / static_cast<double>(samples));
  }
  return means;
}

struct Arrays {
  const void* x = nullptr;
  const void* residual = nullptr;
  const void* dy = nullptr;
  void* out = nullptr;
};

struct Tables {
  std::span<const float> scale, shift, center, parameters;
};

class CompiledPlanes final : public PlaneKernel {
 public:
  CompiledPlanes(FunctionForm form, DType dtype, MachineCode code)
      : form_(std::move(form)), dtype_(dtype), code_(std::move(code)) {}

  const FunctionForm& form() const override { return form_; }
  DType dtype() const override { return dtype_; }

  void moments(const void* x, const PlaneShape& shape, std::span<double> mean,
               std::span<double> variance, const Parallel& parallel) const override {
    std::ranges::fill(mean, 0.0);
    std::ranges::fill(variance, 0.0);
    const double count = static_cast<double>(shape.batch * shape.positions);
    if (count == 0) return;
    const std::vector<float> pilot = pilot_means(dtype_, x, shape);
    const std::array sums{mean, variance};
    run(PlanePass::kMoments, {.x = x}, shape, {.center = pilot}, sums, parallel);
    for (std::size_t c = 0; c < shape.channels; ++c) {
      const double offset = mean[c] / count;
      mean[c] = pilot[c] + offset;
      const double square = variance[c] / count - offset * offset;
      variance[c] = square < 0 ? 0 : square;  // Rounding may take it below zero; NaN stays.
    }
  }

  void forward(const void* x, const void* residual, void* y, const PlaneShape& shape,
               std::span<const float> scale, std::span<const float> shift,
               std::span<const float> parameters, const Parallel& parallel) const override {
    run(PlanePass::kForward, {.x = x, .residual = residual, .out = y}, shape,
        {.scale = scale, .shift = shift, .parameters = parameters}, {}, parallel);
  }

  void backward(const void* x, const void* residual, const void* dy, void* dz,
                const PlaneShape& shape, std::span<const float> scale, std::span<const float> shift,
                std::span<const float> center, std::span<const float> parameters,
                std::span<double> sum_dz, std::span<double> sum_dz_x,
                std::span<double> parameter_gradients, const Parallel& parallel) const override {
    assert(parameter_gradients.size() == form_.parameters.size() * shape.channels);
    std::ranges::fill(sum_dz, 0.0);
    std::ranges::fill(sum_dz_x, 0.0);
    std::vector<std::span<double>> sums = {sum_dz, sum_dz_x};
    for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
      sums.push_back(parameter_gradients.subspan(i * shape.channels, shape.channels));
    }
    run(PlanePass::kBackward, {.x = x, .residual = residual, .dy = dy, .out = dz}, shape,
        {.scale = scale, .shift = shift, .center = center, .parameters = parameters}, sums,
        parallel);
  }

  void combine(const void* dz, const void* x, void* dx, const PlaneShape& shape,
               std::span<const float> a, std::span<const float> b, std::span<const float> c,
               const Parallel& parallel) const override {
    run(PlanePass::kCombine, {.x = x, .dy = dz, .out = dx}, shape,
        {.scale = a, .shift = b, .center = c}, {}, parallel);
  }

 private:
  // Adds what the pass sums up over the planes of each channel to `sums`.
  void run(PlanePass pass, const Arrays& arrays, const PlaneShape& shape, const Tables& tables,
           std::span<const std::span<double>> sums, const Parallel& parallel) const {
    const std::size_t rows = shape.batch * shape.channels;
    const std::vector<float> scale = per_row(tables.scale, shape);
    const std::vector<float> shift = per_row(tables.shift, shape);
    const std::vector<float> center = per_row(tables.center, shape);
    std::vector<float> parameters;
    for (std::size_t i = 0; i < tables.parameters.size(); i += shape.channels) {
      const std::vector<float> row = per_row(tables.parameters.subspan(i, shape.channels), shape);
      parameters.insert(parameters.end(), row.begin(), row.end());
    }
    std::vector<float> row_sums(sums.size() * rows);
    PlaneBlock block{};
    block.scale = scale.data();
    block.shift = shift.data();
    block.center = center.data();
    block.parameters = parameters.data();
    block.sums = row_sums.data();
    block.table_stride = static_cast<std::int64_t>(rows);
    for (const Segment& segment : segments(shape, code_.lanes)) {
      run_segment(pass, arrays, shape, segment, block, parallel);
      for (std::size_t i = 0; i < row_sums.size(); ++i) {
        sums[i / rows][i % rows % shape.channels] += static_cast<double>(row_sums[i]);
      }
    }
  }

  void run_segment(PlanePass pass, const Arrays& arrays, const PlaneShape& shape,
                   const Segment& segment, const PlaneBlock& tables,
                   const Parallel& parallel) const {
    const std::vector<std::uint32_t> masks = row_masks(segment.tiling.length, code_.lanes);
    const auto rows_of = [&](const void* array) {
      const ConstRows elements{array, array == nullptr ? 0U : 1U};
      return ConstRows{elements.from(segment.start, byte_size(dtype_)).data, shape.positions};
    };
    const std::array in{rows_of(arrays.x), rows_of(arrays.residual), rows_of(arrays.dy)};
    const auto work = [&](std::size_t first, std::size_t rows, const auto& from, const auto& to) {
      PlaneBlock block = tables;
      enter(block, first, rows, from);
      block.masks = masks.data();
      block.columns = static_cast<std::int64_t>(segment.tiling.columns);
      if constexpr (std::tuple_size_v < std::decay_t < decltype(to) >>> 0) block.out = to[0].data;
      code_.at<PlaneFunction>(static_cast<std::size_t>(pass))(&block);
    };
    parallel(segment.tiling.chunks(), [&](std::size_t chunk) {
      if (arrays.out == nullptr) {
        with_whole_vectors(segment.tiling, dtype_, chunk, in, std::array<Rows, 0>{}, work);
        return;
      }
      const Rows elements{arrays.out, 1};
      const Rows out{elements.from(segment.start, byte_size(dtype_)).data, shape.positions};
      with_whole_vectors(segment.tiling, dtype_, chunk, in, std::array{out}, work);
    });
  }

  void enter(PlaneBlock& block, std::size_t first, std::size_t rows,
             const std::array<ConstRows, 3>& in) const {
    const void* nothing = no_residual(dtype_);
    block.x = in[0].data;
    block.residual = in[1].data != nullptr ? in[1].data : nothing;
    block.residual_mask = in[1].data != nullptr ? -1 : 0;
    block.dy = in[2].data;
    block.stride = static_cast<std::int64_t>(in[0].stride);
    block.scale += first;
    block.shift += first;
    block.center += first;
    block.parameters += first;
    block.sums += first;
    block.rows = static_cast<std::int64_t>(rows);
  }

  FunctionForm form_;
  DType dtype_;
  MachineCode code_;
};

}  // namespace

std::unique_ptr<PlaneKernel> make_plane_kernel(FunctionForm form, DType dtype, MachineCode code) {
  return std::make_unique<CompiledPlanes>(std::move(form), dtype, std::move(code));
}

}  // namespace nonlin
