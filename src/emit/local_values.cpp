#include "emit/local_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "expr/expr_hash.h"

namespace nonlin {
namespace {

// An operation's text is not made longer than this from parts that can have a line of their own.
constexpr std::size_t kLongText = 52;
constexpr std::size_t kShortPart = 14;

struct Use {
  int count = 0;                     // Places that need it, as a graph.
  std::optional<std::size_t> owner;  // The only result that needs it.
};

class ProgramWriter {
 public:
  explicit ProgramWriter(const Dialect& dialect) : dialect_(dialect) {}

  void count(const Expr& expr, std::size_t result) {
    const auto [at, is_new] = uses_.try_emplace(expr, Use{0, result});
    ++at->second.count;
    if (!is_new) {
      if (at->second.owner != result) share(expr);
      return;
    }
    for (const Expr& arg : expr.args()) count(arg, result);
  }

  void write_result(const Expr& expr) {
    Text text = write(expr);
    program_.results.push_back(std::move(text));
  }

  LocalProgram take() { return std::move(program_); }

 private:
  // Several results need it, and so all of its parts.
  void share(const Expr& expr) {
    Use& use = uses_.at(expr);
    if (!use.owner) return;
    use.owner.reset();
    for (const Expr& arg : expr.args()) share(arg);
  }

  Text write(const Expr& expr) {
    const OpText& row = text_of(dialect_.texts, expr);
    if (expr.args().empty()) return leaf(expr, row);
    if (const auto named = named_.find(expr); named != named_.end()) return {named->second};
    Text text = operation(expr, row);
    return uses_.at(expr).count > 1 ? make_local(expr, text) : text;
  }

  Text leaf(const Expr& expr, const OpText& row) {
    std::array<Replacement, 2> words = {Replacement{"$number", {}}, Replacement{"$name", {}}};
    std::string number, name;
    if (expr.is_constant()) words[0].text = number = dialect_.number(expr.value());
    if (expr.is_parameter()) words[1].text = name = dialect_.parameter_name(expr.parameter().name);
    Text text{filled(row.pattern, words), row.binding};
    if (text.text.starts_with('-')) text.binding = Binding::kSign;
    return text;
  }

  Text operation(const Expr& expr, const OpText& row) {
    const auto args = expr.args();
    std::vector<Text> parts;
    for (const Expr& arg : args) parts.push_back(write(arg));
    shorten(args, parts);
    const std::string a = operand_text(parts[0], row.first, Position::kFirst);
    const std::string b =
        parts.size() > 1 ? operand_text(parts[1], row.second, Position::kBehind) : "";
    if (!row.helper.empty()) program_.helpers.insert(row.helper);
    const std::array<Replacement, 2> words = {Replacement{"$a", a}, Replacement{"$b", b}};
    return {filled(row.pattern, words), row.binding};
  }

  // Gives the longest parts lines of their own until the rest fits into one.
  void shorten(std::span<const Expr> args, std::vector<Text>& parts) {
    for (;;) {
      std::size_t total = 0;
      std::optional<std::size_t> longest;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        total += parts[i].text.size();
        const bool can_be_named = !args[i].args().empty() && parts[i].text.size() > kShortPart;
        if (!can_be_named) continue;
        if (!longest || parts[i].text.size() > parts[*longest].text.size()) longest = i;
      }
      if (total <= kLongText || !longest) return;
      parts[*longest] = make_local(args[*longest], parts[*longest]);
    }
  }

  Text make_local(const Expr& expr, const Text& text) {
    std::string name = fmt::format("t{}", program_.locals.size() + 1);
    program_.locals.push_back({name, text.text, uses_.at(expr).owner});
    named_.emplace(expr, name);
    return {std::move(name)};
  }

  const Dialect& dialect_;
  std::unordered_map<Expr, Use, ExprHash> uses_;
  std::unordered_map<Expr, std::string, ExprHash> named_;
  LocalProgram program_;
};

class Folder {
 public:
  Expr operator()(const Expr& expr) {
    if (expr.args().empty()) return expr;
    if (const auto found = done_.find(expr); found != done_.end()) return found->second;
    std::vector<Expr> args;
    std::vector<double> values;
    for (const Expr& arg : expr.args()) {
      args.push_back((*this)(arg));
      if (args.back().is_constant()) values.push_back(args.back().value());
    }
    const Expr result = folded(expr.op(), std::move(args), values);
    done_.emplace(expr, result);
    return result;
  }

 private:
  // Beside numbers only what changes no bit: derivatives of e^x bring a factor log(e), which is 1.
  static Expr folded(Op op, std::vector<Expr> args, std::span<const double> values) {
    if (values.size() == args.size()) return Expr::constant(row_of(op).value(values));
    if (op == Op::kMul && args[0].is_constant(1)) return args[1];
    if (op == Op::kMul && args[1].is_constant(1)) return args[0];
    return Expr::apply(op, std::move(args));
  }

  std::unordered_map<Expr, Expr, ExprHash> done_;
};

}  // namespace

LocalProgram write_program(const Dialect& dialect, std::span<const Expr> results) {
  Folder fold;
  std::vector<Expr> folded;
  for (const Expr& result : results) folded.push_back(fold(result));
  ProgramWriter writer(dialect);
  for (std::size_t i = 0; i < folded.size(); ++i) writer.count(folded[i], i);
  for (const Expr& result : folded) writer.write_result(result);
  return writer.take();
}

Expr fold_numbers(const Expr& expr) { return Folder()(expr); }

bool has_input(const Expr& expr) {
  // Graphs, not trees: what was seen once holds no x.
  std::unordered_map<Expr, bool, ExprHash> seen;
  const auto visit = [&seen](const auto& self, const Expr& part) -> bool {
    if (part.is_input()) return true;
    if (!seen.emplace(part, false).second) return false;
    return std::ranges::any_of(part.args(), [&](const Expr& arg) { return self(self, arg); });
  };
  return visit(visit, expr);
}

}  // namespace nonlin
