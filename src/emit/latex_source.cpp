// Formulas for papers.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>

#include "emit/emit.h"
#include "emit/local_values.h"
#include "emit/tables.h"

namespace nonlin {
namespace {

// Numbers that the op table's derivatives are made of are written as what they are.
struct NamedNumber {
  double value;
  std::string_view text;
  Binding binding;
};

const std::array<NamedNumber, 5> kNamedNumbers = {{
    {std::numbers::pi, "\\pi", Binding::kAtom},
    {std::numbers::e, "e", Binding::kAtom},
    {2 / std::sqrt(std::numbers::pi), "\\frac{2}{\\sqrt{\\pi}}", Binding::kProduct},
    {-2 / std::sqrt(std::numbers::pi), "-\\frac{2}{\\sqrt{\\pi}}", Binding::kSign},
    {std::numbers::pi * std::numbers::pi, "\\pi^{2}", Binding::kPower},
}};

Text number_text(double value) {
  if (std::isnan(value)) return {"\\mathrm{NaN}"};
  if (std::isinf(value)) return value > 0 ? Text{"\\infty"} : Text{"-\\infty", Binding::kSign};
  for (const NamedNumber& named : kNamedNumbers) {
    if (named.value == value) return {std::string(named.text), named.binding};
  }
  std::string text = digits(value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) {
    return {text, text.starts_with('-') ? Binding::kSign : Binding::kAtom};
  }
  const std::string power = fmt::format("10^{{{}}}", std::stoi(text.substr(e + 1)));
  const std::string factor = text.substr(0, e);
  if (factor == "1") return {power, Binding::kPower};
  return {fmt::format("{} \\times {}", factor, power), Binding::kProduct};
}

// alpha2 is \alpha_{2}; LaTeX has no \omicron, the letter looks like an o.
std::string parameter_text(std::string_view name) {
  const std::size_t letters = std::min(name.find_first_of("0123456789"), name.size());
  const std::string_view letter = name.substr(0, letters), index = name.substr(letters);
  const std::string text = letter == "omicron" ? "o" : fmt::format("\\{}", letter);
  return index.empty() ? text : fmt::format("{}_{{{}}}", text, index);
}

bool is_tall(std::string_view text) {
  return text.find("\\frac") != std::string_view::npos ||
         text.find("\\left") != std::string_view::npos;
}

std::string in_parentheses(std::string_view text) {
  return is_tall(text) ? fmt::format("\\left({}\\right)", text) : fmt::format("({})", text);
}

std::string between_bars(std::string_view text) {
  return is_tall(text) ? fmt::format("\\left\\lvert {} \\right\\rvert", text)
                       : fmt::format("\\lvert {} \\rvert", text);
}

// The one pair of `open` and `close` in `text` becomes a pair that fits what stands between them.
std::string enclosed(const std::string& text, std::string_view open, std::string_view close,
                     std::string (*pair)(std::string_view)) {
  const std::size_t begin = text.find(open), end = text.find(close);
  if (begin == std::string::npos) return text;
  const std::size_t inside = begin + open.size();
  return text.substr(0, begin) + pair(std::string_view(text).substr(inside, end - inside)) +
         text.substr(end + close.size());
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Letters and numbers, with indices at most.
bool is_plain(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_index = i > 0 && text[i - 1] == '_';
    if (text[i] == '(' || (text[i] == '{' && !is_index)) return false;
  }
  return true;
}

// Symbols stand side by side; two numbers need a sign, everything else a thin space.
std::string_view gap_between(std::string_view a, std::string_view b) {
  if (is_digit(b.front()) || (is_digit(a.back()) && b.starts_with("\\frac"))) return " \\cdot ";
  return is_plain(a) && is_plain(b) ? " " : " \\, ";
}

// a + (-b + c) is written a - b + c.
std::string behind_a_sum(std::string_view text) {
  return text.starts_with('-') ? fmt::format("- {}", text.substr(1)) : fmt::format("+ {}", text);
}

std::string operand(const Text& text, Binding at_least, Position position) {
  if (at_least == Binding::kSum) return text.text;
  const bool sign_behind = position == Position::kBehind && text.text.starts_with('-');
  return text.binding >= at_least && !sign_behind ? text.text : in_parentheses(text.text);
}

const OpText& row_for(const Expr& expr) { return text_of(latex_op_texts(), expr); }

// Whether an exponent of the function stands at its name.
bool takes_exponent(const Expr& expr) {
  return row_for(expr).pattern.find("$^") != std::string_view::npos;
}

// \tanh^{2}(x); an exponent of -1 would mean the inverse function.
bool is_raised_function(const Expr& expr) {
  if (expr.op() != Op::kPow || !expr.args()[1].is_constant()) return false;
  const double exponent = expr.args()[1].value();
  return exponent >= 2 && exponent <= 9 && exponent == std::floor(exponent) &&
         takes_exponent(expr.args()[0]);
}

// a*(1/b), which derivatives are full of, as a/b; factors without x stay before the fraction.
std::optional<Expr> as_fraction(const Expr& expr) {
  if (expr.op() != Op::kMul) return std::nullopt;
  for (const std::size_t i : {1, 0}) {
    const Expr &inverse = expr.args()[i], &other = expr.args()[1 - i];
    const bool is_inverse = inverse.op() == Op::kDiv && inverse.args()[0].is_constant(1);
    if (!is_inverse || !has_input(inverse) || !has_input(other)) continue;
    return Expr::apply(Op::kDiv, {other, inverse.args()[1]});
  }
  return std::nullopt;
}

class LatexWriter {
 public:
  Text write(const Expr& expr) {
    if (expr.is_constant()) return number_text(expr.value());
    if (expr.is_parameter()) return {parameter_text(expr.parameter().name)};
    if (expr.is_input()) return {std::string(row_for(expr).pattern)};
    if (const std::optional<Expr> fraction = as_fraction(expr)) return write(*fraction);
    if (is_raised_function(expr)) {
      const std::string exponent = number_text(expr.args()[1].value()).text;
      return {operation(expr.args()[0], fmt::format("^{{{}}}", exponent)), Binding::kPower};
    }
    // An exponent behind a function's parentheses would seem to belong to what they hold.
    const Binding binding = takes_exponent(expr) ? Binding::kPower : row_for(expr).binding;
    return {operation(expr, ""), binding};
  }

