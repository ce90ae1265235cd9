// Goal: data sets are found where their files are, read whole, and when they are missing or damaged
// the person learns what to do.
// Method: made-up folders; the official files where this machine has them (tests/skips.md).
#include "data/dataset.h"

#include <gmock/gmock.h>

#include "data/test_files.h"

namespace nonlin {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;

class DatasetTest : public DataFileTest {
 protected:
  /// Six training and three test images of 2x2, in `folder` of the data folder.
  void write_small_mnist(const std::string& folder, const std::string& ending) const {
    const auto put = [&](const std::string& name, const Bytes& bytes) {
      const std::string file = folder + "/" + name + ending;
      ending.empty() ? write(file, bytes) : write_gzip(file, bytes);
    };
    put("train-images-idx3-ubyte", idx_bytes({6, 2, 2}, Bytes(24, 7)));
    put("train-labels-idx1-ubyte", idx_bytes({6}, {0, 1, 2, 3, 4, 5}));
    put("t10k-images-idx3-ubyte", idx_bytes({3, 2, 2}, Bytes(12, 8)));
    put("t10k-labels-idx1-ubyte", idx_bytes({3}, {6, 7, 8}));
  }

  Error error_of_loading(const std::string& name) const {
    const Result<Dataset> read = load_dataset(name, {{folder_}});
    if (read.ok()) ADD_FAILURE() << "was read without complaint";
    return read.ok() ? Error(ErrorCode::kInternal, "") : read.error();
  }
};

TEST(DatasetTable, SaysHowToGetEachDataset) {
  for (const DatasetInfo& info : dataset_table()) {
    EXPECT_FALSE(info.description.empty()) << info.name;
    EXPECT_FALSE(info.how_to_get.empty()) << info.name;
  }
}

TEST_F(DatasetTest, PlainAndGzipFilesAreFoundAndRead) {
  write_small_mnist("fashion-mnist", "");
  write_small_mnist("mnist", ".gz");
  for (const char* name : {"fashion-mnist", "mnist"}) {
    EXPECT_EQ(locate_dataset(name, {{folder_}}), folder_ + "/" + name);
    const Result<Dataset> set = load_dataset(name, {{folder_}});
    ASSERT_TRUE(set.ok()) << set.error().message();
    EXPECT_EQ(set->train.count, 6u);
    EXPECT_EQ(set->test.count, 3u);
    EXPECT_THAT(set->train.pixels, Each(7));
    EXPECT_THAT(set->test.pixels, Each(8));
  }
}

TEST_F(DatasetTest, TheFirstFolderThatHoldsTheDatasetIsTaken) {
  write_small_mnist("b/mnist", "");
  write_small_mnist("c/mnist", "");
  std::filesystem::create_directories(path("a/mnist"));
  EXPECT_EQ(locate_dataset("mnist", {{path("none"), path("a"), path("b"), path("c")}}),
            path("b/mnist"));
}

TEST_F(DatasetTest, HalfADatasetIsToldAndNotPassedOver) {
  write_small_mnist("a/mnist", "");
  write_small_mnist("b/mnist", "");
  std::filesystem::remove(path("a/mnist/t10k-labels-idx1-ubyte"));
  const Result<Dataset> read = load_dataset("mnist", {{path("a"), path("b")}});
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error().message(), HasSubstr(path("a/mnist") + " lacks"));
}

TEST_F(DatasetTest, WholeCifar100IsRead) {
  // Zeros compress well: 150 MB of records are a small file.
  write_gzip("cifar-100-binary/train.bin", Bytes(50000 * 3074));
  write_gzip("cifar-100-binary/test.bin", Bytes(10000 * 3074));
  const Result<Dataset> set = load_dataset("cifar100", {{folder_}});
  ASSERT_TRUE(set.ok()) << set.error().message();
  EXPECT_EQ(set->train.count, 50000u);
  EXPECT_EQ(set->test.count, 10000u);
  EXPECT_EQ(set->train.classes, 100);
}

