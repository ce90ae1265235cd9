// Compiled objects on disk, so that a kernel is compiled once per machine and not once per process.
//
// A folder with a file for each object, called by the hash of its key. A file is
//   "NONLINKO", the format's number as four bytes, the lengths of key and object as eight bytes
//   each, the key, the object, and hash_text of everything before as eight bytes,
// numbers in this machine's order. The whole key is compared, so that two keys of one hash are
// never taken for each other; the checksum finds every change of a single byte and all but one in
// 2^64 of the others. Files are written under another name and renamed: readers see all of a file
// or none.
//
// What is in the folder is run. So a file counts only if it belongs to this user and nobody else
// may write to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nonlin {

/// Any number of processes may share a folder; one ObjectCache is not thread-safe. Nothing that is
/// wrong with files or the disk is an error: what cannot be read is not there, and what cannot be
/// written is not kept.
class ObjectCache {
 public:
  static constexpr std::uint64_t kUsualLimit = std::uint64_t{64} << 20;

  /// `folder` is made when something is stored. Beyond `bytes_limit` the files that were not used
  /// for longest go; the folder is looked through when this process first stores something and then
  /// after each sixteenth of the limit that it wrote.
  explicit ObjectCache(std::string folder, std::uint64_t bytes_limit = kUsualLimit);

  /// The object stored under `key`, and marks it as used now. A file that is damaged, of another
  /// format, of another key or another user's counts as missing.
  std::optional<std::string> load(std::string_view key) const;
  /// Stores an object, in the place of whatever has its name.
  void store(std::string_view key, std::string_view object);

  /// Where the object of `key` is or would be.
  std::string path_of(std::string_view key) const;

 private:
  void make_room();

  std::string folder_;
  std::uint64_t bytes_limit_;
  std::uint64_t bytes_until_look_ = 0;
};

}  // namespace nonlin
