#include "data/idx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/file_bytes.h"

namespace nonlin {
namespace {

constexpr std::uint8_t kUnsignedBytes = 8;
constexpr std::size_t kWordBytes = 4;

struct IdxArray {
  std::vector<std::size_t> dimensions;
  std::vector<std::uint8_t> values;
};

std::size_t big_endian_word(const std::uint8_t* bytes) {
  return std::size_t{bytes[0]} << 24 | std::size_t{bytes[1]} << 16 | std::size_t{bytes[2]} << 8 |
         std::size_t{bytes[3]};
}

Result<IdxArray> read_idx(const std::string& path, std::uint8_t dimensions) {
  Result<std::vector<std::uint8_t>> read = read_file_bytes(path);
  if (!read.ok()) return read.error();
  std::vector<std::uint8_t>& bytes = *read;

  const std::array<std::uint8_t, kWordBytes> magic = {0, 0, kUnsignedBytes, dimensions};
  const std::size_t header_bytes = kWordBytes * (1 + dimensions);
  const std::span<const std::uint8_t> start(bytes.data(), std::min(bytes.size(), magic.size()));
  if (!std::ranges::equal(start, std::span(magic).first(start.size()))) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{} is no IDX file of 8-bit values in {} dimension(s): expected the "
                             "first bytes {:02x}, found {:02x}",
                             path, dimensions, fmt::join(magic, " "), fmt::join(start, " ")));
  }
  if (bytes.size() < header_bytes) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{} is truncated: expected at least {} bytes (the IDX header), found "
                             "{}",
                             path, header_bytes, bytes.size()));
  }
  IdxArray array;
  // Three 32-bit factors may not fit into 64 bits: past any real file the product stays put.
  constexpr std::size_t kTooMany = std::size_t{1} << 62;
  std::size_t value_count = 1;
  for (std::size_t i = 1; i <= dimensions; ++i) {
    const std::size_t length = big_endian_word(bytes.data() + i * kWordBytes);
    array.dimensions.push_back(length);
    value_count = length > 0 && value_count > kTooMany / length ? kTooMany : value_count * length;
  }
  if (value_count != bytes.size() - header_bytes) {
    const bool is_short = value_count > bytes.size() - header_bytes;
    return Error(
        ErrorCode::kCorrupt,
        fmt::format("{} is {}: its header promises {} values, so expected {} bytes, found "
                    "{}",
                    path, is_short ? "truncated" : "too long", fmt::join(array.dimensions, " x "),
                    header_bytes + value_count, bytes.size()));
  }
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header_bytes));
  array.values = std::move(bytes);
  return array;
}

}  // namespace

Result<ImageSet> read_idx_images(const std::string& images_path, const std::string& labels_path,
                                 int classes) {
  Result<IdxArray> images = read_idx(images_path, 3);
  if (!images.ok()) return images.error();
  Result<IdxArray> labels = read_idx(labels_path, 1);
  if (!labels.ok()) return labels.error();
  if (images->values.empty()) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{} holds no images: its dimensions are {}", images_path,
                             fmt::join(images->dimensions, " x ")));
  }
  if (images->dimensions[0] != labels->dimensions[0]) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{} holds {} images, but {} holds {} labels", images_path,
                             images->dimensions[0], labels_path, labels->dimensions[0]));
  }
  const auto wrong =
      std::ranges::find_if(labels->values, [&](std::uint8_t label) { return label >= classes; });
  if (wrong != labels->values.end()) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{}: label {} of image {} is not in 0..{}", labels_path, *wrong,
                             wrong - labels->values.begin(), classes - 1));
  }
  return ImageSet{.count = images->dimensions[0],
                  .height = images->dimensions[1],
                  .width = images->dimensions[2],
                  .channels = 1,
                  .classes = classes,
                  .pixels = std::move(images->values),
                  .labels = std::move(labels->values)};
}

}  // namespace nonlin
