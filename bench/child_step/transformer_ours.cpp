// nonlin's side of the Transformer benchmark: the network of pytorch_transformer.py with fused
// norms and gates. Arguments: float32, bfloat16 or auto (bfloat16 where this machine has it);
// threads. Says "ready TYPE", then answers lines with lines:
//
//   add KEY EXPRESSION   makes a child whose gate is this function -> added KEY
//   drop KEY             forgets it                                -> dropped KEY
//   KEY STEPS            trains it                                 -> seconds of each step
//   profile KEY STEPS    trains it                                 -> JSON: seconds of this
//   thread's
//                                                                     CPU per step, by LibTorch op
//   memory                                                         -> peak resident bytes so far
#include <ATen/record_function.h>
#include <fmt/format.h>
#include <time.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "expr/parse.h"
#include "trainer/nn/momentum_descent.h"
#include "trainer/nn/network.h"
#include "trainer/nn/transformer.h"
#include "trainer/train/process_memory.h"

namespace {

constexpr std::int64_t kBatch = 16;

/// One network with a batch to train it on.
class Child {
 public:
  Child(const std::string& expression, torch::ScalarType dtype, nonlin::Compiler& compiler)
      : config_{.dtype = dtype},
        network_(config_, nonlin::fused_layers(
                              compiler, nonlin::parse_expression(expression).value_or_throw())),
        optimizer_(network_.parameters(), 0.9) {
    torch::manual_seed(0);
    tokens_ = torch::randint(config_.vocabulary, {kBatch, config_.sequence});
    targets_ = torch::randint(config_.vocabulary, {kBatch, config_.sequence});
  }

  void step() {
    optimizer_.zero_grad();
    const torch::Tensor loss = network_.loss(tokens_, targets_);
    loss.backward();
    optimizer_.step(0.01);
    loss.item<double>();
  }

 private:
  nonlin::TransformerConfig config_;
  nonlin::Transformer network_;
  nonlin::MomentumDescent optimizer_;
  torch::Tensor tokens_, targets_;
};

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// CPU time of LibTorch's ops on this thread, each without the ops that it calls, while one exists.
class Profile {
 public:
  Profile() : handle_(at::addThreadLocalCallback(at::RecordFunctionCallback(begin, end))) {
    current() = this;
  }
  ~Profile() {
    at::removeCallback(handle_);
    current() = nullptr;
  }
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  const std::map<std::string, double>& seconds() const { return seconds_; }

 private:
  struct Open {
    double start, inside;
  };

  static Profile*& current() {
    static thread_local Profile* profile = nullptr;
    return profile;
  }

  static std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction&) {
    current()->open_.push_back({thread_seconds(), 0});
    return nullptr;
  }

  static void end(const at::RecordFunction& function, at::ObserverContext*) {
    Profile& profile = *current();
    const Open op = profile.open_.back();
    profile.open_.pop_back();
    const double total = thread_seconds() - op.start;
    profile.seconds_[function.name()] += total - op.inside;
    if (!profile.open_.empty()) profile.open_.back().inside += total;
  }

  at::CallbackHandle handle_;
  std::vector<Open> open_;
  std::map<std::string, double> seconds_;
};

bool wants_bfloat16(const std::string& name) {
  return name == "bfloat16" || (name == "auto" && nonlin::bfloat16_supported());
}

std::string peak_resident_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return std::to_string(kibibytes * 1024);
  }
  throw nonlin::Error(nonlin::ErrorCode::kIo, "/proc/self/status has no VmHWM");
}

/// The children of one process, by key.
class Children {
 public:
  explicit Children(torch::ScalarType dtype) : dtype_(dtype) {}

  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string command, key;
    words >> command >> key;
    if (command == "memory") return peak_resident_bytes();
    if (command == "profile") return profile(key, words);
    if (command == "drop") return children_.erase(key) > 0 ? "dropped " + key : "none " + key;
    if (command != "add") return train(command, std::stoi(key));
    std::string expression;
    std::getline(words >> std::ws, expression);
    children_.erase(key);
    children_.try_emplace(key, expression, dtype_, compiler_);
    return "added " + key;
  }

 private:
  std::string profile(const std::string& key, std::istream& words) {
    Child& child = children_.at(key);
    int steps = 0;
    words >> steps;
    const double start = thread_seconds();
    const Profile profile;
    for (int i = 0; i < steps; ++i) child.step();
    nlohmann::json seconds{{"step", (thread_seconds() - start) / steps}};
    for (const auto& [name, sum] : profile.seconds()) seconds[name] = sum / steps;
    return seconds.dump();
  }

  std::string train(const std::string& key, int steps) {
    Child& child = children_.at(key);
    std::string seconds;
    for (int i = 0; i < steps; ++i) {
      const double start = nonlin::monotonic_seconds();
      child.step();
      seconds += fmt::format("{}{}", i > 0 ? " " : "", nonlin::monotonic_seconds() - start);
    }
    return seconds;
  }

  torch::ScalarType dtype_;
  nonlin::Compiler compiler_;
  std::map<std::string, Child> children_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    nonlin::keep_freed_pages();
    const bool bfloat16 = wants_bfloat16(argc > 1 ? argv[1] : "auto");
    at::set_num_threads(argc > 2 ? std::stoi(argv[2]) : 2);
    Children children(bfloat16 ? torch::kBFloat16 : torch::kFloat32);
    std::cout << "ready " << (bfloat16 ? "bfloat16" : "float32") << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << children.answer(line) << std::endl;
    }
  } catch (const nonlin::Error& error) {
    fmt::print(stderr, "child_step: {}\n  {}\n", error.message(), error.hint());
    return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "child_step: {}\n", error.what());
    return 1;
  }
}
