#include "cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/error.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, int error) {
  const bool no_folder = error == ENOENT || error == ENOTDIR;
  throw Error(ErrorCode::kIo, fmt::format("cannot write {}: {}", path, std::strerror(error)),
              no_folder ? "its folder does not exist" : "");
}

/// 0, or the errno of what went wrong.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Of the file that is replaced, else what any new file gets.
mode_t permissions_for(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) return status.st_mode & 07777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

void write_in_place(const std::string& path, std::string_view text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) refuse(path, errno);
  int error = write_all(descriptor, text);
  if (close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) refuse(path, error);
}

void replace(const std::string& path, std::string_view text) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) refuse(path, errno);
  int error = write_all(descriptor, text);
  if (error == 0 && fchmod(descriptor, permissions_for(path)) != 0) error = errno;
  if (error == 0 && fsync(descriptor) != 0) error = errno;
  if (close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return;
  unlink(temporary.c_str());
  refuse(path, error);
}

}  // namespace

void write_output_file(const std::string& path, std::string_view text) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (fs::is_directory(status) || path.ends_with('/')) {
    throw Error(ErrorCode::kIo, fmt::format("cannot write {}: it is a folder", path),
                "name a file in it");
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_in_place(path, text);
  // Permission to write the folder is no permission to replace a file that is kept from writing.
  if (fs::exists(status) && access(path.c_str(), W_OK) != 0) refuse(path, errno);
  const fs::path target = fs::weakly_canonical(path, failure);
  replace(failure ? path : target.string(), text);
}

}  // namespace nonlin
