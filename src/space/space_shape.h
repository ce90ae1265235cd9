// The shapes that functions of a space have: graphs whose nodes are the input x, something fixed,
// or a choice from a class of functions.
//
// A shape is written as nested calls of classes, earlier parts first, each under a name:
//
//   binary(unary(x), unary(x))
//   u = binary(unary(x), unary(x)); binary(unary(u), unary(x))
//
// What is named is one part, however often it is used: the two operands of binary(u, u) are the
// same function with the same parameters. Parts refer backwards only, so that there are no cycles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "expr/expr.h"

namespace nonlin {

/// How many operands the functions of a class take.
enum class Operands : std::uint8_t {
  kNone,  ///< They are constants or parameters.
  kOne,   ///< Written in x.
  kTwo,   ///< Written in parameters called a and b.
  kMany,  ///< Two or more: written in a and b, and folded from the left: f(f(u, v), w).
};

/// What a slot is filled from.
struct FunctionClass {
  std::string name;  ///< "unary", "binary", "nary", "edge".
  Operands operands = Operands::kOne;
  std::vector<Expr> functions;
};

/// A node of a shape. Exactly one holds: it is the input; `slot` chooses its function; `fixed` is
/// its function, written like those of a class.
struct SpaceNode {
  bool is_input = false;
  std::optional<std::uint32_t> slot;
  std::optional<Expr> fixed;
  Operands operands_kind = Operands::kNone;
  std::vector<std::uint32_t> operands;  ///< Earlier nodes; one may occur several times.
};

/// A place where a function is chosen.
struct SpaceSlot {
  std::uint32_t function_class = 0;  ///< Index into the space's classes.
  std::uint32_t node = 0;            ///< Index into the shape's nodes.
  /// What the place is to the whole function, the same in every shape that has it: "out" for the
  /// outermost function, "out.a" for its first operand, "u1.b" for the second operand of the part
  /// called u1; in a space around a function, "out.b.edge" for what is put behind its node "out.b".
  /// Choices may be carried from shape to shape by it.
  std::string role;
};

/// Nodes come after their operands; the last one is the function. Slots are in the order in which
/// they are written.
struct SpaceShape {
  std::string text;
  std::vector<SpaceNode> nodes;
  std::vector<SpaceSlot> slots;
};

/// Reads a shape over `classes`. Errors (kParse): an unknown class or name, with the nearest one; a
/// wrong number of operands; a part that is defined twice, after its use, or never used.
Result<SpaceShape> parse_shape(std::string_view text, const std::vector<FunctionClass>& classes);

/// Whether a unit may take the output of any earlier unit, or only that of the one before.
enum class Topology : std::uint8_t { kAny, kChain };

/// The shapes of `units` core units, binary(unary(p), unary(q)) each, where p and q are x or the
/// output of an earlier unit as `topology` allows. The last unit uses all others, directly or not.
/// Shapes that differ only in the order of their units are there once.
std::vector<std::string> core_unit_shapes(int units, Topology topology);

/// More units than this make more shapes than anybody can search.
constexpr int kMostUnits = 4;

}  // namespace nonlin
