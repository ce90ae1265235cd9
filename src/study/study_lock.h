// The right to search one study. Two searches of one study at once would train the same candidates
// twice; reading a study while it is searched is always fine and needs no lock.
#pragma once

#include <string>

#include "base/error.h"

namespace nonlin {

/// Held as long as it lives; movable. The kernel takes it back from a process that dies, however it
/// dies, and worker processes never inherit it.
class StudyLock {
 public:
  /// Takes the lock without waiting: a file beside the database, "nonlin.db.STUDY.lock". Errors:
  /// kUsage when another process (it is named) or another StudyLock holds it. Throws Error{kIo}.
  static Result<StudyLock> take(const std::string& storage_url, const std::string& study);

  StudyLock(StudyLock&& other) noexcept;
  StudyLock& operator=(StudyLock&& other) noexcept;
  ~StudyLock();

 private:
  StudyLock(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_ = -1;
};

}  // namespace nonlin
