// Goal: CIFAR records become interleaved pixels and the right label, and damage is a clear error.
// Method: made-up files of a few records whose values say plane and position.
#include "data/cifar.h"

#include <gmock/gmock.h>

#include "data/test_files.h"

namespace nonlin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kPlane = 1024;

/// Plane c of the record holds c * 80 + (position modulo 71).
std::uint8_t planted_value(std::size_t channel, std::size_t position) {
  return static_cast<std::uint8_t>(channel * 80 + position % 71);
}

Bytes record(const Bytes& labels) {
  Bytes bytes = labels;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t i = 0; i < kPlane; ++i) bytes.push_back(planted_value(channel, i));
  }
  return bytes;
}

Bytes join(const std::vector<Bytes>& records) {
  Bytes bytes;
  for (const Bytes& one : records) bytes.insert(bytes.end(), one.begin(), one.end());
  return bytes;
}

class CifarTest : public DataFileTest {
 protected:
  const CifarFormat ten_{.label_bytes = 1, .classes = 10, .images_per_file = 2};
};

TEST_F(CifarTest, PlanesBecomeInterleavedPixels) {
  const std::vector<std::string> paths = {write("1.bin", join({record({3}), record({9})})),
                                          write("2.bin", join({record({0}), record({1})}))};
  const Result<ImageSet> set = read_cifar_images(paths, ten_);
  ASSERT_TRUE(set.ok()) << set.error().message();
  EXPECT_EQ(set->count, 4u);
  EXPECT_EQ(set->height, 32u);
  EXPECT_EQ(set->width, 32u);
  EXPECT_EQ(set->channels, 3u);
  EXPECT_THAT(set->labels, ElementsAre(3, 9, 0, 1));
  ASSERT_EQ(set->pixels.size(), 4 * 3 * kPlane);
  for (std::size_t i = 0; i < set->pixels.size(); ++i) {
    ASSERT_EQ(set->pixels[i], planted_value(i % 3, i / 3 % kPlane)) << i;
  }
}

TEST_F(CifarTest, TheFineLabelOfCifar100Counts) {
  const std::vector<std::string> paths = {
      write("t.bin", join({record({19, 99}), record({0, 42})}))};
  const Result<ImageSet> set =
      read_cifar_images(paths, {.label_bytes = 2, .classes = 100, .images_per_file = 2});
  ASSERT_TRUE(set.ok()) << set.error().message();
  EXPECT_THAT(set->labels, ElementsAre(99, 42));
}

TEST_F(CifarTest, AWrongSizeSaysExpectedAndFoundBytes) {
  const std::vector<std::string> paths = {write("1.bin", record({3}))};
  const Result<ImageSet> one_record = read_cifar_images(paths, ten_);
  ASSERT_FALSE(one_record.ok());
  EXPECT_EQ(one_record.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(one_record.error().message(),
              AllOf(HasSubstr(paths[0] + " is truncated"), HasSubstr("expected 6146 bytes"),
                    HasSubstr("found 3073")));

  write("1.bin", join({record({3}), record({4}), {0}}));
  const Result<ImageSet> a_byte_more = read_cifar_images(paths, ten_);
  ASSERT_FALSE(a_byte_more.ok());
  EXPECT_THAT(a_byte_more.error().message(), AllOf(HasSubstr("too long"), HasSubstr("found 6147")));
}

TEST_F(CifarTest, ALabelOutOfRangeIsNamed) {
  const std::vector<std::string> paths = {write("1.bin", join({record({3}), record({10})}))};
  const Result<ImageSet> set = read_cifar_images(paths, ten_);
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().code(), ErrorCode::kCorrupt);
  EXPECT_THAT(set.error().message(),
              AllOf(HasSubstr(paths[0]), HasSubstr("label 10 of image 1"), HasSubstr("0..9")));
}

TEST_F(CifarTest, ALaterFileThatIsMissingIsNamed) {
  const std::vector<std::string> paths = {write("1.bin", join({record({3}), record({4})})),
                                          path("2.bin")};
  const Result<ImageSet> set = read_cifar_images(paths, ten_);
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(set.error().message(), HasSubstr(paths[1]));
}

}  // namespace
}  // namespace nonlin
