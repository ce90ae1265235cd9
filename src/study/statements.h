// Every SQL statement on a study's records, in one place; plain SQL that any storage behind SOCI
// understands. What is particular to SQLite stands in sqlite_schema.h and sqlite_database.cpp.
#pragma once

namespace nonlin::sql {

inline constexpr char kInsertStudy[] =
    "INSERT INTO study (name, task, task_fingerprint, space, space_fingerprint, sampler, seed, "
    "threads_per_child, dtype, state, budget_seconds, budget_trials, spent_seconds, created) "
    "VALUES (:name, :task, :task_fingerprint, :space, :space_fingerprint, :sampler, :seed, "
    ":threads_per_child, :dtype, :state, 0, 0, 0, :created)";
inline constexpr char kSelectStudies[] =
    "SELECT id, name, task, task_fingerprint, space, space_fingerprint, sampler, seed, "
    "threads_per_child, dtype, state, budget_seconds, budget_trials, spent_seconds, created "
    "FROM study ORDER BY id";
inline constexpr char kCountStudiesNamed[] = "SELECT COUNT(*) FROM study WHERE name = :name";
inline constexpr char kCountStudies[] = "SELECT COUNT(*) FROM study WHERE id = :study";
inline constexpr char kUpdateStudyState[] = "UPDATE study SET state = :state WHERE id = :study";
inline constexpr char kUpdateBudget[] =
    "UPDATE study SET budget_seconds = :seconds, budget_trials = :trials WHERE id = :study";
inline constexpr char kUpdateSpent[] =
    "UPDATE study SET spent_seconds = :seconds WHERE id = :study";
inline constexpr char kDeleteStudy[] = "DELETE FROM study WHERE id = :study";

inline constexpr char kSelectLastTrial[] =
    "SELECT COALESCE(MAX(number), 0) FROM trial WHERE study_id = :study";
inline constexpr char kInsertTrial[] =
    "INSERT INTO trial (study_id, number, kind, expression, name, baseline, seed, state, reason, "
    "detail) VALUES (:study, :number, :kind, :expression, :name, :baseline, :seed, :state, "
    ":reason, :detail)";
// A range of numbers serves both for all trials of a study and for one.
inline constexpr char kSelectTrials[] =
    "SELECT number, kind, expression, name, baseline, seed, state, reason, detail FROM trial "
    "WHERE study_id = :study AND number BETWEEN :first AND :last ORDER BY number";
inline constexpr char kSelectTrialState[] =
    "SELECT state FROM trial WHERE study_id = :study AND number = :number";
inline constexpr char kUpdateTrialState[] =
    "UPDATE trial SET state = :state, reason = :reason, detail = :detail "
    "WHERE study_id = :study AND number = :number";
inline constexpr char kReclaimRunning[] =
    "UPDATE trial SET state = CASE WHEN EXISTS (SELECT 1 FROM rung "
    "WHERE rung.study_id = trial.study_id AND rung.trial_number = trial.number) "
    "THEN 'paused' ELSE 'waiting' END WHERE study_id = :study AND state = 'running'";

inline constexpr char kSelectLastRung[] =
    "SELECT COALESCE(MAX(rung), -1) FROM rung "
    "WHERE study_id = :study AND trial_number = :number";
inline constexpr char kInsertRung[] =
    "INSERT INTO rung (study_id, trial_number, rung, steps, score, loss, train_loss, seconds) "
    "VALUES (:study, :number, :rung, :steps, :score, :loss, :train_loss, :seconds)";
inline constexpr char kSelectRungs[] =
    "SELECT trial_number, rung, steps, score, loss, train_loss, seconds FROM rung "
    "WHERE study_id = :study AND trial_number BETWEEN :first AND :last "
    "ORDER BY trial_number, rung";

inline constexpr char kDeleteLearned[] =
    "DELETE FROM learned WHERE study_id = :study AND trial_number = :number";
inline constexpr char kInsertLearned[] =
    "INSERT INTO learned (study_id, trial_number, position, layer, parameter, mean, low, "
    "lower_quartile, median, upper_quartile, high) VALUES (:study, :number, :position, :layer, "
    ":parameter, :mean, :low, :lower_quartile, :median, :upper_quartile, :high)";
inline constexpr char kSelectLearned[] =
    "SELECT trial_number, layer, parameter, mean, low, lower_quartile, median, upper_quartile, "
    "high FROM learned WHERE study_id = :study AND trial_number BETWEEN :first AND :last "
    "ORDER BY trial_number, position";

}  // namespace nonlin::sql
