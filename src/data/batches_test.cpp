// Goal: split, normalisation, augmentation and order are what the header promises, and depend on
// nothing but their seeds.
// Method: tiny image sets with values that say where they come from; an independent, slow version
// of the augmentation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "data/dataset.h"

namespace nonlin {
namespace {

using ::testing::ContainerEq;
using ::testing::Each;
using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

/// Image i, pixel p (counting channels) holds (37 i + p) modulo 251; its label is i modulo 10.
ImageSet planted_images(std::size_t count, std::size_t height, std::size_t width,
                        std::size_t channels) {
  ImageSet set{.count = count,
               .height = height,
               .width = width,
               .channels = channels,
               .classes = 10,
               .pixels = {},
               .labels = {}};
  for (std::size_t i = 0; i < count; ++i) {
    set.labels.push_back(static_cast<std::uint8_t>(i % 10));
    for (std::size_t p = 0; p < height * width * channels; ++p) {
      set.pixels.push_back(static_cast<std::uint8_t>((37 * i + p) % 251));
    }
  }
  return set;
}

std::vector<std::uint32_t> first_indices(std::size_t count) {
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0u);
  return indices;
}

struct Batch {
  std::vector<float> pixels;
  std::vector<std::int32_t> labels;
};

Batch batch_of(const ImageSet& images, const std::vector<std::uint32_t>& indices,
               const Normalisation& normalisation, const Augmentation& augmentation = {},
               RandomStream* random = nullptr) {
  // NaN and -1 show up wherever something was left unwritten.
  Batch batch{std::vector<float>(indices.size() * images.height * images.width * images.channels,
                                 std::numeric_limits<float>::quiet_NaN()),
              std::vector<std::int32_t>(indices.size(), -1)};
  fill_batch(images, indices, normalisation, augmentation, random, batch.pixels, batch.labels);
  return batch;
}

const Normalisation kPlain{.mean = {0, 0, 0}, .deviation = {1, 1, 1}};

TEST(Split, PartsAreDisjointAndWhole) {
  const Split split = split_training_images(1000, 100, 5);
  EXPECT_EQ(split.train.size(), 900u);
  EXPECT_EQ(split.validation.size(), 100u);
  std::set<std::uint32_t> all(split.train.begin(), split.train.end());
  all.insert(split.validation.begin(), split.validation.end());
  EXPECT_EQ(all.size(), 1000u);
  EXPECT_EQ(*all.rbegin(), 999u);
}

TEST(Split, DependsOnItsSeedAlone) {
  EXPECT_EQ(split_training_images(1000, 100, 5).validation,
            split_training_images(1000, 100, 5).validation);
  EXPECT_NE(split_training_images(1000, 100, 5).validation,
            split_training_images(1000, 100, 6).validation);
}

TEST(Split, LeavesAtLeastOneImageToTrainOn) {
  EXPECT_EQ(split_training_images(10, 9, 0).train.size(), 1u);
  EXPECT_EQ(split_training_images(10, 0, 0).validation.size(), 0u);
  try {
    split_training_images(10, 10, 0);
    FAIL() << "was split";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.hint(), HasSubstr("validation_images"));
  }
}

TEST(Normalisation, IsMeanAndDeviationPerChannelOverTheNamedImages) {
  ImageSet set{.count = 3,
               .height = 1,
               .width = 2,
               .channels = 2,
               .classes = 10,
               .pixels = {0, 51, 255, 51, /**/ 99, 99, 99, 99, /**/ 0, 51, 255, 51},
               .labels = {0, 0, 0}};
  const Normalisation measured = measure_normalisation(set, std::vector<std::uint32_t>{0, 2});
  EXPECT_THAT(measured.mean, Pointwise(FloatEq(), {0.5f, 0.2f}));
  EXPECT_FLOAT_EQ(measured.deviation[0], 0.5f);
  EXPECT_FLOAT_EQ(measured.deviation[1], 1.0f);  // Never varies.
}

