// Goal: a word finds the entries that have it, the nearest first, and all that is known of an entry
// is told. Method: a small catalogue with an entry of every kind.
#include "report/catalogue_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

namespace nonlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::array<CatalogueEntry, 4> kEntries = {{
    {.name = "Wave",
     .other_names = {"wavy"},
     .formula = "x*sin(beta[0.5, scalar]*x)",
     .year = 2020,
     .source = "First Author: On Waves",
     .identifier = "arXiv:0000.00001",
     .republished = {{{.name = "Ripple",
                       .year = 2022,
                       .source = "Second Author: Again",
                       .identifier = "arXiv:0000.00002"}}},
     .note = "The source also uses beta = 2."},
    {.name = "ShortWave", .other_names = {}, .formula = "sin(x)", .year = 1990, .source = "A book"},
    {.name = "WaveGate",
     .other_names = {},
     .formula = "a*sin(alpha*b)",
     .year = 2021,
     .source = "A paper",
     .kind = FunctionKind::kGate},
    {.name = "Largest",
     .other_names = {},
     .formula = "max over the row, as a wave",
     .year = 2013,
     .source = "Another",
     .kind = FunctionKind::kNotElementwise},
}};

std::vector<std::string> found(std::string_view word) {
  std::vector<std::string> names;
  for (const CatalogueEntry* entry : search_catalogue(kEntries, word)) {
    names.emplace_back(entry->name);
  }
  return names;
}

TEST(CatalogueSearch, TheVeryNameComesFirstThenNamesThenTheRest) {
  EXPECT_THAT(found("wave"), ElementsAre("Wave", "ShortWave", "WaveGate", "Largest"));
}

TEST(CatalogueSearch, LooksEverywhereWhateverTheCase) {
  EXPECT_THAT(found("RIPPLE"), ElementsAre("Wave")) << "a republished name";
  EXPECT_THAT(found("SIN("), ElementsAre("Wave", "ShortWave", "WaveGate")) << "formulas";
  EXPECT_THAT(found("a book"), ElementsAre("ShortWave")) << "sources";
  EXPECT_THAT(found("0000.00002"), ElementsAre("Wave")) << "identifiers";
  EXPECT_THAT(found("beta = 2"), ElementsAre("Wave")) << "notes";
  EXPECT_THAT(found("2013"), ElementsAre("Largest")) << "years";
  EXPECT_THAT(found("201"), IsEmpty()) << "half a year is none";
  EXPECT_THAT(found("absent"), IsEmpty());
  EXPECT_EQ(found("").size(), kEntries.size());
}

TEST(CatalogueParameters, AreReadFromTheFormula) {
  const std::vector<Parameter> wave = parameters_of(kEntries[0]);
  ASSERT_EQ(wave.size(), 1u);
  EXPECT_EQ(wave[0], (Parameter{.name = "beta", .initial = 0.5, .scope = Scope::kScalar}));
  const std::vector<Parameter> gate = parameters_of(kEntries[2]);
  ASSERT_EQ(gate.size(), 1u);
  EXPECT_EQ(gate[0].name, "alpha");
  EXPECT_THAT(parameters_of(kEntries[3]), IsEmpty());
}

TEST(CatalogueTable, IsInOrderOfYearsUnderTheTitlesOfTheKinds) {
  const std::string table = catalogue_table(search_catalogue(kEntries, ""), {.width = 72});
  EXPECT_EQ(table,
            "name       year  formula                      also\n"
            "functions of one element, y = f(x)\n"
            "ShortWave  1990  sin(x)\n"
            "Wave       2020  x*sin(beta[0.5, scalar]*x)   wavy, Ripple\n"
            "\n"
            "gates, y = f(a, b) of two halves of a layer's output\n"
            "WaveGate   2021  a*sin(alpha*b)\n"
            "\n"
            "functions that look at other elements\n"
            "Largest    2013  max over the row, as a wave\n");
}

TEST(CatalogueTable, CutsFormulasThatAreTooLong) {
  CatalogueEntry entry = kEntries[1];
  const std::string formula(200, 'x');
  entry.formula = formula;
  const std::vector<const CatalogueEntry*> entries = {&entry};
  const std::string table = catalogue_table(entries, {.width = 80});
  EXPECT_THAT(table, HasSubstr("\u2026"));
  EXPECT_THAT(table, Not(HasSubstr(std::string(80, 'x'))));
}

TEST(CatalogueDetails, AreComplete) {
  EXPECT_EQ(catalogue_details(kEntries[0]),
            "Wave\n"
            "formula      x*sin(beta[0.5, scalar]*x)\n"
            "parameter    beta starts at 0.5, one per layer\n"
            "also         wavy\n"
            "source       2020. First Author: On Waves, arXiv:0000.00001\n"
            "republished  as Ripple, 2022. Second Author: Again, arXiv:0000.00002\n"
            "note         The source also uses beta = 2.\n");
  EXPECT_THAT(catalogue_details(kEntries[2]), HasSubstr("kind         gates"));
}

TEST(CatalogueJson, HasEveryField) {
  const auto json = catalogue_json(search_catalogue(kEntries, "ripple"));
  EXPECT_EQ(json.dump(),
            R"j([{"name":"Wave","names":["Wave","wavy","Ripple"],)j"
            R"j("formula":"x*sin(beta[0.5, scalar]*x)","kind":"elementwise",)j"
            R"j("parameters":[{"name":"beta","initial":0.5,"scope":"scalar","trainable":true}],)j"
            R"j("year":2020,"source":"First Author: On Waves","identifier":"arXiv:0000.00001",)j"
            R"j("republished":[{"name":"Ripple","year":2022,"source":"Second Author: Again",)j"
            R"j("identifier":"arXiv:0000.00002"}],"note":"The source also uses beta = 2."}])j");
}

TEST(CatalogueNames, AreAllThatCanBeSearchedByName) {
  EXPECT_THAT(catalogue_names(kEntries),
              ElementsAre("Wave", "wavy", "Ripple", "ShortWave", "WaveGate", "Largest"));
}

}  // namespace
}  // namespace nonlin
