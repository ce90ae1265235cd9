#include "trainer/nn/storage_type.h"

#include <cstring>

namespace nonlin {

TensorBuffer::TensorBuffer(std::size_t elements, DType dtype) {
  const std::size_t bytes = elements * byte_size(dtype);
  data_.reset(new (kAlignment) std::byte[bytes]);
  std::memset(data_.get(), 0, bytes);
}

}  // namespace nonlin
