// Goal: exported lines are what docs/formats.md promises, whatever text a trial carries.
// Method: lines read back with a JSON parser, and whole lines of CSV.
#include "report/export.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

namespace nonlin {
namespace {

using nlohmann::json;

Trial complete_trial() {
  return {.number = 3,
          .expression = "max(x, x*exp(-|x|))",
          .seed = std::numeric_limits<std::uint64_t>::max(),
          .state = TrialState::kComplete,
          .rungs = {{.rung = 0, .steps = 100, .score = 0.5, .loss = 1.5, .seconds = 1.25},
                    {.rung = 1, .steps = 300, .score = 0.75, .loss = 1.0, .seconds = 2.5}},
          .learned = {{"act1", "beta", 1, 2, 3, 4, 5, NAN}}};
}

TEST(Jsonl, ALineHasEveryPromisedField) {
  const json line = json::parse(export_jsonl(std::vector{complete_trial()}));
  EXPECT_EQ(line.at("trial"), 3);
  EXPECT_EQ(line.at("kind"), "search");
  EXPECT_EQ(line.at("expression"), "max(x, x*exp(-|x|))");
  EXPECT_EQ(line.at("state"), "complete");
  EXPECT_TRUE(line.at("reason").is_null());
  EXPECT_TRUE(line.at("name").is_null());
  EXPECT_EQ(line.at("baseline"), false);
  EXPECT_EQ(line.at("rung"), 1);
  EXPECT_EQ(line.at("steps"), 300);
  EXPECT_EQ(line.at("score"), 0.75);
  EXPECT_EQ(line.at("loss"), 1.0);
  EXPECT_EQ(line.at("seed"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(line.at("seconds"), 3.75);
  EXPECT_EQ(line.at("rungs").size(), 2u);
  EXPECT_EQ(line.at("rungs")[0].at("score"), 0.5);
  EXPECT_EQ(line.at("learned")[0].at("median"), 4);
  EXPECT_TRUE(line.at("learned")[0].at("high").is_null()) << "NaN";
}

TEST(Jsonl, ATrialWithoutARungHasNoScore) {
  const Trial rejected{.number = 1,
                       .kind = TrialKind::kFinal,
                       .expression = "0*x",
                       .name = "zero",
                       .state = TrialState::kRejected,
                       .reason = "constant"};
  const json line = json::parse(export_jsonl(std::vector{rejected}));
  for (const char* field : {"rung", "steps", "score", "loss", "detail"}) {
    EXPECT_TRUE(line.at(field).is_null()) << field;
  }
  EXPECT_EQ(line.at("kind"), "final");
  EXPECT_EQ(line.at("reason"), "constant");
  EXPECT_EQ(line.at("name"), "zero");
  EXPECT_EQ(line.at("seconds"), 0);
}

TEST(Jsonl, EveryTrialIsOneLineOfValidUtf8) {
  Trial crashed{.number = 2, .state = TrialState::kFailed, .reason = "crashed"};
  crashed.detail = "line 1\nline \"2\"\t\xff\xfe";
  const std::string lines = export_jsonl(std::vector{complete_trial(), crashed});
  std::istringstream stream(lines);
  std::string line;
  std::vector<json> read;
  while (std::getline(stream, line)) read.push_back(json::parse(line));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].at("detail"), "line 1\nline \"2\"\t\ufffd\ufffd");
  EXPECT_EQ(export_jsonl({}), "");
}

TEST(Csv, QuotesWhatNeedsIt) {
  Trial crashed{.number = 2, .expression = "x", .state = TrialState::kFailed, .reason = "crashed"};
  crashed.detail = "said \"no\",\nand died";
  EXPECT_EQ(export_csv(std::vector{complete_trial(), crashed}),
            "trial,kind,expression,name,baseline,state,reason,rung,steps,score,loss,seed,seconds,"
            "detail\n"
            "3,search,\"max(x, x*exp(-|x|))\",,false,complete,,1,300,0.75,1.0,"
            "18446744073709551615,3.75,\n"
            "2,search,x,,false,failed,crashed,,,,,0,0.0,\"said \"\"no\"\",\nand died\"\n");
}

TEST(Csv, OfNoTrialsHasTheTitles) {
  EXPECT_EQ(export_csv({}).find('\n'), export_csv({}).size() - 1);
}

}  // namespace
}  // namespace nonlin
