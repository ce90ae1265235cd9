#include "trainer/nn/convolution.h"

#include <dnnl.hpp>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trainer/nn/threads.h"
#include "trainer/nn/tiled_weight_gradient.h"

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

/// A primitive with arguments of its own for each thread: which tensors, is said at each run.
struct Pass {
  dnnl::primitive primitive;
  std::vector<Arguments> arguments;  ///< By thread.
};

}  // namespace

void ConvolutionWorkspace::reserve(std::size_t bytes) {
  if (bytes <= bytes_) return;
  bytes_ = bytes;
  for (TensorBuffer& block : blocks_)
    block = TensorBuffer(bytes / sizeof(float) + 1, DType::kFloat32);
}

struct Convolution::Plan {
  Plan(const ConvolutionShape& shape, std::size_t images, DType dtype, SourceGradient gradient,
       ConvolutionWorkspace& workspace)
      : shape_(shape),
        images_(images),
        dtype_(dtype),
        workspace_(workspace),
        weight_dims_{dim(shape.out_channels), dim(shape.in_channels), dim(shape.kernel),
                     dim(shape.kernel)},
        strides_(2, dim(shape.stride)),
        padding_(2, dim(shape.padding())),
        source_({dim(images), dim(shape.in_channels), dim(shape.in_height), dim(shape.in_width)},
                storage_type(), memory::format_tag::nhwc),
        destination_(
            {dim(images), dim(shape.out_channels), dim(shape.out_height()), dim(shape.out_width())},
            storage_type(), memory::format_tag::nhwc),
        weights_(weight_dims_, storage_type(), memory::format_tag::any),
        plain_weights_(weight_dims_, memory::data_type::f32, memory::format_tag::oihw),
        forward_description_(dnnl::prop_kind::forward_training, kAlgorithm, source_, weights_,
                             destination_, strides_, padding_, padding_),
        forward_hint_(choose<Forward::primitive_desc>(
            [this] { return Forward::primitive_desc(forward_description_, attributes(), engine_); },
            {"amx", "jit"})) {
    // Per thread: descriptions of one primitive, executed by many.
    for (std::size_t i = 0; i < workspace.threads(); ++i) streams_.emplace_back(engine_);
    const memory weights = packed(forward_hint_.weights_desc());
    forward = pass(Forward(forward_hint_), forward_hint_,
                   {{DNNL_ARG_SRC, anywhere(source_)},
                    {DNNL_ARG_WEIGHTS, weights},
                    {DNNL_ARG_DST, anywhere(destination_)}});
    add_backward_to_weights();
    if (gradient == SourceGradient::kNeeded) add_backward_to_source(weights);
  }

  void add_backward_to_weights() {
    if (TiledWeightGradient::supports(shape_, dtype_)) {
      tiles.emplace(shape_, images_, workspace_.threads());
      return;
    }
    // The gradient leaves the primitive in float32: it is summed in float32 anyway.
    const memory::desc gradient(weight_dims_, memory::data_type::f32, memory::format_tag::any);
    const BackwardWeights::desc description(kAlgorithm, source_, gradient, destination_, strides_,
                                            padding_, padding_);
    const auto chosen = choose<BackwardWeights::primitive_desc>(
        [&] {
          return BackwardWeights::primitive_desc(description, attributes(), engine_, forward_hint_);
        },
        direct_kernels(shape_.out_channels, dtype_));
    packed_gradient = chosen.diff_weights_desc();
    unpack_gradient_ = reorder(packed_gradient, plain_weights_);
    to_weights = pass(BackwardWeights(chosen), chosen,
                      {{DNNL_ARG_SRC, anywhere(source_)},
                       {DNNL_ARG_DIFF_DST, anywhere(destination_)},
                       {DNNL_ARG_DIFF_WEIGHTS, anywhere(packed_gradient)}});
  }

  void add_backward_to_source(const memory& forward_weights) {
    const BackwardData::desc description(kAlgorithm, source_, weights_, destination_, strides_,
                                         padding_, padding_);
    const auto chosen = choose<BackwardData::primitive_desc>(
        [&] {
          return BackwardData::primitive_desc(description, attributes(), engine_, forward_hint_);
        },
        direct_kernels(shape_.in_channels, dtype_));
    const bool same_layout = chosen.weights_desc() == forward_hint_.weights_desc();
    to_source =
        pass(BackwardData(chosen), chosen,
             {{DNNL_ARG_DIFF_DST, anywhere(destination_)},
              {DNNL_ARG_WEIGHTS, same_layout ? forward_weights : packed(chosen.weights_desc())},
              {DNNL_ARG_DIFF_SRC, anywhere(source_)}});
  }

  /// Sets the tensors named by `places` and runs on the calling thread.
  void run(Pass& pass, std::size_t thread,
           std::initializer_list<std::pair<int, const void*>> places) {
    Arguments& arguments = pass.arguments[thread];
    for (const auto& [argument, data] : places) {
      arguments.at(argument).set_data_handle(const_cast<void*>(data));
    }
    arguments.at(DNNL_ARG_SCRATCHPAD).set_data_handle(workspace_.data(thread));
    pass.primitive.execute(streams_[thread], arguments);
  }

