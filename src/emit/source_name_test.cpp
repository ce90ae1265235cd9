// Goal: every function gets names that a compiler takes and a reader recognises.
// Method: known names, and every entry of the catalogue.
#include "emit/source_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "expr/catalogue.h"

namespace nonlin {
namespace {

TEST(SourceName, is_made_from_the_name_of_the_catalogue) {
  EXPECT_EQ(source_name("Swish").type, "Swish");
  EXPECT_EQ(source_name("Swish").function, "swish");
  EXPECT_EQ(source_name("HardSwish").function, "hard_swish");
  EXPECT_EQ(source_name("HardSwish").type, "HardSwish");
  EXPECT_EQ(source_name("GELU_tanh").type, "GELUTanh");
  EXPECT_EQ(source_name("GELU_tanh").function, "gelu_tanh");
  EXPECT_EQ(source_name("tanh").type, "Tanh");
}

TEST(SourceName, of_no_name_is_activation) {
  EXPECT_EQ(source_name("").type, "Activation");
  EXPECT_EQ(source_name("").function, "activation");
  EXPECT_EQ(source_name("***").type, "Activation");
}

TEST(SourceName, is_an_identifier_whatever_the_name_is) {
  EXPECT_EQ(source_name("2nd").function, "activation_2nd");
  EXPECT_EQ(source_name("a--b c").function, "a_b_c");
  EXPECT_EQ(source_name("lambda").function, "lambda_");
  EXPECT_EQ(identifier("lambda"), "lambda_");
  EXPECT_EQ(identifier("beta"), "beta");
}

TEST(SourceName, of_every_entry_is_an_identifier) {
  for (const CatalogueEntry& entry : catalogue()) {
    const SourceName name = source_name(entry.name);
    const auto is_part = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    EXPECT_TRUE(std::ranges::all_of(name.type, is_part)) << entry.name;
    EXPECT_TRUE(std::ranges::all_of(name.function, is_part)) << entry.name;
    EXPECT_TRUE(std::isupper(static_cast<unsigned char>(name.type.front()))) << entry.name;
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(name.function.front()))) << entry.name;
    EXPECT_EQ(name.function.find("__"), std::string::npos) << entry.name;
  }
}

}  // namespace
}  // namespace nonlin
