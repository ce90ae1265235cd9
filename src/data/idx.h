// The IDX format of MNIST and its successors (LeCun, Cortes, Burges, "The MNIST database"): four
// bytes 00 00 TYPE DIMENSIONS, each dimension as a big-endian 32-bit number, then the values.
// Read here are 8-bit images (TYPE 8, three dimensions) and 8-bit labels (one dimension).
#pragma once

#include <string>

#include "base/error.h"
#include "data/dataset.h"

namespace nonlin {

/// Images and labels from a pair of files, each of them plain or gzip. Errors, all with file name
/// and byte counts: those of read_file_bytes; kCorrupt for another format, a size that is not what
/// the header promises, unequal numbers of images and labels, and labels outside [0, classes).
Result<ImageSet> read_idx_images(const std::string& images_path, const std::string& labels_path,
                                 int classes);

}  // namespace nonlin
