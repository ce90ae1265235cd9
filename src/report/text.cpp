#include "report/text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace nonlin {
namespace {

struct Range {
  std::uint32_t first, last;
};

// The blocks that matter in names of studies and functions; Unicode 15, East Asian Width W and F.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},
    Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
    Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd},
};
constexpr std::array kWidthless = {
    Range{0x0000, 0x001f}, Range{0x007f, 0x009f}, Range{0x0300, 0x036f}, Range{0x200b, 0x200f},
    Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f},
};

template <typename Ranges>
bool contains(const Ranges& ranges, std::uint32_t point) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

std::size_t width_of(std::uint32_t point) {
  if (contains(kWidthless, point)) return 0;
  return contains(kWide, point) ? 2 : 1;
}

/// Takes the first code point off `text`; a byte that is no UTF-8 counts as a character.
std::pair<std::uint32_t, std::size_t> first_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xc0 ? 1
                           : lead < 0xe0 ? 2
                           : lead < 0xf0 ? 3
                                         : 4;
  if (size == 1 || size > text.size()) return {lead < 0x80 ? lead : 0xfffd, 1};
  std::uint32_t point = lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0xfffd, 1};
    point = (point << 6) | (byte(i) & 0x3fu);
  }
  return {point, size};
}

std::string_view escape_of(Tone tone) {
  switch (tone) {
    case Tone::kPlain: return "";
    case Tone::kBold: return "\033[1m";
    case Tone::kDim: return "\033[2m";
    case Tone::kGood: return "\033[32m";
    case Tone::kBad: return "\033[31m";
    case Tone::kFirst: return "\033[36m";
    case Tone::kSecond: return "\033[33m";
    case Tone::kThird: return "\033[35m";
    case Tone::kFourth: return "\033[32m";
    case Tone::kFifth: return "\033[34m";
    case Tone::kSixth: return "\033[31m";
  }
  return "";
}

}  // namespace

std::string toned(std::string_view text, Tone tone, Colours colours) {
  if (tone == Tone::kPlain || colours == Colours::kNone || text.empty()) return std::string(text);
  return fmt::format("{}{}\033[0m", escape_of(tone), text);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [point, size] = first_point(text);
    width += width_of(point);
    text.remove_prefix(size);
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string kept;
  for (std::size_t used = 0; !text.empty();) {
    const auto [point, size] = first_point(text);
    used += width_of(point);
    if (used > width - 1) break;
    kept += text.substr(0, size);
    text.remove_prefix(size);
  }
  return kept + "\u2026";
}

std::string padded(std::string_view text, std::size_t width, Align align) {
  const std::size_t used = display_width(text);
  const std::string space(used < width ? width - used : 0, ' ');
  return align == Align::kLeft ? std::string(text) + space : space + std::string(text);
}

std::string percent(double share) { return fmt::format("{:.2f}", 100 * share); }

std::string duration_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.2g} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace nonlin
