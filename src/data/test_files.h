// Small made-up data files for the tests of this folder: a temporary folder, plain and gzip files,
// and the bytes of IDX and CIFAR files.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace nonlin {

using Bytes = std::vector<std::uint8_t>;

/// A folder of its own for every test, removed at its end.
class DataFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "nonlin-data-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string write(const std::string& name, const Bytes& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream file(path(name), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    return path(name);
  }

  std::string write_gzip(const std::string& name, const Bytes& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    gzFile file = gzopen(path(name).c_str(), "wb1");
    EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
              static_cast<int>(bytes.size()));
    EXPECT_EQ(gzclose(file), Z_OK);
    return path(name);
  }

  /// Keeps the first `size` bytes of a file.
  void truncate(const std::string& name, std::size_t size) const {
    std::filesystem::resize_file(path(name), size);
  }

  std::string folder_;
};

inline Bytes idx_bytes(const std::vector<std::uint32_t>& dimensions, const Bytes& values) {
  Bytes bytes = {0, 0, 8, static_cast<std::uint8_t>(dimensions.size())};
  for (const std::uint32_t length : dimensions) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(length >> shift));
    }
  }
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

/// The data folders of a usual machine, for the few tests that want the official files.
inline DataPaths usual_data_paths() {
  const char* home = std::getenv("HOME");
  return {{std::string(home ? home : "") + "/.cache/nonlin/data", "/usr/share/datasets"}};
}

}  // namespace nonlin