  /// The master weights into the layouts of the primitives.
  void pack(std::span<const float> weights) {
    memory plain = at(plain_weights_, weights.data());
    for (Packed& copy : packed_) copy.reorder.execute(streams_[0], plain, copy.weights);
  }

  void unpack(const float* gradient, std::span<float> weight_gradient) {
    memory packed = at(packed_gradient, gradient);
    memory plain = at(plain_weights_, weight_gradient.data());
    unpack_gradient_.execute(streams_[0], packed, plain);
  }

  memory at(const memory::desc& description, const void* data) const {
    return {description, engine_, const_cast<void*>(data)};
  }

  Pass forward;
  Pass to_source;
  std::optional<TiledWeightGradient> tiles;  ///< Where there are any, instead of to_weights.
  Pass to_weights;
  memory::desc packed_gradient;

 private:
  struct Packed {
    memory weights;
    dnnl::reorder reorder;
  };

  template <typename PrimitiveDescription>
  Pass pass(dnnl::primitive primitive, const PrimitiveDescription& description,
            const Arguments& tensors) {
    const memory::desc scratchpad = description.scratchpad_desc();
    workspace_.reserve(scratchpad.get_size());
    Pass result{std::move(primitive), {}};
    for (std::size_t i = 0; i < workspace_.threads(); ++i) {
      // Memory objects are handles: each thread needs its own, but for the weights, which stay.
      Arguments own = {{DNNL_ARG_SCRATCHPAD, anywhere(scratchpad)}};
      for (const auto& [argument, tensor] : tensors) {
        own.emplace(argument, argument == DNNL_ARG_WEIGHTS ? tensor : anywhere(tensor.get_desc()));
      }
      result.arguments.push_back(std::move(own));
    }
    return result;
  }

  memory anywhere(const memory::desc& description) const {
    return {description, engine_, DNNL_MEMORY_NONE};
  }

  /// The primitives' workspace is handed to them, as they run on other threads than the one that
  /// made them.
  static dnnl::primitive_attr attributes() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
  }

  memory::data_type storage_type() const {
    return dtype_ == DType::kFloat32 ? memory::data_type::f32 : memory::data_type::bf16;
  }

  /// A copy of the master weights in layout `description`, made anew by every pack_weights.
  memory packed(const memory::desc& description) {
    packed_.push_back({memory(description, engine_), reorder(plain_weights_, description)});
    return packed_.back().weights;
  }

  dnnl::reorder reorder(const memory::desc& from, const memory::desc& to) const {
    return dnnl::reorder(dnnl::reorder::primitive_desc(engine_, from, engine_, to));
  }

  static constexpr auto kAlgorithm = dnnl::algorithm::convolution_auto;

  ConvolutionShape shape_;
  std::size_t images_;
  DType dtype_;
  ConvolutionWorkspace& workspace_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  std::vector<dnnl::stream> streams_;
  std::vector<Packed> packed_;
  dnnl::reorder unpack_gradient_;
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
};

Convolution::Convolution(const ConvolutionShape& shape, std::size_t images, DType dtype,
                         SourceGradient source_gradient, ConvolutionWorkspace& workspace) {
  const ThreadCount one(1);  // oneDNN shares out the work when a primitive is made.
  plan_ = std::make_unique<Plan>(shape, images, dtype, source_gradient, workspace);
}

Convolution::~Convolution() = default;
Convolution::Convolution(Convolution&&) noexcept = default;
Convolution& Convolution::operator=(Convolution&&) noexcept = default;

void Convolution::pack_weights(std::span<const float> weights) { plan_->pack(weights); }

void Convolution::forward(std::size_t thread, const void* source, void* destination) {
  plan_->run(plan_->forward, thread, {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, destination}});
}

void Convolution::backward_to_source(std::size_t thread, const void* destination_gradient,
                                     void* source_gradient) {
  plan_->run(plan_->to_source, thread,
             {{DNNL_ARG_DIFF_DST, destination_gradient}, {DNNL_ARG_DIFF_SRC, source_gradient}});
}

void Convolution::backward_to_weights(std::size_t thread, const void* source,
                                      const void* destination_gradient, float* gradient) {
  if (plan_->tiles) return plan_->tiles->run(thread, source, destination_gradient, gradient);
  plan_->run(plan_->to_weights, thread,
             {{DNNL_ARG_SRC, source},
              {DNNL_ARG_DIFF_DST, destination_gradient},
              {DNNL_ARG_DIFF_WEIGHTS, gradient}});
}

std::size_t Convolution::gradient_size() const {
  if (plan_->tiles) return plan_->tiles->gradient_size();
  return plan_->packed_gradient.get_size() / sizeof(float);
}

void Convolution::unpack_gradient(const float* gradient, std::span<float> weight_gradient) {
  if (plan_->tiles) return plan_->tiles->unpack(gradient, weight_gradient);
  plan_->unpack(gradient, weight_gradient);
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
