#include "space/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "base/nearest.h"

namespace nonlin {
namespace {

constexpr std::size_t kMostNodes = 100;
constexpr const char* kOut = "out";

Error shape_error(std::string message, std::string hint = {}) {
  return Error(ErrorCode::kParse, std::move(message), std::move(hint));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return text;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

// Inside the reader an unacceptable text is an exception, which parse_shape turns into a value.
class ShapeReader {
 public:
  ShapeReader(std::string_view text, const std::vector<FunctionClass>& classes)
      : text_(text), classes_(classes) {
    shape_.text = trimmed(text);
  }

  Shape read() {
    std::vector<std::string_view> parts = split();
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) define(parts[i]);
    if (parts.back().find('=') != std::string_view::npos) {
      throw shape_error("the last part of a shape has no name: it is the function",
                        "for example u = unary(x); binary(u, x)");
    }
    root(parts.back(), kOut);
    for (const auto& [name, part] : parts_) {
      if (part.used) continue;
      throw shape_error(fmt::format("{} is defined and not used", name),
                        "what is not part of the function cannot be searched");
    }
    return std::move(shape_);
  }

 private:
  struct Part {
    std::uint32_t node = 0;
    bool used = false;
  };

  std::vector<std::string_view> split() const {
    std::vector<std::string_view> parts;
    std::string_view rest = text_;
    for (;;) {
      const std::size_t end = rest.find(';');
      parts.push_back(trimmed(rest.substr(0, end)));
      if (parts.back().empty()) throw shape_error("a part of the shape is empty");
      if (end == std::string_view::npos) return parts;
      rest.remove_prefix(end + 1);
    }
  }

  void define(std::string_view part) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      throw shape_error(fmt::format("the part {} has no name", part),
                        "all parts but the last are written name = ...");
    }
    const std::string name(trimmed(part.substr(0, equals)));
    if (!is_name(name) || name == "x" || name == kOut || find_class(name) != nullptr) {
      throw shape_error(fmt::format("'{}' cannot be the name of a part", name),
                        "letters and digits; not x, out or the name of a class");
    }
    if (parts_.contains(name)) throw shape_error(fmt::format("{} is defined twice", name));
    defining_ = name;
    parts_[name] = {.node = root(part.substr(equals + 1), name)};
    defining_.clear();
  }

  // A whole part, to its end.
  std::uint32_t root(std::string_view text, const std::string& role) {
    rest_ = trimmed(text);
    const std::uint32_t node = term(role, 0);
    if (!rest_.empty()) throw shape_error(fmt::format("'{}' is left over", rest_));
    return node;
  }

  std::uint32_t term(const std::string& role, int depth) {
    rest_ = trimmed(rest_);
    std::size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) || rest_[length] == '_')) {
      ++length;
    }
    const std::string word(rest_.substr(0, length));
    if (word.empty()) {
      throw shape_error(
          rest_.empty() ? "the shape ends too early" : fmt::format("'{}' cannot be read", rest_),
          "a shape is written like binary(unary(x), unary(x))");
    }
    rest_ = trimmed(rest_.substr(length));
    if (depth > 30 || shape_.nodes.size() >= kMostNodes) {
      throw shape_error(fmt::format("a shape has at most {} nodes, 30 deep", kMostNodes));
    }
    if (rest_.starts_with('(')) return call(word, role, depth);
    if (word == "x") return input();
    return reference(word);
  }

  std::uint32_t input() {
    const auto found = std::ranges::find_if(shape_.nodes, &ShapeNode::is_input);
    if (found != shape_.nodes.end()) {
      return static_cast<std::uint32_t>(found - shape_.nodes.begin());
    }
    return add({.is_input = true, .slot = {}, .fixed = {}, .operands = {}});
  }

  std::uint32_t reference(const std::string& word) {
    if (const auto found = parts_.find(word); found != parts_.end()) {
      found->second.used = true;
      return found->second.node;
    }
    if (word == defining_) {
      throw shape_error(fmt::format("{} is defined by itself", word),
                        "a part uses parts before it only");
    }
    if (const FunctionClass* known = find_class(word)) {
      throw shape_error(fmt::format("{} needs operands", word),
                        fmt::format("for example {}({})", word, example(known->operands)));
    }
    std::vector<std::string> names{"x"};
    for (const auto& [name, part] : parts_) names.push_back(name);
    std::string hint = did_you_mean(word, names);
    if (hint.empty()) hint = fmt::format("known here: {}", fmt::join(names, ", "));
    throw shape_error(fmt::format("{} is not defined before it is used", word), std::move(hint));
  }

  std::uint32_t call(const std::string& word, const std::string& role, int depth) {
    const FunctionClass* const found = find_class(word);
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const FunctionClass& known : classes_) names.push_back(known.name);
      std::string hint = did_you_mean(word, names);
      if (hint.empty()) hint = fmt::format("classes here: {}", fmt::join(names, ", "));
      throw shape_error(fmt::format("there is no class {}", word), std::move(hint));
    }
    const auto slot = static_cast<std::uint32_t>(shape_.slots.size());
    shape_.slots.push_back({.function_class = static_cast<std::uint32_t>(found - classes_.data()),
                            .node = 0,
                            .role = role});
    std::vector<std::uint32_t> operands;
    rest_.remove_prefix(1);
    for (bool more = !trimmed(rest_).starts_with(')'); more;) {
      const auto letter = static_cast<char>('a' + static_cast<int>(operands.size() % 26));
      operands.push_back(term(fmt::format("{}.{}", role, letter), depth + 1));
      more = rest_.starts_with(',');
      if (more) rest_.remove_prefix(1);
    }
    rest_ = trimmed(rest_);
    if (!rest_.starts_with(')')) {
      throw shape_error(fmt::format("the parenthesis after {} is not closed", word));
    }
    rest_ = trimmed(rest_.substr(1));
    check_count(*found, operands.size());
    const std::uint32_t node = add({.slot = slot,
                                    .fixed = {},
                                    .operands_kind = found->operands,
                                    .operands = std::move(operands)});
    shape_.slots[slot].node = node;
    return node;
  }

  static const char* example(Operands operands) {
    switch (operands) {
      case Operands::kNone: return "";
      case Operands::kOne: return "x";
      case Operands::kTwo: return "x, x";
      case Operands::kMany: return "x, x, x";
    }
    return "";
  }

  static void check_count(const FunctionClass& used, std::size_t count) {
    const char* takes = "";
    bool fits = false;
    switch (used.operands) {
      case Operands::kNone: takes = "no operands", fits = count == 0; break;
      case Operands::kOne: takes = "one operand", fits = count == 1; break;
      case Operands::kTwo: takes = "two operands", fits = count == 2; break;
      case Operands::kMany: takes = "two operands or more", fits = count >= 2; break;
    }
    if (fits) return;
    throw shape_error(fmt::format("{} takes {}, not {}", used.name, takes, count),
                      fmt::format("for example {}({})", used.name, example(used.operands)));
  }

  std::uint32_t add(ShapeNode node) {
    shape_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(shape_.nodes.size() - 1);
  }

  const FunctionClass* find_class(std::string_view name) const {
    const auto found = std::ranges::find(classes_, name, &FunctionClass::name);
    return found == classes_.end() ? nullptr : &*found;
  }

  std::string_view text_;
  const std::vector<FunctionClass>& classes_;
  std::string_view rest_;
  std::string defining_;
  std::map<std::string, Part> parts_;
  Shape shape_;
};

