// What a function is known as (numeric/rediscovery.h), as JSON: the fields that every command that
// names functions writes, described once in docs/formats.md.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "numeric/rediscovery.h"

namespace nonlin {

/// A list of `entry`, `formula`, `same` (to_string(Sameness)), `output_scale`, `input_scale`,
/// `input_shift`, `output_shift`.
nlohmann::ordered_json affine_json(const Rediscovery& rediscovery);

/// A list of `entry`, `distance`, `fitted_distance`.
nlohmann::ordered_json nearest_json(const Rediscovery& rediscovery);

}  // namespace nonlin
