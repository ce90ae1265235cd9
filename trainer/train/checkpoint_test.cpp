// Goal: a checkpoint comes back as it was written, or not at all.
// Method: one small checkpoint, then every truncation and every flipped byte of its file, foreign
// files, and a disk that is full (a limit on file sizes).
#include "trainer/train/checkpoint.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <bit>
#include <csignal>
#include <limits>

#include "data/test_files.h"

namespace nonlin {
namespace {

Checkpoint example() {
  return {.key = {.expression_hash = 1, .task_fingerprint = 2, .seed = 3, .schedule_steps = 800},
          .step = 100,
          .tensors = {{"conv.weight", {2, 1, 1, 3}, {1, -2, 3.5F, 0, -0.0F, 1e-30F}},
                      {"act.beta", {1}, {std::numeric_limits<float>::denorm_min()}},
                      {"empty", {0}, {}}}};
}

class CheckpointTest : public DataFileTest {
 protected:
  std::string file() const { return path("child.ckpt"); }
  std::string bytes() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& content) const {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << content;
  }
  std::size_t files_in_folder() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
};

ErrorCode code_of_reading(const std::string& path, std::string* message = nullptr) {
  try {
    read_checkpoint(path);
  } catch (const Error& error) {
    if (message != nullptr) *message = error.message();
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST_F(CheckpointTest, ComesBackBitForBit) {
  write_checkpoint(file(), example());
  const Checkpoint read = read_checkpoint(file());
  EXPECT_EQ(read.key, example().key);
  EXPECT_EQ(read.step, 100);
  ASSERT_EQ(read.tensors.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read.tensors[i].name, example().tensors[i].name);
    EXPECT_EQ(read.tensors[i].shape, example().tensors[i].shape);
    ASSERT_EQ(read.tensors[i].values.size(), example().tensors[i].values.size());
    for (std::size_t j = 0; j < read.tensors[i].values.size(); ++j) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(read.tensors[i].values[j]),
                std::bit_cast<std::uint32_t>(example().tensors[i].values[j]));
    }
  }
}

TEST_F(CheckpointTest, ReplacesTheOldOneAndLeavesNothingElse) {
  write_checkpoint(file(), example());
  Checkpoint later = example();
  later.step = 300;
  write_checkpoint(file(), later);
  EXPECT_EQ(read_checkpoint(file()).step, 300);
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(CheckpointTest, EveryTruncationIsRefusedByName) {
  write_checkpoint(file(), example());
  const std::string whole = bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    put(whole.substr(0, size));
    std::string message;
    EXPECT_EQ(code_of_reading(file(), &message), ErrorCode::kCorrupt) << size;
    EXPECT_NE(message.find(file()), std::string::npos) << message;
  }
}

TEST_F(CheckpointTest, EveryFlippedByteIsRefused) {
  write_checkpoint(file(), example());
  const std::string whole = bytes();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    put(damaged);
    const bool in_version = i >= 8 && i < 12;
    EXPECT_EQ(code_of_reading(file()), in_version ? ErrorCode::kUnsupported : ErrorCode::kCorrupt)
        << i;
  }
}

TEST_F(CheckpointTest, BytesBehindTheEndAreRefused) {
  write_checkpoint(file(), example());
  put(bytes() + "x");
  EXPECT_EQ(code_of_reading(file()), ErrorCode::kCorrupt);
}

TEST_F(CheckpointTest, AMissingFileIsNotFound) {
  EXPECT_EQ(code_of_reading(file()), ErrorCode::kNotFound);
}

TEST_F(CheckpointTest, AMissingFolderIsAnErrorThatNamesTheFile) {
  try {
    write_checkpoint(path("nowhere/child.ckpt"), example());
    FAIL() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(error.message().find("nowhere/child.ckpt"), std::string::npos);
  }
}

/// Lets no file grow beyond `bytes` while it lives, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{bytes, old_limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int);
};

TEST_F(CheckpointTest, AFullDiskLeavesTheOldFileAndNoHalfOne) {
  write_checkpoint(file(), example());
  Checkpoint later = example();
  later.step = 300;
  {
    const FileSizeLimit limit(64);
    EXPECT_THROW(write_checkpoint(file(), later), Error);
  }
  EXPECT_EQ(read_checkpoint(file()).step, 100);
  EXPECT_EQ(files_in_folder(), 1U);
}

}  // namespace
}  // namespace nonlin
