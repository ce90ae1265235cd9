#include "study/study_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

#include "study/storage.h"

namespace nonlin {
namespace {

/// A study's name as part of a file's: whatever is not plain becomes %XX.
std::string file_name_part(const std::string& study) {
  std::string part;
  for (const unsigned char c : study) {
    const bool plain = c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.');
    part += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return part;
}

[[noreturn]] void throw_io(const std::string& path) {
  throw Error(ErrorCode::kIo, fmt::format("cannot lock {}: {}", path, std::strerror(errno)),
              "check the permissions of its folder, and that the disk is not full");
}

/// Whether `path` still names the open file: its last holder may have removed it in between.
bool names(const std::string& path, int file) {
  struct stat by_name {
  }, by_file{};
  return stat(path.c_str(), &by_name) == 0 && fstat(file, &by_file) == 0 &&
         by_name.st_dev == by_file.st_dev && by_name.st_ino == by_file.st_ino;
}

std::string read_holder(int file) {
  char text[32] = {};
  const ssize_t size = pread(file, text, sizeof text, 0);
  return size > 0 ? fmt::format(" (process {})", std::string(text, static_cast<size_t>(size)))
                  : std::string();
}

}  // namespace

Result<StudyLock> StudyLock::take(const std::string& storage_url, const std::string& study) {
  const std::string path =
      fmt::format("{}.{}.lock", storage_path(storage_url), file_name_part(study));
  for (;;) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) throw_io(path);
    StudyLock lock({}, file);
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) throw_io(path);
      return Error(ErrorCode::kUsage,
                   fmt::format("the study '{}' is being searched by another process{}", study,
                               read_holder(file)),
                   "wait for it to end, or search another study with --study NAME; 'nonlin study "
                   "show' works meanwhile");
    }
    if (!names(path, file)) continue;
    lock.path_ = path;
    // Who holds it is a courtesy: a disk too full for these few bytes is no reason to stop here.
    const std::string holder = std::to_string(getpid());
    if (ftruncate(file, 0) == 0) (void)!pwrite(file, holder.data(), holder.size(), 0);
    return lock;
  }
}

StudyLock::StudyLock(StudyLock&& other) noexcept
    : path_(std::exchange(other.path_, {})), file_(std::exchange(other.file_, -1)) {}

StudyLock& StudyLock::operator=(StudyLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  return *this;
}

StudyLock::~StudyLock() {
  if (file_ < 0) return;
  // Removed while it is still held, so that nobody can take a lock on a file without a name.
  if (!path_.empty()) unlink(path_.c_str());
  close(file_);
}

}  // namespace nonlin
