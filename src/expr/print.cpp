// Expressions as text; the inverse of parse.cpp.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <set>

#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

// How tightly an expression's text holds together.
enum class Level { kSum, kNegation, kProduct, kPower, kAtom };

Level level_of(const Expr& expr) {
  switch (expr.op()) {
    case Op::kAdd:
    case Op::kSub: return Level::kSum;
    case Op::kNeg: return Level::kNegation;
    case Op::kMul:
    case Op::kDiv: return Level::kProduct;
    case Op::kPow: return Level::kPower;
    case Op::kConstant: return std::signbit(expr.value()) ? Level::kProduct : Level::kAtom;
    default: return Level::kAtom;
  }
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (value == std::numbers::pi) return "pi";
  if (value == std::numbers::e) return "e";
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

// A minus in front of a numeral would read back as the numeral's own sign.
bool begins_with_numeral(const Expr& expr) {
  const Expr* first = &expr;
  while (first->op() == Op::kMul || first->op() == Op::kDiv) first = &first->args()[0];
  return first->is_constant();
}

class Printer {
 public:
  std::string text(const Expr& expr) {
    const OpRow& row = row_of(expr.op());
    const auto args = expr.args();
    switch (row.notation) {
      case Notation::kLeaf: return leaf(expr);
      case Notation::kBars: return fmt::format("|{}|", text(args[0]));
      case Notation::kPrefix: {
        if (begins_with_numeral(args[0])) return fmt::format("-({})", text(args[0]));
        return fmt::format("-{}", right_operand(args[0], Level::kProduct));
      }
      case Notation::kInfix: return infix(expr, row);
      case Notation::kFunction: break;
    }
    std::string result = std::string(row.name) + "(" + text(args[0]);
    for (const Expr& arg : args.subspan(1)) result += ", " + text(arg);
    return result + ")";
  }

 private:
  std::string leaf(const Expr& expr) {
    if (expr.is_input()) return "x";
    if (expr.is_constant()) return number_text(expr.value());
    const Parameter& parameter = expr.parameter();
    const Parameter usual{.name = parameter.name};
    if (parameter == usual || !introduced_.insert(parameter.name).second) return parameter.name;
    const bool usual_scope = parameter.scope == usual.scope;
    return parameter.name + "[" + number_text(parameter.initial) +
           (usual_scope ? "]" : ", scalar]");
  }

  // The left side is written first: parameters are introduced from left to right.
  std::string infix(const Expr& expr, const OpRow& row) {
    const Expr &a = expr.args()[0], &b = expr.args()[1];
    const Level level = level_of(expr);
    const std::string left = operand(a, level == Level::kPower ? Level::kAtom : level);
    const std::string right =
        right_operand(b, level == Level::kSum ? Level::kProduct : Level::kPower);
    if (level == Level::kSum) return fmt::format("{} {} {}", left, row.name, right);
    return fmt::format("{}{}{}", left, row.name, right);
  }

  std::string operand(const Expr& expr, Level at_least) {
    return level_of(expr) < at_least ? fmt::format("({})", text(expr)) : text(expr);
  }

  // Behind another sign, what begins with a minus goes into parentheses.
  std::string right_operand(const Expr& expr, Level at_least) {
    std::string result = operand(expr, at_least);
    return result.starts_with('-') ? fmt::format("({})", result) : result;
  }

  // Parameters whose start value and scope stand further to the left already.
  std::set<std::string> introduced_;
};

}  // namespace

std::string to_string(const Expr& expr) { return Printer().text(expr); }

}  // namespace nonlin
