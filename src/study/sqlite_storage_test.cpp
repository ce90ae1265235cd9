// Goal: a database that cannot be used is told apart from every other one, and is never harmed; a
// full disk and a second process lose nothing; storing is quick. What every storage must do is
// tested in tests/contract.
// Method: real files: damaged byte by byte, of other programs, of the future, over a limit of size.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "study/storage.h"
#include "study/test_folder.h"

namespace nonlin {
namespace {

using testing::HasSubstr;

/// Runs statements on a database behind nonlin's back.
void execute(const std::string& path, const std::string& statements) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  sqlite3_close(database);
}

/// A closed database with a study of `count` trials.
void make_database(const std::string& url, std::size_t count) {
  const auto storage = open_storage(url);
  const std::int64_t study = storage->create_study({.name = "study"}).id;
  storage->add_trials(study, std::vector<Trial>(count, {.expression = "x*sigmoid(x)"}));
}

TEST(StorageUrl, NamesTheFile) {
  EXPECT_EQ(storage_path("sqlite:///nonlin.db"), "nonlin.db");
  EXPECT_EQ(storage_path("sqlite:////var/a b.db"), "/var/a b.db");
}

TEST(StorageUrl, OfAnotherKindIsRefused) {
  for (const char* url :
       {"", "nonlin.db", "sqlite://nonlin.db", "sqlite:///", "postgresql://x/y"}) {
    expect_error(ErrorCode::kUsage, url, [&] { open_storage(url); });
  }
}

TEST(SqliteStorage, CreatesAFileWhateverItsName) {
  const TestFolder folder;
  for (const char* name : {"a.db", "with two spaces.db", "it's=odd;%20.db", "\xc3\xa9.db"}) {
    make_database(folder.url(name), 1);
    EXPECT_EQ(open_storage(folder.url(name))->trials(1).size(), 1u) << name;
    EXPECT_TRUE(std::filesystem::exists(folder.file(name))) << name;
  }
  expect_error(ErrorCode::kUsage, "\"", [&] { open_storage(folder.url("a\"b.db")); });
}

TEST(SqliteStorage, AnEmptyFileIsANewDatabase) {
  const TestFolder folder;
  write_file(folder.file("empty.db"), "");
  make_database(folder.url("empty.db"), 1);
}

TEST(SqliteStorage, AMissingFolderIsNamed) {
  const TestFolder folder;
  expect_error(ErrorCode::kIo, folder.file("no"), [&] { open_storage(folder.url("no/a.db")); });
  EXPECT_FALSE(std::filesystem::exists(folder.file("no")));
}

TEST(SqliteStorage, AFolderIsNoDatabase) {
  const TestFolder folder;
  expect_error(ErrorCode::kIo, "is a folder", [&] { open_storage(folder.url("")); });
}

TEST(SqliteStorage, APlaceThatCannotBeWrittenIsAnError) {
  // Even the superuser cannot create a file there.
  expect_error(ErrorCode::kIo, "/proc/nonlin.db",
               [] { open_storage("sqlite:////proc/nonlin.db"); });
}

TEST(SqliteStorage, AFileThatIsNoDatabaseIsLeftAsItIs) {
  const TestFolder folder;
  for (const std::string& bytes : {std::string("hello"), std::string(100'000, 'x'),
                                   std::string("SQLite format 3"), std::string(4096, '\0')}) {
    write_file(folder.file("a.db"), bytes);
    expect_error(ErrorCode::kCorrupt, folder.file("a.db"),
                 [&] { open_storage(folder.url("a.db")); });
    EXPECT_EQ(read_file(folder.file("a.db")), bytes);
  }
}

TEST(SqliteStorage, ADatabaseOfAnotherProgramIsLeftAsItIs) {
  const TestFolder folder;
  execute(folder.file("a.db"), "CREATE TABLE study (id INTEGER); PRAGMA user_version = 1");
  const std::string bytes = read_file(folder.file("a.db"));
  expect_error(ErrorCode::kCorrupt, "not one of nonlin's",
               [&] { open_storage(folder.url("a.db")); });
  EXPECT_EQ(read_file(folder.file("a.db")), bytes);
}

TEST(SqliteStorage, ADatabaseOfANewerNonlinIsLeftAsItIs) {
  const TestFolder folder;
  make_database(folder.url("a.db"), 10);
  execute(folder.file("a.db"), "PRAGMA user_version = 99");
  const std::string bytes = read_file(folder.file("a.db"));
  try {
    open_storage(folder.url("a.db"));
    FAIL() << "no error was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kSchema);
    EXPECT_THAT(error.message(), HasSubstr("99"));
    EXPECT_THAT(error.hint(), HasSubstr("update nonlin"));
  }
  EXPECT_EQ(read_file(folder.file("a.db")), bytes);
}

TEST(SqliteStorage, ATruncatedDatabaseIsCorrupt) {
  const TestFolder folder;
  make_database(folder.url("whole.db"), 1000);
  const std::string whole = read_file(folder.file("whole.db"));
  for (const std::size_t size : {whole.size() - 4096, whole.size() / 2, std::size_t{5000}}) {
    write_file(folder.file("a.db"), whole.substr(0, size));
    expect_error(ErrorCode::kCorrupt, folder.file("a.db"), [&] {
      const auto storage = open_storage(folder.url("a.db"));
      storage->trials(storage->find_study("study").value().id);
    });
  }
}

TEST(SqliteStorage, AnOverwrittenMiddleIsCorrupt) {
  const TestFolder folder;
  make_database(folder.url("a.db"), 1000);
  std::string bytes = read_file(folder.file("a.db"));
  for (std::size_t i = 8192; i < bytes.size(); ++i) bytes[i] = '\x55';
  write_file(folder.file("a.db"), bytes);
  expect_error(ErrorCode::kCorrupt, "", [&] { open_storage(folder.url("a.db"))->trials(1); });
}

TEST(SqliteStorage, AWordThatMeansNothingIsCorrupt) {
  const TestFolder folder;
  make_database(folder.url("a.db"), 1);
  execute(folder.file("a.db"), "UPDATE trial SET state = 'sleeping'");
  expect_error(ErrorCode::kCorrupt, "sleeping",
               [&] { open_storage(folder.url("a.db"))->trials(1); });
  execute(folder.file("a.db"), "UPDATE trial SET state = 'waiting', seed = '-1'");
  expect_error(ErrorCode::kCorrupt, "-1", [&] { open_storage(folder.url("a.db"))->trials(1); });
}

/// No file may grow over a limit while this lives: what a full disk looks like to SQLite.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(SqliteStorage, AFullDiskIsAnErrorAndLosesNothing) {
  const TestFolder folder;
  const auto storage = open_storage(folder.url("a.db"));
  const std::int64_t study = storage->create_study({.name = "study"}).id;
  std::size_t stored = 0;
  {
    const FullDisk full(400'000);
    expect_error(ErrorCode::kIo, folder.file("a.db"), [&] {
      for (int i = 0; i < 1000; ++i) {
        stored += storage->add_trials(study, std::vector<Trial>(20, {.expression = "x"})).size();
      }
    });
    EXPECT_GT(stored, 0u);
    EXPECT_EQ(storage->trials(study).size(), stored) << "still readable while the disk is full";
  }
  EXPECT_EQ(open_storage(folder.url("a.db"))->trials(study).size(), stored);
  storage->add_trials(study, {Trial{}});
  EXPECT_EQ(storage->trials(study).size(), stored + 1) << "goes on once there is room";
}

TEST(SqliteStorage, ADiskThatIsFullFromTheStartIsAnError) {
  const TestFolder folder;
  const FullDisk full(2000);
  expect_error(ErrorCode::kIo, folder.file("a.db"), [&] { open_storage(folder.url("a.db")); });
}

TEST(SqliteStorage, AReaderSeesWhatAnOpenWriterHasStored) {
  const TestFolder folder;
  const auto writer = open_storage(folder.url("a.db"));
  const auto reader = open_storage(folder.url("a.db"));
  const std::int64_t study = writer->create_study({.name = "study"}).id;
  for (std::size_t i = 1; i <= 5; ++i) {
    writer->add_trials(study, {Trial{}});
    EXPECT_EQ(reader->trials(study).size(), i);
  }
}

/// Runs `body` in `count` processes at once; true if none of them threw.
template <typename Body>
bool all_succeed(int count, const Body& body) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    children.push_back(fork());
    if (children.back() == 0) {
      try {
        body();
      } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        _exit(1);
      }
      _exit(0);
    }
  }
  bool all = true;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    all = all && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return all;
}

