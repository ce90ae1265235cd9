#include "data/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "base/nearest.h"
#include "data/cifar.h"
#include "data/idx.h"

namespace nonlin {
namespace {

const DatasetInfo* find_info(const std::string& name) {
  const auto table = dataset_table();
  const auto row = std::ranges::find(table, name, &DatasetInfo::name);
  return row == table.end() ? nullptr : &*row;
}

/// The file's path as it lies there, with or without .gz at its end, or an empty string.
std::string find_file(const std::string& folder, const std::string& file) {
  for (const char* ending : {"", ".gz"}) {
    std::string path = fmt::format("{}/{}{}", folder, file, ending);
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return path;
  }
  return {};
}

std::vector<std::string> missing_files(const DatasetInfo& info, const std::string& folder) {
  std::vector<std::string> missing;
  for (const auto* files : {&info.train_files, &info.test_files}) {
    for (const std::string& file : *files) {
      if (find_file(folder, file).empty()) missing.push_back(file);
    }
  }
  return missing;
}

Error unknown_dataset(const std::string& name) {
  std::vector<std::string> known;
  for (const DatasetInfo& info : dataset_table()) known.push_back(info.name);
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = fmt::format("known data sets: {}", fmt::join(known, ", "));
  return {ErrorCode::kNotFound, fmt::format("no data set is called \"{}\"", name), hint};
}

/// Says which files a half-copied data set lacks; otherwise where it was looked for.
Error missing_dataset(const DatasetInfo& info, const DataPaths& paths) {
  const std::size_t all = info.train_files.size() + info.test_files.size();
  for (const std::string& root : paths.folders) {
    const std::string folder = root + "/" + info.folder;
    const std::vector<std::string> missing = missing_files(info, folder);
    if (missing.size() < all) {
      return {ErrorCode::kNotFound,
              fmt::format("data set {} is incomplete: {} lacks {}", info.name, folder,
                          fmt::join(missing, ", ")),
              info.how_to_get};
    }
  }
  return {ErrorCode::kNotFound,
          fmt::format("data set {} was not found: no folder {} in {}", info.name, info.folder,
                      paths.folders.empty() ? "(no data folders given)"
                                            : fmt::format("{}", fmt::join(paths.folders, ", "))),
          info.how_to_get};
}

Result<ImageSet> read_images(const DatasetInfo& info, const std::string& folder,
                             const std::vector<std::string>& files, std::size_t images_per_file) {
  std::vector<std::string> paths;
  for (const std::string& file : files) paths.push_back(find_file(folder, file));
  Result<ImageSet> images =
      info.format == DatasetFormat::kIdx
          ? read_idx_images(paths[0], paths[1], info.classes)
          : read_cifar_images(paths, {.label_bytes = info.classes == 100 ? 2u : 1u,
                                      .classes = info.classes,
                                      .images_per_file = images_per_file});
  if (images.ok()) return images;
  return Error(images.error().code(), images.error().message(),
               "replace the file, or remove it and get the data set anew: " + info.how_to_get);
}

}  // namespace

std::span<const DatasetInfo> dataset_table() {
  using Files = std::vector<std::string>;
  const Files idx_train = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"};
  const Files idx_test = {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
  static const std::vector<DatasetInfo> table = {
      {.name = "fashion-mnist",
       .description = "60,000 + 10,000 grey images of clothing, 28x28, 10 classes",
       .how_to_get = "apt-get install dataset-fashion-mnist (or put the four official files "
                     "train-images-idx3-ubyte.gz ... t10k-labels-idx1-ubyte.gz into the folder "
                     "fashion-mnist of a data folder)",
       .folder = "fashion-mnist",
       .format = DatasetFormat::kIdx,
       .classes = 10,
       .train_files = idx_train,
       .test_files = idx_test},
      {.name = "mnist",
       .description = "60,000 + 10,000 grey images of handwritten digits, 28x28, 10 classes",
       .how_to_get = "put the four official files (train-images-idx3-ubyte.gz ... "
                     "t10k-labels-idx1-ubyte.gz) into the folder mnist of a data folder",
       .folder = "mnist",
       .format = DatasetFormat::kIdx,
       .classes = 10,
       .train_files = idx_train,
       .test_files = idx_test},
      {.name = "cifar10",
       .description = "50,000 + 10,000 colour images of things and animals, 32x32, 10 classes",
       .how_to_get = "unpack cifar-10-binary.tar.gz (www.cs.toronto.edu/~kriz/cifar.html) in a "
                     "data folder",
       .folder = "cifar-10-batches-bin",
       .format = DatasetFormat::kCifar,
       .classes = 10,
       .train_files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                       "data_batch_4.bin", "data_batch_5.bin"},
       .test_files = {"test_batch.bin"},
       .images_per_train_file = 10000,
       .images_per_test_file = 10000},
      {.name = "cifar100",
       .description = "50,000 + 10,000 colour images of things and animals, 32x32, 100 classes",
       .how_to_get = "unpack cifar-100-binary.tar.gz (www.cs.toronto.edu/~kriz/cifar.html) in a "
                     "data folder",
       .folder = "cifar-100-binary",
       .format = DatasetFormat::kCifar,
       .classes = 100,
       .train_files = {"train.bin"},
       .test_files = {"test.bin"},
       .images_per_train_file = 50000,
       .images_per_test_file = 10000},
  };
  return table;
}

std::string locate_dataset(const std::string& name, const DataPaths& paths) {
  const DatasetInfo* info = find_info(name);
  if (info == nullptr) return {};
  for (const std::string& root : paths.folders) {
    const std::string folder = root + "/" + info->folder;
    const std::size_t missing = missing_files(*info, folder).size();
    if (missing == 0) return folder;
    // Half a data set is a mistake to be told, not a reason to train on another copy.
    if (missing < info->train_files.size() + info->test_files.size()) return {};
  }
  return {};
}

Result<Dataset> load_dataset(const std::string& name, const DataPaths& paths) {
  const DatasetInfo* info = find_info(name);
  if (info == nullptr) return unknown_dataset(name);
  const std::string folder = locate_dataset(name, paths);
  if (folder.empty()) return missing_dataset(*info, paths);
  Result<ImageSet> train =
      read_images(*info, folder, info->train_files, info->images_per_train_file);
  if (!train.ok()) return train.error();
  Result<ImageSet> test = read_images(*info, folder, info->test_files, info->images_per_test_file);
  if (!test.ok()) return test.error();
  if (test->height != train->height || test->width != train->width) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{}: training images are {}x{}, but test images {}x{}", folder,
                             train->height, train->width, test->height, test->width),
                 info->how_to_get);
  }
  return Dataset{std::move(*train), std::move(*test)};
}

}  // namespace nonlin
