// Goal: every operation can be written in every language, and every helper is there and needed.
// Method: the tables against the op table.
#include "emit/op_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "emit/tables.h"

namespace nonlin {
namespace {

struct Language {
  std::string_view name;
  std::span<const OpText> texts;
};

std::vector<Language> languages() {
  return {{"PyTorch", pytorch_op_texts()}, {"C++", cpp_op_texts()}, {"LaTeX", latex_op_texts()}};
}

TEST(OpTexts, every_operation_has_a_row_in_every_language) {
  for (const Language& language : languages()) {
    for (const OpRow& row : op_table()) {
      const auto is_its = [&row](const OpText& text) { return text.op == row.op; };
      const auto is_always = [&](const OpText& text) {
        return is_its(text) && text.when == When::kAlways;
      };
      EXPECT_EQ(std::ranges::count_if(language.texts, is_always), 1)
          << row.name << " in " << language.name;
      // A row behind the one that always holds is never used.
      const auto last =
          std::ranges::find_if(language.texts.rbegin(), language.texts.rend(), is_its);
      ASSERT_NE(last, language.texts.rend());
      EXPECT_EQ(last->when, When::kAlways) << row.name << " in " << language.name;
    }
  }
}

TEST(OpTexts, every_pattern_mentions_every_operand) {
  for (const Language& language : languages()) {
    for (const OpText& text : language.texts) {
      const int arity = row_of(text.op).arity;
      const auto mentions = [&text](std::string_view word) {
        return text.pattern.find(word) != std::string_view::npos;
      };
      // $+ is the last operand.
      if (text.when != When::kAlways) continue;
      const bool has_last = mentions("$+") || mentions(arity == 2 ? "$b" : "$a");
      EXPECT_EQ(has_last, arity > 0) << text.pattern;
      EXPECT_EQ(mentions("$a") || mentions("$+"), arity > 0) << text.pattern;
    }
  }
}

void expect_helpers_match(std::span<const OpText> texts, std::span<const Helper> helpers) {
  std::set<std::string_view> needed, there;
  for (const OpText& text : texts) {
    if (!text.helper.empty()) needed.insert(text.helper);
  }
  for (const Helper& helper : helpers) {
    there.insert(helper.name);
    EXPECT_NE(helper.source.find(helper.name), std::string_view::npos) << helper.name;
  }
  EXPECT_EQ(needed, there);
}

TEST(OpTexts, helpers_are_those_that_the_rows_need) {
  expect_helpers_match(pytorch_op_texts(), pytorch_helpers());
  expect_helpers_match(cpp_op_texts(), cpp_helpers());
}

TEST(Digits, read_back_to_the_same_number) {
  for (const double value : {0.0, 2.0, -3.0, 0.1, 1e-7, 1e30, 1.0507009873554805, 123456789012.0,
                             -1.5e-300, 1e22, 4294967296.0}) {
    EXPECT_EQ(std::strtod(digits(value).c_str(), nullptr), value);
  }
  EXPECT_EQ(digits(2), "2");
  EXPECT_EQ(digits(-0.0), "-0.0");
}

TEST(Digits, whole_numbers_that_no_int_can_hold_have_a_point) {
  EXPECT_EQ(digits(4294967296.0), "4294967296.0");
}

}  // namespace
}  // namespace nonlin
