#include "space/constraints.h"

#include <fmt/format.h>

#include <unordered_set>

#include "expr/expr_hash.h"

namespace nonlin {
namespace {

bool is_operation(const OpRow& row) { return row.arity > 0; }

void collect(const Expr& expr, std::unordered_set<Expr, ExprHash>& visited, OpSet& found) {
  if (expr.args().empty() || !visited.insert(expr).second) return;
  found.insert(expr.op());
  for (const Expr& arg : expr.args()) collect(arg, visited, found);
}

std::string words(OpSet operations) {
  std::string text;
  for (const OpRow& row : op_table()) {
    if (!operations.contains(row.op)) continue;
    if (!text.empty()) text += ", ";
    text += constraint_name(row.op);
  }
  return text;
}

}  // namespace

OpSet operations_of(const Expr& expr) {
  std::unordered_set<Expr, ExprHash> visited;
  OpSet found;
  collect(expr, visited, found);
  return found;
}

std::string constraint_name(Op op) { return op == Op::kNeg ? "neg" : std::string(row_of(op).name); }

std::optional<Op> operation_named(std::string_view name) {
  for (const OpRow& row : op_table()) {
    if (is_operation(row) && constraint_name(row.op) == name) return row.op;
  }
  return std::nullopt;
}

std::vector<std::string> operation_names() {
  std::vector<std::string> names;
  for (const OpRow& row : op_table()) {
    if (is_operation(row)) names.push_back(constraint_name(row.op));
  }
  return names;
}

bool Constraints::empty() const { return *this == Constraints{}; }

bool Constraints::allow(OpSet operations) const {
  return operations.contains_all(require) && !operations.overlaps(forbid) &&
         (require_any.empty() || operations.overlaps(require_any));
}

std::optional<std::string> Constraints::objection(const Expr& simplified) const {
  const OpSet operations = operations_of(simplified);
  if (operations.overlaps(forbid)) {
    return fmt::format("holds what is forbidden: {}", words(operations & forbid));
  }
  if (!operations.contains_all(require)) {
    return fmt::format("lacks what is required: {}", words(require.without(operations)));
  }
  if (!allow(operations)) return fmt::format("holds none of {}", words(require_any));
  if (max_nodes && simplified.node_count() > *max_nodes) {
    return fmt::format("has {} nodes, more than {}", simplified.node_count(), *max_nodes);
  }
  if (max_parameters) {
    const std::size_t count = parameters_of(simplified).size();
    if (count > *max_parameters) {
      return fmt::format("has {} parameters, more than {}", count, *max_parameters);
    }
  }
  return std::nullopt;
}

}  // namespace nonlin
