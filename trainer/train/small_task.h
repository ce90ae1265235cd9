// A task that trains in a fraction of a second, for the tests of this folder: made-up images in
// which each class lights one patch, and a child of three small stages.
#pragma once

#include <algorithm>
#include <string>

#include "base/random.h"
#include "data/test_files.h"
#include "exec/protocol.h"

namespace nonlin {

class SmallTaskTest : public DataFileTest {
 protected:
  static constexpr std::uint32_t kSide = 12, kClasses = 10;

  void SetUp() override {
    DataFileTest::SetUp();
    write_images("train", 640, 1, kClasses);
    write_images("t10k", 200, 2, kClasses);
    write_task("small", "learning_rate = 0.1");
  }

  /// Labels count through `classes`. Images are noise and the label's stripes: rows, columns and
  /// diagonals, every second, third and fourth of them, and all pixels.
  void write_images(const std::string& part, std::uint32_t count, std::uint64_t seed,
                    std::uint32_t classes) const {
    RandomStream random(seed, 0, "images");
    Bytes pixels(count * kSide * kSide), labels(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t label = i % classes, period = label / 3 == 3 ? 1 : 2 + label % 3;
      labels[i] = static_cast<std::uint8_t>(label);
      for (std::uint32_t j = 0; j < kSide * kSide; ++j) {
        const std::uint32_t row = j / kSide, column = j % kSide;
        const std::uint32_t along[] = {row, column, row + column, 0};
        const bool lit = along[label / 3] % period == 0;
        pixels[i * kSide * kSide + j] =
            static_cast<std::uint8_t>(random.below(100) + (lit ? 120 : 0));
      }
    }
    write("mnist/" + part + "-images-idx3-ubyte", idx_bytes({count, kSide, kSide}, pixels));
    write("mnist/" + part + "-labels-idx1-ubyte", idx_bytes({count}, labels));
  }

  void write_task(const std::string& name, const std::string& recipe_lines,
                  const std::string& search_lines = {}) const {
    std::ofstream(path(name + ".toml")) << R"(
description = "Made-up images"

[data]
set = "mnist"
validation_images = 128
pad_and_crop = 1

[network]
blocks_per_stage = 1
widths = [4, 8]

[recipe]
batch = 32
steps = 60
)" << recipe_lines << R"(

[search]
rung_steps = [20, 60]
rung_keep = [0.25]
validation_images = 96
)" << search_lines << R"(
[finals]
steps = 60
seeds = 2
best = 2
baselines = ["relu"]
)";
  }

  DataPaths data() const { return {{folder_}}; }

  TrialRequest request(const std::string& expression, int from_step, int to_step) const {
    TrialRequest request;
    request.trial = 7;
    request.expression = expression;
    request.task = path("small.toml");
    request.seed = 5;
    request.from_step = from_step;
    request.to_step = to_step;
    request.schedule_steps = 60;
    return request;
  }

  std::string bytes_of(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

}  // namespace nonlin
