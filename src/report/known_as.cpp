#include "report/known_as.h"

#include <nlohmann/json.hpp>

#include "report/export.h"

namespace nonlin {

using nlohmann::ordered_json;

ordered_json affine_json(const Rediscovery& rediscovery) {
  ordered_json list = ordered_json::array();
  for (const AffineMatch& match : rediscovery.affine) {
    list.push_back({{"entry", match.entry->name},
                    {"formula", match.formula},
                    {"same", to_string(match.sameness)},
                    {"output_scale", json_number(match.output_scale)},
                    {"input_scale", json_number(match.input_scale)},
                    {"input_shift", json_number(match.input_shift)},
                    {"output_shift", json_number(match.output_shift)}});
  }
  return list;
}

ordered_json nearest_json(const Rediscovery& rediscovery) {
  ordered_json list = ordered_json::array();
  for (const Neighbour& neighbour : rediscovery.nearest) {
    list.push_back({{"entry", neighbour.entry->name},
                    {"distance", json_number(neighbour.distance)},
                    {"fitted_distance", json_number(neighbour.fitted_distance)}});
  }
  return list;
}

}  // namespace nonlin