  /// What the notations mean that were used and that not everybody has.
  const std::set<std::string_view>& meanings() const { return meanings_; }

 private:
  std::string operation(const Expr& expr, std::string_view exponent) {
    const OpText& row = row_for(expr);
    if (!row.helper.empty()) meanings_.insert(row.helper);
    const auto args = expr.args();
    // Behind the sign of -(-x), too, stands no second one.
    const auto at = expr.op() == Op::kNeg ? Position::kBehind : Position::kFirst;
    const std::string a = operand(write(args[0]), row.first, at);
    const std::string b =
        args.size() > 1 ? operand(write(args[1]), row.second, Position::kBehind) : "";
    const std::string last = behind_a_sum(args.size() > 1 ? b : a);
    const std::array<Replacement, 5> words = {
        Replacement{"$a", a}, Replacement{"$b", b}, Replacement{"$+", last},
        Replacement{"$*", b.empty() ? "" : gap_between(a, b)}, Replacement{"$^", exponent}};
    const std::string text = filled(row.pattern, words);
    return enclosed(enclosed(text, "$(", "$)", in_parentheses), "$[", "$]", between_bars);
  }

  std::set<std::string_view> meanings_;
};

}  // namespace

std::string latex_source(const EmittedFunction& function) {
  const FunctionForm& form = function.form;
  LatexWriter writer;
  std::vector<std::string> rows = {fmt::format("f(x) &= {}", writer.write(form.value).text),
                                   fmt::format("f'(x) &= {}", writer.write(form.derivative).text)};
  for (std::size_t i = 0; i < form.parameters.size(); ++i) {
    rows.push_back(fmt::format("\\frac{{\\partial f}}{{\\partial {}}}(x) &= {}",
                               parameter_text(form.parameters[i].name),
                               writer.write(form.parameter_derivatives[i]).text));
  }
  std::string text;
  for (const std::string& line : heading_lines(function, "%")) text += line + "\n";
  text += "% Needs \\usepackage{amsmath}.\n";
  for (const std::string_view meaning : writer.meanings()) text += fmt::format("% {}.\n", meaning);
  return text +
         fmt::format("\\begin{{align}}\n  {}\n\\end{{align}}\n", fmt::join(rows, " \\\\\n  "));
}

}  // namespace nonlin
