// nonlin's side of bench/child_step: the ResNet-20 child of pytorch_child.py on nonlin's plan
// engine, with two activations. Speaks lines with bench/child_step/run: "NAME STEPS" in, that many
// seconds per step out. Arguments: float32 or bfloat16, or auto (bfloat16 where this machine has
// it); threads.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "expr/parse.h"
#include "trainer/nn/network.h"
#include "trainer/train/process_memory.h"

namespace {

constexpr std::size_t kSize = 32, kChannels = 3;
constexpr int kClasses = 10;

/// One network with a batch to train it on.
class Child {
 public:
  Child(const std::string& activation, nonlin::DType dtype, int threads,
        nonlin::Compiler& compiler) {
    nonlin::NetworkConfig config;
    config.spec.blocks_per_stage = 3;
    config.spec.widths = {16, 32, 64};
    config.image_height = config.image_width = kSize;
    config.image_channels = kChannels;
    config.classes = kClasses;
    config.activation = nonlin::parse_expression(activation).value_or_throw();
    config.dtype = dtype;
    config.threads = threads;
    network_ = nonlin::make_network(nonlin::EngineKind::kPlan, config, compiler);
    nonlin::RandomStream random(0, 0, "images");
    pixels_.resize(config.batch * kSize * kSize * kChannels);
    for (float& pixel : pixels_) pixel = static_cast<float>(random.normal());
    labels_.resize(config.batch);
    for (std::int32_t& label : labels_) {
      label = static_cast<std::int32_t>(random.below(kClasses));
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

void answer_requests(const std::string& dtype_name, int threads) {
  const nonlin::DType dtype = read_dtype(dtype_name);
  nonlin::Compiler compiler;
  std::map<std::string, Child> children;
  children.try_emplace("relu", "max(x, 0)", dtype, threads, compiler);
  children.try_emplace("composite", "max(x, x*exp(-|x|))", dtype, threads, compiler);
  std::cout << "ready " << (dtype == nonlin::DType::kBFloat16 ? "bfloat16" : "float32")
            << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string name;
    int steps = 0;
    words >> name >> steps;
    Child& child = children.at(name);
    for (int i = 0; i < steps; ++i) {
      const double start = nonlin::monotonic_seconds();
      child.step();
      std::cout << (i > 0 ? " " : "") << nonlin::monotonic_seconds() - start;
    }
    std::cout << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    nonlin::keep_freed_pages();
    answer_requests(argc > 1 ? argv[1] : "auto", argc > 2 ? std::stoi(argv[2]) : 2);
  } catch (const std::exception& error) {
    fmt::print(stderr, "child_step: {}\n", error.what());
    return 1;
  }
}
