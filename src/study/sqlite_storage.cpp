#include "study/sqlite_storage.h"

#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <limits>
#include <optional>

#include "base/error.h"
#include "study/columns.h"
#include "study/sqlite_database.h"
#include "study/statements.h"

namespace nonlin {
namespace {

// SOCI executes a statement when the expression that builds it ends, after the temporaries in it
// are gone: what is used or read into is always a variable.
using soci::into;
using soci::use;

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[sizeof "2000-01-01T00:00:00Z"] = {};
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

[[noreturn]] void throw_unknown_study(std::int64_t study) {
  throw Error(ErrorCode::kNotFound, fmt::format("there is no study with the id {}", study));
}

std::vector<Study> read_studies(soci::session& session) {
  std::vector<Study> studies;
  Study study;
  StudySettings& settings = study.settings;
  UnsignedColumn task_fingerprint, space_fingerprint, seed;
  soci::statement statement =
      (session.prepare << sql::kSelectStudies, into(study.id), into(settings.name),
       into(settings.task), into(task_fingerprint), into(settings.space), into(space_fingerprint),
       into(settings.sampler), into(seed), into(settings.threads_per_child), into(settings.dtype),
       into(study.state), into(study.budget_seconds), into(study.budget_trials),
       into(study.spent_seconds), into(study.created));
  statement.execute();
  while (statement.fetch()) {
    settings.task_fingerprint = task_fingerprint.value;
    settings.space_fingerprint = space_fingerprint.value;
    settings.seed = seed.value;
    studies.push_back(study);
  }
  return studies;
}

void insert_rung(soci::session& session, std::int64_t study, std::int64_t number,
                 const RungResult& result) {
  const NumberColumn score{result.score}, loss{result.loss};
  const NumberColumn train_loss{result.train_loss}, seconds{result.seconds};
  session << sql::kInsertRung, use(study), use(number), use(result.rung), use(result.steps),
      use(score), use(loss), use(train_loss), use(seconds);
}

void insert_learned(soci::session& session, std::int64_t study, std::int64_t number,
                    const std::vector<LearnedParameter>& learned) {
  int position = 0;
  for (const LearnedParameter& row : learned) {
    const NumberColumn mean{row.mean}, low{row.low}, lower_quartile{row.lower_quartile};
    const NumberColumn median{row.median}, upper_quartile{row.upper_quartile}, high{row.high};
    session << sql::kInsertLearned, use(study), use(number), use(position), use(row.layer),
        use(row.parameter), use(mean), use(low), use(lower_quartile), use(median),
        use(upper_quartile), use(high);
    ++position;
  }
}

/// The trials of a study whose numbers lie in [first, last], in order of their numbers.
class TrialReader {
 public:
  TrialReader(soci::session& session, std::int64_t study, std::int64_t first, std::int64_t last)
      : session_(session), study_(study), first_(first), last_(last) {}

  std::vector<Trial> read() {
    read_trials();
    read_rungs();
    read_learned();
    return std::move(trials_);
  }

 private:
  void read_trials() {
    Trial trial;
    int baseline = 0;
    UnsignedColumn seed;
    soci::statement statement =
        (session_.prepare << sql::kSelectTrials, use(study_), use(first_), use(last_),
         into(trial.number), into(trial.kind), into(trial.expression), into(trial.name),
         into(baseline), into(seed), into(trial.state), into(trial.reason), into(trial.detail));
    statement.execute();
    while (statement.fetch()) {
      trial.baseline = baseline != 0;
      trial.seed = seed.value;
      trials_.push_back(trial);
    }
  }

  void read_rungs() {
    std::int64_t number = 0;
    RungResult result;
    NumberColumn score, loss, train_loss, seconds;
    soci::statement statement = (session_.prepare << sql::kSelectRungs, use(study_), use(first_),
                                 use(last_), into(number), into(result.rung), into(result.steps),
                                 into(score), into(loss), into(train_loss), into(seconds));
    statement.execute();
    for (std::size_t at = 0; statement.fetch();) {
      result.score = score.value;
      result.loss = loss.value;
      result.train_loss = train_loss.value;
      result.seconds = seconds.value;
      trial_from(at, number).rungs.push_back(result);
    }
  }

