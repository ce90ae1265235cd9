// A search space: classes of functions, and the shapes they are composed in, as a TOML file says
// (space/space_file.h, docs/spaces.md). The smallest is the paper's core unit (Ramachandran, Zoph,
// Le 2017, section 2), binary(unary(x), unary(x)).
//
// A member is a Composition: which shape, and a choice for each of its slots. All are numbered,
// counted without being enumerated, and drawn uniformly. Different compositions may be the same
// function; Walk (space/walk.h) passes each function once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "expr/expr.h"
#include "space/composition.h"
#include "space/constraints.h"
#include "space/space_shape.h"

namespace nonlin {

/// The paper's open choices, as `[options]` of a space's TOML.
struct SpaceOptions {
  double epsilon = 1e-7;  ///< `eps` in the functions: log(|x| + eps), a/(b + eps).
  double beta_start = 1.0;
  Scope beta_scope = Scope::kPerChannel;
  bool sqrt_of_absolute = false;  ///< sqrt(|x|) instead of NaN below zero.
  bool sinc_without_pi = false;   ///< sin(x)/x instead of sin(pi x)/(pi x).
};

/// What a space's file says. Each function comes with the options applied.
struct SpaceDefinition {
  std::string description;
  std::string source;  ///< Who proposed the space, and what is not known of it; may be empty.
  SpaceOptions options;
  std::vector<FunctionClass> classes;
  std::vector<SpaceShape> shapes;
  Constraints constraints;
  std::vector<Expr> seeds;  ///< Known functions that samplers propose first.
};

/// The paper's core unit over these functions: unary ones in x, binary ones in parameters a and b.
SpaceDefinition core_unit(std::vector<Expr> unary, std::vector<Expr> binary);

/// One family of functions (numeric/family.h) of the space.
struct Candidate {
  std::uint64_t number = 0;  ///< Of the raw enumeration, first of its equals: stable for a space.
  Expr expr;                 ///< Simplest of the ways to compose it, simplified (fewest nodes).
  std::uint64_t ways = 1;    ///< Raw compositions that are this family.
};

/// The number of compositions of some shapes. Error (kUsage) with the size in words if there are
/// 2^63 or more: more than a member's number can say.
Result<std::uint64_t> count_compositions(const std::vector<FunctionClass>& classes,
                                         const std::vector<SpaceShape>& shapes);

/// Immutable: may be shared between threads.
class Space {
 public:
  /// `definition` has at least one shape, no class that is used is empty, and its compositions can
  /// be counted, as read_space_file guarantees.
  Space(std::string name, SpaceDefinition definition);

  /// A built-in name ("core1"), found in `folder`, or the path of a TOML file. Errors: kNotFound
  /// (nearest names), kParse with file and line for misspelt keys, values of the wrong kind and
  /// functions that cannot be read.
  static Result<Space> load(const std::string& name_or_path, const std::string& folder);

  const std::string& name() const { return name_; }
  const std::string& description() const { return definition_.description; }
  const std::string& source() const { return definition_.source; }
  const SpaceOptions& options() const { return definition_.options; }
  const std::vector<FunctionClass>& classes() const { return definition_.classes; }
  const std::vector<SpaceShape>& shapes() const { return definition_.shapes; }
  const Constraints& constraints() const { return definition_.constraints; }
  const std::vector<Expr>& seeds() const { return definition_.seeds; }
  /// What slot `slot` of shape `shape` is filled from.
  const FunctionClass& class_of(std::uint32_t shape, std::size_t slot) const;

  /// Compositions, exactly and without enumerating them.
  std::uint64_t raw_count() const { return first_of_shape_.back(); }
  /// Of one shape.
  std::uint64_t raw_count(std::uint32_t shape) const;
  /// Member number `index`: shapes in their order, the last slot changing fastest.
  Composition composition(std::uint64_t index) const;
  std::uint64_t index_of(const Composition& composition) const;
  /// Whether it is a member of this space at all, constraints aside.
  bool contains(const Composition& composition) const;
  /// Uniform over all compositions, the excluded ones too.
  Composition random(RandomStream& random) const { return composition(random.below(raw_count())); }

  /// The function as composed, not simplified. Every node brings parameters of its own, numbered in
  /// the order of appearance: beta, beta2, beta3; a node that is used twice has them once.
  Expr compose(const Composition& composition) const;
  /// The function simplified: what is proposed, stored and trained.
  Expr function(const Composition& composition) const;
  /// function(composition), or nothing if the constraints exclude it.
  std::optional<Expr> allowed_function(const Composition& composition) const;
  /// Whether the constraints allow it as composed; far cheaper than allowed_function(), which also
  /// looks at what is left after simplification.
  bool may_be_allowed(const Composition& composition) const;

  /// compose(composition(index)).
  Expr raw(std::uint64_t index) const { return compose(composition(index)); }
  /// All distinct families in raw order that the constraints allow, screened or not; about half a
  /// second for core1. Error (kUsage) for a space of more than `kMostListed` compositions.
  Result<std::vector<Candidate>> distinct() const;
  static constexpr std::uint64_t kMostListed = 200'000;
  /// The error of distinct(), known beforehand.
  std::optional<Error> too_large_to_list() const;
  /// Changes when the meaning of the space does (not with its description): stored with a study.
  std::uint64_t fingerprint() const;

 private:
  std::string name_;
  SpaceDefinition definition_;
  /// Number of the first member of each shape; behind the last one, the number of all.
  std::vector<std::uint64_t> first_of_shape_;
  /// Operations of each class's functions, to judge a composition without composing it.
  std::vector<std::vector<OpSet>> operations_;
};

/// Names of the spaces in `folder`, sorted.
std::vector<std::string> list_spaces(const std::string& folder);

}  // namespace nonlin
