// Lines out of a stream of bytes, with a bound: a peer that never ends its line is found out after
// kMaxLineBytes instead of filling the memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "exec/protocol.h"

namespace nonlin {

class LineBuffer {
 public:
  explicit LineBuffer(std::size_t max_line_bytes = kMaxLineBytes) : max_bytes_(max_line_bytes) {}

  void append(std::string_view bytes) {
    buffer_.erase(0, begin_);
    begin_ = 0;
    buffer_.append(bytes);
  }

  /// The next whole line, without its newline.
  std::optional<std::string> next() {
    const std::size_t end = buffer_.find('\n', begin_);
    if (end == std::string::npos || end - begin_ > max_bytes_) return std::nullopt;
    std::string line = buffer_.substr(begin_, end - begin_);
    begin_ = end + 1;
    return line;
  }

  /// True once the line that next() would give is longer than allowed; stays so.
  bool overlong() const {
    const std::size_t end = buffer_.find('\n', begin_);
    return (end == std::string::npos ? buffer_.size() : end) - begin_ > max_bytes_;
  }

 private:
  std::size_t max_bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< Of the first line that was not given out.
};

}  // namespace nonlin
