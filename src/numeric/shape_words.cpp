#include <string_view>

#include "numeric/shape.h"

namespace nonlin {

std::string_view to_string(LimitKind kind) {
  switch (kind) {
    case LimitKind::kFinite: return "finite";
    case LimitKind::kPlusInfinity: return "plus-infinity";
    case LimitKind::kMinusInfinity: return "minus-infinity";
    case LimitKind::kOscillates: return "oscillates";
    case LimitKind::kUndefined: return "undefined";
    case LimitKind::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view to_string(ExtremumKind kind) {
  return kind == ExtremumKind::kMinimum ? "minimum" : "maximum";
}

std::string_view to_string(Trend trend) {
  switch (trend) {
    case Trend::kIncreasing: return "increasing";
    case Trend::kDecreasing: return "decreasing";
    case Trend::kConstant: return "constant";
  }
  return "constant";
}

std::string_view to_string(Monotonicity monotonicity) {
  switch (monotonicity) {
    case Monotonicity::kIncreasing: return "increasing";
    case Monotonicity::kDecreasing: return "decreasing";
    case Monotonicity::kConstant: return "constant";
    case Monotonicity::kNone: return "none";
  }
  return "none";
}

std::string_view to_string(Curvature curvature) {
  switch (curvature) {
    case Curvature::kConvex: return "convex";
    case Curvature::kConcave: return "concave";
    case Curvature::kLinear: return "linear";
  }
  return "linear";
}

std::string_view to_string(Convexity convexity) {
  switch (convexity) {
    case Convexity::kConvex: return "convex";
    case Convexity::kConcave: return "concave";
    case Convexity::kLinear: return "linear";
    case Convexity::kNone: return "none";
  }
  return "none";
}

std::string_view to_string(Parity parity) {
  switch (parity) {
    case Parity::kNone: return "none";
    case Parity::kEven: return "even";
    case Parity::kOdd: return "odd";
    case Parity::kBoth: return "even-and-odd";
  }
  return "none";
}

std::string_view to_string(Smoothness smoothness) {
  switch (smoothness) {
    case Smoothness::kDiscontinuous: return "discontinuous";
    case Smoothness::kC0: return "C0";
    case Smoothness::kC1: return "C1";
    case Smoothness::kC2: return "C2";
    case Smoothness::kSmooth: return "smooth";
  }
  return "smooth";
}

std::string_view to_string(DomainProblemKind kind) {
  switch (kind) {
    case DomainProblemKind::kNotANumber: return "nan";
    case DomainProblemKind::kInfinite: return "infinite";
    case DomainProblemKind::kOverflow: return "overflow";
  }
  return "nan";
}

}  // namespace nonlin
