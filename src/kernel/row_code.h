// What generators of functions on rows have in common beyond VectorCode: scalars that belong to a
// row, and sums over its vectors that leave out the padding.
#pragma once

#include <functional>
#include <vector>

#include "kernel/vector_code.h"

namespace nonlin {

class RowCode {
 public:
  explicit RowCode(VectorCode& code) : code_(code), builder_(code.builder()) {}

  /// Reads the fields that the others refer to; after VectorCode::begin_function.
  void begin(std::size_t columns_offset, std::size_t masks_offset);
  /// Elements of a row.
  llvm::Value* length() const { return length_; }

  /// One float32 of a table, in all lanes.
  llvm::Value* splat_at(llvm::Value* table, llvm::Value* index);
  llvm::Value* splat(llvm::Value* scalar);
  void store_scalar(llvm::Value* scalar, llvm::Value* table, llvm::Value* index);

  using Visit = std::function<void(llvm::Value* start)>;
  /// `visit` for every vector of a row: `start` is its first element's place there.
  void for_each_vector(const Visit& visit);

  using Addends = std::function<std::vector<llvm::Value*>(llvm::Value* start)>;
  /// The sums over a row, padding excepted, of what `addends` returns for every vector of it.
  std::vector<llvm::Value*> sums(std::size_t count, const Addends& addends);

 private:
  VectorCode& code_;
  llvm::IRBuilder<>& builder_;
  llvm::Value* columns_ = nullptr;
  llvm::Value* length_ = nullptr;
  llvm::Value* masks_ = nullptr;
};

}  // namespace nonlin
