// Goal: the commands about functions tell people and scripts what is true, at once, and refuse bad
// input with one clear error. Method: the built nonlin, run as a person runs it; facts that the
// literature states, and inputs that make no sense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "process.h"

namespace nonlin::integration {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// 40 nodes, with kinks, a parameter and what oscillates.
constexpr const char* kFortyNodes =
    "max(x, tanh(x))*sigmoid(beta*x) + exp(-x^2)*sin(3*x) - atan(x)*erf(x/2) + |x|*min(x, 1)/(1 + "
    "x^2) + sinc(x)";

void expect_refusal(const Outcome& outcome, int status, const std::string& says) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, testing::StartsWith("nonlin: "));
  EXPECT_THAT(outcome.err, HasSubstr(says));
}

double fastest_of_ten(const Workplace& here, const std::vector<std::string>& words) {
  double fastest = 1e9;
  for (int i = 0; i < 10; ++i) {
    const Outcome outcome = here.run(words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    fastest = std::min(fastest, outcome.seconds);
  }
  return fastest;
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(Catalog, lists_every_entry_with_all_its_fields) {
  const Workplace here;
  const json entries = here.run_json({"catalog", "--json"});
  ASSERT_GT(entries.size(), 30u);
  const std::string text = here.run({"catalog"}).out;
  for (const json& entry : entries) {
    for (const char* key : {"name", "names", "formula", "kind", "parameters", "year", "source",
                            "identifier", "republished", "note"}) {
      EXPECT_TRUE(entry.contains(key)) << entry["name"] << " has no " << key;
    }
    EXPECT_EQ(entry["names"][0], entry["name"]);
    EXPECT_GT(entry["year"].get<int>(), 1900);
    EXPECT_THAT(text, HasSubstr(entry["name"].get<std::string>()));
  }
}

TEST(Catalog, search_finds_a_name_in_any_case_and_tells_all_of_it) {
  const Workplace here;
  const Outcome outcome = here.run({"catalog", "--search", "SWISH"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(testing::StartsWith("Swish\n"), HasSubstr("x*sigmoid(beta*x)"),
                    HasSubstr("beta starts at 1, one per channel"), HasSubstr("Ramachandran")));
  const json found = here.run_json({"catalog", "--search", "swish", "--json"});
  EXPECT_EQ(found[0]["name"], "Swish");
  EXPECT_EQ(found[0]["parameters"][0],
            (json{{"name", "beta"}, {"initial", 1.0}, {"scope", "channel"}, {"trainable", true}}));
}

TEST(Catalog, a_search_without_hits_names_the_nearest) {
  const Workplace here;
  expect_refusal(here.run({"catalog", "--search", "swihs"}), 1, "did you mean Swish");
  expect_refusal(here.run({"catalog", "--search", "no such thing at all", "--json"}), 1,
                 "nothing in the catalogue");
}

TEST(Eval, gives_values_and_slopes_in_order) {
  const Workplace here;
  const json at = here.run_json({"eval", "swish", "--at", "1,-2", "--set", "beta=2", "--json"});
  ASSERT_EQ(at.size(), 2u);
  const double gate = 1 / (1 + std::exp(-2.0));
  EXPECT_EQ(at[0]["x"], 1.0);
  EXPECT_NEAR(at[0]["value"].get<double>(), gate, 1e-15);
  EXPECT_NEAR(at[0]["derivative"].get<double>(), gate + 2 * gate * (1 - gate), 1e-14);
  EXPECT_EQ(at[1]["x"], -2.0);
  const Outcome text = here.run({"eval", "gelu", "--at", "0.5"});
  EXPECT_THAT(text.out, AllOf(HasSubstr("f(x)"), HasSubstr("0.34573123063700656")))
      << "0.5*Phi(0.5)";
}

TEST(Eval, says_what_is_not_finite_and_why) {
  const Workplace here;
  const Outcome text = here.run({"eval", "1 + sqrt(x)", "--at=-2,4"});
  EXPECT_EQ(text.status, 0) << "a value that does not exist is an answer";
  EXPECT_THAT(text.out, AllOf(HasSubstr("nan"), HasSubstr("sqrt(x) is nan where x is -2")));
  const json at = here.run_json({"eval", "1 + sqrt(x)", "--at=-2,4", "--json"});
  EXPECT_TRUE(at[0]["value"].is_null());
  EXPECT_EQ(at[1]["value"], 3.0);
}

TEST(Eval, refuses_what_it_cannot_read) {
  const Workplace here;
  expect_refusal(here.run({"eval", "swish"}), 2, "--at");
  expect_refusal(here.run({"eval", "swish", "--at", "1,two"}), 2, "'two' is not a number");
  expect_refusal(here.run({"eval", "swish", "--at", ""}), 2, "--at");
  expect_refusal(here.run({"eval", "swish", "--at", "1,,2"}), 2, "is not a number");
  expect_refusal(here.run({"eval", "swish", "--at", "1", "--set", "gamma=2"}), 2, "it has beta");
  expect_refusal(here.run({"eval", "swish", "--at", "1", "--set", "beta=1,2"}), 2, "one value");
  expect_refusal(here.run({"eval", "swish", "--at", "1", "--set", "beta="}), 2, "not a number");
  expect_refusal(here.run({"eval", "beta[]*x", "--at", "1"}), 1, "start value");
  expect_refusal(here.run({"eval", "swihs", "--at", "1"}), 1, "Swish");
}

TEST(Show, reproduces_what_is_known_of_swish) {
  const Workplace here;
  const json swish = here.run_json({"show", "x*sigmoid(beta*x)", "--json"});
  EXPECT_THAT(swish["names"].get<std::vector<std::string>>(), Contains("Swish"));
  ASSERT_EQ(swish["extrema"].size(), 1u);
  EXPECT_NEAR(swish["extrema"][0]["x"].get<double>(), -1.27846, 1e-5);
  EXPECT_NEAR(swish["extrema"][0]["value"].get<double>(), -0.27846, 1e-5);
  EXPECT_EQ(swish["extrema"][0]["kind"], "minimum");
  EXPECT_NEAR(swish["saturation"]["of_line"].get<double>(), 0.5, 1e-9);
  EXPECT_EQ(swish["smoothness"], "smooth");
  EXPECT_TRUE(swish["monotonic"].is_null());
  std::vector<std::pair<std::string, std::string>> ends;
  for (const json& end : swish["parameter_ends"]) {
    if (end["kind"] == "recognised") ends.emplace_back(end["end"], end["limit"]);
  }
  EXPECT_THAT(ends, Contains(testing::Pair("0", testing::AnyOf("0.5*x", "x/2"))));
  EXPECT_THAT(ends, Contains(testing::Pair("inf", "relu(x)")));
}

TEST(Show, reproduces_the_minimum_of_x_min_1_exp_x) {
  const Workplace here;
  for (const char* form : {"x*min(1, e^x)", "max(x, x*e^-|x|)", "x + relu(x*e^-|x| - x)"}) {
    const json shown = here.run_json({"show", form, "--json"});
    ASSERT_EQ(shown["extrema"].size(), 1u) << form;
    EXPECT_NEAR(shown["extrema"][0]["x"].get<double>(), -1, 1e-9) << form;
    EXPECT_NEAR(shown["extrema"][0]["value"].get<double>(), -std::exp(-1), 1e-12) << form;
  }
  EXPECT_THAT(here.run({"show", "x*min(1, e^x)"}).out, HasSubstr("-1/e = -0.367879 at x = -1"));
}

TEST(Show, gives_the_gains_beside_pytorchs_convention) {
  const Workplace here;
  const auto gains = [&](const char* name) {
    const json shown = here.run_json({"show", name, "--json"});
    return std::pair(shown["gain"].get<double>(), shown["conventional_gain"].get<double>());
  };
  EXPECT_NEAR(gains("relu").first, std::sqrt(2.0), 1e-9);
  EXPECT_NEAR(gains("tanh").first, 1.5925, 5e-5);
  EXPECT_NEAR(gains("tanh").second, 5.0 / 3, 1e-12);
  EXPECT_NEAR(gains("selu").first, 1, 1e-6);
  EXPECT_NEAR(gains("selu").second, 0.75, 1e-12);
}

TEST(Show, takes_relu_apart) {
  const Workplace here;
  const json relu = here.run_json({"show", "relu", "--json"});
  EXPECT_EQ(relu["kinks"][0], (json{{"x", 0.0}, {"left_slope", 0.0}, {"right_slope", 1.0}}));
  EXPECT_EQ(relu["monotonic"], "increasing");
  EXPECT_EQ(relu["convexity"], "convex");
  EXPECT_EQ(relu["lipschitz"], 1.0);
  EXPECT_NEAR(relu["saturation"]["of_gaussian"].get<double>(), 0.5, 1e-6);
  EXPECT_NEAR(relu["edge_of_chaos"]["weight_variance"].get<double>(), 2, 1e-9);
  EXPECT_NEAR(relu["edge_of_chaos"]["bias_variance"].get<double>(), 0, 1e-9);
  EXPECT_EQ(relu["range"]["low"], 0.0);
  EXPECT_EQ(relu["zero_intervals"].size(), 1u);
}

TEST(Show, draws_a_family_in_text_and_in_a_file) {
  const Workplace here;
  const Outcome outcome =
      here.run({"show", "swish", "--set", "beta=0.1,1,10", "--svg", "family.svg"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("beta = 0.1"), HasSubstr("beta = 10")));
  const std::string svg = read_file(here.path() / "family.svg");
  EXPECT_THAT(svg, AllOf(testing::StartsWith("<svg "), testing::EndsWith("</svg>\n"),
                         HasSubstr("f(x) = x*sigmoid(beta*x)"), HasSubstr("beta = 0.1")));
  const json first = here.run_json({"show", "swish", "--set", "beta=0.1,1,10", "--json"});
  EXPECT_EQ(first["parameters"][0]["value"], 0.1) << "properties are at the first value";
}

TEST(Show, refuses_functions_that_are_finite_nowhere) {
  const Workplace here;
  expect_refusal(here.run({"show", "x/0"}), 1, "finite for no x");
  expect_refusal(here.run({"show", "sqrt(-1 - x^2)"}), 1, "sqrt(-1 - x^2) is nan");
  expect_refusal(here.run({"show", "sqrt(-1 - x^2)", "--json"}), 1, "finite for no x");
  expect_refusal(here.run({"show", "swish", "--set", "beta=nan"}), 1, "finite for no x");
}

TEST(Show, refuses_what_is_no_function_of_one_element_and_says_what_it_is) {
  const Workplace here;
  const json entries = here.run_json({"catalog", "--json"});
  for (const char* kind : {"gate", "not-elementwise"}) {
    const auto entry = std::ranges::find(entries, kind, [](const json& it) { return it["kind"]; });
    ASSERT_NE(entry, entries.end()) << "the catalogue has no " << kind;
    expect_refusal(here.run({"show", (*entry)["name"]}), 1, (*entry)["formula"]);
    expect_refusal(here.run({"eval", (*entry)["name"], "--at", "1"}), 1, "nonlin catalog --search");
  }
}

TEST(Show, keeps_a_huge_formula_short_for_people) {
  const Workplace here;
  std::string sum = "x";
  for (int i = 0; i < 120; ++i) sum += " + sin(x)^" + std::to_string(i + 2);
  const Outcome outcome = here.run({"show", sum});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_LT(std::ranges::count(outcome.out, '\n'), 70);
  EXPECT_THAT(outcome.out, HasSubstr("\u2026"));
}

TEST(Show, refuses_settings_that_make_no_sense) {
  const Workplace here;
  expect_refusal(here.run({"show", "swish", "--set", "beta="}), 2, "not a number");
  expect_refusal(here.run({"show", "swish", "--set", "beta"}), 2, "for example --set beta=0.5");
  expect_refusal(here.run({"show", "swish", "--set", "beat=1"}), 2, "did you mean beta");
  expect_refusal(here.run({"show", "relu", "--set", "beta=1"}), 2, "it has no parameters");
  expect_refusal(here.run({"show", "swish", "--set", "beta=1", "--set", "beta=2"}), 2, "twice");
  expect_refusal(here.run({"show", "swish", "--set", "beta=1,2,3,4,5,6,7,8,9,10,11,12,13"}), 2,
                 "at most 12");
  expect_refusal(here.run({"show", "swish", "--svg", "no/such/folder/x.svg"}), 1,
                 "cannot write no/such/folder/x.svg");
  EXPECT_TRUE(std::filesystem::is_empty(here.path()) ||
              !std::filesystem::exists(here.path() / "no"));
}

TEST(Show, answers_in_under_100_ms_also_for_40_nodes) {
  const Workplace here;
  EXPECT_LT(fastest_of_ten(here, {"show", "swish"}), 0.1);
  EXPECT_LT(fastest_of_ten(here, {"show", kFortyNodes}), 0.1);
  EXPECT_LT(fastest_of_ten(here, {"show", kFortyNodes, "--json"}), 0.1);
}

TEST(Show, measures_the_kernels_when_asked_to) {
  const Workplace here;
  const json rows = here.run_json({"show", "relu", "--measure", "--json"})["measured"];
  ASSERT_EQ(rows.size(), 4u) << "two types, two sizes";
  for (const json& row : rows) {
    for (const char* key : {"copy_ns", "forward_ns", "backward_ns"}) {
      EXPECT_GT(row[key].get<double>(), 0) << row;
      EXPECT_LT(row[key].get<double>(), 100) << row;
    }
  }
  EXPECT_EQ(rows[0]["dtype"], "float32");
  EXPECT_FALSE(here.run_json({"show", "relu", "--json"}).contains("measured"));
}

TEST(Compare, puts_functions_side_by_side_and_draws_them) {
  const Workplace here;
  const Outcome outcome =
      here.run({"compare", "relu", "swish", "gelu", "--svg", "three.svg", "--set", "beta=1.702"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("Lipschitz"), HasSubstr("rms on N(0, 1)"),
                                 HasSubstr("largest on [-5, 5]"), HasSubstr("a relu")));
  EXPECT_THAT(read_file(here.path() / "three.svg"), HasSubstr(">gelu<"));
  const json compared =
      here.run_json({"compare", "relu", "swish", "gelu", "--set", "beta=1.702", "--json"});
  ASSERT_EQ(compared["functions"].size(), 3u);
  ASSERT_EQ(compared["distances"].size(), 3u);
  const json& nearest = compared["distances"][0];
  EXPECT_EQ(nearest["first"], 1);
  EXPECT_EQ(nearest["second"], 2) << "x*sigmoid(1.702*x) approximates GELU";
  EXPECT_LT(nearest["largest"].get<double>(), 0.021);
}

TEST(Compare, finds_that_two_forms_are_one_function) {
  const Workplace here;
  const json pair =
      here.run_json({"compare", "x*min(1, e^x)", "max(x, x*e^-|x|)", "--json"})["distances"][0];
  EXPECT_LT(pair["root_mean_square"].get<double>(), 1e-12);
  EXPECT_LT(pair["largest"].get<double>(), 1e-12);
}

TEST(Compare, refuses_one_function_unknown_parameters_and_broken_ones) {
  const Workplace here;
  expect_refusal(here.run({"compare", "relu"}), 2, "At least 2");
  expect_refusal(here.run({"compare", "relu", "swish", "--set", "alpha=1"}), 2, "it has beta");
  expect_refusal(here.run({"compare", "relu", "swish", "--set", "beta=1,2"}), 2, "one value");
  expect_refusal(here.run({"compare", "relu", "x/0"}), 1, "finite for no x");
  expect_refusal(here.run({"compare", "relu", "gleu"}), 1, "GELU");
}

TEST(Help, has_examples_for_each_command_about_functions) {
  const Workplace here;
  for (const char* command : {"catalog", "show", "compare", "eval"}) {
    const Outcome outcome = here.run({command, "--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("Examples:"), HasSubstr("--json"))) << command;
  }
}

TEST(Colours, are_never_written_into_a_file) {
  const Workplace here;
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"show", "relu"},
                                             {"compare", "relu", "gelu"},
                                             {"catalog"},
                                             {"eval", "relu", "--at", "1"}}) {
    EXPECT_THAT(here.run(words).out, Not(HasSubstr("\033")));
  }
}

}  // namespace
}  // namespace nonlin::integration
