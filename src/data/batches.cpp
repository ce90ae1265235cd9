// What training takes from an ImageSet: split, normalisation, augmented batches and their order.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/hash.h"
#include "data/dataset.h"

namespace nonlin {
namespace {

constexpr double kPixelMax = 255;

/// How one image is placed in its frame.
struct Placement {
  std::ptrdiff_t down = 0;   ///< Output row y shows input row y + down; outside is padding.
  std::ptrdiff_t right = 0;  ///< Likewise for columns.
  bool flip = false;
};

Placement draw_placement(const Augmentation& augmentation, RandomStream& random) {
  Placement placement;
  if (augmentation.pad_and_crop > 0) {
    const auto range = static_cast<std::uint64_t>(2 * augmentation.pad_and_crop + 1);
    placement.down = static_cast<std::ptrdiff_t>(random.below(range)) - augmentation.pad_and_crop;
    placement.right = static_cast<std::ptrdiff_t>(random.below(range)) - augmentation.pad_and_crop;
  }
  if (augmentation.horizontal_flip) placement.flip = random.below(2) == 1;
  return placement;
}

/// Turns rows of bytes into normalised floats. Factors are laid out for a whole row, so that one
/// contiguous loop serves any number of channels and the compiler vectorises it.
class RowNormaliser {
 public:
  RowNormaliser(const ImageSet& images, const Normalisation& normalisation)
      : channels_(images.channels), scale_(images.width * channels_), shift_(scale_.size()) {
    for (std::size_t i = 0; i < scale_.size(); ++i) {
      const std::size_t channel = i % channels_;
      scale_[i] = static_cast<float>(1 / (kPixelMax * normalisation.deviation[channel]));
      shift_[i] = -normalisation.mean[channel] / normalisation.deviation[channel];
    }
  }

  std::size_t row_size() const { return scale_.size(); }

  /// Writes `count` values; a row's beginning serves for any of its parts, as channels repeat.
  void convert(const std::uint8_t* from, std::size_t count, float* to) const {
    const float* scale = scale_.data();
    const float* shift = shift_.data();
    for (std::size_t i = 0; i < count; ++i)
      to[i] = static_cast<float>(from[i]) * scale[i] + shift[i];
  }

  /// A whole output row that shows columns [right, right + width) of `from`, zero beyond its ends.
  void convert_moved(const std::uint8_t* from, std::ptrdiff_t right, float* to) const {
    const auto width = static_cast<std::ptrdiff_t>(row_size() / channels_);
    const std::ptrdiff_t first = std::clamp<std::ptrdiff_t>(-right, 0, width);
    const std::ptrdiff_t last = std::clamp<std::ptrdiff_t>(width - right, first, width);
    const auto channels = static_cast<std::ptrdiff_t>(channels_);
    std::fill(to, to + first * channels, 0.0f);
    convert(from + (first + right) * channels, static_cast<std::size_t>((last - first) * channels),
            to + first * channels);
    std::fill(to + last * channels, to + width * channels, 0.0f);
  }

 private:
  std::size_t channels_;
  std::vector<float> scale_;
  std::vector<float> shift_;
};

void flip_row(const std::uint8_t* from, std::size_t width, std::size_t channels, std::uint8_t* to) {
  for (std::size_t x = 0; x < width; ++x) {
    std::memcpy(to + x * channels, from + (width - 1 - x) * channels, channels);
  }
}

}  // namespace

Split split_training_images(std::size_t count, std::size_t validation, std::uint64_t seed) {
  if (validation >= count) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{} validation images leave none of {} to train on", validation, count),
                "lower the task's validation_images");
  }
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  RandomStream random(seed, 0, "split");
  random.shuffle(std::span(order));
  const auto boundary = order.begin() + static_cast<std::ptrdiff_t>(count - validation);
  return {.train = {order.begin(), boundary}, .validation = {boundary, order.end()}};
}

Normalisation measure_normalisation(const ImageSet& images,
                                    std::span<const std::uint32_t> indices) {
  assert(!indices.empty());
  // Counts of the 256 values are exact and cheap; moments of them need no second pass.
  std::vector<std::array<std::uint64_t, 256>> counts(images.channels);
  const std::size_t image_pixels = images.height * images.width;
  for (const std::uint32_t index : indices) {
    const std::uint8_t* pixel = images.pixels.data() + index * image_pixels * images.channels;
    for (std::size_t i = 0; i < image_pixels; ++i) {
      for (auto& channel : counts) ++channel[*pixel++];
    }
  }
  const double total = static_cast<double>(indices.size() * image_pixels);
  Normalisation normalisation;
  for (const auto& channel : counts) {
    double mean = 0, variance = 0;
    for (std::size_t value = 0; value < channel.size(); ++value) {
      mean += static_cast<double>(value * channel[value]) / total;
    }
    for (std::size_t value = 0; value < channel.size(); ++value) {
      const double distance = static_cast<double>(value) - mean;
      variance += distance * distance * static_cast<double>(channel[value]) / total;
    }
    normalisation.mean.push_back(static_cast<float>(mean / kPixelMax));
    normalisation.deviation.push_back(
        variance > 0 ? static_cast<float>(std::sqrt(variance) / kPixelMax) : 1.0f);
  }
  return normalisation;
}

void fill_batch(const ImageSet& images, std::span<const std::uint32_t> indices,
                const Normalisation& normalisation, const Augmentation& augmentation,
                RandomStream* random, std::span<float> pixels, std::span<std::int32_t> labels) {
  const RowNormaliser normaliser(images, normalisation);
  const std::size_t row = normaliser.row_size();
  const std::size_t image_size = images.height * row;
  assert(pixels.size() == indices.size() * image_size && labels.size() == indices.size());
  const auto height = static_cast<std::ptrdiff_t>(images.height);
  std::vector<std::uint8_t> flipped(row);
  float* to = pixels.data();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    labels[i] = images.labels[indices[i]];
    const std::uint8_t* image = images.pixels.data() + indices[i] * image_size;
    const Placement place = random ? draw_placement(augmentation, *random) : Placement{};
    for (std::ptrdiff_t y = 0; y < height; ++y, to += row) {
      const std::ptrdiff_t source_y = y + place.down;
      if (source_y < 0 || source_y >= height) {
        std::fill(to, to + row, 0.0f);
        continue;
      }
      const std::uint8_t* from = image + static_cast<std::size_t>(source_y) * row;
      if (place.flip) {
        flip_row(from, images.width, images.channels, flipped.data());
        from = flipped.data();
      }
      normaliser.convert_moved(from, place.right, to);
    }
  }
}

BatchOrder::BatchOrder(std::vector<std::uint32_t> train, std::size_t batch, std::uint64_t seed,
                       std::uint64_t trial)
    : train_(std::move(train)),
      batch_(batch),
      steps_per_epoch_(batch == 0 ? 0 : train_.size() / batch),
      seed_(seed),
      trial_(trial) {
  if (steps_per_epoch_ == 0) {
    throw Error(ErrorCode::kUsage,
                fmt::format("a batch of {} images cannot be taken from {} training images", batch,
                            train_.size()),
                "choose a batch from 1 to the number of training images");
  }
}

std::span<const std::uint32_t> BatchOrder::at(std::uint64_t step) {
  const std::uint64_t epoch = step / steps_per_epoch_;
  if (epoch != epoch_) {
    permutation_ = train_;
    RandomStream random(hash_combine(seed_, trial_), epoch, "batches");
    random.shuffle(std::span(permutation_));
    epoch_ = epoch;
  }
  return std::span(permutation_).subspan((step % steps_per_epoch_) * batch_, batch_);
}

}  // namespace nonlin
