// Goal: what is aligned by these functions stands aligned in a terminal, whatever the text.
// Method: texts with known widths, broken UTF-8 included.
#include "report/text.h"

#include <gtest/gtest.h>

namespace nonlin {
namespace {

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("x*sigmoid(x)"), 12u);
  EXPECT_EQ(display_width("\u03b2\u00b7x"), 3u);
  EXPECT_EQ(display_width("e\u0301"), 1u) << "a combining accent";
  EXPECT_EQ(display_width("\u51fd\u6570"), 4u) << "East Asian wide";
  EXPECT_EQ(display_width("\U0001f600"), 2u);
  EXPECT_EQ(display_width("\u28ff"), 1u) << "braille";
}

TEST(DisplayWidth, TakesABrokenByteForACharacter) {
  EXPECT_EQ(display_width("a\xff"
                          "b"),
            3u);
  EXPECT_EQ(display_width("a\xe2\x82"), 3u) << "cut in the middle";
  EXPECT_EQ(display_width("\x80\x80"), 2u);
}

TEST(Shortened, LeavesWhatFitsAndMarksWhatWasCut) {
  EXPECT_EQ(shortened("tanh", 4), "tanh");
  EXPECT_EQ(shortened("sigmoid", 4), "sig\u2026");
  EXPECT_EQ(shortened("\u51fd\u6570\u51fd", 4), "\u51fd\u2026");
  EXPECT_EQ(shortened("ab", 1), "\u2026");
  EXPECT_EQ(shortened("ab", 0), "");
}

TEST(Padded, FillsOnTheOtherSide) {
  EXPECT_EQ(padded("\u03b2", 3), "\u03b2  ");
  EXPECT_EQ(padded("7", 3, Align::kRight), "  7");
  EXPECT_EQ(padded("long", 2), "long");
}

TEST(Toned, WritesEscapesOnlyWhereColoursAreWanted) {
  EXPECT_EQ(toned("a", Tone::kBad, Colours::kNone), "a");
  EXPECT_EQ(toned("a", Tone::kPlain, Colours::kAnsi), "a");
  EXPECT_EQ(toned("", Tone::kBad, Colours::kAnsi), "");
  EXPECT_EQ(toned("a", Tone::kBad, Colours::kAnsi), "\033[31ma\033[0m");
}

TEST(DurationText, HasTwoUnitsAtMost) {
  EXPECT_EQ(duration_text(0.0421), "0.042 s");
  EXPECT_EQ(duration_text(9.96), "10 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.9), "1 min 00 s");
  EXPECT_EQ(duration_text(600), "10 min 00 s");
  EXPECT_EQ(duration_text(7300), "2 h 01 min");
}

TEST(Percent, HasTwoPlaces) {
  EXPECT_EQ(percent(0.91239), "91.24");
  EXPECT_EQ(percent(1), "100.00");
}

}  // namespace
}  // namespace nonlin
