// How a batch is cut into pieces, each small enough that what one pass writes is still in the
// second-level cache when the next pass reads it. A step goes through a network piece by piece
// wherever nothing needs the whole batch, and pieces are what threads share out.
//
// The cut depends on the shapes alone, as long as it gives every thread a piece: sums are taken by
// piece and put together in their order, so results are the same for any number of threads.
#pragma once

#include <cstddef>
#include <functional>

#include "trainer/nn/storage_type.h"

namespace nonlin {

struct BatchPieces {
  /// For a network whose largest activation takes `bytes_per_image`.
  BatchPieces(std::size_t batch, std::size_t bytes_per_image, int threads);

  std::size_t images;  ///< Of a piece. The last one may have fewer that are real.
  std::size_t count;

  std::size_t padded_batch() const { return images * count; }
};

/// One piece, as worked on by one thread.
struct PieceTask {
  std::size_t piece;
  std::size_t images;  ///< That are real; at least one.
  std::size_t thread;  ///< Below the number of threads; one task at a time has it.
};

/// Runs `task` for the pieces that hold the first `images` images, on at most `threads` threads.
void for_each_piece(const BatchPieces& pieces, std::size_t images, int threads,
                    const std::function<void(const PieceTask&)>& task);

/// A tensor of the batch as its pieces; memory is owned elsewhere.
struct PieceView {
  std::byte* data = nullptr;
  std::size_t bytes = 0;  ///< Of a piece.

  void* at(const PieceTask& task) const { return data + task.piece * bytes; }
};

/// A tensor of the whole batch, zero where no image is.
class PieceTensor {
 public:
  PieceTensor() = default;
  PieceTensor(const BatchPieces& pieces, std::size_t elements_per_image, DType dtype)
      : bytes_(pieces.images * elements_per_image * byte_size(dtype)),
        buffer_(pieces.padded_batch() * elements_per_image, dtype) {}

  PieceView view() const { return view(bytes_); }
  /// As a smaller tensor, of `bytes` a piece.
  PieceView view(std::size_t bytes) const {
    return {static_cast<std::byte*>(buffer_.data()), bytes};
  }

 private:
  std::size_t bytes_ = 0;
  TensorBuffer buffer_;
};

}  // namespace nonlin
