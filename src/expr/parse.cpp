// A recursive-descent parser. Inside it a text that cannot be read is an exception, which
// parse_expression turns into the value it promises: the grammar's functions stay readable so.
#include "expr/parse.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/nearest.h"
#include "expr/catalogue.h"
#include "expr/known_names.h"
#include "expr/op.h"
#include "expr/parse_error.h"

namespace nonlin {
namespace {

constexpr std::size_t kMaxCharacters = 10'000;
constexpr std::size_t kMaxNodes = 1'000;
constexpr int kMaxDepth = 200;
// Of a parameter: names are repeated wherever a function is written out.
constexpr std::size_t kMaxDigits = 6;
constexpr std::size_t kMaxShownName = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Parser {
 public:
  Parser(std::string_view text, const Bindings& bindings) : text_(text), bindings_(bindings) {}

  Expr run() {
    if (peek() == '\0') fail("an expression was expected", "for example x*sigmoid(beta*x)");
    Expr expr = sum();
    if (at_ < text_.size()) unexpected("expected an operator or the end");
    if (introduced_.empty()) return expr;
    std::map<std::string, Expr> values;
    for (const auto& [name, parameter] : introduced_) {
      values.emplace(name, Expr::parameter(parameter));
    }
    return substitute_parameters(expr, values);
  }

  // False where the text is so short and plain that the expression cannot take more to write than
  // that.
  bool may_grow_when_written() const {
    return uses_catalogue_ || deepest_ > kMaxDepth / 4 || text_.size() > kMaxCharacters / 4;
  }

 private:
  // Counts how deep the grammar's functions call each other.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth + 1) parser_.fail("nested more than 200 deep");
      parser_.deepest_ = std::max(parser_.deepest_, parser_.depth_);
    }
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  // --- grammar ----------------------------------------------------------------------------------

  Expr sum() {
    Expr left = product();
    for (;;) {
      if (take('+')) {
        left = make(Op::kAdd, {left, product()});
      } else if (take('-')) {
        left = make(Op::kSub, {left, product()});
      } else {
        return left;
      }
    }
  }

  Expr product() {
    const Nesting nesting(*this);
    if (take('+')) return product();
    std::optional<Expr> left = negative_numeral();
    if (!left && take('-')) return make(Op::kNeg, {product()});
    if (!left) left = power();
    for (;;) {
      if (peek() == '*' && text_.substr(at_).starts_with("**")) {
        fail("** is no operator here", "powers are written with ^, as in x^2");
      }
      if (take('*')) {
        left = make(Op::kMul, {*left, signed_power()});
      } else if (take('/')) {
        left = make(Op::kDiv, {*left, signed_power()});
      } else {
        return *left;
      }
    }
  }

  // Behind another operator a sign belongs to the next power only: a*-b*c is (a*(-b))*c.
  Expr signed_power() {
    const Nesting nesting(*this);
    if (take('+')) return signed_power();
    if (std::optional<Expr> number = negative_numeral()) return *number;
    if (take('-')) return make(Op::kNeg, {signed_power()});
    return power();
  }

  Expr power() {
    Expr base = primary();
    if (!take('^')) return base;
    return make(Op::kPow, {base, signed_power()});
  }

  Expr primary() {
    const char next = peek();
    const std::size_t start = at_;
    Expr result;
    if (next == '(') {
      result = enclosed(')');
    } else if (next == '|') {
      result = make(Op::kAbs, {enclosed('|')});
    } else if (is_digit(next) || next == '.') {
      result = Expr::constant(numeral());
    } else if (is_letter(next)) {
      result = name();
    } else {
      unexpected("expected a number, x, a parameter, a function or (");
    }
    refuse_operand(start);
    return result;
  }

  Expr enclosed(char closing) {
    const std::size_t opening = at_++;
    if (peek() == ')') fail("expected an expression");
    Expr inner = sum();
    if (!take(closing)) {
      const std::string wanted(1, closing);
      unexpected("expected an operator or the " + wanted + " that closes column " +
                 std::to_string(column_of(text_, opening)));
    }
    return inner;
  }

