// Goal: a file that a command writes is the old one or the new one, never half of one, and where it
// cannot be written there is one error and nothing left behind.
// Method: files in a folder of the test's own; a link, a pipe's end, a folder, a missing folder.
#include "cli/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

class OutputFile : public testing::Test {
 protected:
  OutputFile() {
    std::string pattern = (fs::temp_directory_path() / "nonlin-output-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~OutputFile() override { fs::remove_all(folder_); }

  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  fs::path folder_;
};

void expect_refused(const std::string& path, const std::string& says) {
  try {
    write_output_file(path, "text");
    FAIL() << path << " was written";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_THAT(error.message(), testing::HasSubstr(path));
    EXPECT_THAT(error.message() + " " + error.hint(), testing::HasSubstr(says));
  }
}

TEST_F(OutputFile, holds_the_text_and_nothing_is_left_beside_it) {
  const std::string path = in_folder("mish.py");
  write_output_file(path, "new");
  EXPECT_EQ(text_of(path), "new");
  EXPECT_THAT(names(), testing::ElementsAre("mish.py"));
}

TEST_F(OutputFile, replaces_what_was_there_and_keeps_its_permissions) {
  const std::string path = in_folder("mish.py");
  write_output_file(path, "a much longer old text");
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  write_output_file(path, "new");
  EXPECT_EQ(text_of(path), "new");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(OutputFile, a_new_one_has_the_permissions_of_any_new_file) {
  const mode_t before = umask(022);
  write_output_file(in_folder("mish.py"), "new");
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat(in_folder("mish.py").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644u);
}

TEST_F(OutputFile, a_link_stays_a_link) {
  write_output_file(in_folder("real.py"), "old");
  fs::create_symlink("real.py", folder_ / "link.py");
  write_output_file(in_folder("link.py"), "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.py"));
  EXPECT_EQ(text_of(in_folder("real.py")), "new");
}

TEST_F(OutputFile, a_device_is_written_to_and_not_replaced) {
  write_output_file("/dev/null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(OutputFile, is_refused_for_a_folder_and_in_a_folder_that_is_not_there) {
  expect_refused(folder_.string(), "folder");
  expect_refused(in_folder("missing/mish.py"), "its folder does not exist");
  expect_refused(in_folder("missing/"), "folder");
  write_output_file(in_folder("file"), "kept");
  expect_refused(in_folder("file/mish.py"), "folder");
  EXPECT_EQ(text_of(in_folder("file")), "kept");
  EXPECT_THAT(names(), testing::ElementsAre("file"));
}

TEST_F(OutputFile, a_name_that_is_too_long_is_refused) {
  expect_refused(in_folder(std::string(300, 'n')), "long");
  EXPECT_THAT(names(), testing::IsEmpty());
}

}  // namespace
}  // namespace nonlin
