// Facts for people: a word, and beside it what there is to say, wrapped where the line ends. And
// how a trainable parameter is told, wherever one is.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "expr/expr.h"
#include "report/text.h"

namespace nonlin {

class LabelledLines {
 public:
  explicit LabelledLines(std::size_t width = 100, Colours colours = Colours::kNone)
      : width_(width), colours_(colours) {}

  /// A label that repeats the one above is left out; nothing happens for an empty `content`.
  void add(std::string_view label, std::string_view content, Tone tone = Tone::kPlain);
  /// The lines so far, each with a newline at its end.
  const std::string& text() const { return text_; }

 private:
  std::size_t width_;
  Colours colours_;
  std::string last_;
  std::string text_;
};

/// "beta starts at 0.5, one per layer".
std::string parameter_text(const Parameter& parameter);

/// `name`, `initial`, `scope` (`channel` or `scalar`).
nlohmann::ordered_json parameter_json(const Parameter& parameter);

}  // namespace nonlin
