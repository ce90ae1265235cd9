// nonlin's side of bench/child_step: the children of pytorch_child.py, and the one that a search
// trains, on nonlin's plan engine.
// Arguments: float32, bfloat16 or auto (bfloat16 where this machine has it); threads; network. Says
// "ready TYPE", then answers lines with lines:
//
//   add KEY EXPRESSION   makes a child with this function         -> added KEY
//   drop KEY             forgets it                               -> dropped KEY
//   KEY STEPS            trains it                                -> seconds of each step
//   memory                                                        -> peak resident bytes so far
//   roofline             measures the machine, some seconds       -> JSON
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "bench/child_step/machine_rates.h"
#include "expr/parse.h"
#include "trainer/nn/engines.h"
#include "trainer/nn/network.h"
#include "trainer/nn/step_work.h"
#include "trainer/train/process_memory.h"

namespace {

nonlin::NetworkConfig child_config(const std::string& network) {
  nonlin::NetworkConfig config;
  config.image_height = config.image_width = 32;
  config.image_channels = 3;
  config.classes = 10;
  if (network == "resnet20") {
    config.spec = {.blocks_per_stage = 3, .widths = {16, 32, 64}};
  } else if (network == "wrn") {
    config.spec = {.blocks_per_stage = 1, .widths = {64, 128, 256}};
  } else if (network == "fashion-small") {
    config.spec = {.blocks_per_stage = 1, .widths = {8, 16, 32}, .stem_stride = 2};
    config.image_height = config.image_width = 28;
    config.image_channels = 1;
  } else {
    throw nonlin::Error(nonlin::ErrorCode::kUsage, fmt::format("unknown network '{}'", network));
  }
  return config;
}

/// One network with a batch to train it on.
class Child {
 public:
  Child(const nonlin::NetworkConfig& config, nonlin::Compiler& compiler)
      : network_(nonlin::make_plan_network(config, compiler)) {
    nonlin::RandomStream random(0, 0, "images");
    pixels_.resize(config.batch * config.image_height * config.image_width * config.image_channels);
    for (float& pixel : pixels_) pixel = static_cast<float>(random.normal());
    labels_.resize(config.batch);
    for (std::int32_t& label : labels_) {
      label = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(config.classes)));
    }
  }

  void step() { network_->train_step(pixels_, labels_, 0.01); }

 private:
  std::unique_ptr<nonlin::Network> network_;
  std::vector<float> pixels_;
  std::vector<std::int32_t> labels_;
};

nonlin::DType read_dtype(const std::string& name) {
  if (name == "bfloat16") return nonlin::DType::kBFloat16;
  if (name == "auto" && nonlin::bfloat16_supported()) return nonlin::DType::kBFloat16;
  return nonlin::DType::kFloat32;
}

std::string peak_resident_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return std::to_string(kibibytes * 1024);
  }
  throw nonlin::Error(nonlin::ErrorCode::kIo, "/proc/self/status has no VmHWM");
}

nlohmann::json roofline(const nonlin::NetworkConfig& config) {
  const std::vector<nonlin::PassWork> work = nonlin::step_work(config);
  const double copy = nonlin::bench::copy_bytes_per_second(config.threads);
  const double convolution = nonlin::bench::convolution_operations_per_second(config);
  std::map<std::string, nlohmann::json> passes;
  double bytes = 0, operations = 0;
  for (const nonlin::PassWork& pass : work) {
    nlohmann::json& sum = passes.try_emplace(pass.name, nlohmann::json::object()).first->second;
    sum["bytes"] = sum.value("bytes", 0.0) + pass.bytes;
    sum["operations"] = sum.value("operations", 0.0) + pass.operations;
    sum["floor_seconds"] =
        sum.value("floor_seconds", 0.0) + nonlin::floor_seconds({pass}, copy, convolution);
    bytes += pass.bytes;
    operations += pass.operations;
  }
  return {{"bytes", bytes},
          {"operations", operations},
          {"copy_bytes_per_second", copy},
          {"convolution_operations_per_second", convolution},
          {"floor_seconds", nonlin::floor_seconds(work, copy, convolution)},
          {"passes", passes}};
}

/// The children of one process, by key.
class Children {
 public:
  Children(nonlin::DType dtype, int threads, std::string network)
      : dtype_(dtype), threads_(threads), network_(std::move(network)) {}

  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string command, key;
    words >> command >> key;
    if (command == "memory") return peak_resident_bytes();
    if (command == "roofline") return roofline(config("max(x, 0)")).dump();
    if (command == "drop") return children_.erase(key) > 0 ? "dropped " + key : "none " + key;
    if (command != "add") return train(command, std::stoi(key));
    std::string expression;
    std::getline(words >> std::ws, expression);
    children_.erase(key);
    children_.try_emplace(key, config(expression), compiler_);
    return "added " + key;
  }

 private:
  nonlin::NetworkConfig config(const std::string& expression) const {
    nonlin::NetworkConfig config = child_config(network_);
    config.activation = nonlin::parse_expression(expression).value_or_throw();
    config.dtype = dtype_;
    config.threads = threads_;
    return config;
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

  nonlin::DType dtype_;
  int threads_;
  std::string network_;
  nonlin::Compiler compiler_;
  std::map<std::string, Child> children_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    nonlin::keep_freed_pages();
    const nonlin::DType dtype = read_dtype(argc > 1 ? argv[1] : "auto");
    Children children(dtype, argc > 2 ? std::stoi(argv[2]) : 2, argc > 3 ? argv[3] : "resnet20");
    std::cout << "ready " << nonlin::to_string(dtype) << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << children.answer(line) << std::endl;
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "child_step: {}\n", error.what());
    return 1;
  }
}
