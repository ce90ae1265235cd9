// Goal: costs are told with their units, for people and for programs. Method: one row, whole texts.
#include "report/measured.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

namespace nonlin {
namespace {

const std::array<Measured, 1> kRow = {
    {{.dtype = "float32", .bytes = 1 << 20, .copy = 0.25, .forward = 0.5, .backward = 1.125}}};

TEST(MeasuredText, IsInNanosecondsPerElement) {
  EXPECT_EQ(measured_text(kRow),
            "cost, ns per element  array  forward  backward   copy\n"
            "float32               1 MiB    0.500     1.125  0.250\n");
}

TEST(MeasuredJson, NamesTheUnit) {
  EXPECT_EQ(measured_json(kRow).dump(),
            R"([{"dtype":"float32","bytes":1048576,"copy_ns":0.25,"forward_ns":0.5,)"
            R"("backward_ns":1.125}])");
}

}  // namespace
}  // namespace nonlin
