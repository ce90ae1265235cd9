#include "space/around.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "expr/op.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

constexpr std::size_t kMostShapes = 10'000;

enum class EditKind { kOperation, kNumber, kEdge };

// A place that may be edited: a node of the function's tree, or the edge that leads out of it.
struct Place {
  EditKind kind = EditKind::kOperation;
  std::string path;  // "out.a.b"
  std::uint32_t function_class = 0;

  std::string role() const { return kind == EditKind::kEdge ? path + ".edge" : path; }
};

class Editor {
 public:
  explicit Editor(const Around& around) : around_(around) {}

  Result<AroundSpace> space() {
    find_places(around_.function, "out");
    if (places_.empty()) {
      return Error(ErrorCode::kUsage,
                   fmt::format("nothing in {} may be edited", to_string(around_.function)),
                   "give a list of unary, binary or edge functions, or multiples of its numbers");
    }
    if (shape_count() > kMostShapes) {
      return Error(ErrorCode::kUsage,
                   fmt::format("{} edits at {} places make {} shapes, more than {}", around_.edits,
                               places_.size(), shape_count(), kMostShapes),
                   "fewer edits, or a shorter function");
    }
    std::vector<std::size_t> chosen;
    for (int edits = 0; edits <= around_.edits; ++edits) add_shapes(chosen, 0, edits);
    return std::move(result_);
  }

 private:
  void find_places(const Expr& expr, const std::string& path) {
    const auto add = [&](EditKind kind, const char* name, Operands operands,
                         const std::vector<Expr>& functions) {
      if (functions.empty()) return;
      places_.push_back({kind, path, class_named(name, operands, functions)});
    };
    if (!expr.is_constant()) add(EditKind::kEdge, "edge", Operands::kOne, around_.edges);
    if (expr.is_constant()) {
      std::vector<Expr> numbers;
      for (double by : around_.multiples) numbers.push_back(Expr::constant(by * expr.value()));
      const std::string name = fmt::format("number {}", to_string(expr));
      add(EditKind::kNumber, name.c_str(), Operands::kNone, numbers);
    } else if (expr.args().size() == 1) {
      add(EditKind::kOperation, "unary", Operands::kOne, around_.unary);
    } else if (expr.args().size() == 2) {
      add(EditKind::kOperation, "binary", Operands::kTwo, around_.binary);
    }
    for (std::size_t i = 0; i < expr.args().size(); ++i) {
      find_places(expr.args()[i], path + (i == 0 ? ".a" : ".b"));
    }
  }

  std::uint32_t class_named(const std::string& name, Operands operands,
                            const std::vector<Expr>& functions) {
    std::vector<FunctionClass>& classes = result_.classes;
    const auto found = std::ranges::find(classes, name, &FunctionClass::name);
    const auto index = static_cast<std::uint32_t>(found - classes.begin());
    if (found == classes.end()) classes.push_back({name, operands, functions});
    return index;
  }

  // Sets of at most `edits` places: a sum of binomial coefficients.
  std::size_t shape_count() const {
    std::size_t sum = 1, sets = 1;
    for (std::size_t k = 1; k <= std::min(places_.size(), static_cast<std::size_t>(around_.edits));
         ++k) {
      sets = sets * (places_.size() - k + 1) / k;
      sum += sets;
    }
    return sum;
  }

  // All sets of `more` further places from `from` on.
  void add_shapes(std::vector<std::size_t>& chosen, std::size_t from, int more) {
    if (more == 0) return result_.shapes.push_back(shape_with(chosen));
    for (std::size_t place = from; place < places_.size(); ++place) {
      chosen.push_back(place);
      add_shapes(chosen, place + 1, more - 1);
      chosen.pop_back();
    }
  }

  SpaceShape shape_with(const std::vector<std::size_t>& chosen) {
    SpaceShape shape;
    std::vector<std::string> roles;
    for (std::size_t place : chosen) {
      roles.push_back(places_[place].role());
      shape.slots.push_back({.function_class = places_[place].function_class,
                             .node = 0,
                             .role = places_[place].role()});
    }
    shape.text = to_string(around_.function);
    if (!roles.empty()) shape.text += fmt::format(", edited at {}", fmt::join(roles, ", "));
    add_node(around_.function, "out", shape);
    return shape;
  }

  static std::optional<std::uint32_t> slot_at(const SpaceShape& shape, const std::string& role) {
    const auto found = std::ranges::find(shape.slots, role, &SpaceSlot::role);
    if (found == shape.slots.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - shape.slots.begin());
  }

  // The node of the tree, and that of an edit of the edge behind it.
  std::uint32_t add_node(const Expr& expr, const std::string& path, SpaceShape& shape) {
    SpaceNode node{.slot = slot_at(shape, path), .fixed = {}, .operands = {}};
    constexpr Operands kKinds[] = {Operands::kNone, Operands::kOne, Operands::kTwo};
    node.operands_kind = kKinds[expr.args().size()];
    for (std::size_t i = 0; i < expr.args().size(); ++i) {
      node.operands.push_back(add_node(expr.args()[i], path + (i == 0 ? ".a" : ".b"), shape));
    }
    node.is_input = expr.is_input();
    if (!node.slot && !node.is_input) node.fixed = bare(expr);
    std::uint32_t index = add(std::move(node), shape);
    if (const auto edge = slot_at(shape, Place{EditKind::kEdge, path, 0}.role())) {
      index = add({.slot = edge, .fixed = {}, .operands_kind = Operands::kOne, .operands = {index}},
                  shape);
    }
    return index;
  }

  static std::uint32_t add(SpaceNode node, SpaceShape& shape) {
    const auto index = static_cast<std::uint32_t>(shape.nodes.size());
    if (node.slot) shape.slots[*node.slot].node = index;
    shape.nodes.push_back(std::move(node));
    return index;
  }

  // The operation alone, written like a function of a class.
  static Expr bare(const Expr& expr) {
    switch (expr.args().size()) {
      case 0: return expr;
      case 1: return Expr::apply(expr.op(), {Expr::input()});
      default:
        return Expr::apply(expr.op(),
                           {Expr::parameter({.name = "a"}), Expr::parameter({.name = "b"})});
    }
  }

  const Around& around_;
  std::vector<Place> places_;
  AroundSpace result_;
};

}  // namespace

Result<AroundSpace> space_around(const Around& around) { return Editor(around).space(); }

}  // namespace nonlin
