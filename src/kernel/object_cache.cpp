#include "kernel/object_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace nonlin {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "NONLINKO";
constexpr std::uint32_t kFormat = 1;
constexpr std::string_view kSuffix = ".kernel";
constexpr std::string_view kUnfinished = ".unfinished-";
constexpr std::uint64_t kLargestFile = std::uint64_t{64} << 20;  // Nothing real is near it.

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  bool close() { return descriptor_ >= 0 && ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
  int descriptor_;
};

template <typename Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

template <typename Number>
Number number_at(std::string_view bytes, std::size_t offset) {
  Number number;
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

constexpr std::size_t kFormatAt = kMagic.size();
constexpr std::size_t kKeyLengthAt = kFormatAt + sizeof(std::uint32_t);
constexpr std::size_t kObjectLengthAt = kKeyLengthAt + sizeof(std::uint64_t);
constexpr std::size_t kKeyAt = kObjectLengthAt + sizeof(std::uint64_t);
constexpr std::size_t kChecksumLength = sizeof(std::uint64_t);

std::string file_of(std::string_view key, std::string_view object) {
  std::string bytes{kMagic};
  append(bytes, kFormat);
  append(bytes, std::uint64_t{key.size()});
  append(bytes, std::uint64_t{object.size()});
  bytes += key;
  bytes += object;
  append(bytes, hash_text(bytes));
  return bytes;
}

std::optional<std::string> object_in(std::string_view bytes, std::string_view key) {
  if (bytes.size() < kKeyAt + kChecksumLength || !bytes.starts_with(kMagic)) return std::nullopt;
  const std::uint64_t content = bytes.size() - kKeyAt - kChecksumLength;
  const auto object_length = number_at<std::uint64_t>(bytes, kObjectLengthAt);
  const std::size_t checksum_at = bytes.size() - kChecksumLength;
  const bool as_expected =
      number_at<std::uint32_t>(bytes, kFormatAt) == kFormat &&
      number_at<std::uint64_t>(bytes, kKeyLengthAt) == key.size() && content >= key.size() &&
      object_length == content - key.size() && bytes.substr(kKeyAt, key.size()) == key &&
      number_at<std::uint64_t>(bytes, checksum_at) == hash_text(bytes.substr(0, checksum_at));
  if (!as_expected) return std::nullopt;
  return std::string(bytes.substr(kKeyAt + key.size(), object_length));
}

bool is_trusted(const struct stat& status) {
  return S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::optional<std::string> read_all(const File& file) {
  struct stat status;
  if (fstat(file.descriptor(), &status) != 0 || !is_trusted(status)) return std::nullopt;
  if (std::cmp_greater(status.st_size, kLargestFile)) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.descriptor(), &bytes[filled], bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

bool write_all(const File& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.descriptor(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

struct Entry {
  fs::path path;
  fs::file_time_type used;
  std::uint64_t bytes;
};

// What this class has written to `folder`; what a killed process left unfinished is removed.
std::vector<Entry> entries_of(const std::string& folder) {
  const auto stale = fs::file_time_type::clock::now() - std::chrono::hours(1);
  std::vector<Entry> entries;
  std::error_code failure;
  fs::directory_iterator next(folder, failure);
  for (; !failure && next != fs::directory_iterator(); next.increment(failure)) {
    std::error_code gone;  // Another process may have removed it meanwhile.
    const std::string name = next->path().filename().string();
    const auto used = next->last_write_time(gone);
    const std::uint64_t bytes = gone ? 0 : next->file_size(gone);
    if (gone) continue;
    if (name.ends_with(kSuffix)) entries.push_back({next->path(), used, bytes});
    if (name.starts_with(kUnfinished) && used < stale) fs::remove(next->path(), gone);
  }
  return entries;
}

}  // namespace

ObjectCache::ObjectCache(std::string folder, std::uint64_t bytes_limit)
    : folder_(std::move(folder)), bytes_limit_(bytes_limit) {}

std::string ObjectCache::path_of(std::string_view key) const {
  std::array<char, 17> name;
  std::snprintf(name.data(), name.size(), "%016llx",
                static_cast<unsigned long long>(hash_text(key)));
  return folder_ + "/" + name.data() + std::string(kSuffix);
}

std::optional<std::string> ObjectCache::load(std::string_view key) const {
  const File file(::open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (!file.is_open()) return std::nullopt;
  const std::optional<std::string> bytes = read_all(file);
  if (!bytes) return std::nullopt;
  std::optional<std::string> object = object_in(*bytes, key);
  if (object) futimens(file.descriptor(), nullptr);
  return object;
}

void ObjectCache::store(std::string_view key, std::string_view object) {
  std::error_code failure;
  if (fs::create_directories(folder_, failure)) {
    fs::permissions(folder_, fs::perms::owner_all, failure);
  }
  const std::string bytes = file_of(key, object);
  if (bytes.size() > std::min(bytes_limit_, kLargestFile)) return;
  std::string unfinished = folder_ + "/" + std::string(kUnfinished) + "XXXXXX";
  File file(::mkostemp(unfinished.data(), O_CLOEXEC));
  if (!file.is_open()) return;
  const std::string path = path_of(key);
  const bool written = write_all(file, bytes) && file.close();
  if (!written || ::rename(unfinished.c_str(), path.c_str()) != 0) {
    ::unlink(unfinished.c_str());
    return;
  }
  if (bytes.size() < bytes_until_look_) {
    bytes_until_look_ -= bytes.size();
    return;
  }
  make_room();
  bytes_until_look_ = bytes_limit_ / 16;
}

// Down to seven eighths, so that the next files do not make all of them be looked at again.
void ObjectCache::make_room() {
  std::vector<Entry> entries = entries_of(folder_);
  std::uint64_t total = 0;
  for (const Entry& entry : entries) total += entry.bytes;
  if (total + bytes_limit_ / 16 <= bytes_limit_) return;
  std::ranges::sort(entries, {}, &Entry::used);
  for (const Entry& entry : entries) {
    if (total <= bytes_limit_ - bytes_limit_ / 8) return;
    std::error_code gone;
    fs::remove(entry.path, gone);
    total -= entry.bytes;
  }
}

}  // namespace nonlin