  void read_learned() {
    std::int64_t number = 0;
    LearnedParameter row;
    NumberColumn mean, low, lower_quartile, median, upper_quartile, high;
    soci::statement statement =
        (session_.prepare << sql::kSelectLearned, use(study_), use(first_), use(last_),
         into(number), into(row.layer), into(row.parameter), into(mean), into(low),
         into(lower_quartile), into(median), into(upper_quartile), into(high));
    statement.execute();
    for (std::size_t at = 0; statement.fetch();) {
      row.mean = mean.value;
      row.low = low.value;
      row.lower_quartile = lower_quartile.value;
      row.median = median.value;
      row.upper_quartile = upper_quartile.value;
      row.high = high.value;
      trial_from(at, number).learned.push_back(row);
    }
  }

  /// The trial `number`, found by walking on from `at`: both sides come in the same order.
  Trial& trial_from(std::size_t& at, std::int64_t number) {
    while (at < trials_.size() && trials_[at].number < number) ++at;
    if (at == trials_.size() || trials_[at].number != number) {
      throw Error(ErrorCode::kCorrupt,
                  fmt::format("the database is damaged: it lacks trial {}", number));
    }
    return trials_[at];
  }

  soci::session& session_;
  std::int64_t study_, first_, last_;
  std::vector<Trial> trials_;
};

void move_trial(soci::session& session, std::int64_t study, std::int64_t number, TrialState to,
                const std::string& reason, const std::string& detail) {
  TrialState from{};
  session << sql::kSelectTrialState, use(study), use(number), into(from);
  if (!session.got_data()) {
    throw Error(ErrorCode::kInternal, fmt::format("study {} has no trial {}", study, number));
  }
  if (!may_become(from, to)) {
    throw Error(ErrorCode::kInternal, fmt::format("trial {} is {} and cannot become {}", number,
                                                  to_string(from), to_string(to)));
  }
  session << sql::kUpdateTrialState, use(to), use(reason), use(detail), use(study), use(number);
}

class SqliteStorage final : public Storage {
 public:
  explicit SqliteStorage(const std::string& path) : database_(path) {}

  Study create_study(const StudySettings& settings) override;
  std::optional<Study> find_study(const std::string& name) override;
  std::vector<Study> studies() override { return database_.read(read_studies); }
  void set_study_state(std::int64_t study, StudyState state) override;
  void set_budget(std::int64_t study, double budget_seconds, std::int64_t budget_trials) override;
  void set_spent(std::int64_t study, double spent_seconds) override;
  std::vector<std::int64_t> add_trials(std::int64_t study,
                                       const std::vector<Trial>& trials) override;
  std::vector<Trial> trials(std::int64_t study) override;
  std::optional<Trial> find_trial(std::int64_t study, std::int64_t number) override;
  void set_trial_state(std::int64_t study, std::int64_t number, TrialState state,
                       const std::string& reason, const std::string& detail) override;
  void finish_rung(std::int64_t study, std::int64_t number, const RungResult& result,
                   TrialState state, const std::vector<LearnedParameter>& learned) override;
  int reclaim_running(std::int64_t study) override;
  void remove_study(std::int64_t study) override;

 private:
  /// A statement that changes the one row of `study`; its values come before the id.
  template <typename... Values>
  void change_study(const char* text, std::int64_t study, const Values&... values) {
    database_.write([&](soci::session& session) {
      auto prepared = session.prepare << text;
      ((prepared, use(values)), ...);
      soci::statement statement = (prepared, use(study));
      statement.execute(true);
      if (statement.get_affected_rows() == 0) throw_unknown_study(study);
    });
  }