TEST(SqliteStorage, ProcessesCreateAndWriteOneDatabaseAtOnce) {
  const TestFolder folder;
  EXPECT_TRUE(all_succeed(6, [&] {
    const auto storage = open_storage(folder.url("a.db"));
    const std::string name = "study " + std::to_string(getpid());
    const std::int64_t study = storage->create_study({.name = name}).id;
    for (int i = 0; i < 20; ++i) storage->add_trials(study, {Trial{}});
  }));
  const auto storage = open_storage(folder.url("a.db"));
  EXPECT_EQ(storage->studies().size(), 6u);
  for (const Study& study : storage->studies()) {
    EXPECT_EQ(storage->trials(study.id).size(), 20u);
  }
}

/// Processor time, which waiting for a busy disk is no part of.
double seconds_of(const std::function<void()>& body) {
  const std::clock_t start = std::clock();
  body();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// The limits are some ten times what was measured: they catch a statement per row that is compiled
// anew or a scan of the whole table per call.
TEST(SqliteStorage, StoresASpaceAndItsRungsQuickly) {
  const TestFolder folder;
  const auto storage = open_storage(folder.url("a.db"));
  const std::int64_t study = storage->create_study({.name = "study"}).id;
  const std::vector<Trial> trials(3000, {.expression = "max(x, x*exp(-|x|))"});
  const double adding = seconds_of([&] { storage->add_trials(study, trials); });
  const int rungs = 200;
  const double finishing = seconds_of([&] {
    for (int i = 1; i <= rungs; ++i) {
      storage->set_trial_state(study, i, TrialState::kRunning);
      storage->finish_rung(study, i, {.score = 0.5}, TrialState::kPaused, {});
    }
  });
  const double reading = seconds_of([&] { storage->trials(study); });
  RecordProperty("add_3000_trials_seconds", std::to_string(adding));
  RecordProperty("finish_rung_seconds", std::to_string(finishing / rungs));
  RecordProperty("read_3000_trials_seconds", std::to_string(reading));
  EXPECT_LT(adding, 0.3);
  EXPECT_LT(finishing / rungs, 0.005);
  EXPECT_LT(reading, 0.3);
}

}  // namespace
}  // namespace nonlin
