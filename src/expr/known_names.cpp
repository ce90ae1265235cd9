#include "expr/known_names.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numbers>

#include "base/nearest.h"
#include "expr/catalogue.h"
#include "expr/op.h"

namespace nonlin {
namespace {

constexpr std::string_view kGreek[] = {"alpha",   "beta",  "gamma",   "delta", "epsilon", "zeta",
                                       "eta",     "theta", "iota",    "kappa", "lambda",  "mu",
                                       "nu",      "xi",    "omicron", "rho",   "sigma",   "tau",
                                       "upsilon", "phi",   "chi",     "psi",   "omega"};

}  // namespace

std::optional<double> named_number(std::string_view name) {
  if (name == "pi") return std::numbers::pi;
  if (name == "e") return std::numbers::e;
  if (name == "inf") return std::numeric_limits<double>::infinity();
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

bool is_parameter_name(std::string_view name) {
  name = name.substr(0, name.find_last_not_of("0123456789") + 1);
  return std::ranges::find(kGreek, name) != std::end(kGreek);
}

std::vector<std::string> known_names() {
  std::vector<std::string> names{"x", "e", "pi"};
  for (const OpRow& row : op_table()) {
    if (find_function(row.name) == &row) names.emplace_back(row.name);
  }
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    const auto is_same = [&](const std::string& name) {
      return name.size() == entry.name.size() && edit_distance(name, entry.name) == 0;
    };
    if (std::ranges::none_of(names, is_same)) names.emplace_back(entry.name);
  }
  for (std::string_view letter : kGreek) names.emplace_back(letter);
  return names;
}

}  // namespace nonlin
