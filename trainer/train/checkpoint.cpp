#include "trainer/train/checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/hash.h"

namespace nonlin {
namespace {

constexpr std::string_view kMagic = "NONLINCK";
constexpr std::uint32_t kVersion = 1;

class Writer {
 public:
  template <typename T>
  void number(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// A count of 64 bits, then that many items.
  template <typename Items>
  void sequence(const Items& items) {
    number<std::uint64_t>(items.size());
    bytes_.append(reinterpret_cast<const char*>(items.data()),
                  items.size() * sizeof(*items.data()));
  }
  void raw(std::string_view text) { bytes_.append(text); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

[[noreturn]] void throw_corrupt(const std::string& path, std::string_view what) {
  throw Error(ErrorCode::kCorrupt, fmt::format("checkpoint {} is damaged: {}", path, what),
              "Delete the file; its child is then trained from the start.");
}

/// Reads what Writer wrote. The checksum has been verified before, so a file that ends early here
/// is one that was written wrongly; it is refused all the same.
class Reader {
 public:
  Reader(std::string_view bytes, const std::string& path) : rest_(bytes), path_(path) {}

  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  template <typename Items>
  void sequence(Items& items) {
    using Item = typename Items::value_type;
    const auto count = number<std::uint64_t>();
    if (count > rest_.size() / sizeof(Item)) throw_corrupt(path_, "it ends early");
    items.resize(count);
    const std::string_view bytes = take(count * sizeof(Item));
    if (!bytes.empty()) std::memcpy(items.data(), bytes.data(), bytes.size());
  }
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) throw_corrupt(path_, "it ends early");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  const std::string& path_;
};

[[noreturn]] void throw_io(const std::string& what, const std::string& path) {
  throw Error(ErrorCode::kIo, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)),
              "Check the free space and the permissions of its folder.");
}

/// An open file, closed at the end of its scope.
class File {
 public:
  File(const std::string& path, int flags, const std::string& purpose)
      : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) throw_io(purpose, path);
  }
  ~File() { ::close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_io("write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  std::string read() {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) throw_io("read", path_);
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
      const ssize_t got = ::read(descriptor_, bytes.data() + filled, bytes.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw_io("read", path_);
      if (got == 0) break;  // Truncated under our eyes: the checksum will say so.
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }
  void sync() {
    if (::fsync(descriptor_) != 0) throw_io("write", path_);
  }

 private:
  const std::string& path_;
  int descriptor_;
};

std::string encode(const Checkpoint& checkpoint) {
  Writer writer;
  writer.raw(kMagic);
  writer.number(kVersion);
  writer.number(static_cast<std::int32_t>(checkpoint.step));
  writer.number(static_cast<std::uint32_t>(checkpoint.tensors.size()));
  writer.number(checkpoint.key);
  for (const NamedTensor& tensor : checkpoint.tensors) {
    writer.sequence(tensor.name);
    writer.sequence(tensor.shape);
    writer.sequence(tensor.values);
  }
  writer.number(hash_text(writer.bytes()));
  return writer.bytes();
}

}  // namespace

void write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  const std::string temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  try {
    File file(temporary, O_WRONLY | O_CREAT | O_TRUNC, "create");
    file.write(encode(checkpoint));
    file.sync();
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw_io("create", path);
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
  // The new name is durable only when its folder is.
  const std::string folder = std::filesystem::absolute(path).parent_path();
  File(folder, O_RDONLY | O_DIRECTORY, "open").sync();
}

Checkpoint read_checkpoint(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorCode::kNotFound, fmt::format("there is no checkpoint {}", path));
  }
  const std::string bytes = File(path, O_RDONLY, "open").read();
  if (!bytes.starts_with(kMagic)) throw_corrupt(path, "it does not begin as a checkpoint does");

  Reader reader(bytes, path);
  reader.take(kMagic.size());
  if (const auto version = reader.number<std::uint32_t>(); version != kVersion) {
    throw Error(ErrorCode::kUnsupported,
                fmt::format("checkpoint {} is of version {}, this nonlin reads version {}", path,
                            version, kVersion));
  }
  const std::size_t body = bytes.size() - std::min(bytes.size(), sizeof(std::uint64_t));
  if (Reader(std::string_view(bytes).substr(body), path).number<std::uint64_t>() !=
      hash_text(std::string_view(bytes).substr(0, body))) {
    throw_corrupt(path, "its checksum does not fit");
  }
  Checkpoint checkpoint;
  checkpoint.step = reader.number<std::int32_t>();
  checkpoint.tensors.resize(reader.number<std::uint32_t>());
  checkpoint.key = reader.number<CheckpointKey>();
  for (NamedTensor& tensor : checkpoint.tensors) {
    reader.sequence(tensor.name);
    reader.sequence(tensor.shape);
    reader.sequence(tensor.values);
  }
  return checkpoint;
}

}  // namespace nonlin
