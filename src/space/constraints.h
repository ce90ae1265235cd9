// What a space's functions must have and must not have, as `[constraints]` of its TOML. They hold
// for a function as it is composed and as it is written after simplification: a function whose
// required operation cancels out is not in the space, nor is one in which a forbidden operation
// appears only when it is simplified.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expr.h"
#include "expr/op.h"

namespace nonlin {

/// A set of operations of the op table.
class OpSet {
 public:
  OpSet() = default;
  void insert(Op op) { bits_ |= bit(op); }
  bool contains(Op op) const { return (bits_ & bit(op)) != 0; }
  bool contains_all(OpSet other) const { return (bits_ & other.bits_) == other.bits_; }
  bool overlaps(OpSet other) const { return (bits_ & other.bits_) != 0; }
  bool empty() const { return bits_ == 0; }
  OpSet operator|(OpSet other) const { return OpSet(bits_ | other.bits_); }
  OpSet operator&(OpSet other) const { return OpSet(bits_ & other.bits_); }
  OpSet without(OpSet other) const { return OpSet(bits_ & ~other.bits_); }
  std::uint64_t bits() const { return bits_; }
  bool operator==(const OpSet&) const = default;

 private:
  explicit OpSet(std::uint64_t bits) : bits_(bits) {}
  static std::uint64_t bit(Op op) { return std::uint64_t{1} << static_cast<unsigned>(op); }
  std::uint64_t bits_ = 0;
};

/// The operations in `expr`.
OpSet operations_of(const Expr& expr);

/// The operation called `name` in a constraint: a function by its name ("sin", "abs"), an infix
/// operation by its sign, "neg" for the minus sign in front.
std::optional<Op> operation_named(std::string_view name);
/// The inverse.
std::string constraint_name(Op op);
/// All names, for hints.
std::vector<std::string> operation_names();

struct Constraints {
  OpSet require;                              ///< All of them are in the function.
  OpSet require_any;                          ///< Unless empty: at least one of them is.
  OpSet forbid;                               ///< None of them is.
  std::optional<std::size_t> max_nodes;       ///< Of the simplified function.
  std::optional<std::size_t> max_parameters;  ///< Of the simplified function.

  /// Whether they allow everything.
  bool empty() const;
  bool operator==(const Constraints&) const = default;

  /// Whether a function with these operations is allowed, sizes aside.
  bool allow(OpSet operations) const;
  /// Why `simplified` is not allowed, in words; nothing if it is.
  std::optional<std::string> objection(const Expr& simplified) const;
};

}  // namespace nonlin
