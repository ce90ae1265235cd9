// LLVM's errors as ours. Of this folder's LLVM code only.
#pragma once

#include <llvm/Support/Error.h>

#include <utility>

#include "base/error.h"

namespace nonlin {

template <typename T>
T unwrap(llvm::Expected<T> expected) {
  if (expected) return std::move(*expected);
  throw Error(ErrorCode::kInternal, "LLVM: " + llvm::toString(expected.takeError()));
}

inline void unwrap(llvm::Error error) {
  if (error) throw Error(ErrorCode::kInternal, "LLVM: " + llvm::toString(std::move(error)));
}

}  // namespace nonlin