TEST(Normalisation, MakesMeanZeroAndVarianceOne) {
  const ImageSet set = planted_images(50, 7, 5, 3);
  const auto indices = first_indices(50);
  const Batch batch = batch_of(set, indices, measure_normalisation(set, indices));
  for (std::size_t channel = 0; channel < 3; ++channel) {
    double sum = 0, squares = 0;
    for (std::size_t i = channel; i < batch.pixels.size(); i += 3) {
      sum += batch.pixels[i];
      squares += batch.pixels[i] * batch.pixels[i];
    }
    const double n = static_cast<double>(batch.pixels.size()) / 3;
    EXPECT_NEAR(sum / n, 0, 1e-5);
    EXPECT_NEAR(squares / n, 1, 1e-5);
  }
}

TEST(FillBatch, TakesTheNamedImagesAndLabelsInOrder) {
  const ImageSet set = planted_images(20, 4, 3, 2);
  const std::vector<std::uint32_t> indices = {17, 3, 3};
  const Batch batch = batch_of(set, indices, kPlain);
  EXPECT_THAT(batch.labels, ::testing::ElementsAre(7, 3, 3));
  for (std::size_t i = 0; i < batch.pixels.size(); ++i) {
    EXPECT_NEAR(batch.pixels[i] * 255, set.pixels[indices[i / 24] * 24 + i % 24], 1e-4);
  }
}

TEST(FillBatch, WithoutAStreamDoesNotAugment) {
  const ImageSet set = planted_images(20, 4, 3, 2);
  const Augmentation strong{.pad_and_crop = 3, .horizontal_flip = true};
  EXPECT_THAT(batch_of(set, first_indices(20), kPlain, strong).pixels,
              ContainerEq(batch_of(set, first_indices(20), kPlain).pixels));
}

TEST(FillBatch, TheSameStreamGivesTheSameBatch) {
  const ImageSet set = planted_images(20, 8, 8, 3);
  const Augmentation augmentation{.pad_and_crop = 2, .horizontal_flip = true};
  RandomStream a(1, 7, "augmentation"), b(1, 7, "augmentation"), other(1, 8, "augmentation");
  const auto indices = first_indices(20);
  const Batch first = batch_of(set, indices, kPlain, augmentation, &a);
  EXPECT_EQ(first.pixels, batch_of(set, indices, kPlain, augmentation, &b).pixels);
  EXPECT_NE(first.pixels, batch_of(set, indices, kPlain, augmentation, &other).pixels);
}

/// Value of image 0 placed as (down, right, flip) in a frame of its size, straight from the words
/// "zero padding on each side, then a crop of the old size", padding being zero once normalised.
float placed_value(const ImageSet& set, const Normalisation& normalisation, int down, int right,
                   bool flip, int y, int x, int c) {
  const int height = static_cast<int>(set.height), width = static_cast<int>(set.width);
  const int from_y = y + down, from_x = x + right;
  if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width) return 0;
  const int column = flip ? width - 1 - from_x : from_x;
  const int at = (from_y * width + column) * static_cast<int>(set.channels) + c;
  return (static_cast<float>(set.pixels[static_cast<std::size_t>(at)]) / 255 -
          normalisation.mean[static_cast<std::size_t>(c)]) /
         normalisation.deviation[static_cast<std::size_t>(c)];
}

/// Every way an image may be placed, as it should look.
std::vector<std::vector<float>> all_placements(const ImageSet& set, const Normalisation& by,
                                               int pad) {
  std::vector<std::vector<float>> images;
  for (int down = -pad; down <= pad; ++down) {
    for (int right = -pad; right <= pad; ++right) {
      for (const bool flip : {false, true}) {
        std::vector<float>& image = images.emplace_back();
        for (int y = 0; y < static_cast<int>(set.height); ++y) {
          for (int x = 0; x < static_cast<int>(set.width); ++x) {
            for (int c = 0; c < static_cast<int>(set.channels); ++c) {
              image.push_back(placed_value(set, by, down, right, flip, y, x, c));
            }
          }
        }
      }
    }
  }
  return images;
}

bool alike(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(a, b, [](float x, float y) { return std::abs(x - y) < 1e-4f; });
}

