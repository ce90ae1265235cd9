// Goal: the catalogue as a whole is sound: every entry can be read by every one of its names, no
// name stands for two functions, and everything says where it comes from. Method: claims about all
// entries; what each function is, the tests of the rooms say (expr/catalogue/).
#include "expr/catalogue.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "expr/catalogue/rooms.h"
#include "expr/catalogue/test_definitions.h"
#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr std::size_t kEntriesAtLeast = 200;
constexpr int kFirstYear = 1940, kLastYear = 2026;  // McCulloch and Pitts wrote in 1943.

double value_at(const Expr& expr, double x) { return value_of(expr, x, {}); }

double value_at(const char* name, double x) {
  return value_at(parse_expression(name).value_or_throw(), x);
}

/// All names of an entry, its own first.
std::vector<std::string> names_of(const CatalogueEntry& entry) {
  std::vector<std::string> names{std::string(entry.name)};
  for (std::string_view other : entry.other_names) {
    if (!other.empty()) names.emplace_back(other);
  }
  for (const Publication& publication : entry.republished) {
    if (!publication.name.empty()) names.emplace_back(publication.name);
  }
  return names;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

/// The year in an arXiv number such as 1710.05941; 0 if it is none.
int arxiv_year(std::string_view number) {
  const std::size_t point = number.find('.');
  if (point != 4 || (number.size() != 9 && number.size() != 10)) return 0;
  int month = 0, serial = 0;
  const auto read = [](std::string_view digits, int& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (!read(number.substr(0, 4), month) || !read(number.substr(5), serial)) return 0;
  return month % 100 >= 1 && month % 100 <= 12 ? 2000 + month / 100 : 0;
}

void expect_sourced(std::string_view name, int year, std::string_view source,
                    std::string_view identifier) {
  EXPECT_GE(year, kFirstYear) << name;
  EXPECT_LE(year, kLastYear) << name;
  EXPECT_GT(source.size(), 10u) << name;
  EXPECT_EQ(source.find("arXiv:"), std::string_view::npos) << name << " hides its identifier";
  if (identifier.starts_with("arXiv:")) {
    // A paper may be a preprint one or two years before it is published, never much later.
    const int of_preprint = arxiv_year(identifier.substr(6));
    EXPECT_LE(std::abs(year - of_preprint), 2) << name << ": " << identifier;
  } else if (!identifier.empty()) {
    EXPECT_TRUE(identifier.starts_with("doi:10.") || identifier.find('/') != std::string_view::npos)
        << name << ": " << identifier;
  }
}

TEST(Catalogue, HasEveryRoomAndTheFunctionsOfXFirst) {
  EXPECT_GE(catalogue().size(), kEntriesAtLeast);
  std::size_t count = 0;
  for (const auto room :
       {rectifiers, exponential_units, sigmoidal, shrinkages, radial, self_gated, mish_like,
        gaussian_gated, periodic, trainable, searched, gates, not_elementwise}) {
    for (const CatalogueEntry& entry : room()) EXPECT_NE(find_catalogue(entry.name), nullptr);
    count += room().size();
  }
  EXPECT_EQ(catalogue().size(), count);
  const std::size_t elementwise = elementwise_catalogue().size();
  EXPECT_EQ(elementwise + gates().size() + not_elementwise().size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_first = i < elementwise;
    EXPECT_EQ(catalogue()[i].kind == FunctionKind::kElementwise, is_first) << catalogue()[i].name;
  }
}

TEST(Catalogue, EveryFormulaCanBeReadAndMentionsItsInputs) {
  for (const CatalogueEntry& entry : elementwise_catalogue()) {
    const auto expr = parse_expression(entry.formula);
    ASSERT_TRUE(expr.ok()) << entry.name << ": " << expr.error().message();
    EXPECT_FALSE(substitute_input(expr.value(), Expr::constant(0)) == expr.value()) << entry.name;
  }
  for (const CatalogueEntry& entry : gates()) {
    const auto expr = parse_expression(entry.formula, gate_halves());
    ASSERT_TRUE(expr.ok()) << entry.name << ": " << expr.error().message();
    EXPECT_TRUE(substitute_input(expr.value(), Expr::constant(0)) == expr.value()) << entry.name;
    std::set<std::string> names;
    for (const Parameter& parameter : parameters_of(expr.value())) names.insert(parameter.name);
    EXPECT_TRUE(names.contains("a") && names.contains("b")) << entry.name;
    EXPECT_EQ(entry.kind, FunctionKind::kGate) << entry.name;
  }
  for (const CatalogueEntry& entry : not_elementwise()) {
    EXPECT_FALSE(entry.formula.empty()) << entry.name;
    EXPECT_EQ(entry.kind, FunctionKind::kNotElementwise) << entry.name;
  }
}

TEST(Catalogue, ParametersStartAtFiniteValues) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind == FunctionKind::kNotElementwise) continue;
    const Expr expr = parse_expression(entry.formula, gate_halves()).value_or_throw();
    for (const Parameter& parameter : gate_parameters(expr)) {
      EXPECT_TRUE(std::isfinite(parameter.initial)) << entry.name << ": " << parameter.name;
    }
  }
}

