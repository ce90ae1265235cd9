// Goal: a verdict reads as what it is, for people and for programs.
// Method: verdicts made up by hand, good and bad.
#include "cli/verdict_report.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace nonlin {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Verdict good_verdict() {
  Verdict verdict;
  verdict.inputs = std::uint64_t{1} << 32;
  verdict.value.budget = 4;
  verdict.value.units = {1.25, {-2.5, -0.18964, -0.189641}};
  verdict.derivative.budget = 8;
  verdict.monotonicity.is_monotonic = true;
  verdict.confirmed = 1'000'123;
  verdict.seconds = 12;
  return verdict;
}

Verdict bad_verdict() {
  Verdict verdict = good_verdict();
  verdict.derivative.units.error = 9;
  verdict.value.non_finite.count = 1234;
  verdict.value.non_finite.first = {{89, kInfinity, 89}};
  verdict.monotonicity.breaks = 1;
  verdict.monotonicity.largest = {0.5, {3, 3.1, 3.05}};
  verdict.reference_errors = 7;
  return verdict;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(VerdictReport, says_in_words_that_everything_is_good) {
  const std::string text = verdict_text(good_verdict(), {.expression = "x*sigmoid(x)"});
  EXPECT_TRUE(has(text, "float32, 4,294,967,296 inputs, in its stable form"));
  EXPECT_TRUE(has(text, "1.250"));
  EXPECT_TRUE(has(text, "only where the function is"));
  EXPECT_TRUE(has(text, "everywhere, as the function is"));
  EXPECT_TRUE(has(text, "1,000,123, all agree"));
  EXPECT_TRUE(has(text, "verified: every budget is kept"));
  EXPECT_FALSE(has(text, "broken"));
}

TEST(VerdictReport, names_what_is_broken) {
  const std::string text =
      verdict_text(bad_verdict(), {.expression = "log(1 + e^x)", .as_written = true});
  EXPECT_TRUE(has(text, "inputs, as written"));
  EXPECT_TRUE(has(text, "1,234 results, that nearest to 0 at x = 89: inf instead of 89"));
  EXPECT_TRUE(has(text, "but for 1 step, the largest of 0.500 ulp at x = 3"));
  EXPECT_TRUE(has(text, "off at 7"));
  EXPECT_TRUE(has(text, "broken"));
  EXPECT_TRUE(has(text, "not verified"));
}

TEST(VerdictReport, gives_programs_the_same_numbers) {
  const auto json = verdict_json(bad_verdict(), {.expression = "log(1 + e^x)", .as_written = true});
  EXPECT_EQ(json["form"], "as-written");
  EXPECT_EQ(json["dtype"], "float32");
  EXPECT_EQ(json["inputs"], std::uint64_t{1} << 32);
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["max_ulp_value"], 1.25);
  EXPECT_EQ(json["worst_input"], -2.5);
  EXPECT_TRUE(json["worst_input_derivative"].is_null());
  EXPECT_EQ(json["non_finite"], 1234);
  EXPECT_EQ(json["value"]["non_finite"]["first"][0]["input"], 89);
  EXPECT_TRUE(json["value"]["non_finite"]["first"][0]["got"].is_null());
  EXPECT_EQ(json["derivative"]["ok"], false);
  EXPECT_EQ(json["monotonicity"]["breaks"], 1);
  EXPECT_EQ(verdict_json(good_verdict(), {})["ok"], true);
}

TEST(VerdictReport, estimates_the_time_left_once_it_can) {
  EXPECT_EQ(verify_progress("float32", 0, 0.1), "verifying float32  0 %");
  EXPECT_EQ(verify_progress("float32", 0.25, 4), "verifying float32  25 %, 12 s left");
}

}  // namespace
}  // namespace nonlin