  // A minus and a numeral are one number, unless a power follows: -2^x is -(2^x).
  std::optional<Expr> negative_numeral() {
    const std::size_t start = at_;
    if (take('-')) {
      const char next = peek();
      std::optional<double> value;
      if (is_digit(next) || next == '.') {
        value = numeral();
      } else if (word() == "inf") {
        at_ += 3;
        value = std::numeric_limits<double>::infinity();
      }
      if (value && peek() != '^') {
        refuse_operand(start);
        return Expr::constant(-*value);
      }
    }
    at_ = start;
    return std::nullopt;
  }

  double numeral() {
    double value = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) {
      fail("this number is outside the range of a double", "infinity is written inf");
    }
    if (error != std::errc()) fail("expected a number");
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  // --- names ------------------------------------------------------------------------------------

  std::string_view word() const {
    std::size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    return text_.substr(at_, end - at_);
  }

  Expr name() {
    const std::size_t start = at_;
    const std::string_view name = word();
    at_ += name.size();
    if (const auto bound = bindings_.find(name); bound != bindings_.end()) return bound->second;
    if (name == "x") return Expr::input();
    if (const auto value = named_number(name)) return Expr::constant(*value);
    if (const OpRow* row = find_function(name)) return call(*row, start);
    if (const CatalogueEntry* entry = find_catalogue(name)) return call(*entry, start);
    if (is_parameter_name(name)) return parameter(name, start);
    at_ = start;
    if (name.size() > kMaxShownName) fail("unknown name " + excerpt(name, kMaxShownName));
    std::vector<std::string> known = known_names();
    for (const auto& [bound, expr] : bindings_) known.push_back(bound);
    fail("unknown name " + std::string(name), did_you_mean(name, known));
  }

  Expr call(const OpRow& row, std::size_t start) {
    const std::vector<Expr> args = arguments();
    const auto arity = static_cast<std::size_t>(row.arity);
    if (args.empty() && arity == 1) return make(row.op, {Expr::input()});
    if (args.size() != arity) wrong_arity(row.name, arity, args.size(), start);
    return make(row.op, args);
  }

  Expr call(const CatalogueEntry& entry, std::size_t start) {
    if (entry.kind != FunctionKind::kElementwise) {
      at_ = start;
      fail(std::string(entry.name) + " is not a function of one element",
           "it is " + std::string(entry.formula));
    }
    uses_catalogue_ = true;
    const std::vector<Expr> args = arguments();
    if (args.size() > 1) wrong_arity(entry.name, 1, args.size(), start);
    const Expr body = parse_expression(entry.formula).value_or_throw();
    for (const Parameter& parameter : parameters_of(body)) {
      if (parameter == Parameter{.name = parameter.name}) continue;
      introduce(parameter, start);
    }
    return limited(args.empty() ? body : substitute_input(body, args[0]));
  }

  // None where no parenthesis follows.
  std::vector<Expr> arguments() {
    std::vector<Expr> args;
    if (!take('(')) return args;
    if (peek() == ')') fail("expected an argument");
    do {
      args.push_back(sum());
    } while (take(','));
    if (!take(')')) unexpected("expected an operator, a comma or )");
    return args;
  }

  Expr parameter(std::string_view name, std::size_t start) {
    if (name.size() - (name.find_last_not_of("0123456789") + 1) > kMaxDigits) {
      at_ = start;
      fail("the number of a parameter has at most 6 digits");
    }
    Parameter parameter{.name = std::string(name)};
    if (take('[')) {
      const bool negative = take('-');
      if (!is_digit(peek()) && peek() != '.') fail("expected the start value, a number");
      const double size = numeral();
      parameter.initial = negative ? -size : size;
      if (take(',')) parameter.scope = scope();
      if (!take(']')) fail("expected ]");
      introduce(parameter, start);
    }
    return limited(Expr::parameter({.name = parameter.name}));
  }

