// Every distinct function of a space as a line of JSON: its number, expression, nodes, ways to
// compose it, and why the screen turns it down, if it does. Argument: name or path of the space.
#include <fmt/format.h>

#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "expr/parse.h"
#include "numeric/screen.h"
#include "space/space.h"

int main(int argc, char** argv) {
  try {
    const auto space =
        nonlin::Space::load(argc > 1 ? argv[1] : "core1", NONLIN_SOURCE_DIR "/spaces")
            .value_or_throw();
    for (const nonlin::Candidate& candidate : space.distinct().value_or_throw()) {
      nlohmann::ordered_json line = {{"number", candidate.number},
                                     {"expression", nonlin::to_string(candidate.expr)},
                                     {"nodes", candidate.expr.node_count()},
                                     {"ways", candidate.ways},
                                     {"rejected", nullptr}};
      if (const auto rejection = nonlin::screen(candidate.expr)) {
        line["rejected"] = nonlin::to_string(rejection->reason);
      }
      std::cout << line << '\n';
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "candidates: {}\n", error.what());
    return 1;
  }
}
