// Goal: columns stand under each other, with wide characters, colours, cut and missing cells.
// Method: whole tables as texts.
#include "report/table.h"

#include <gtest/gtest.h>

namespace nonlin {
namespace {

using Rows = std::vector<std::vector<Cell>>;

TEST(Table, AlignsColumns) {
  const std::vector<Column> columns = {{"", Align::kRight}, {"function"}, {"mean", Align::kRight}};
  const Rows rows = {{std::string("9"), std::string("relu(x)"), std::string("90.1")},
                     {std::string("10"), std::string("\u03b2*x"), std::string("8")}};
  EXPECT_EQ(render_table(columns, rows),
            "    function  mean\n"
            " 9  relu(x)   90.1\n"
            "10  \u03b2*x          8\n");
}

TEST(Table, CutsWhatIsTooLong) {
  const std::vector<Column> columns = {{"f", Align::kLeft, 6}, {"n"}};
  const Rows rows = {{std::string("x*sigmoid(x)"), std::string("1")}};
  EXPECT_EQ(render_table(columns, rows),
            "f       n\n"
            "x*sig\u2026  1\n");
}

TEST(Table, ATitleIsNeverCut) {
  const std::vector<Column> columns = {{"function", Align::kLeft, 4}};
  const Rows rows = {{std::string("abcdefgh")}};
  EXPECT_EQ(render_table(columns, rows), "function\nabcdefgh\n");
}

TEST(Table, HasNoTrailingSpacesAndTakesShortRows) {
  const std::vector<Column> columns = {{"a"}, {"b"}, {"c"}};
  const Rows rows = {{std::string("1")}, {}, {std::string("1"), std::string(""), std::string("3")}};
  EXPECT_EQ(render_table(columns, rows), "a  b  c\n1\n\n1     3\n");
}

TEST(Table, ColoursDoNotMoveColumns) {
  const std::vector<Column> columns = {{"a"}, {"b"}};
  const Rows rows = {{{"xx", Tone::kGood}, {"y", Tone::kBad}}};
  EXPECT_EQ(render_table(columns, rows, Colours::kAnsi),
            "\033[2ma\033[0m   \033[2mb\033[0m\n"
            "\033[32mxx\033[0m  \033[31my\033[0m\n");
}

}  // namespace
}  // namespace nonlin
