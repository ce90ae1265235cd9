#include "trainer/nn/convolution.h"

#include <dnnl.hpp>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trainer/nn/storage_type.h"

namespace nonlin {
namespace {

using Arguments = std::unordered_map<int, dnnl::memory>;
using dnnl::memory;
using Forward = dnnl::convolution_forward;
using BackwardData = dnnl::convolution_backward_data;
using BackwardWeights = dnnl::convolution_backward_weights;

/// Moves `primitive` on to its first implementation whose name contains one of `wanted`.
///
/// The defaults of oneDNN 2.6 are made for wide layers; on the narrow ones of a child (8 to 64
/// channels, AVX-512) its direct kernels are 1.1 to 2.3 times faster than "brgconv" forward, and
/// where 8 channels fill half of a 512-bit register, the AVX2 kernels need 0.55 to 0.9 of the time
/// backward. Tiles of AMX beat both, so they are taken wherever they are offered.
template <typename PrimitiveDescription, typename Make>
PrimitiveDescription choose(const Make& make, const std::vector<std::string_view>& wanted) {
  PrimitiveDescription candidate = make();
  do {
    const std::string_view name = candidate.impl_info_str();
    for (const std::string_view part : wanted) {
      if (name.find(part) != std::string_view::npos) return candidate;
    }
  } while (candidate.next_impl());
  return make();
}

/// Direct kernels; for a float32 result of at most eight channels, those of half the width first.
std::vector<std::string_view> direct_kernels(std::size_t channels, DType dtype) {
  if (channels <= 8 && dtype == DType::kFloat32) return {"jit:avx2"};
  return {"amx", "jit"};
}

memory::dim dim(std::size_t value) { return static_cast<memory::dim>(value); }

/// One primitive, or copy between layouts, with its arguments bound.
struct Call {
  dnnl::primitive primitive;
  Arguments arguments;
  void operator()(const dnnl::stream& stream) const { primitive.execute(stream, arguments); }
};

Call copy_between(const memory& from, const memory& to) {
  return {dnnl::reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}};
}

}  // namespace

struct Convolution::Plan {
  Plan(const ConvolutionShape& shape, std::size_t batch, DType dtype,
       const ConvolutionBuffers& buffers)
      : shape_(shape),
        dtype_(dtype),
        buffers_(buffers),
        weight_dims_{dim(shape.out_channels), dim(shape.in_channels), dim(shape.kernel),
                     dim(shape.kernel)},
        strides_(2, dim(shape.stride)),
        padding_(2, dim(shape.padding())),
        source_({dim(batch), dim(shape.in_channels), dim(shape.in_height), dim(shape.in_width)},
                storage_type(), memory::format_tag::nhwc),
        destination_(
            {dim(batch), dim(shape.out_channels), dim(shape.out_height()), dim(shape.out_width())},
            storage_type(), memory::format_tag::nhwc),
        weights_(weight_dims_, storage_type(), memory::format_tag::any),
        plain_weights_(weight_dims_, memory::data_type::f32, memory::format_tag::oihw),
        forward_description_(dnnl::prop_kind::forward_training, kAlgorithm, source_, weights_,
                             destination_, strides_, padding_, padding_),
        forward_hint_(choose<Forward::primitive_desc>(
            [this] { return Forward::primitive_desc(forward_description_, engine_); },
            {"amx", "jit"})),
        forward_weights_(packed(forward_hint_.weights_desc())) {
    run_forward.push_back({Forward(forward_hint_),
                           {{DNNL_ARG_SRC, at(source_, buffers_.source)},
                            {DNNL_ARG_WEIGHTS, forward_weights_},
                            {DNNL_ARG_DST, at(destination_, buffers_.destination)}}});
    add_backward_to_weights();
    if (buffers_.source_gradient != nullptr) add_backward_to_source();
  }