TEST_F(DatasetTest, ATruncatedFileSaysBytesAndHowToGetItAnew) {
  for (const char* name : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                           "data_batch_5", "test_batch"}) {
    write("cifar-10-batches-bin/" + std::string(name) + ".bin", Bytes(3073));
  }
  const Error error = error_of_loading("cifar10");
  EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
  EXPECT_THAT(error.message(),
              AllOf(HasSubstr(path("cifar-10-batches-bin/data_batch_1.bin")),
                    HasSubstr("expected 30730000 bytes"), HasSubstr("found 3073")));
  EXPECT_THAT(error.hint(), HasSubstr("cifar-10-binary.tar.gz"));
}

TEST_F(DatasetTest, AMissingDatasetSaysWhereItWasSoughtAndWhichPackageBringsIt) {
  const Error error = error_of_loading("fashion-mnist");
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("fashion-mnist"), HasSubstr(folder_)));
  EXPECT_THAT(error.hint(), HasSubstr("apt-get install dataset-fashion-mnist"));
  EXPECT_EQ(locate_dataset("fashion-mnist", {{folder_}}), "");
  EXPECT_EQ(locate_dataset("fashion-mnist", {}), "");
}

TEST_F(DatasetTest, AnIncompleteDatasetSaysWhatItLacks) {
  write_small_mnist("mnist", "");
  std::filesystem::remove(path("mnist/t10k-labels-idx1-ubyte"));
  const Error error = error_of_loading("mnist");
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.message(), HasSubstr(path("mnist") + " lacks t10k-labels-idx1-ubyte"));
}

TEST_F(DatasetTest, AnUnknownNameShowsTheNearest) {
  const Error error = error_of_loading("cifar01");
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_EQ(error.hint(), "did you mean cifar10 or cifar100?");
  EXPECT_THAT(error_of_loading("webtext").hint(), HasSubstr("fashion-mnist, mnist, cifar10"));
  EXPECT_EQ(locate_dataset("cifar01", {{folder_}}), "");
}

TEST_F(DatasetTest, TrainingAndTestImagesOfDifferentSizesAreRefused) {
  write_small_mnist("mnist", "");
  write("mnist/t10k-images-idx3-ubyte", idx_bytes({3, 2, 1}, Bytes(6)));
  const Error error = error_of_loading("mnist");
  EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("2x2"), HasSubstr("2x1")));
}

struct Official {
  const char* name;
  std::size_t train, side, channels;
};

class OfficialDataset : public ::testing::TestWithParam<Official> {};

TEST_P(OfficialDataset, IsReadWholeAndIsBalanced) {
  const Official& expected = GetParam();
  const DataPaths paths = usual_data_paths();
  if (locate_dataset(expected.name, paths).empty()) {
    GTEST_SKIP() << "the official files of " << expected.name << " are not on this machine";
  }
  const Result<Dataset> set = load_dataset(expected.name, paths);
  ASSERT_TRUE(set.ok()) << set.error().message();
  EXPECT_EQ(set->train.count, expected.train);
  EXPECT_EQ(set->test.count, 10000u);
  for (const ImageSet* images : {&set->train, &set->test}) {
    EXPECT_EQ(images->height, expected.side);
    EXPECT_EQ(images->width, expected.side);
    EXPECT_EQ(images->channels, expected.channels);
    EXPECT_EQ(images->pixels.size(),
              images->count * expected.side * expected.side * expected.channels);
    std::vector<int> per_class(10);
    for (const std::uint8_t label : images->labels) ++per_class.at(label);
    // MNIST is only nearly balanced: its test set holds 892 to 1,135 of each digit.
    const double balanced = static_cast<double>(images->count) / 10;
    for (const int count : per_class) EXPECT_NEAR(count, balanced, 0.15 * balanced);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, OfficialDataset,
                         ::testing::Values(Official{"fashion-mnist", 60000, 28, 1},
                                           Official{"mnist", 60000, 28, 1},
                                           Official{"cifar10", 50000, 32, 3}),
                         [](const auto& test) {
                           std::string name = test.param.name;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace nonlin
