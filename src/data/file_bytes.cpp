#include "data/file_bytes.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>

namespace nonlin {
namespace {

struct CloseGzip {
  void operator()(gzFile file) const { gzclose_r(file); }
};
using GzipFile = std::unique_ptr<std::remove_pointer_t<gzFile>, CloseGzip>;

constexpr unsigned kGzipBufferBytes = 1 << 18;
constexpr std::size_t kFirstBytes = 1 << 20;

Error system_error(const std::string& path, int code) {
  const std::string reason = std::generic_category().message(code);
  return {code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
          fmt::format("cannot read {}: {}", path, reason)};
}

/// Opening a directory succeeds and opening a pipe waits for ever, so both are refused before.
std::string why_no_file(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) return "it is a directory";
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return "it is no regular file";
  }
  return {};
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file_bytes(const std::string& path) {
  if (const std::string why = why_no_file(path); !why.empty()) {
    return Error(ErrorCode::kIo, fmt::format("cannot read {}: {}", path, why));
  }
  errno = 0;
  const GzipFile file(gzopen(path.c_str(), "rb"));
  if (!file) return system_error(path, errno != 0 ? errno : ENOMEM);
  gzbuffer(file.get(), kGzipBufferBytes);

  std::vector<std::uint8_t> bytes(kFirstBytes);
  std::size_t size = 0;
  int got = 0;
  do {
    if (size == bytes.size()) bytes.resize(2 * size);
    const std::size_t room =
        std::min<std::size_t>(bytes.size() - size, std::numeric_limits<int>::max());
    got = gzread(file.get(), bytes.data() + size, static_cast<unsigned>(room));
    if (got > 0) size += static_cast<std::size_t>(got);
  } while (got > 0);

  // A truncated stream yields what it has and leaves the complaint here.
  int status = Z_OK;
  const char* complaint = gzerror(file.get(), &status);
  if (status == Z_ERRNO) return system_error(path, errno);
  if (status == Z_BUF_ERROR) {
    return Error(
        ErrorCode::kCorrupt,
        fmt::format("{} is truncated: its gzip stream ends after {} unpacked bytes", path, size));
  }
  if (status != Z_OK && status != Z_STREAM_END) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{} is damaged after {} unpacked bytes: {}", path, size, complaint));
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace nonlin