TEST(FillBatch, ShowsEveryPlacementEquallyOftenAndNothingElse) {
  for (const std::size_t channels : {1u, 3u}) {
    const ImageSet set = planted_images(1, 5, 4, channels);
    const Normalisation by{.mean = {0.2f, 0.3f, 0.4f}, .deviation = {0.5f, 0.25f, 2}};
    const Augmentation augmentation{.pad_and_crop = 1, .horizontal_flip = true};
    const auto expected = all_placements(set, by, 1);
    ASSERT_EQ(expected.size(), 18u);
    std::vector<int> seen(expected.size());
    RandomStream random(3, channels, "augmentation");
    for (int i = 0; i < 1800; ++i) {
      const Batch batch = batch_of(set, {0}, by, augmentation, &random);
      const auto match = std::ranges::find_if(
          expected, [&](const auto& image) { return alike(image, batch.pixels); });
      ASSERT_NE(match, expected.end()) << "an image that no placement explains";
      ++seen[static_cast<std::size_t>(match - expected.begin())];
    }
    for (const int count : seen) EXPECT_NEAR(count, 100, 50);
  }
}

TEST(FillBatch, PaddingWiderThanTheImageGivesZeros) {
  const ImageSet set = planted_images(1, 2, 2, 1);
  RandomStream random(4, 0, "augmentation");
  const Batch batch =
      batch_of(set, std::vector<std::uint32_t>(200, 0), kPlain, {.pad_and_crop = 9}, &random);
  EXPECT_THAT(batch.pixels, Each(::testing::Ge(0.0f)));  // No NaN left: all was written.
  EXPECT_GT(std::ranges::count(batch.pixels, 0.0f), 600);
}

TEST(BatchOrder, VisitsEveryImageOncePerEpochButTheIncompleteBatch) {
  BatchOrder order(first_indices(103), 10, 1, 2);
  EXPECT_EQ(order.steps_per_epoch(), 10u);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    std::set<std::uint32_t> seen;
    for (std::uint64_t step = 0; step < 10; ++step) {
      const auto batch = order.at(epoch * 10 + step);
      EXPECT_EQ(batch.size(), 10u);
      seen.insert(batch.begin(), batch.end());
    }
    EXPECT_EQ(seen.size(), 100u);
  }
}

TEST(BatchOrder, IsTheSameWhereverOneStartsToRead) {
  BatchOrder straight(first_indices(50), 8, 1, 2), jumping(first_indices(50), 8, 1, 2);
  std::vector<std::vector<std::uint32_t>> batches;
  for (std::uint64_t step = 0; step < 40; ++step) {
    const auto batch = straight.at(step);
    batches.emplace_back(batch.begin(), batch.end());
  }
  for (const std::uint64_t step : {33u, 0u, 6u, 39u, 5u}) {
    const auto batch = jumping.at(step);
    EXPECT_TRUE(std::ranges::equal(batch, batches[step])) << step;
  }
}

TEST(BatchOrder, DiffersByEpochSeedAndTrial) {
  const auto first = [](std::uint64_t seed, std::uint64_t trial, std::uint64_t step) {
    BatchOrder order(first_indices(100), 20, seed, trial);
    const auto batch = order.at(step);
    return std::vector<std::uint32_t>(batch.begin(), batch.end());
  };
  EXPECT_EQ(first(1, 2, 0), first(1, 2, 0));
  EXPECT_NE(first(1, 2, 0), first(1, 2, 5));
  EXPECT_NE(first(1, 2, 0), first(2, 2, 0));
  EXPECT_NE(first(1, 2, 0), first(1, 3, 0));
}

TEST(BatchOrder, TakesItsImagesFromTheGivenOnesOnly) {
  BatchOrder order({7, 11, 13}, 3, 1, 2);
  EXPECT_THAT(order.at(5), ::testing::UnorderedElementsAre(7, 11, 13));
}

TEST(BatchOrder, RefusesABatchLargerThanTheTrainingImages) {
  EXPECT_THROW(BatchOrder(first_indices(5), 6, 1, 2), Error);
  EXPECT_THROW(BatchOrder(first_indices(5), 0, 1, 2), Error);
  EXPECT_NO_THROW(BatchOrder(first_indices(5), 5, 1, 2));
}

}  // namespace
}  // namespace nonlin
