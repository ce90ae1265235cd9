// Data sets as plain buffers: images and labels read from the official files into memory, and the
// batches that training takes from them, normalised and augmented. Nothing here knows about
// tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"

namespace nonlin {

/// Images of one split, 8 bits per value, layout [count, height, width, channels].
struct ImageSet {
  std::size_t count = 0;
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t channels = 0;
  int classes = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;  ///< Each in [0, classes).
};

enum class DatasetFormat { kIdx, kCifar };  ///< data/idx.h, data/cifar.h.

/// A data set that nonlin can read: a row of dataset_table().
struct DatasetInfo {
  std::string name;         ///< "fashion-mnist", "mnist", "cifar10", "cifar100".
  std::string description;  ///< One line for `nonlin data list`.
  std::string how_to_get;   ///< The package or files that bring it, as an instruction.
  std::string folder;       ///< Its folder within a data folder.
  DatasetFormat format = DatasetFormat::kIdx;
  int classes = 0;
  std::vector<std::string> train_files;  ///< kIdx: images, labels; kCifar: in reading order.
  std::vector<std::string> test_files;
  std::size_t images_per_train_file = 0;  ///< kCifar; an IDX file says so itself.
  std::size_t images_per_test_file = 0;
};

/// Where to look, in this order; built by the executables from options and environment.
struct DataPaths {
  std::vector<std::string> folders;  ///< E.g. ~/.cache/nonlin/data, /usr/share/datasets.
};

std::span<const DatasetInfo> dataset_table();

/// The folder that holds the data set's files, all of them (plain or with .gz at the end of the
/// name), or an empty string.
std::string locate_dataset(const std::string& name, const DataPaths& paths);

struct Dataset {
  ImageSet train;
  ImageSet test;
};

/// Reads a whole data set; gzip is unpacked on the way. Errors: kNotFound for an unknown name
/// (nearest ones in the hint) and for a missing data set (hint: how to get it); kCorrupt for
/// damaged or truncated files, with file and byte counts; kIo for files that cannot be read. Cost:
/// 0.3 s for Fashion-MNIST.
Result<Dataset> load_dataset(const std::string& name, const DataPaths& paths);

/// A training/validation split of the training images: the last `validation` of a permutation drawn
/// from `seed` alone, so that its beginning is a random sample too. The test images are no part of
/// it.
struct Split {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> validation;
};
/// Throws Error{kUsage} unless `validation` leaves at least one image to train on.
Split split_training_images(std::size_t count, std::size_t validation, std::uint64_t seed);

struct Normalisation {
  std::vector<float> mean;       ///< Per channel, of pixel / 255.
  std::vector<float> deviation;  ///< Never 0: a channel that never varies has 1.
};

/// Mean and standard deviation per channel over the images named by `indices`.
Normalisation measure_normalisation(const ImageSet& images, std::span<const std::uint32_t> indices);

struct Augmentation {
  int pad_and_crop = 0;          ///< Zero padding on each side, then a random crop of the old size.
  bool horizontal_flip = false;  ///< With probability one half.
};

/// Writes images `indices` as float32 [indices, height, width, channels], normalised (padding is
/// zero after normalisation) and, where `random` is given, augmented; labels as int32. The same
/// stream gives the same batch: derive it from (seed, step), and a resumed training repeats
/// nothing. Cost: about 0.1 ms for 128 images of 28x28.
void fill_batch(const ImageSet& images, std::span<const std::uint32_t> indices,
                const Normalisation& normalisation, const Augmentation& augmentation,
                RandomStream* random, std::span<float> pixels, std::span<std::int32_t> labels);

/// The order in which an endless training visits `train`: epoch after epoch, each a fresh
/// permutation derived from (seed, epoch); step `s` takes elements [s*batch, (s+1)*batch) of the
/// concatenation, the incomplete batch at an epoch's end dropped. Random access: a resumed training
/// needs no state.
class BatchOrder {
 public:
  /// Throws Error{kUsage} if there are fewer images than a batch takes.
  BatchOrder(std::vector<std::uint32_t> train, std::size_t batch, std::uint64_t seed,
             std::uint64_t trial);
  /// Indices of training step `step`, counted from 0. Valid until the next call.
  std::span<const std::uint32_t> at(std::uint64_t step);
  std::size_t steps_per_epoch() const { return steps_per_epoch_; }

 private:
  std::vector<std::uint32_t> train_;
  std::vector<std::uint32_t> permutation_;
  std::size_t batch_;
  std::size_t steps_per_epoch_;
  std::uint64_t seed_;
  std::uint64_t trial_;
  std::uint64_t epoch_ = UINT64_MAX;
};

}  // namespace nonlin
