#include <chrono>
#include <list>
#include <mutex>
#include <unordered_map>

#include "base/hash.h"
#include "expr/parse.h"
#include "kernel/affine_generator.h"
#include "kernel/compiled_kernel.h"
#include "kernel/jit.h"
#include "kernel/kernel.h"

namespace nonlin {
namespace {

using KernelPointer = std::shared_ptr<const Kernel>;

struct Key {
  FunctionForm form;
  DType dtype;
  bool operator==(const Key&) const = default;
};

struct HashOfKey {
  std::size_t operator()(const Key& key) const {
    return hash_combine(hash_combine(key.form.value.hash(), key.form.derivative.hash()),
                        static_cast<std::uint64_t>(key.dtype));
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

}  // namespace

std::string_view to_string(DType dtype) {
  static constexpr std::string_view kNames[] = {"float32", "bfloat16", "float16"};
  return kNames[static_cast<std::size_t>(dtype)];
}

namespace {

// All that the code of a form depends on, as text.
std::string key_text(std::string_view kind, const FunctionForm& form, DType dtype) {
  std::string text{kind};
  const auto line = [&text](std::string_view name, std::string_view value) {
    text.append("\n").append(name).append(" ").append(value);
  };
  line("dtype", to_string(dtype));
  line("value", to_string(form.value));
  line("derivative", to_string(form.derivative));
  for (std::size_t i = 0; i < form.parameters.size(); ++i) {
    line("parameter", form.parameters[i].name);
    line("slope", to_string(form.parameter_derivatives[i]));
  }
  return text;
}

}  // namespace

// One lock around everything: two threads that want the same kernel compile it once.
struct Compiler::State {
  explicit State(const Options& options) : jit(options), cache(options.cached_kernels) {}

  mutable std::mutex mutex;
  Jit jit;
  KernelCache cache;
  Statistics statistics;
};

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
  const std::lock_guard lock(state_->mutex);
  const Key key{form, dtype};
  if (KernelPointer known = state_->cache.find(key)) {
    ++state_->statistics.cache_hits;
    return known;
  }
  const auto start = std::chrono::steady_clock::now();
  try {
    MachineCode code =
        state_->jit.compile(2, affine_generator(form, dtype), key_text("affine", form, dtype));
    ++(code.from_disk ? state_->statistics.loaded : state_->statistics.compiled);
    KernelPointer kernel = make_kernel(form, dtype, std::move(code));
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    state_->statistics.compile_seconds += elapsed.count();
    state_->cache.insert(key, kernel);
    return kernel;
  } catch (const Error& error) {
    return error;
  }
}

Compiler::Statistics Compiler::statistics() const {
  const std::lock_guard lock(state_->mutex);
  return state_->statistics;
}

}  // namespace nonlin
