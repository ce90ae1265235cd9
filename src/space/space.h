// A search space: the paper's core units (Ramachandran, Zoph, Le 2017, section 2) as TOML tables of
// unary and binary functions; counted, and enumerated without semantic duplicates.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "expr/expr.h"
#include "numeric/screen.h"

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
  SpaceOptions options;
  std::vector<Expr> unary;   ///< In x.
  std::vector<Expr> binary;  ///< In parameters called a and b; x does not occur.
};

/// One family of functions (numeric/family.h) of the space.
struct Candidate {
  std::uint64_t number = 0;  ///< Of the raw enumeration, first of its equals: stable for a space.
  Expr expr;                 ///< Simplest of the ways to compose it, simplified (fewest nodes).
  std::uint64_t ways = 1;    ///< Raw compositions that are this family.
};

struct SpaceCount {
  std::uint64_t raw = 0;       ///< binary x unary x unary, before anything is removed.
  std::uint64_t distinct = 0;  ///< Different families of functions.
  std::map<RejectReason, std::uint64_t> rejected;  ///< Of the distinct ones, by the screen.
};

class Space {
 public:
  Space(std::string name, SpaceDefinition definition);

  /// A built-in name ("core1"), found in `folder`, or the path of a TOML file. Errors: kNotFound
  /// (nearest names), kParse with file and line for misspelt keys, values of the wrong kind and
  /// functions that cannot be read.
  static Result<Space> load(const std::string& name_or_path, const std::string& folder);

  const std::string& name() const { return name_; }
  const std::string& description() const { return definition_.description; }
  const SpaceOptions& options() const { return definition_.options; }
  std::uint64_t raw_count() const;
  /// The raw candidate number `index`, as composed (not simplified). The second unary function
  /// changes fastest, the binary one slowest. Every occurrence of a function brings parameters of
  /// its own, numbered in the order of appearance: beta, beta2, beta3.
  Expr raw(std::uint64_t index) const;
  /// All distinct families in raw order, screened or not; about half a second for core1.
  std::vector<Candidate> distinct() const;
  /// Costs one distinct() and one screening of every candidate.
  SpaceCount count() const;
  /// Changes when the meaning of the space does (not with its description): stored with a study.
  std::uint64_t fingerprint() const;

 private:
  std::string name_;
  SpaceDefinition definition_;
};

/// Names of the spaces in `folder`, sorted.
std::vector<std::string> list_spaces(const std::string& folder);

}  // namespace nonlin
