#include "space/constraints.h"

#include <fmt/format.h>

#include <algorithm>
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

bool is_possible(const SpaceShape& shape, const Constraints& constraints,
                 const std::vector<FunctionClass>& classes) {
  for (const SpaceNode& node : shape.nodes) {
    if (node.fixed && operations_of(*node.fixed).overlaps(constraints.forbid)) return false;
  }
  return std::ranges::none_of(shape.slots, [&](const SpaceSlot& slot) {
    return classes[slot.function_class].functions.empty();
  });
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

std::string names_of(OpSet operations) {
  std::string text;
  for (const OpRow& row : op_table()) {
    if (!operations.contains(row.op)) continue;
    if (!text.empty()) text += ", ";
    text += constraint_name(row.op);
  }
  return text;
}

bool Constraints::empty() const { return *this == Constraints{}; }

bool Constraints::allow(OpSet operations) const {
  return operations.contains_all(require) && !operations.overlaps(forbid) &&
         (require_any.empty() || operations.overlaps(require_any));
}

std::optional<std::string> Constraints::objection(const Expr& simplified) const {
  const OpSet operations = operations_of(simplified);
  if (operations.overlaps(forbid)) {
    return fmt::format("holds what is forbidden: {}", names_of(operations & forbid));
  }
  if (!operations.contains_all(require)) {
    return fmt::format("lacks what is required: {}", names_of(require.without(operations)));
  }
  if (!allow(operations)) return fmt::format("holds none of {}", names_of(require_any));
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

std::optional<Error> restrict_to(const Constraints& constraints,
                                 std::vector<FunctionClass>& classes,
                                 std::vector<SpaceShape>& shapes) {
  OpSet available;
  for (FunctionClass& each : classes) {
    std::erase_if(each.functions, [&](const Expr& function) {
      return operations_of(function).overlaps(constraints.forbid);
    });
    for (const Expr& function : each.functions) available = available | operations_of(function);
  }
  std::erase_if(shapes,
                [&](const SpaceShape& shape) { return !is_possible(shape, constraints, classes); });
  if (shapes.empty()) {
    return Error(ErrorCode::kUsage,
                 "nothing is left of the space: what is forbidden is in every shape",
                 "forbid less, or add functions without it");
  }
  for (const SpaceShape& shape : shapes) {
    for (const SpaceNode& node : shape.nodes) {
      if (node.fixed) available = available | operations_of(*node.fixed);
    }
  }
  const OpSet missing = constraints.require.without(available);
  if (!missing.empty()) {
    return Error(ErrorCode::kUsage,
                 fmt::format("{} is required, but in no function", names_of(missing)),
                 "add a function with it, or do not require it");
  }
  const OpSet any = constraints.require_any;
  if (!any.empty() && !any.overlaps(available)) {
    return Error(ErrorCode::kUsage,
                 fmt::format("one of {} is required, but none is in any function", names_of(any)),
                 "add a function with one of them");
  }
  return std::nullopt;
}

}  // namespace nonlin
