#include "data/cifar.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "data/file_bytes.h"

namespace nonlin {
namespace {

constexpr std::size_t kSide = 32;
constexpr std::size_t kChannels = 3;
constexpr std::size_t kPlane = kSide * kSide;

void interleave_planes(const std::uint8_t* planes, std::uint8_t* pixels) {
  for (std::size_t i = 0; i < kPlane; ++i) {
    for (std::size_t c = 0; c < kChannels; ++c) pixels[i * kChannels + c] = planes[c * kPlane + i];
  }
}

}  // namespace

Result<ImageSet> read_cifar_images(std::span<const std::string> paths, const CifarFormat& format) {
  ImageSet set{.count = paths.size() * format.images_per_file,
               .height = kSide,
               .width = kSide,
               .channels = kChannels,
               .classes = format.classes,
               .pixels = std::vector<std::uint8_t>(paths.size() * format.images_per_file * kPlane *
                                                   kChannels),
               .labels = {}};
  const std::size_t record_bytes = format.label_bytes + kPlane * kChannels;
  const std::size_t expected_bytes = record_bytes * format.images_per_file;
  for (const std::string& path : paths) {
    const Result<std::vector<std::uint8_t>> bytes = read_file_bytes(path);
    if (!bytes.ok()) return bytes.error();
    if (bytes->size() != expected_bytes) {
      return Error(
          ErrorCode::kCorrupt,
          fmt::format("{} is {}: expected {} bytes ({} images of {} bytes), found {}", path,
                      bytes->size() < expected_bytes ? "truncated" : "too long", expected_bytes,
                      format.images_per_file, record_bytes, bytes->size()));
    }
    for (std::size_t image = 0; image < format.images_per_file; ++image) {
      const std::uint8_t* record = bytes->data() + image * record_bytes;
      const std::uint8_t label = record[format.label_bytes - 1];
      if (label >= format.classes) {
        return Error(ErrorCode::kCorrupt, fmt::format("{}: label {} of image {} is not in 0..{}",
                                                      path, label, image, format.classes - 1));
      }
      interleave_planes(record + format.label_bytes,
                        set.pixels.data() + set.labels.size() * kPlane * kChannels);
      set.labels.push_back(label);
    }
  }
  return set;
}

}  // namespace nonlin