  SqliteDatabase database_;
};

Study SqliteStorage::create_study(const StudySettings& settings) {
  database_.write([&](soci::session& session) {
    int taken = 0;
    session << sql::kCountStudiesNamed, use(settings.name), into(taken);
    if (taken != 0) {
      throw Error(ErrorCode::kUsage, fmt::format("there is a study '{}' already", settings.name),
                  "choose another name with --study");
    }
    const std::string created = utc_now();
    const UnsignedColumn task_fingerprint{settings.task_fingerprint};
    const UnsignedColumn space_fingerprint{settings.space_fingerprint};
    const UnsignedColumn seed{settings.seed};
    const StudyState state = StudyState::kRunning;
    session << sql::kInsertStudy, use(settings.name), use(settings.task), use(task_fingerprint),
        use(settings.space), use(space_fingerprint), use(settings.sampler), use(seed),
        use(settings.threads_per_child), use(settings.dtype), use(state), use(created);
  });
  return find_study(settings.name).value();
}

std::optional<Study> SqliteStorage::find_study(const std::string& name) {
  for (Study& study : studies()) {
    if (study.settings.name == name) return std::move(study);
  }
  return std::nullopt;
}

void SqliteStorage::set_study_state(std::int64_t study, StudyState state) {
  change_study(sql::kUpdateStudyState, study, state);
}

void SqliteStorage::set_budget(std::int64_t study, double budget_seconds,
                               std::int64_t budget_trials) {
  change_study(sql::kUpdateBudget, study, budget_seconds, budget_trials);
}

void SqliteStorage::set_spent(std::int64_t study, double spent_seconds) {
  change_study(sql::kUpdateSpent, study, spent_seconds);
}

void SqliteStorage::remove_study(std::int64_t study) { change_study(sql::kDeleteStudy, study); }

std::vector<std::int64_t> SqliteStorage::add_trials(std::int64_t study,
                                                    const std::vector<Trial>& trials) {
  return database_.write([&](soci::session& session) {
    int known = 0;
    session << sql::kCountStudies, use(study), into(known);
    if (known == 0) throw_unknown_study(study);
    std::int64_t number = 0;
    session << sql::kSelectLastTrial, use(study), into(number);
    Trial trial;
    int baseline = 0;
    UnsignedColumn seed;
    soci::statement insert =
        (session.prepare << sql::kInsertTrial, use(study), use(number), use(trial.kind),
         use(trial.expression), use(trial.name), use(baseline), use(seed), use(trial.state),
         use(trial.reason), use(trial.detail));
    std::vector<std::int64_t> numbers;
    for (const Trial& added : trials) {
      ++number;
      trial = added;
      baseline = trial.baseline ? 1 : 0;
      seed.value = trial.seed;
      insert.execute(true);
      for (const RungResult& result : trial.rungs) insert_rung(session, study, number, result);
      insert_learned(session, study, number, trial.learned);
      numbers.push_back(number);
    }
    return numbers;
  });
}

std::vector<Trial> SqliteStorage::trials(std::int64_t study) {
  return database_.read([&](soci::session& session) {
    return TrialReader(session, study, 1, std::numeric_limits<std::int64_t>::max()).read();
  });
}

std::optional<Trial> SqliteStorage::find_trial(std::int64_t study, std::int64_t number) {
  return database_.read([&](soci::session& session) -> std::optional<Trial> {
    std::vector<Trial> found = TrialReader(session, study, number, number).read();
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  });
}

void SqliteStorage::set_trial_state(std::int64_t study, std::int64_t number, TrialState state,
                                    const std::string& reason, const std::string& detail) {
  database_.write(
      [&](soci::session& session) { move_trial(session, study, number, state, reason, detail); });
}

void SqliteStorage::finish_rung(std::int64_t study, std::int64_t number, const RungResult& result,
                                TrialState state, const std::vector<LearnedParameter>& learned) {
  database_.write([&](soci::session& session) {
    move_trial(session, study, number, state, {}, {});
    int last_rung = 0;
    session << sql::kSelectLastRung, use(study), use(number), into(last_rung);
    if (result.rung <= last_rung) {
      throw Error(ErrorCode::kInternal,
                  fmt::format("trial {} has finished rung {} already", number, result.rung));
    }
    insert_rung(session, study, number, result);
    session << sql::kDeleteLearned, use(study), use(number);
    insert_learned(session, study, number, learned);
  });
}

int SqliteStorage::reclaim_running(std::int64_t study) {
  return database_.write([&](soci::session& session) {
    soci::statement statement = (session.prepare << sql::kReclaimRunning, use(study));
    statement.execute(true);
    return static_cast<int>(statement.get_affected_rows());
  });
}

}  // namespace

std::unique_ptr<Storage> open_sqlite_storage(const std::string& path) {
  return std::make_unique<SqliteStorage>(path);
}

}  // namespace nonlin