TEST(Catalogue, EveryEntrySaysWhereItComesFrom) {
  for (const CatalogueEntry& entry : catalogue()) {
    expect_sourced(entry.name, entry.year, entry.source, entry.identifier);
    for (const Publication& again : entry.republished) {
      EXPECT_EQ(again.name.empty(), again.source.empty()) << entry.name;
      if (again.name.empty()) continue;
      expect_sourced(again.name, again.year, again.source, again.identifier);
      EXPECT_GE(again.year, entry.year) << again.name << " is older than what it republishes";
    }
  }
}

TEST(Catalogue, NamesAreUniqueInEveryCaseAndMadeOfLetters) {
  std::map<std::string, std::string_view> owners;
  for (const CatalogueEntry& entry : catalogue()) {
    for (const std::string& name : names_of(entry)) {
      const auto [owner, is_new] = owners.emplace(lower(name), entry.name);
      EXPECT_TRUE(is_new) << name << " is a name of " << owner->second << " and " << entry.name;
      EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                                       "0123456789"),
                std::string::npos)
          << name;
    }
  }
}

TEST(Catalogue, EntriesAreFoundByEveryNameInEveryCase) {
  for (const CatalogueEntry& entry : catalogue()) {
    for (const std::string& name : names_of(entry)) {
      EXPECT_EQ(find_catalogue(name), &entry) << name;
      EXPECT_EQ(find_catalogue(lower(name)), &entry) << name;
    }
  }
  EXPECT_EQ(find_catalogue("rElU")->name, "ReLU");
  EXPECT_EQ(find_catalogue("leaky_relu")->name, "LReLU");
  EXPECT_EQ(find_catalogue("SimpleGate")->name, "Bilinear");  // Published again by that name.
  EXPECT_EQ(find_catalogue("nothing"), nullptr);
  EXPECT_EQ(find_catalogue(""), nullptr);
}

// A name that were also an operation, a parameter or a number of the language would hide the entry.
TEST(Catalogue, InTheLanguageEveryNameMeansItsEntry) {
  for (const CatalogueEntry& entry : elementwise_catalogue()) {
    const Expr formula = parse_expression(entry.formula).value_or_throw();
    for (const std::string& name : names_of(entry)) {
      for (const std::string& written : {name, lower(name)}) {
        const auto named = parse_expression(written);
        ASSERT_TRUE(named.ok()) << written << ": " << named.error().message();
        for (double x : {-3.5, -0.75, 0.0, 0.25, 1.5}) {
          EXPECT_TRUE(agree(value_at(named.value(), x), value_at(formula, x))) << written;
        }
      }
    }
  }
}

TEST(Catalogue, SmoothFunctionsHaveTheirKnownValues) {
  EXPECT_NEAR(value_at("GELU", 1), 0.8413447460685429, 1e-15);  // The normal distribution at 1.
  EXPECT_NEAR(value_at("GELU", -2), -2 * 0.022750131948179195, 1e-15);
  EXPECT_NEAR(value_at("GELU_tanh", 1), 0.8411919906082768, 1e-15);
  EXPECT_NEAR(value_at("SiLU", 1), 0.7310585786300049, 1e-15);
  EXPECT_NEAR(value_at("Swish", 1), 0.7310585786300049, 1e-15);
  EXPECT_NEAR(value_at("Mish", 1), std::tanh(std::log(1 + std::exp(1.0))), 1e-15);
  EXPECT_NEAR(value_at("Softsign", -3), -0.75, 1e-15);
  EXPECT_NEAR(value_at("Squareplus", 0), 1, 1e-15);
}

// The check that every room's test makes must be able to fail.
TEST(Catalogue, AWrongDefinitionIsNoticed) {
  EXPECT_TRUE(agree(1, 1 + 1e-13));
  EXPECT_FALSE(agree(1, 1 + 1e-11));
  EXPECT_FALSE(agree(1e-6, 2e-6));
  EXPECT_FALSE(agree(NAN, 0));
  EXPECT_FALSE(agree(INFINITY, -INFINITY));
  EXPECT_TRUE(agree(INFINITY, INFINITY));
}

}  // namespace
}  // namespace nonlin
