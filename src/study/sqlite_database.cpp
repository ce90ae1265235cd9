#include "study/sqlite_database.h"

#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/error.h"
#include "study/sqlite_schema.h"

namespace nonlin {
namespace {

constexpr int kBusySeconds = 30;

/// Failures that SQLite itself would only call "unable to open database file".
void check_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    throw Error(ErrorCode::kIo, fmt::format("{} is a folder, not a database file", path),
                "give the path of a file, such as sqlite:///nonlin.db");
  }
  const fs::path folder = fs::path(path).parent_path();
  if (!fs::is_directory(folder, ignored)) {
    throw Error(ErrorCode::kIo,
                fmt::format("cannot open {}: there is no folder {}", path, folder.string()),
                fmt::format("create it: mkdir -p '{}'", folder.string()));
  }
  // SOCI's connection string has no way to write a quotation mark inside a quoted value.
  if (path.find('"') != std::string::npos) {
    throw Error(ErrorCode::kUsage, fmt::format("a database's path may not contain \": {}", path));
  }
}

int read_number(soci::session& session, const char* statement) {
  int value = 0;
  session << statement, soci::into(value);
  return value;
}

bool is_busy(const soci::soci_error& error) {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return sqlite != nullptr && (sqlite->result() & 0xff) == SQLITE_BUSY;
}

// SQLite waits for locks, but not for this one: where several processes make a database at once,
// all but one are told "busy" immediately.
void use_write_ahead_log(soci::session& session) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(kBusySeconds);
  for (;;) {
    try {
      std::string mode;
      session << "PRAGMA journal_mode", soci::into(mode);
      if (mode != "wal") session << "PRAGMA journal_mode = WAL", soci::into(mode);
      return;
    } catch (const soci::soci_error& error) {
      if (!is_busy(error) || Clock::now() > deadline) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

SqliteDatabase::Transaction::Transaction(soci::session& session, const char* begin)
    : session_(session) {
  session_ << begin;
}

SqliteDatabase::Transaction::~Transaction() {
  if (committed_) return;
  try {
    session_ << "ROLLBACK";
  } catch (const soci::soci_error&) {
    // After some failures (a full disk) SQLite has rolled back by itself.
  }
}

void SqliteDatabase::Transaction::commit() {
  session_ << "COMMIT";
  committed_ = true;
}

SqliteDatabase::SqliteDatabase(const std::string& path)
    : path_(std::filesystem::absolute(path).string()) {
  check_path(path_);
  try {
    open();
  } catch (const soci::soci_error& error) {
    throw_as_error(error);
  }
}

void SqliteDatabase::open() {
  session_.open(soci::sqlite3, fmt::format("dbname=\"{}\" timeout={}", path_, kBusySeconds));
  // Nothing is written before the file is known to be ours.
  const int version = recognise();
  session_ << "PRAGMA foreign_keys = ON";
  session_ << "PRAGMA synchronous = FULL";
  use_write_ahead_log(session_);
  if (version < kSchemaVersion) migrate();
}

int SqliteDatabase::recognise() {
  int version = 0, application = 0;
  bool empty = true;
  // In one transaction: another process may be creating the schema just now.
  read([&](soci::session& session) {
    version = read_number(session, "PRAGMA user_version");
    application = read_number(session, "PRAGMA application_id");
    empty = read_number(session, "SELECT COUNT(*) FROM sqlite_master") == 0;
  });
  if (application != kApplicationId && !(empty && application == 0 && version == 0)) {
    throw Error(ErrorCode::kCorrupt,
                fmt::format("{} is a database, but not one of nonlin's", path_),
                "choose another file with --storage sqlite:///FILE");
  }
  if (version > kSchemaVersion) {
    throw Error(ErrorCode::kSchema,
                fmt::format("{} was written by a newer nonlin (schema version {}; this nonlin "
                            "reads up to {}); it was left as it is",
                            path_, version, kSchemaVersion),
                "update nonlin, or choose another file with --storage sqlite:///FILE");
  }
  return version;
}

void SqliteDatabase::migrate() {
  write([](soci::session& session) {
    // Asked again inside the transaction: another process may have been quicker.
    const int version = read_number(session, "PRAGMA user_version");
    for (int i = version; i < kSchemaVersion; ++i) {
      for (const char* statement : kMigrations[i]) session << statement;
    }
    session << fmt::format("PRAGMA application_id = {}", kApplicationId);
    session << fmt::format("PRAGMA user_version = {}", kSchemaVersion);
  });
}

void SqliteDatabase::throw_as_error(const soci::soci_error& error) const {
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  // The low byte is the error, the others its details.
  switch (sqlite == nullptr ? SQLITE_ERROR : sqlite->result() & 0xff) {
    case SQLITE_NOTADB:
      throw Error(ErrorCode::kCorrupt, fmt::format("{} is not a database", path_),
                  "choose another file with --storage sqlite:///FILE");
    case SQLITE_CORRUPT:
      throw Error(ErrorCode::kCorrupt,
                  fmt::format("the database {} is damaged or truncated", path_),
                  "restore it from a backup, or save what can be read with sqlite3's .recover");
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw Error(ErrorCode::kIo,
                  fmt::format("cannot write to {}: the disk is full or failing", path_),
                  "free some space and run the same command again; what was stored is kept");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(
          ErrorCode::kIo,
          fmt::format("{} was locked by another process for {} seconds", path_, kBusySeconds),
          "end the other process, or wait for it, and run the same command again");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      throw Error(ErrorCode::kIo, fmt::format("cannot open {} for reading and writing", path_),
                  "check the permissions of the file and of its folder");
    default: throw Error(ErrorCode::kInternal, fmt::format("{}: {}", path_, error.what()));
  }
}

}  // namespace nonlin
