// Goal: the JSON about what a function is known as has the promised fields.
#include "report/known_as.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "expr/parse.h"

namespace nonlin {
namespace {

Rediscovery of(std::string_view text) {
  return rediscover(parse_expression(text).value_or_throw(), {.nearest = 2});
}

TEST(AffineJson, GivesTheTransformAndItsFormula) {
  const auto list = affine_json(of("1 - 2*sin(x/3 + 1)"));
  ASSERT_EQ(list.size(), 1u) << list.dump();
  EXPECT_EQ(list[0].dump(),
            R"({"entry":"sine","formula":"-2*sine(1/3*x + 1) + 1","same":"everywhere",)"
            R"("output_scale":-2.0,"input_scale":0.3333333333333333,"input_shift":1.0,)"
            R"("output_shift":1.0})");
}

TEST(AffineJson, OfAFunctionOfItsOwnIsAnEmptyList) {
  EXPECT_EQ(affine_json(of("x*cos(x)")).dump(), "[]");
}

TEST(NearestJson, GivesTheNearestFirst) {
  const auto list = nearest_json(of("x*sigmoid(1.7*x)"));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].at("entry"), "GELU_sigmoid");
  EXPECT_LT(list[0].at("distance"), 0.001);
  EXPECT_LE(list[0].at("distance"), list[1].at("distance"));
  EXPECT_LE(list[0].at("fitted_distance"), list[0].at("distance"));
}

TEST(NearestJson, OfAFunctionThatIsNotFiniteIsAnEmptyList) {
  EXPECT_EQ(nearest_json(of("sqrt(x)")).dump(), "[]");
}

}  // namespace
}  // namespace nonlin
