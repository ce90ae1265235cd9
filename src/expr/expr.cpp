#include "expr/expr.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "expr/expr_hash.h"
#include "expr/op.h"

namespace nonlin {

struct Expr::Node {
  Op op = Op::kInput;
  double value = 0;
  Parameter parameter;
  std::vector<Expr> args;
  std::size_t node_count = 1;
  std::uint64_t hash = 0;

  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Takes apart what nobody else holds in a loop: a chain of a million operations, each holding the
  // next, would not fit on the stack.
  ~Node() {
    std::vector<Expr> unused = std::move(args);
    while (!unused.empty()) {
      const std::shared_ptr<const Node> node = std::move(unused.back().node_);
      unused.pop_back();
      if (node.use_count() > 1) continue;
      std::atomic_thread_fence(std::memory_order_acquire);
      // Nodes are made without const, and this one dies at the end of the round.
      std::vector<Expr>& inner = const_cast<Node&>(*node).args;
      std::ranges::move(inner, std::back_inserter(unused));
      inner.clear();
    }
  }
};

namespace {

// One pattern for all NaNs, so that equal expressions hash alike.
std::uint64_t bits_of(double value) {
  return std::isnan(value) ? 0x7ff8000000000000ULL : std::bit_cast<std::uint64_t>(value);
}

// Shared parts count every time, so that a small graph may be a tree of more nodes than fit.
std::size_t saturating_sum(std::size_t a, std::size_t b) { return a + b < a ? SIZE_MAX : a + b; }

}  // namespace

Expr::Expr() : Expr(input()) {}

Expr Expr::input() {
  static const std::shared_ptr<const Node> kNode = [] {
    auto node = std::make_shared<Node>();
    node->hash = mix64(static_cast<std::uint64_t>(Op::kInput));
    return node;
  }();
  return Expr(kNode);
}

Expr Expr::constant(double value) {
  auto node = std::make_shared<Node>();
  node->op = Op::kConstant;
  node->value = value;
  node->hash = hash_combine(mix64(static_cast<std::uint64_t>(Op::kConstant)), bits_of(value));
  return Expr(std::move(node));
}

Expr Expr::parameter(Parameter parameter) {
  auto node = std::make_shared<Node>();
  node->op = Op::kParameter;
  node->hash =
      hash_combine(mix64(static_cast<std::uint64_t>(Op::kParameter)), hash_text(parameter.name));
  node->hash = hash_combine(node->hash, bits_of(parameter.initial));
  node->hash = hash_combine(node->hash, static_cast<std::uint64_t>(parameter.scope));
  node->parameter = std::move(parameter);
  return Expr(std::move(node));
}

Expr Expr::apply(Op op, std::vector<Expr> args) {
  assert(row_of(op).arity > 0 && args.size() == static_cast<std::size_t>(row_of(op).arity));
  auto node = std::make_shared<Node>();
  node->op = op;
  node->hash = mix64(static_cast<std::uint64_t>(op));
  for (const Expr& arg : args) {
    node->node_count = saturating_sum(node->node_count, arg.node_count());
    node->hash = hash_combine(node->hash, arg.hash());
  }
  node->args = std::move(args);
  return Expr(std::move(node));
}

Op Expr::op() const { return node_->op; }
std::span<const Expr> Expr::args() const { return node_->args; }

double Expr::value() const {
  assert(is_constant());
  return node_->value;
}

const Parameter& Expr::parameter() const {
  assert(is_parameter());
  return node_->parameter;
}

std::size_t Expr::node_count() const { return node_->node_count; }
std::uint64_t Expr::hash() const { return node_->hash; }

bool Expr::operator==(const Expr& other) const {
  if (node_ == other.node_) return true;
  if (node_->hash != other.node_->hash || node_->op != other.node_->op) return false;
  if (is_constant()) return bits_of(value()) == bits_of(other.value());
  if (is_parameter()) return parameter() == other.parameter();
  // As trees two small graphs may be too large to walk.
  constexpr std::size_t kSmallTree = 64;
  if (node_count() > kSmallTree) return equal_graphs(*node_, *other.node_);
  return node_->args == other.node_->args;
}

bool Expr::equal_graphs(const Node& a, const Node& b) {
  std::set<std::pair<const Node*, const Node*>> seen;
  std::vector<std::pair<const Node*, const Node*>> waiting{{&a, &b}};
  while (!waiting.empty()) {
    const auto [left, right] = waiting.back();
    waiting.pop_back();
    if (left->hash != right->hash || left->args.size() != right->args.size()) return false;
    if (left->op != right->op) return false;
    for (std::size_t i = 0; i < left->args.size(); ++i) {
      const Expr &first = left->args[i], &second = right->args[i];
      if (first.node_ == second.node_) continue;
      if (first.args().empty()) {
        if (!(first == second)) return false;
      } else if (seen.emplace(first.node_.get(), second.node_.get()).second) {
        waiting.emplace_back(first.node_.get(), second.node_.get());
      }
    }
  }
  return true;
}

bool Expr::is_input() const { return op() == Op::kInput; }
bool Expr::is_constant() const { return op() == Op::kConstant; }
bool Expr::is_constant(double value) const {
  return is_constant() && bits_of(node_->value) == bits_of(value);
}
bool Expr::is_parameter() const { return op() == Op::kParameter; }

namespace {

using Rewritten = std::unordered_map<Expr, Expr, ExprHash>;

using Visited = std::unordered_set<Expr, ExprHash>;

void collect_parameters(const Expr& expr, Visited& visited, std::vector<Parameter>& found) {
  if (!visited.insert(expr).second) return;
  if (expr.is_parameter()) {
    for (const Parameter& known : found) {
      if (known.name == expr.parameter().name) return;
    }
    found.push_back(expr.parameter());
  }
  for (const Expr& arg : expr.args()) collect_parameters(arg, visited, found);
}

// Replaces every leaf by what `replaced` makes of it; shared parts are rewritten once.
template <typename Replaced>
Expr replace_leaves(const Expr& expr, const Replaced& replaced, Rewritten& done) {
  if (expr.args().empty()) return replaced(expr);
  if (auto found = done.find(expr); found != done.end()) return found->second;
  std::vector<Expr> args;
  for (const Expr& arg : expr.args()) args.push_back(replace_leaves(arg, replaced, done));
  Expr result = Expr::apply(expr.op(), std::move(args));
  done.emplace(expr, result);
  return result;
}

}  // namespace

std::vector<Parameter> parameters_of(const Expr& expr) {
  std::vector<Parameter> found;
  Visited visited;
  collect_parameters(expr, visited, found);
  return found;
}

Expr substitute_input(const Expr& expr, const Expr& input) {
  Rewritten done;
  return replace_leaves(
      expr, [&](const Expr& leaf) { return leaf.is_input() ? input : leaf; }, done);
}

Expr substitute_parameter(const Expr& expr, const std::string& name, const Expr& value) {
  return substitute_parameters(expr, {{name, value}});
}

Expr substitute_parameters(const Expr& expr, const std::map<std::string, Expr>& values) {
  const auto replaced = [&](const Expr& leaf) {
    if (!leaf.is_parameter()) return leaf;
    const auto found = values.find(leaf.parameter().name);
    return found == values.end() ? leaf : found->second;
  };
  Rewritten done;
  return replace_leaves(expr, replaced, done);
}

}  // namespace nonlin