  void add_backward_to_weights() {
    // The gradient leaves the primitive in float32: it is summed in float32 anyway.
    const memory::desc gradient(weight_dims_, memory::data_type::f32, memory::format_tag::any);
    const BackwardWeights::desc description(kAlgorithm, source_, gradient, destination_, strides_,
                                            padding_, padding_);
    const auto chosen = choose<BackwardWeights::primitive_desc>(
        [&] { return BackwardWeights::primitive_desc(description, engine_, forward_hint_); },
        direct_kernels(shape_.out_channels, dtype_));
    const memory packed_gradient(chosen.diff_weights_desc(), engine_);
    run_backward.push_back({BackwardWeights(chosen),
                            {{DNNL_ARG_SRC, at(source_, buffers_.source)},
                             {DNNL_ARG_DIFF_DST, at(destination_, buffers_.destination_gradient)},
                             {DNNL_ARG_DIFF_WEIGHTS, packed_gradient}}});
    run_backward.push_back(
        copy_between(packed_gradient, at(plain_weights_, buffers_.weight_gradient.data())));
  }

  void add_backward_to_source() {
    const BackwardData::desc description(kAlgorithm, source_, weights_, destination_, strides_,
                                         padding_, padding_);
    const auto chosen = choose<BackwardData::primitive_desc>(
        [&] { return BackwardData::primitive_desc(description, engine_, forward_hint_); },
        direct_kernels(shape_.in_channels, dtype_));
    const bool same_layout = chosen.weights_desc() == forward_hint_.weights_desc();
    run_backward.push_back(
        {BackwardData(chosen),
         {{DNNL_ARG_DIFF_DST, at(destination_, buffers_.destination_gradient)},
          {DNNL_ARG_WEIGHTS, same_layout ? forward_weights_ : packed(chosen.weights_desc())},
          {DNNL_ARG_DIFF_SRC, at(source_, buffers_.source_gradient)}}});
  }

  memory::data_type storage_type() const {
    return dtype_ == DType::kFloat32 ? memory::data_type::f32 : memory::data_type::bf16;
  }

  memory at(const memory::desc& description, const void* data) const {
    return {description, engine_, const_cast<void*>(data)};
  }

  /// A copy of the master weights in layout `description`, made anew by every pack_weights.
  memory packed(const memory::desc& description) {
    memory copy(description, engine_);
    pack.push_back(copy_between(at(plain_weights_, buffers_.weights.data()), copy));
    return copy;
  }

  static constexpr auto kAlgorithm = dnnl::algorithm::convolution_auto;

  ConvolutionShape shape_;
  DType dtype_;
  ConvolutionBuffers buffers_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine_};
  std::vector<Call> pack;
  std::vector<Call> run_forward;
  std::vector<Call> run_backward;
  memory::dims weight_dims_;
  memory::dims strides_;
  memory::dims padding_;
  memory::desc source_;
  memory::desc destination_;
  memory::desc weights_;
  memory::desc plain_weights_;
  // Descriptions stay while implementations are tried: oneDNN 2.6 reads them again, at their
  // address.
  Forward::desc forward_description_;
  Forward::primitive_desc forward_hint_;
  memory forward_weights_;
};

Convolution::Convolution(const ConvolutionShape& shape, std::size_t batch, DType dtype,
                         const ConvolutionBuffers& buffers)
    : plan_(std::make_unique<Plan>(shape, batch, dtype, buffers)) {}

Convolution::~Convolution() = default;
Convolution::Convolution(Convolution&&) noexcept = default;
Convolution& Convolution::operator=(Convolution&&) noexcept = default;

void Convolution::pack_weights() {
  for (const Call& call : plan_->pack) call(plan_->stream);
}

void Convolution::forward() {
  for (const Call& call : plan_->run_forward) call(plan_->stream);
}

void Convolution::backward() {
  for (const Call& call : plan_->run_backward) call(plan_->stream);
}

bool bfloat16_supported() {
  // Enumerated, because the values are no order: AVX2 with VNNI is numerically above AVX-512 with
  // AMX. oneDNN 2.6 emulates bf16 on plain AVX-512, and aborts below.
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx512_core:
    case dnnl::cpu_isa::avx512_core_vnni:
    case dnnl::cpu_isa::avx512_core_bf16:
    case dnnl::cpu_isa::avx512_core_amx:
    case dnnl::cpu_isa::all: return true;
    default: return false;
  }
}

}  // namespace nonlin
