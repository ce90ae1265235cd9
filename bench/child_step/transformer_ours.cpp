// nonlin's side of the Transformer benchmark: the network of pytorch_transformer.py with fused
// norms and gates. Arguments: float32, bfloat16 or auto (bfloat16 where this machine has it);
// threads. Says "ready TYPE", then answers lines with lines:
//
//   add KEY EXPRESSION   makes a child whose gate is this function -> added KEY
//   drop KEY             forgets it                                -> dropped KEY
//   KEY STEPS            trains it                                 -> seconds of each step
//   memory                                                         -> peak resident bytes so far
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "base/clock.h"
#include "expr/parse.h"
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
        optimizer_(network_.parameters(), torch::optim::SGDOptions(0.01).momentum(0.9)) {
    torch::manual_seed(0);
    tokens_ = torch::randint(config_.vocabulary, {kBatch, config_.sequence});
    targets_ = torch::randint(config_.vocabulary, {kBatch, config_.sequence});
  }

  void step() {
    optimizer_.zero_grad();
    const torch::Tensor loss = network_.loss(tokens_, targets_);
    loss.backward();
    optimizer_.step();
    loss.item<double>();
  }

 private:
  nonlin::TransformerConfig config_;
  nonlin::Transformer network_;
  torch::optim::SGD optimizer_;
  torch::Tensor tokens_, targets_;
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
    if (command == "drop") return children_.erase(key) > 0 ? "dropped " + key : "none " + key;
    if (command != "add") return train(command, std::stoi(key));
    std::string expression;
    std::getline(words >> std::ws, expression);
    children_.erase(key);
    children_.try_emplace(key, expression, dtype_, compiler_);
    return "added " + key;
  }

 private:
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
