// Goal: labels stand once, contents under each other, and no line is longer than asked for.
// Method: whole texts.
#include "report/labelled.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nonlin {
namespace {

TEST(LabelledLines, ALabelThatRepeatsIsLeftOut) {
  LabelledLines lines;
  lines.add("zero", "x = 0");
  lines.add("zero", "x = 1");
  lines.add("range", "all numbers");
  EXPECT_EQ(lines.text(),
            "zero         x = 0\n"
            "             x = 1\n"
            "range        all numbers\n");
}

TEST(LabelledLines, LongContentIsWrappedAtSpaces) {
  LabelledLines lines(36);
  lines.add("note", "one two three four five six seven averylongwordthatdoesnotfit eight");
  EXPECT_EQ(lines.text(),
            "note         one two three four five\n"
            "             six seven\n"
            "             averylongwordthatdoesnotfit\n"
            "             eight\n");
}

TEST(LabelledLines, NothingIsSaidOfAnEmptyContent) {
  LabelledLines lines;
  lines.add("note", "");
  EXPECT_EQ(lines.text(), "");
}

TEST(ParameterText, SaysStartAndScope) {
  EXPECT_EQ(parameter_text({.name = "beta"}), "beta starts at 1, one per channel");
  EXPECT_EQ(parameter_text({.name = "alpha", .initial = 0.25, .scope = Scope::kScalar}),
            "alpha starts at 0.25, one per layer");
  EXPECT_EQ(parameter_json({.name = "alpha", .initial = 0.25, .scope = Scope::kScalar}).dump(),
            R"({"name":"alpha","initial":0.25,"scope":"scalar"})");
}

}  // namespace
}  // namespace nonlin
