// Goal: IDX files are read exactly, plain or gzip, and every kind of damage is one clear error with
// file name and byte counts.
// Method: small made-up files, broken in one way each.
#include "data/idx.h"

#include <gmock/gmock.h>

#include "data/test_files.h"

namespace nonlin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Bytes kPixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // Two images of 2 rows, 3 columns.

class IdxTest : public DataFileTest {
 protected:
  void SetUp() override {
    DataFileTest::SetUp();
    images_ = write("images", idx_bytes({2, 2, 3}, kPixels));
    labels_ = write("labels", idx_bytes({2}, {9, 0}));
  }

  Error error_of_reading() const {
    const Result<ImageSet> read = read_idx_images(images_, labels_, 10);
    if (read.ok()) ADD_FAILURE() << "was read without complaint";
    return read.ok() ? Error(ErrorCode::kInternal, "") : read.error();
  }

  void expect_corrupt(const auto& message) const {
    const Error error = error_of_reading();
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt) << error.message();
    EXPECT_THAT(error.message(), message);
  }

  std::string images_, labels_;
};

TEST_F(IdxTest, PlainFilesAreReadExactly) {
  const Result<ImageSet> set = read_idx_images(images_, labels_, 10);
  ASSERT_TRUE(set.ok()) << set.error().message();
  EXPECT_EQ(set->count, 2u);
  EXPECT_EQ(set->height, 2u);
  EXPECT_EQ(set->width, 3u);
  EXPECT_EQ(set->channels, 1u);
  EXPECT_EQ(set->classes, 10);
  EXPECT_EQ(set->pixels, kPixels);
  EXPECT_THAT(set->labels, ElementsAre(9, 0));
}

TEST_F(IdxTest, GzipIsToldByContentNotByName) {
  write_gzip("images", idx_bytes({2, 2, 3}, kPixels));   // gzip, no .gz
  labels_ = write("labels.gz", idx_bytes({2}, {9, 0}));  // .gz, no gzip
  const Result<ImageSet> set = read_idx_images(images_, labels_, 10);
  ASSERT_TRUE(set.ok()) << set.error().message();
  EXPECT_EQ(set->pixels, kPixels);
}

TEST_F(IdxTest, AnotherFormatIsRefusedWithItsFirstBytes) {
  write("images", {0x89, 'P', 'N', 'G', 1, 2, 3, 4});
  expect_corrupt(AllOf(HasSubstr(images_), HasSubstr("expected the first bytes 00 00 08 03"),
                       HasSubstr("found 89 50 4e 47")));
}

TEST_F(IdxTest, LabelsInPlaceOfImagesAreRefused) {
  images_ = labels_;
  expect_corrupt(HasSubstr("found 00 00 08 01"));
}

TEST_F(IdxTest, AnEmptyFileIsTruncated) {
  write("images", {});
  expect_corrupt(
      AllOf(HasSubstr("truncated"), HasSubstr("at least 16 bytes"), HasSubstr("found 0")));
}

TEST_F(IdxTest, ATruncatedFileSaysExpectedAndFoundBytes) {
  truncate("images", 27);
  expect_corrupt(AllOf(HasSubstr(images_ + " is truncated"), HasSubstr("2 x 2 x 3"),
                       HasSubstr("expected 28 bytes"), HasSubstr("found 27")));
}

TEST_F(IdxTest, EveryTruncationIsAnError) {
  for (std::size_t size = 0; size < 28; ++size) {
    write("images", idx_bytes({2, 2, 3}, kPixels));
    truncate("images", size);
    expect_corrupt(HasSubstr(images_));
  }
}

TEST_F(IdxTest, EveryTruncationOfAGzipFileIsAnError) {
  write_gzip("images", idx_bytes({2, 2, 3}, kPixels));
  const std::size_t whole = std::filesystem::file_size(images_);
  for (std::size_t size = 0; size < whole; ++size) {
    write_gzip("images", idx_bytes({2, 2, 3}, kPixels));
    truncate("images", size);
    expect_corrupt(HasSubstr(images_));
  }
}

TEST_F(IdxTest, ATruncatedGzipSaysWhereItEnds) {
  Bytes noise(100000);  // Does not compress, so half of the file is half of the values.
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<std::uint8_t>(i * i >> 7);
  write_gzip("images", idx_bytes({10, 100, 100}, noise));
  truncate("images", std::filesystem::file_size(images_) / 2);
  expect_corrupt(AllOf(HasSubstr(images_ + " is truncated"), HasSubstr("unpacked bytes")));
}

TEST_F(IdxTest, AFlippedBitInsideGzipIsFound) {
  write_gzip("images", idx_bytes({2, 2, 3}, kPixels));
  std::fstream file(images_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-6, std::ios::end);  // Within the checksum.
  file.put('\x55');
  file.close();
  expect_corrupt(AllOf(HasSubstr(images_), HasSubstr("damaged")));
}

TEST_F(IdxTest, BytesTooManyAreRefused) {
  Bytes more = kPixels;
  more.push_back(0);
  write("images", idx_bytes({2, 2, 3}, more));
  expect_corrupt(
      AllOf(HasSubstr("too long"), HasSubstr("expected 28 bytes"), HasSubstr("found 29")));
}

TEST_F(IdxTest, AHeaderThatPromisesMoreThanAnyFileIsTruncation) {
  write("images", idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, kPixels));
  expect_corrupt(HasSubstr("truncated"));
  // 2^32 * 2^32 is 0 in 64 bits: the product must not wrap to something that fits.
  write("images", idx_bytes({0x80000000, 0x80000000, 4}, {}));
  expect_corrupt(HasSubstr("truncated"));
}

TEST_F(IdxTest, NoImagesAtAllAreRefused) {
  write("images", idx_bytes({0, 28, 28}, {}));
  write("labels", idx_bytes({0}, {}));
  expect_corrupt(AllOf(HasSubstr("holds no images"), HasSubstr("0 x 28 x 28")));
}

TEST_F(IdxTest, UnequalNumbersOfImagesAndLabelsAreRefused) {
  write("labels", idx_bytes({3}, {1, 2, 3}));
  expect_corrupt(AllOf(HasSubstr(images_ + " holds 2 images"), HasSubstr(labels_ + " holds 3")));
}

TEST_F(IdxTest, ALabelOutOfRangeIsNamed) {
  write("labels", idx_bytes({2}, {9, 10}));
  expect_corrupt(AllOf(HasSubstr(labels_), HasSubstr("label 10 of image 1"), HasSubstr("0..9")));
}

TEST_F(IdxTest, ADirectoryInPlaceOfAFileIsSaidSo) {
  images_ = folder_;
  const Error error = error_of_reading();
  EXPECT_EQ(error.code(), ErrorCode::kIo);
  EXPECT_EQ(error.message(), "cannot read " + folder_ + ": it is a directory");
}

TEST_F(IdxTest, AMissingFileIsNotFound) {
  images_ = path("absent");
  const Error error = error_of_reading();
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr(images_));
}

TEST_F(IdxTest, AnUnreadableFileSaysWhy) {
  // A link to itself cannot be opened by anyone, root included.
  images_ = path("loop");
  std::filesystem::create_symlink(images_, images_);
  const Error error = error_of_reading();
  EXPECT_EQ(error.code(), ErrorCode::kIo);
  EXPECT_THAT(error.message(), AllOf(HasSubstr(images_), HasSubstr("symbolic links")));
}

}  // namespace
}  // namespace nonlin
