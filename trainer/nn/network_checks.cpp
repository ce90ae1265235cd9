// What both engines check before they start.

#include <fmt/format.h>

#include <algorithm>

#include "trainer/nn/engines.h"

namespace nonlin {

void check_images(const NetworkConfig& config, std::size_t images, std::span<const float> pixels,
                  std::span<const std::int32_t> labels) {
  const std::size_t per_image = config.image_height * config.image_width * config.image_channels;
  if (labels.size() != images || pixels.size() != images * per_image) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{} images of {} values were expected, not {} labels and {} values",
                            images, per_image, labels.size(), pixels.size()));
  }
  const auto is_class = [&](std::int32_t label) { return label >= 0 && label < config.classes; };
  if (!std::ranges::all_of(labels, is_class)) {
    throw Error(ErrorCode::kUsage, fmt::format("a label is not in [0, {})", config.classes));
  }
}

void check_evaluation(const NetworkConfig& config, std::span<const float> pixels,
                      std::span<const std::int32_t> labels) {
  if (labels.empty() || labels.size() > config.batch) {
    throw Error(ErrorCode::kUsage, fmt::format("{} images cannot be scored at once: 1 to {} can",
                                               labels.size(), config.batch));
  }
  check_images(config, labels.size(), pixels, labels);
}

}  // namespace nonlin
