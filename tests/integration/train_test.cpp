// Goal: `nonlin train` trains one function, and gives the same result twice. Method: the built
// executables on the task fashion-tiny.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "process.h"

namespace nonlin::integration {
namespace {

using nlohmann::json;

TEST(Train, trains_one_function_the_same_way_twice) {
  const Workplace here;
  const std::vector<std::string> words = {"train",        "x*sigmoid(x)", "--task",
                                          "fashion-tiny", "--threads",    "1",
                                          "--dtype",      "float32",      "--json"};
  json first = here.run_json(words);
  json second = here.run_json(words);
  EXPECT_EQ(first["expression"], "x*sigmoid(x)");
  ASSERT_TRUE(first.contains("validation_accuracy")) << first;
  EXPECT_EQ(first["validation_accuracy"], second["validation_accuracy"]);
  EXPECT_EQ(first["validation_loss"], second["validation_loss"]);
  EXPECT_EQ(first["curve"], second["curve"]);
}

}  // namespace
}  // namespace nonlin::integration