  Scope scope() {
    peek();
    const std::string_view name = word();
    if (name != "scalar" && name != "channel") fail("expected scalar or channel");
    at_ += name.size();
    return name == "scalar" ? Scope::kScalar : Scope::kPerChannel;
  }

  void introduce(const Parameter& parameter, std::size_t start) {
    const auto [known, is_new] = introduced_.emplace(parameter.name, parameter);
    if (is_new) return;
    if (known->second == parameter) return;
    at_ = start;
    fail("the parameter " + parameter.name + " was given another start value or scope before",
         "say it once, or use two parameters: " + parameter.name + " and " + parameter.name + "2");
  }

  // --- nodes, characters, errors ----------------------------------------------------------------

  Expr make(Op op, std::vector<Expr> args) { return limited(Expr::apply(op, std::move(args))); }

  Expr limited(Expr expr) const {
    if (expr.node_count() > kMaxNodes) {
      fail("the expression has more than " + std::to_string(kMaxNodes) + " nodes");
    }
    return expr;
  }

  // The next character that is no space, not consumed; 0 at the end.
  char peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char c) {
    if (peek() != c || c == '\0') return false;
    ++at_;
    return true;
  }

  // An operand right behind the one that began at `start`: people write 2x, 2(x + 1), sin x.
  void refuse_operand(std::size_t start) {
    const char next = peek();
    std::size_t end = at_;
    while (end > start && is_space(text_[end - 1])) --end;
    if (next == '[') fail("only a parameter takes a start value", "for example beta[0.25]");
    if (!is_letter(next) && !is_digit(next) && next != '(' && next != '.') return;
    const std::string_view left = text_.substr(start, end - start);
    const std::string_view right = next == '(' ? "(...)" : word();
    if (left.size() > kMaxShownName || right.size() > kMaxShownName) {
      fail("expected an operator", "for example a *");
    }
    const bool is_function = find_function(left) != nullptr || find_catalogue(left) != nullptr;
    fail("expected an operator", "did you mean " + printable(left) + (is_function ? "(" : "*") +
                                     std::string(right) + (is_function ? ")?" : "?"));
  }

  [[noreturn]] void unexpected(const std::string& expected) const {
    fail(expected, hint_for_symbol(text_.substr(at_)));
  }

  [[noreturn]] void wrong_arity(std::string_view name, std::size_t wanted, std::size_t given,
                                std::size_t start) {
    at_ = start;
    fail(std::string(name) + " takes " + std::to_string(wanted) +
             (wanted == 1 ? " argument, " : " arguments, ") + std::to_string(given) +
             (given == 1 ? " is given" : " are given"),
         wanted == 2 ? "for example " + std::string(name) + "(x, 0)" : "");
  }

  [[noreturn]] void fail(const std::string& what, const std::string& hint = {}) const {
    throw Error(ErrorCode::kParse, what + "\n" + caret_under(text_, at_), hint);
  }

  std::string_view text_;
  const Bindings& bindings_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int deepest_ = 0;
  bool uses_catalogue_ = false;
  std::map<std::string, Parameter> introduced_;
};

}  // namespace

namespace {

// What can be read can also be written and read back: names of the catalogue and signs stand for
// more than they are long.
std::optional<Error> too_large_when_written(const Expr& expr) {
  const std::string text = to_string(expr);
  if (text.size() > kMaxCharacters) {
    return Error(ErrorCode::kParse, "written out, the expression has more than 10,000 characters");
  }
  try {
    Parser(text, {}).run();
  } catch (const Error&) {
    return Error(ErrorCode::kParse, "written out, the expression is nested more than 200 deep");
  }
  return std::nullopt;
}

}  // namespace

Result<Expr> parse_expression(std::string_view text, const Bindings& bindings) {
  if (text.size() > kMaxCharacters) {
    return Error(ErrorCode::kParse, "the expression has more than 10,000 characters");
  }
  try {
    Parser parser(text, bindings);
    Expr expr = parser.run();
    if (bindings.empty() && parser.may_grow_when_written()) {
      if (auto error = too_large_when_written(expr)) return *error;
    }
    return expr;
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace nonlin