// --- core units ----------------------------------------------------------------------------------

// For every unit the two units that it takes; 0 stands for x, unit k is number k.
using Wiring = std::vector<std::pair<int, int>>;

bool last_uses_all(const Wiring& wiring) {
  std::vector<bool> used(wiring.size() + 1, false);
  used[wiring.size()] = true;
  for (std::size_t unit = wiring.size(); unit > 0; --unit) {
    if (!used[unit]) return false;
    used[static_cast<std::size_t>(wiring[unit - 1].first)] = true;
    used[static_cast<std::size_t>(wiring[unit - 1].second)] = true;
  }
  return true;
}

bool takes(const Wiring& wiring, int unit, int other) {
  const auto [p, q] = wiring[static_cast<std::size_t>(unit - 1)];
  return p == other || q == other;
}

Wiring with_swapped(const Wiring& wiring, int unit) {
  const auto renamed = [unit](int each) {
    return each == unit ? unit + 1 : each == unit + 1 ? unit : each;
  };
  Wiring swapped = wiring;
  std::swap(swapped[static_cast<std::size_t>(unit - 1)], swapped[static_cast<std::size_t>(unit)]);
  for (auto& [p, q] : swapped) p = renamed(p), q = renamed(q);
  return swapped;
}

// Of wirings that differ in the order of units only, the least one stands for all. All orders are
// reached by swapping neighbours that do not take each other.
bool is_least_of_its_orders(const Wiring& wiring) {
  std::vector<Wiring> reached{wiring};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (int unit = 1; unit < static_cast<int>(wiring.size()); ++unit) {
      if (takes(reached[i], unit + 1, unit)) continue;
      Wiring other = with_swapped(reached[i], unit);
      if (other < wiring) return false;
      if (std::ranges::find(reached, other) == reached.end()) reached.push_back(std::move(other));
    }
  }
  return true;
}

void extend(Wiring& wiring, int units, Topology topology, std::vector<Wiring>& found) {
  const int done = static_cast<int>(wiring.size());
  if (done == units) {
    if (last_uses_all(wiring) && is_least_of_its_orders(wiring)) found.push_back(wiring);
    return;
  }
  for (int p = 0; p <= done; ++p) {
    for (int q = 0; q <= done; ++q) {
      const bool before_only = (p == 0 || p == done) && (q == 0 || q == done);
      if (topology == Topology::kChain && !before_only) continue;
      wiring.emplace_back(p, q);
      extend(wiring, units, topology, found);
      wiring.pop_back();
    }
  }
}

std::string written(const Wiring& wiring) {
  const auto source = [](int unit) { return unit == 0 ? "x" : fmt::format("u{}", unit); };
  std::string text;
  for (std::size_t i = 0; i < wiring.size(); ++i) {
    if (i + 1 < wiring.size()) text += fmt::format("u{} = ", i + 1);
    text += fmt::format("binary(unary({}), unary({}))", source(wiring[i].first),
                        source(wiring[i].second));
    if (i + 1 < wiring.size()) text += "; ";
  }
  return text;
}

}  // namespace

Result<Shape> parse_shape(std::string_view text, const std::vector<FunctionClass>& classes) {
  try {
    return ShapeReader(text, classes).read();
  } catch (const Error& error) {
    return error;
  }
}

std::vector<std::string> core_unit_shapes(int units, Topology topology) {
  std::vector<Wiring> found;
  Wiring wiring;
  extend(wiring, units, topology, found);
  std::vector<std::string> texts;
  for (const Wiring& each : found) texts.push_back(written(each));
  return texts;
}

}  // namespace nonlin
