// Goal: with a sampler that learns, a search proposes the same candidates, trains the same trials
// and finds the same functions whatever the number of workers, their speed, and wherever it is cut
// off. Method: a sampler that climbs towards what scored best so far, on the scripted trainings and
// the storage that loses power of search_fakes.h.
#include "engine/proposals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "engine/search_fakes.h"

namespace nonlin {
namespace {

using ::testing::HasSubstr;

Expr scaled(int number) {
  return parse_expression(fmt::format("x*{}", 1 + number / 1000.0)).value_or_throw();
}

/// What a sampler was told before each of its proposals.
using Diary = std::vector<std::size_t>;

/// Proposes neighbours of the best that it was told of, or jumps; at most `most` candidates.
class ClimbingSampler : public Sampler {
 public:
  explicit ClimbingSampler(int most, Diary* diary = nullptr) : most_(most), diary_(diary) {}

  std::optional<Candidate> ask() override {
    if (static_cast<int>(asked_.size()) == most_) return std::nullopt;
    if (diary_) diary_->push_back(told_);
    int number = 0;
    do {
      const int jump = static_cast<int>(random_.below(2000));
      number = random_.below(3) == 0 ? jump : best_ + static_cast<int>(random_.below(41)) - 20;
    } while (number < 0 || asked_.contains(number));
    asked_.insert(number);
    return Candidate{.number = static_cast<std::uint64_t>(number), .expr = scaled(number)};
  }
  void tell(const Candidate& candidate, std::optional<double> score) override {
    ++told_;
    if (score && *score > best_score_) {
      best_score_ = *score;
      best_ = static_cast<int>(candidate.number);
    }
  }
  std::optional<std::uint64_t> remaining() const override { return std::nullopt; }

 private:
  int most_;
  Diary* diary_;
  RandomStream random_{3, 0, "climbing"};
  std::set<int> asked_;
  std::size_t told_ = 0;
  int best_ = 1000;
  double best_score_ = -1;
};

/// A study without candidates: they come one by one.
struct LearningFixture : Fixture {
  explicit LearningFixture(int most) : Fixture({}) {
    learning_sampler = [most] { return std::make_unique<ClimbingSampler>(most); };
  }
};

TEST(Proposals, TheNumberOfWorkersAndTheirSpeedDoNotChangeWhatIsProposed) {
  std::string first;
  for (int workers : {1, 2, 8, 64}) {
    for (double jitter : {0.0, 1.5}) {
      LearningFixture study(150);
      study.script.jitter = jitter;
      study.script.failing = {to_string(scaled(1003)), to_string(scaled(990))};
      EXPECT_EQ(study.run(workers), SearchOutcome::kFinished);
      const std::string result = result_of(study.storage);
      if (first.empty()) first = result;
      EXPECT_EQ(result, first) << workers << " workers";
    }
  }
  EXPECT_THAT(first, HasSubstr("diverged"));
}

TEST(Proposals, EachIsMadeWithTheOutcomesOfAllButTheLastFew) {
  Diary diary;
  LearningFixture study(100);
  study.learning_sampler = [&] { return std::make_unique<ClimbingSampler>(100, &diary); };
  study.run(5);
  ASSERT_EQ(diary.size(), 100u);
  for (std::size_t k = 0; k < diary.size(); ++k) {
    EXPECT_EQ(diary[k], k < Proposals::kLookBack ? 0 : k + 1 - Proposals::kLookBack);
  }
}

TEST(Proposals, ASearchThatLosesPowerAtAnyWriteGoesOnAsIfItHadNot) {
  LearningFixture quiet(60);
  quiet.run();
  const std::string expected = result_of(quiet.storage);
  const int writes = quiet.storage.writes();
  ASSERT_GT(writes, 100);
  for (int cut = 0; cut < writes; cut += 7) {
    LearningFixture study(60);
    study.storage.kill_after(cut);
    EXPECT_THROW(study.run(), Killed);
    study.storage.revive();
    study.run(3);
    EXPECT_EQ(result_of(study.storage), expected) << "after " << cut << " writes";
  }
}

TEST(Proposals, ABudgetOfTrialsIsKeptAndExtended) {
  LearningFixture study(200);
  study.storage.set_budget(1, 0, 50);
  study.run();
  std::vector<std::string> before;
  for (const Trial& trial : study.trials()) {
    if (trial.kind == TrialKind::kSearch) before.push_back(trial.expression);
  }
  EXPECT_EQ(before.size(), 50u);
  study.storage.set_budget(1, 0, 80);
  study.storage.set_study_state(1, StudyState::kRunning);
  study.run(4);
  std::vector<std::string> after;
  for (const Trial& trial : study.trials()) {
    if (trial.kind == TrialKind::kSearch) after.push_back(trial.expression);
  }
  ASSERT_EQ(after.size(), 80u);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
}

TEST(Proposals, ASamplerThatProposesSomethingElseNowIsRefused) {
  LearningFixture study(40);
  study.storage.set_budget(1, 0, 20);
  study.run();
  study.storage.set_budget(1, 0, 40);
  study.learning_sampler = [] {
    auto sampler = std::make_unique<ClimbingSampler>(40);
    sampler->ask();
    return sampler;
  };
  try {
    study.run();
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.message(), HasSubstr("cannot go on"));
    EXPECT_THAT(error.hint(), HasSubstr("--new"));
  }
}

}  // namespace
}  // namespace nonlin
