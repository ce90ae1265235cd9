// An activation function as an immutable expression in one input x.
//
// Expressions are values: copying is cheap (shared nodes), comparison is structural, and nothing
// can change one after it was made, so they may be shared between threads freely. What an operation
// means is said once, in the op table (expr/op.h); how people write expressions, in expr/parse.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace nonlin {

enum class Op : std::uint8_t;

/// Whether a trainable parameter has one value for a layer, or one for each of its channels.
enum class Scope : std::uint8_t { kScalar, kPerChannel };

/// A trainable parameter. Two parameters of one expression are the same exactly if their names are.
struct Parameter {
  std::string name;
  double initial = 1.0;
  Scope scope = Scope::kPerChannel;  ///< Ramachandran et al. 2017, section 3: beta per channel.

  bool operator==(const Parameter&) const = default;
};

class Expr {
 public:
  /// The input x; the default expression is the identity.
  Expr();
  static Expr input();
  static Expr constant(double value);
  static Expr parameter(Parameter parameter);
  /// Applies an operation; the number of arguments must be the row's arity. No simplification.
  static Expr apply(Op op, std::vector<Expr> args);

  Op op() const;
  std::span<const Expr> args() const;
  /// The value of a constant; only for Op::kConstant.
  double value() const;
  /// Only for Op::kParameter.
  const Parameter& parameter() const;

  /// Nodes of the expression written as a tree (shared parts count every time they occur).
  std::size_t node_count() const;
  /// Equal expressions have equal hashes, on every machine.
  std::uint64_t hash() const;
  /// Structural equality: the same operations on the same leaves. NaN constants are equal.
  bool operator==(const Expr& other) const;

  bool is_input() const;
  bool is_constant() const;
  bool is_constant(double value) const;
  bool is_parameter() const;

 private:
  struct Node;
  explicit Expr(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  static bool equal_graphs(const Node& a, const Node& b);
  std::shared_ptr<const Node> node_;
};

/// The distinct parameters, in the order of their first occurrence from left to right.
std::vector<Parameter> parameters_of(const Expr& expr);

/// `expr` with every x replaced by `input`.
Expr substitute_input(const Expr& expr, const Expr& input);

/// `expr` with every occurrence of parameter `name` replaced by `value`.
Expr substitute_parameter(const Expr& expr, const std::string& name, const Expr& value);

/// `expr` with every parameter whose name is in `values` replaced, all in one pass: a value that
/// itself holds one of the names is left as it is.
Expr substitute_parameters(const Expr& expr, const std::map<std::string, Expr>& values);

/// The derivative with respect to x, by the op table's rules (PyTorch's conventions at kinks), with
/// zeros and ones folded away. Throws Error{kUnsupported} for an op whose row has no derivative.
Expr derivative(const Expr& expr);

/// The derivative with respect to the parameter called `name`.
Expr derivative(const Expr& expr, const std::string& name);

// Building blocks that fold only what is exact for every finite and non-finite float: 0 + a,
// 1 * a, constants, and 0 * a (only where a derivative is built, see derivative.cpp).
Expr operator+(const Expr& a, const Expr& b);
Expr operator-(const Expr& a, const Expr& b);
Expr operator*(const Expr& a, const Expr& b);
Expr operator/(const Expr& a, const Expr& b);
Expr operator-(const Expr& a);

}  // namespace nonlin
