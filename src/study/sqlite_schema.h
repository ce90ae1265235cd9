// The SQLite schema as a table of migrations: row i brings a database from version i to i + 1. A
// row that was released is never edited; a change of the schema is a new row, and every version
// leaves a frozen database in tests/migration.
#pragma once

#include <array>
#include <span>

namespace nonlin {

/// "nonl": tells nonlin's databases from those of other programs (PRAGMA application_id).
inline constexpr int kApplicationId = 0x6e6f6e6c;

// 64-bit unsigned numbers (seeds, fingerprints) are decimal text: SQL has no type for them. Columns
// of measured numbers may be NULL, which stands for NaN.
inline constexpr std::array kVersion1 = {
    R"(CREATE TABLE study (
         id                INTEGER PRIMARY KEY AUTOINCREMENT,
         name              TEXT NOT NULL UNIQUE,
         task              TEXT NOT NULL,
         task_fingerprint  TEXT NOT NULL,
         space             TEXT NOT NULL,
         space_fingerprint TEXT NOT NULL,
         sampler           TEXT NOT NULL,
         seed              TEXT NOT NULL,
         threads_per_child INTEGER NOT NULL,
         dtype             TEXT NOT NULL,
         state             TEXT NOT NULL,
         budget_seconds    DOUBLE NOT NULL,
         budget_trials     BIGINT NOT NULL,
         spent_seconds     DOUBLE NOT NULL,
         created           TEXT NOT NULL))",
    R"(CREATE TABLE trial (
         study_id   BIGINT NOT NULL REFERENCES study (id) ON DELETE CASCADE,
         number     BIGINT NOT NULL,
         kind       TEXT NOT NULL,
         expression TEXT NOT NULL,
         name       TEXT NOT NULL,
         baseline   INTEGER NOT NULL,
         seed       TEXT NOT NULL,
         state      TEXT NOT NULL,
         reason     TEXT NOT NULL,
         detail     TEXT NOT NULL,
         PRIMARY KEY (study_id, number)))",
    R"(CREATE TABLE rung (
         study_id     BIGINT NOT NULL,
         trial_number BIGINT NOT NULL,
         rung         INTEGER NOT NULL,
         steps        INTEGER NOT NULL,
         score        DOUBLE,
         loss         DOUBLE,
         train_loss   DOUBLE,
         seconds      DOUBLE,
         PRIMARY KEY (study_id, trial_number, rung),
         FOREIGN KEY (study_id, trial_number)
           REFERENCES trial (study_id, number) ON DELETE CASCADE))",
    R"(CREATE TABLE learned (
         study_id       BIGINT NOT NULL,
         trial_number   BIGINT NOT NULL,
         position       INTEGER NOT NULL,
         layer          TEXT NOT NULL,
         parameter      TEXT NOT NULL,
         mean           DOUBLE,
         low            DOUBLE,
         lower_quartile DOUBLE,
         median         DOUBLE,
         upper_quartile DOUBLE,
         high           DOUBLE,
         PRIMARY KEY (study_id, trial_number, position),
         FOREIGN KEY (study_id, trial_number)
           REFERENCES trial (study_id, number) ON DELETE CASCADE))",
};

inline constexpr std::array<std::span<const char* const>, 1> kMigrations = {kVersion1};

/// The version that this nonlin reads and writes (PRAGMA user_version).
inline constexpr int kSchemaVersion = static_cast<int>(kMigrations.size());

}  // namespace nonlin
