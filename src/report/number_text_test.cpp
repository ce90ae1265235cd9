// Goal: a number is written as one would write it, and never as something it is not. Method:
// numbers with and without such a form, and some that nearly have one.
#include "report/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace nonlin {
namespace {

TEST(ShortNumber, HasSixDigitsAtMost) {
  EXPECT_EQ(short_number(-0.27846454276107), "-0.278465");
  EXPECT_EQ(short_number(-0.0), "0");
  EXPECT_EQ(short_number(-std::nan("")), "nan");
  EXPECT_EQ(short_number(-INFINITY), "-inf");
}

TEST(ExactForm, IsFoundForWhatOneWouldWriteByHand) {
  EXPECT_EQ(exact_form(std::exp(-1)), "1/e");
  EXPECT_EQ(exact_form(-std::exp(-1)), "-1/e");
  EXPECT_EQ(exact_form(std::numbers::pi / 2), "pi/2");
  EXPECT_EQ(exact_form(-3 * std::numbers::pi / 4), "-3*pi/4");
  EXPECT_EQ(exact_form(std::sqrt(2.0)), "sqrt(2)");
  EXPECT_EQ(exact_form(std::sqrt(0.5)), "sqrt(2)/2");
  EXPECT_EQ(exact_form(1.0 / 3), "1/3");
  EXPECT_EQ(exact_form(std::log(2.0)), "log(2)");
  EXPECT_EQ(exact_form(1 / std::sqrt(std::numbers::pi)), "1/sqrt(pi)");
  EXPECT_EQ(exact_form(1 / std::sqrt(2 * std::numbers::pi)), "1/sqrt(2*pi)") << "ReLU's mean";
  EXPECT_EQ(exact_form(1 / (2 * std::numbers::e)), "1/(2*e)");
}

TEST(ExactForm, IsEmptyWhereDecimalsSayAllOrNothingFits) {
  for (const double value : {0.0, 1.0, -2.0, 0.5, 0.125, 1e6, 0.278465}) {
    EXPECT_EQ(exact_form(value), "") << value;
  }
  EXPECT_EQ(exact_form(-0.27846454276107373), "") << "the minimum of Swish";
  EXPECT_EQ(exact_form(std::exp(-1) * (1 + 1e-9)), "") << "near is not equal";
  EXPECT_EQ(exact_form(INFINITY), "");
  EXPECT_EQ(exact_form(std::nan("")), "");
}

TEST(FullNumber, GivesBothForms) {
  EXPECT_EQ(full_number(-std::exp(-1)), "-1/e = -0.367879");
  EXPECT_EQ(full_number(0.5), "0.5");
  EXPECT_EQ(exact_number(0.1234567), "0.123457");
  EXPECT_EQ(exact_number(std::numbers::pi), "pi");
}

TEST(ShareText, IsInPercent) {
  EXPECT_EQ(share_text(0.5), "50 %");
  EXPECT_EQ(share_text(0.03214), "3.21 %");
  EXPECT_EQ(share_text(1), "100 %");
  EXPECT_EQ(share_text(std::nan("")), "an unknown share");
}

}  // namespace
}  // namespace nonlin
