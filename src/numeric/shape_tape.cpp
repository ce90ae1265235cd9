#include "numeric/shape_tape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "expr/expr_hash.h"

namespace nonlin::shape {
namespace {

constexpr double kHalfUlp = std::numeric_limits<double>::epsilon() / 2;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSmallest = std::numeric_limits<double>::denorm_min();
constexpr std::size_t kBlock = 128;

// How wrong an operation's own result may be: nothing for those that only choose or change a sign,
// half an ulp for arithmetic, four for the C library's functions and what is made of them.
double local_error(Op op, double argument, double result) {
  switch (op) {
    case Op::kNeg:
    case Op::kAbs:
    case Op::kSign:
    case Op::kRelu:
    case Op::kHeaviside:
    case Op::kMax:
    case Op::kMin:
    case Op::kStep: return 0;
    case Op::kSqrt: return kHalfUlp * result;
    // pi*a is rounded before the sine is taken.
    case Op::kSinc: return 4 * kHalfUlp * (std::abs(result) + std::fmin(1, std::abs(argument)));
    case Op::kSincDerivative:
      if (std::abs(argument) < 1e-2) break;  // There it is a series.
      return 4 * kHalfUlp * (4 + 1 / std::abs(argument));
    default: break;
  }
  // What is never 0 has underflowed if it is; of other functions 0 is exact.
  const bool underflows =
      op == Op::kExp || op == Op::kSigmoid || op == Op::kSoftplus || op == Op::kErfc;
  return 4 * kHalfUlp * std::abs(result) + (result != 0 || underflows ? kSmallest : 0);
}

bool is_smooth(Op op) {
  return op != Op::kAbs && op != Op::kSign && op != Op::kRelu && op != Op::kHeaviside;
}

double unary_noise(const OpRow& row, double a, double error, double result) {
  const double local = local_error(row.op, a, result);
  if (error == 0) return local;
  const auto moved = [&](double by) {
    const double there = a + by;
    const double change = std::abs(row.value(std::span(&there, 1)) - result);
    return std::isnan(change) ? 0 : change;
  };
  if (is_smooth(row.op) && error < 1e-3 * std::abs(a)) return local + moved(error);
  return local + std::fmax(moved(error), moved(-error));
}

double binary_noise(const OpRow& row, std::array<double, 2> a, std::array<double, 2> error,
                    double result) {
  const double local = local_error(row.op, a[0], result);
  if (error[0] == 0 && error[1] == 0) return local;
  if (row.op == Op::kPow && error[1] == 0 && error[0] < 1e-3 * std::abs(a[0])) {
    return local + std::abs(result * a[1] * (error[0] / a[0]));
  }
  double most = 0;
  for (double i : {-1.0, 1.0}) {
    for (double j : {-1.0, 1.0}) {
      const std::array<double, 2> there{a[0] + i * error[0], a[1] + j * error[1]};
      const double change = std::abs(row.value(there) - result);
      if (!std::isnan(change)) most = std::fmax(most, change);
    }
  }
  return local + most;
}

// Whether an infinite result of finite arguments is one of mathematics: 1/0, log(0).
bool is_singular(Op op, double a, double b) {
  return (op == Op::kDiv && b == 0) || op == Op::kLog || op == Op::kLog1p ||
         (op == Op::kPow && a == 0);
}

}  // namespace

// Rows of `width` values and error bounds, one for each node.
struct Tape::Block {
  Block(std::size_t nodes, std::size_t row_width)
      : values(nodes * row_width), noise(nodes * row_width), width(row_width) {}
  std::vector<double> values;
  std::vector<double> noise;
  std::array<bool, kBlock> overflow{};
  std::size_t width;
  std::size_t size = 0;  ///< So much of each row is in use.
};

Tape::Tape(std::span<const Expr> roots, const ParameterValues& values, AfterOverflow after_overflow)
    : after_overflow_(after_overflow) {
  std::unordered_map<Expr, std::size_t, ExprHash> places;
  const auto place = [&](const auto& self, const Expr& expr) -> std::size_t {
    if (auto found = places.find(expr); found != places.end()) return found->second;
    Node node{.row = &row_of(expr.op())};
    if (expr.is_constant()) node.constant = expr.value();
    if (expr.is_parameter()) {
      const auto given = values.find(expr.parameter().name);
      node.constant = given == values.end() ? expr.parameter().initial : given->second;
    }
    if (!expr.args().empty()) {
      node.first = self(self, expr.args().front());
      node.last = self(self, expr.args().back());
    }
    if (expr.is_parameter()) parameters_.emplace_back(expr.parameter().name, nodes_.size());
    nodes_.push_back(node);
    places.emplace(expr, nodes_.size() - 1);
    return nodes_.size() - 1;
  };
  for (const Expr& root : roots) roots_.push_back(place(place, root));
}

void Tape::set(const std::string& parameter, double value) {
  for (const auto& [name, node] : parameters_) {
    if (name == parameter) nodes_[node].constant = value;
  }
}

void Tape::compute(const Node& node, std::size_t index, Block& block) const {
  const double* a = &block.values[node.first * block.width];
  const double* b = &block.values[node.last * block.width];
  const double* error_a = &block.noise[node.first * block.width];
  const double* error_b = &block.noise[node.last * block.width];
  double* result = &block.values[index * block.width];
  double* noise = &block.noise[index * block.width];
  const OpRow& row = *node.row;
  // Derivatives are sums and products mostly: these have loops of their own, which compilers like.
  switch (row.op) {
    case Op::kAdd:
    case Op::kSub: {
      const double sign = row.op == Op::kAdd ? 1 : -1;
      for (std::size_t i = 0; i < block.size; ++i) {
        result[i] = a[i] + sign * b[i];
        noise[i] = error_a[i] + error_b[i] + kHalfUlp * std::abs(result[i]);
      }
      break;
    }
    case Op::kMul:
      for (std::size_t i = 0; i < block.size; ++i) {
        result[i] = a[i] * b[i];
        noise[i] = error_a[i] * (std::abs(b[i]) + error_b[i]) + error_b[i] * std::abs(a[i]) +
                   kHalfUlp * std::abs(result[i]);
      }
      break;
    case Op::kDiv:
      for (std::size_t i = 0; i < block.size; ++i) {
        result[i] = a[i] / b[i];
        const double least = std::abs(b[i]) - error_b[i];
        const double moved = (error_a[i] + std::abs(result[i]) * error_b[i]) / least;
        noise[i] = kHalfUlp * std::abs(result[i]) + (least > 0 ? moved : kInfinity);
      }
      break;
    default:
      for (std::size_t i = 0; i < block.size; ++i) {
        if (row.arity == 1) {
          result[i] = row.value(std::span(&a[i], 1));
          noise[i] = unary_noise(row, a[i], error_a[i], result[i]);
        } else {
          const std::array<double, 2> point{a[i], b[i]};
          result[i] = row.value(point);
          noise[i] = binary_noise(row, point, {error_a[i], error_b[i]}, result[i]);
        }
      }
  }
  look_at_extremes(row.op, index, node, block);
}

// Infinite and undefined values have no error; an error bound of 0*inf tells nothing.
void Tape::look_at_extremes(Op op, std::size_t index, const Node& node, Block& block) const {
  for (std::size_t i = 0; i < block.size; ++i) {
    const double result = block.values[index * block.width + i];
    double& noise = block.noise[index * block.width + i];
    if (std::isfinite(result + noise)) continue;
    if (std::isfinite(result)) {
      noise = kInfinity;
      continue;
    }
    noise = 0;
    const double a = block.values[node.first * block.width + i];
    const double b = block.values[node.last * block.width + i];
    const bool from_finite = std::isfinite(a) && std::isfinite(b);
    if (std::isinf(result) && from_finite && !is_singular(op, a, b)) block.overflow[i] = true;
  }
}

std::vector<Samples> Tape::all(std::span<const double> xs) const {
  std::vector<Samples> results(roots_.size(), Samples(xs.size()));
  if (xs.empty()) return results;
  Block block(nodes_.size(), std::min(kBlock, xs.size()));
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    if (nodes_[n].row->arity == 0) {
      std::fill_n(&block.values[n * block.width], block.width, nodes_[n].constant);
    }
  }
  for (std::size_t start = 0; start < xs.size(); start += block.width) {
    block.size = std::min(block.width, xs.size() - start);
    block.overflow.fill(false);
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (nodes_[n].row->op == Op::kInput) {
        std::copy_n(&xs[start], block.size, &block.values[n * block.width]);
      } else if (nodes_[n].row->arity > 0) {
        compute(nodes_[n], n, block);
      }
    }
    for (std::size_t r = 0; r < roots_.size(); ++r) {
      const std::size_t row = roots_[r] * block.width;
      for (std::size_t i = 0; i < block.size; ++i) {
        Sample& result = results[r][start + i];
        result = {xs[start + i], block.values[row + i], block.noise[row + i], block.overflow[i]};
        if (block.overflow[i] && after_overflow_ == AfterOverflow::kNotANumber) {
          result.value = std::numeric_limits<double>::quiet_NaN();
          result.noise = 0;
        }
      }
    }
  }
  return results;
}

Samples Tape::operator()(std::span<const double> xs) const { return std::move(all(xs)[0]); }

Sample Tape::operator()(double x) const { return all(std::span(&x, 1))[0][0]; }

}  // namespace nonlin::shape
