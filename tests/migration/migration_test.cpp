// Goal: every database that any released nonlin has written opens today, with everything in it, and
// can be worked on.
// Method: frozen databases, one for each version of the schema, written by freeze_database when the
// version was current, against the records that went in. A new version adds its file to kFrozen.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "frozen_study.h"

namespace nonlin {
namespace {

constexpr const char* kFrozen[] = {"schema_1.db"};

/// A copy of a frozen database: opening it may bring it to the current schema.
class Migration : public testing::TestWithParam<const char*> {
 protected:
  Migration() {
    std::string folder = testing::TempDir() + "nonlin-migration-XXXXXX";
    folder_ = mkdtemp(folder.data());
    std::filesystem::copy_file(std::string(FROZEN_DIR "/") + GetParam(), folder_ + "/study.db");
  }
  ~Migration() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Storage> open() { return open_storage("sqlite:///" + folder_ + "/study.db"); }

 private:
  std::string folder_;
};

void expect_same(double read, double written) {
  // NaN, which is no equal of itself, is among the values.
  EXPECT_TRUE(read == written || (std::isnan(read) && std::isnan(written)))
      << read << " instead of " << written;
}

void expect_same(const Trial& read, const Trial& written) {
  Trial without_numbers = read, expected = written;
  without_numbers.rungs = expected.rungs = {};
  without_numbers.learned = expected.learned = {};
  EXPECT_EQ(without_numbers, expected) << "trial " << written.number;
  ASSERT_EQ(read.rungs.size(), written.rungs.size());
  for (std::size_t i = 0; i < read.rungs.size(); ++i) {
    EXPECT_EQ(read.rungs[i].rung, written.rungs[i].rung);
    EXPECT_EQ(read.rungs[i].steps, written.rungs[i].steps);
    expect_same(read.rungs[i].score, written.rungs[i].score);
    expect_same(read.rungs[i].loss, written.rungs[i].loss);
    expect_same(read.rungs[i].train_loss, written.rungs[i].train_loss);
    expect_same(read.rungs[i].seconds, written.rungs[i].seconds);
  }
  ASSERT_EQ(read.learned.size(), written.learned.size());
  for (std::size_t i = 0; i < read.learned.size(); ++i) {
    const LearnedParameter &a = read.learned[i], &b = written.learned[i];
    EXPECT_EQ(a.layer, b.layer);
    EXPECT_EQ(a.parameter, b.parameter);
    expect_same(a.mean, b.mean);
    expect_same(a.low, b.low);
    expect_same(a.lower_quartile, b.lower_quartile);
    expect_same(a.median, b.median);
    expect_same(a.upper_quartile, b.upper_quartile);
    expect_same(a.high, b.high);
  }
}

TEST_P(Migration, EveryRecordIsStillThere) {
  const auto storage = open();
  const std::vector<Study> studies = storage->studies();
  ASSERT_EQ(studies.size(), frozen_studies().size());
  for (std::size_t i = 0; i < studies.size(); ++i) {
    EXPECT_EQ(studies[i].settings, frozen_studies()[i]);
  }
  EXPECT_EQ(studies[0].state, StudyState::kFinished);
  EXPECT_EQ(studies[0].budget_seconds, 600);
  EXPECT_EQ(studies[0].budget_trials, 1500);
  EXPECT_EQ(studies[0].spent_seconds, 123.5);
  EXPECT_FALSE(studies[0].created.empty());
  const std::vector<Trial> trials = storage->trials(studies[0].id);
  ASSERT_EQ(trials.size(), frozen_trials().size());
  for (std::size_t i = 0; i < trials.size(); ++i) expect_same(trials[i], frozen_trials()[i]);
  EXPECT_TRUE(storage->trials(studies[1].id).empty());
}

TEST_P(Migration, TheStudyGoesOn) {
  const auto storage = open();
  const Study study = storage->find_study(frozen_studies()[0].name).value();
  EXPECT_EQ(storage->reclaim_running(study.id), 1);
  storage->set_trial_state(study.id, 3, TrialState::kRunning);
  storage->finish_rung(study.id, 3, {.rung = 1, .score = 0.5}, TrialState::kComplete, {});
  EXPECT_EQ(storage->add_trials(study.id, {Trial{}}), std::vector<std::int64_t>{8});
  EXPECT_EQ(open()->find_trial(study.id, 3)->rungs.size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Schemas, Migration, testing::ValuesIn(kFrozen), [](const auto& test) {
  return std::filesystem::path(test.param).stem().string();
});

}  // namespace
}  // namespace nonlin
