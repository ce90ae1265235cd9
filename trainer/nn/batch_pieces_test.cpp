// Goal: every image is in exactly one piece, however the batch is cut, and no two threads share a
// number at one time. Method: many batches, sizes and thread counts, each visited once.

#include "trainer/nn/batch_pieces.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace nonlin {
namespace {

TEST(BatchPieces, EveryImageIsInExactlyOnePiece) {
  for (const std::size_t batch : {1, 2, 7, 16, 100, 127, 128}) {
    for (const std::size_t bytes : {100, 32768, 1 << 20}) {
      for (const int threads : {1, 2}) {
        const BatchPieces pieces(batch, bytes, threads);
        ASSERT_GE(pieces.padded_batch(), batch);
        ASSERT_LT(pieces.padded_batch() - batch, pieces.images);
        for (const std::size_t images : {std::size_t{1}, (batch + 1) / 2, batch}) {
          std::vector<std::atomic<int>> visits(pieces.padded_batch());
          for_each_piece(pieces, images, threads, [&](const PieceTask& task) {
            for (std::size_t i = 0; i < task.images; ++i) {
              ++visits[task.piece * pieces.images + i];
            }
          });
          for (std::size_t i = 0; i < visits.size(); ++i) {
            ASSERT_EQ(visits[i], i < images ? 1 : 0) << batch << " " << bytes << " " << threads;
          }
        }
      }
    }
  }
}

TEST(BatchPieces, ThereIsAPieceForEveryThreadWhereThereAreImages) {
  EXPECT_EQ(BatchPieces(128, 100, 1).count, 1U);
  EXPECT_EQ(BatchPieces(128, 100, 4).count, 4U);
  EXPECT_EQ(BatchPieces(3, 100, 8).count, 3U);
}

TEST(BatchPieces, LargeActivationsAreCutWhateverTheThreads) {
  const BatchPieces one(128, 32768, 1), two(128, 32768, 2);
  EXPECT_GT(one.count, 2U);
  EXPECT_EQ(one.count, two.count);
  EXPECT_EQ(one.images, two.images);
}

TEST(BatchPieces, ThreadsThatWorkAtOnceHaveDifferentNumbers) {
  constexpr int kThreads = 2;
  const BatchPieces pieces(128, 32768, kThreads);
  std::vector<std::atomic<int>> busy(kThreads);
  std::atomic<bool> shared = false;
  for_each_piece(pieces, 128, kThreads, [&](const PieceTask& task) {
    ASSERT_LT(task.thread, busy.size());
    if (busy[task.thread].fetch_add(1) != 0) shared = true;
    busy[task.thread].fetch_sub(1);
  });
  EXPECT_FALSE(shared);
}

TEST(BatchPieces, APieceOfASmallerTensorIsWhereItsImagesAre) {
  const BatchPieces pieces(5, 1 << 20, 1);
  const PieceTensor tensor(pieces, 8, DType::kFloat32);
  const PieceTask last{.piece = pieces.count - 1, .images = 1, .thread = 0};
  const auto offset = [&](const PieceView& view) {
    return static_cast<std::byte*>(view.at(last)) - view.data;
  };
  EXPECT_EQ(offset(tensor.view()), static_cast<std::ptrdiff_t>(last.piece * pieces.images * 32));
  EXPECT_EQ(offset(tensor.view(4)), static_cast<std::ptrdiff_t>(last.piece * 4));
}

}  // namespace
}  // namespace nonlin
