#include <chrono>
#include <list>
#include <mutex>
#include <unordered_map>

#include "base/hash.h"
#include "expr/parse.h"
#include "kernel/affine_generator.h"
#include "kernel/compiled_kernel.h"
#include "kernel/elementwise.h"
#include "kernel/elementwise_generator.h"
#include "kernel/gate_generator.h"
#include "kernel/gate_kernel.h"
#include "kernel/jit.h"
#include "kernel/kernel.h"
#include "kernel/norm_generator.h"
#include "kernel/norm_kernel.h"
#include "kernel/plane_generator.h"
#include "kernel/plane_kernel.h"

namespace nonlin {
namespace {

using KernelPointer = std::shared_ptr<const void>;  // To the class that belongs to the layer.

enum class Layer : std::uint8_t { kAffine, kElementwise, kGate, kLayerNorm, kRmsNorm, kPlanes };
constexpr std::string_view kLayerNames[] = {"affine",     "elementwise", "gate",
                                            "layer norm", "rms norm",    "planes"};

struct Key {
  Layer layer;
  FunctionForm form;
  DType dtype;
  bool operator==(const Key&) const = default;
};

struct HashOfKey {
  std::size_t operator()(const Key& key) const {
    return hash_combine(
        hash_combine(key.form.value.hash(), key.form.derivative.hash()),
        static_cast<std::uint64_t>(key.layer) * 16 + static_cast<std::uint64_t>(key.dtype));
  }
};

// The most recently used kernels, newest first.
class KernelCache {
 public:
  explicit KernelCache(std::size_t capacity) : capacity_(capacity) {}

  KernelPointer find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }

  void insert(const Key& key, KernelPointer kernel) {
    entries_.emplace_front(key, std::move(kernel));
    places_.emplace(key, entries_.begin());
    while (entries_.size() > capacity_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
    }
  }

 private:
  using Entries = std::list<std::pair<Key, KernelPointer>>;
  std::size_t capacity_;
  Entries entries_;
  std::unordered_map<Key, Entries::iterator, HashOfKey> places_;
};

// All that the code of a key depends on, as text.
std::string text_of(const Key& key) {
  const FunctionForm& form = key.form;
  std::string text{kLayerNames[static_cast<std::size_t>(key.layer)]};
  const auto line = [&text](std::string_view name, std::string_view value) {
    text.append("\n").append(name).append(" ").append(value);
  };
  line("dtype", to_string(key.dtype));
  line("value", to_string(form.value));
  line("derivative", to_string(form.derivative));
  for (std::size_t i = 0; i < form.parameters.size(); ++i) {
    line("parameter", form.parameters[i].name);
    line("slope", to_string(form.parameter_derivatives[i]));
  }
  return text;
}

}  // namespace

std::string_view to_string(DType dtype) {
  static constexpr std::string_view kNames[] = {"float32", "bfloat16", "float16"};
  return kNames[static_cast<std::size_t>(dtype)];
}

namespace {

// Kernels keep it for what they compile later, so that it may outlive the compiler.
class SharedJit {
 public:
  explicit SharedJit(const Compiler::Options& options) : jit_(options) {}

  MachineCode compile(std::size_t functions, const Generator& generate, std::string_view key) {
    const std::lock_guard lock(mutex_);
    return jit_.compile(functions, generate, key);
  }

 private:
  std::mutex mutex_;
  Jit jit_;
};

}  // namespace

// One lock around everything: two threads that want the same kernel compile it once.
struct Compiler::State {
  explicit State(const Options& options)
      : jit(std::make_shared<SharedJit>(options)), cache(options.cached_kernels) {}

  /// The kernel of `key`: remembered, or `make` from the functions that `generate` writes.
  template <typename Class, typename Make>
  Result<std::shared_ptr<const Class>> compile(const Key& key, std::size_t functions,
                                               const Generator& generate, const Make& make);

  mutable std::mutex mutex;
  std::shared_ptr<SharedJit> jit;
  KernelCache cache;
  Statistics statistics;
};

template <typename Class, typename Make>
Result<std::shared_ptr<const Class>> Compiler::State::compile(const Key& key, std::size_t functions,
                                                              const Generator& generate,
                                                              const Make& make) {
  const std::lock_guard lock(mutex);
  if (KernelPointer known = cache.find(key)) {
    ++statistics.cache_hits;
    return std::static_pointer_cast<const Class>(known);
  }
  const auto start = std::chrono::steady_clock::now();
  try {
    MachineCode code = jit->compile(functions, generate, text_of(key));
    ++(code.from_disk ? statistics.loaded : statistics.compiled);
    std::shared_ptr<const Class> kernel = make(std::move(code));
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    statistics.compile_seconds += elapsed.count();
    cache.insert(key, kernel);
    return kernel;
  } catch (const Error& error) {
    return error;
  }
}

Compiler::Compiler() : Compiler(Options()) {}
Compiler::Compiler(Options options) : state_(std::make_unique<State>(options)) {}
Compiler::~Compiler() = default;

Result<std::shared_ptr<const Kernel>> Compiler::compile(const Expr& expr, DType dtype) {
  try {
    return compile(form_as_written(expr), dtype);
  } catch (const Error& error) {
    return error;
  }
}

Result<std::shared_ptr<const Kernel>> Compiler::compile(const FunctionForm& form, DType dtype) {
  const auto elementwise = [jit = state_->jit, dtype](const FunctionForm& of) {
    return jit->compile(kElementwiseFunctions, elementwise_generator(of, dtype),
                        text_of({Layer::kElementwise, of, dtype}));
  };
  return state_->compile<Kernel>(
      {Layer::kAffine, form, dtype}, 2, affine_generator(form, dtype),
      [&](MachineCode code) { return make_kernel(form, dtype, std::move(code), elementwise); });
}

Result<std::shared_ptr<const GateKernel>> Compiler::compile_gate(const FunctionForm& form,
                                                                 DType dtype) {
  return state_->compile<GateKernel>(
      {Layer::kGate, form, dtype}, 2, gate_generator(form, dtype),
      [&](MachineCode code) { return make_gate_kernel(form, dtype, std::move(code)); });
}

Result<std::shared_ptr<const NormKernel>> Compiler::compile_norm(NormKind kind,
                                                                 const FunctionForm& form,
                                                                 DType dtype) {
  const Layer layer = kind == NormKind::kLayer ? Layer::kLayerNorm : Layer::kRmsNorm;
  return state_->compile<NormKernel>(
      {layer, form, dtype}, 2, norm_generator(kind, form, dtype),
      [&](MachineCode code) { return make_norm_kernel(kind, form, dtype, std::move(code)); });
}

Result<std::shared_ptr<const PlaneKernel>> Compiler::compile_planes(const FunctionForm& form,
                                                                    DType dtype) {
  return state_->compile<PlaneKernel>(
      {Layer::kPlanes, form, dtype}, kPlanePasses, plane_generator(form, dtype),
      [&](MachineCode code) { return make_plane_kernel(form, dtype, std::move(code)); });
}

Compiler::Statistics Compiler::statistics() const {
  const std::lock_guard lock(state_->mutex);
  return state_->statistics;
}

}  // namespace nonlin
