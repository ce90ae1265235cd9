#include "cli/curve_family.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "base/error.h"
#include "cli/drawing.h"

namespace nonlin {

std::vector<FamilyMember> family_members(std::span<const ParameterSetting> settings) {
  std::size_t count = 1;
  for (const ParameterSetting& setting : settings) {
    count *= setting.values.size();
    if (count > kMostCurves) {
      throw Error(ErrorCode::kUsage,
                  fmt::format("--set asks for {} curves or more; at most {} can be told apart",
                              count, kMostCurves),
                  "each combination of values is a curve: give fewer values");
    }
  }
  std::vector<FamilyMember> members(1);
  for (const ParameterSetting& setting : settings) {
    std::vector<FamilyMember> longer;
    for (const FamilyMember& member : members) {
      for (const double value : setting.values) {
        FamilyMember next = member;
        next.values[setting.name] = value;
        if (setting.values.size() > 1) {
          next.label +=
              fmt::format("{}{} = {:g}", next.label.empty() ? "" : ", ", setting.name, value);
        }
        longer.push_back(std::move(next));
      }
    }
    members = std::move(longer);
  }
  return members;
}

std::vector<PlotSeries> family_curves(const Expr& expr, const Expr* slope,
                                      std::span<const FamilyMember> members) {
  std::vector<PlotSeries> curves;
  if (members.size() == 1) {
    curves.push_back(sample_curve("f", expr, members[0].values));
    if (slope == nullptr) return curves;
    PlotSeries slopes = sample_curve("f'", *slope, members[0].values);
    slopes.stroke = Stroke::kDashed;
    for (std::size_t i = 0; i < slopes.y.size(); ++i) {
      if (std::isnan(curves[0].y[i])) slopes.y[i] = curves[0].y[i];  // No value, no slope.
    }
    curves.push_back(std::move(slopes));
    return curves;
  }
  for (const FamilyMember& member : members) {
    curves.push_back(sample_curve(member.label, expr, member.values));
    curves.back().shade =
        static_cast<double>(curves.size() - 1) / static_cast<double>(members.size() - 1);
  }
  return curves;
}

}  // namespace nonlin
