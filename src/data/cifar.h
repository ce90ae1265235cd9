// The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky 2009; www.cs.toronto.edu/~kriz/cifar):
// records of one label byte (CIFAR-100: a coarse and a fine one, of which the fine one counts) and
// 3072 pixel bytes, 32x32 as a red, a green and a blue plane. A file has no header, so how many
// records it should hold must be known.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"
#include "data/dataset.h"

namespace nonlin {

struct CifarFormat {
  std::size_t label_bytes = 1;  ///< The last of them is the label.
  int classes = 10;
  std::size_t images_per_file = 10000;
};

/// The files one after another, pixels reordered to [count, 32, 32, 3]. Errors, with file name and
/// byte counts: those of read_file_bytes; kCorrupt for a wrong size or a label outside [0,
/// classes).
Result<ImageSet> read_cifar_images(std::span<const std::string> paths, const CifarFormat& format);

}  // namespace nonlin
