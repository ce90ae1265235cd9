#include "kernel/elementwise.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <utility>

#include "kernel/prefetch.h"

namespace nonlin {
namespace {

constexpr std::size_t kChunkElements = 16384;  // Enough to outweigh what a task costs.
// An output of this size is not in a cache near the CPU any more when it is read again.
constexpr std::size_t kPastCachesBytes = std::size_t{1} << 25;
constexpr std::size_t kLine = 64;
constexpr std::size_t kBufferBytes = 4096;  // Stays in the first-level cache beside the inputs.
constexpr std::size_t kMostVectorBytes = 64;

}  // namespace

struct Elementwise::Arrays {
  const void* x;
  const void* dy;
  void* out;

  Arrays from(std::size_t bytes) const {
    const auto at = [bytes](const void* base) {
      return base ? static_cast<const std::byte*>(base) + bytes : nullptr;
    };
    return {at(x), at(dy), static_cast<std::byte*>(out) + bytes};
  }
};

Elementwise::Elementwise(DType dtype, MachineCode code) : dtype_(dtype), code_(std::move(code)) {}

void Elementwise::forward(const void* x, void* y, std::size_t count,
                          const Parallel& parallel) const {
  run(ElementwiseFunction::kForward, {x, nullptr, y}, count, parallel);
}

void Elementwise::backward(const void* x, const void* dy, void* dx, std::size_t count,
                           const Parallel& parallel) const {
  run(ElementwiseFunction::kBackward, {x, dy, dx}, count, parallel);
}

// Whole vectors in chunks; elements before the first full line, where that matters, and after the
// last whole vector are a task of their own.
void Elementwise::run(ElementwiseFunction function, const Arrays& arrays, std::size_t count,
                      const Parallel& parallel) const {
  const std::size_t size = byte_size(dtype_);
  const bool past_caches = count * size >= kPastCachesBytes;
  const std::size_t offset = reinterpret_cast<std::uintptr_t>(arrays.out) % kLine;
  const std::size_t head = past_caches && offset > 0 ? (kLine - offset) / size : 0;
  const std::size_t vectors = (count - head) / code_.lanes;
  const std::size_t tail = head + vectors * code_.lanes;
  const std::size_t per_chunk = kChunkElements / code_.lanes;
  const std::size_t chunks = (vectors + per_chunk - 1) / per_chunk;
  const bool has_edges = head > 0 || tail < count;
  parallel(chunks + has_edges, [&](std::size_t chunk) {
    if (chunk == chunks) {
      run_piece(function, arrays, head);
      run_piece(function, arrays.from(tail * size), count - tail);
      return;
    }
    const std::size_t first = chunk * per_chunk;
    run_chunk(function, arrays.from((head + first * code_.lanes) * size),
              std::min(per_chunk, vectors - first),
              past_caches ? Stores::kPastCaches : Stores::kPlain);
  });
}

void Elementwise::call(ElementwiseFunction function, const Arrays& arrays,
                       std::size_t vectors) const {
  const Stretch stretch{arrays.x, arrays.dy, arrays.out, static_cast<std::int64_t>(vectors)};
  code_.at<StretchFunction>(static_cast<std::size_t>(function))(&stretch);
}

// Past the caches by way of a buffer, so that whole lines are written whatever the storage type.
void Elementwise::run_chunk(ElementwiseFunction function, const Arrays& arrays, std::size_t vectors,
                            Stores stores) const {
  if (stores == Stores::kPlain) {
    call(function, arrays, vectors);
    return;
  }
  const std::size_t vector_bytes = code_.lanes * byte_size(dtype_);
  const std::size_t per_buffer = kBufferBytes / vector_bytes;
  alignas(kLine) std::byte buffer[kBufferBytes];
  for (std::size_t first = 0; first < vectors; first += per_buffer) {
    const Arrays here = arrays.from(first * vector_bytes);
    const std::size_t count = std::min(per_buffer, vectors - first);
    const std::size_t bytes = count * vector_bytes;
    if (first + per_buffer < vectors) {
      const Arrays next = here.from(bytes);
      prefetch(next.x, bytes);
      prefetch(next.dy, bytes);
    }
    call(function, {here.x, here.dy, buffer}, count);
    const std::size_t copied = bytes / (code_.lanes * sizeof(float));
    if (copied > 0) call(ElementwiseFunction::kPastCaches, {buffer, nullptr, here.out}, copied);
    const std::size_t done = copied * code_.lanes * sizeof(float);
    std::memcpy(static_cast<std::byte*>(here.out) + done, buffer + done, bytes - done);
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);  // Such stores are ordered by a fence only.
}

// Less than a line and a vector, in a copy that is padded to whole vectors with zeros; what comes
// of these is dropped.
void Elementwise::run_piece(ElementwiseFunction function, const Arrays& arrays,
                            std::size_t count) const {
  const std::size_t size = byte_size(dtype_);
  for (std::size_t first = 0; first < count; first += code_.lanes) {
    const Arrays here = arrays.from(first * size);
    const std::size_t bytes = std::min(code_.lanes, count - first) * size;
    alignas(kLine) std::byte x[kMostVectorBytes] = {}, dy[kMostVectorBytes] = {};
    alignas(kLine) std::byte out[kMostVectorBytes];
    std::memcpy(x, here.x, bytes);
    if (here.dy) std::memcpy(dy, here.dy, bytes);
    call(function, {x, dy, out}, 1);
    std::memcpy(here.out, out, bytes);
  }
}

}  // namespace nonlin
