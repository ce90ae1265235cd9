#include "numeric/rational.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "expr/op.h"

namespace nonlin {
namespace {

constexpr std::size_t kMostParts = 12;
constexpr std::size_t kMostTerms = 40;
constexpr std::size_t kMostNodes = 1000;
constexpr int kMostPower = 12;

// Exponents of the parts; their lexicographic order is kept by multiplication, as long division
// needs it.
using Monomial = std::array<std::int8_t, kMostParts>;
using Polynomial = std::map<Monomial, double>;

struct Factor {
  Polynomial base;
  int power = 1;
};

struct Fraction {
  Polynomial numerator;
  std::vector<Factor> denominator;
};

struct TooLarge {};

Monomial operator*(const Monomial& a, const Monomial& b) {
  Monomial product{};
  for (std::size_t i = 0; i < kMostParts; ++i) {
    const int power = a[i] + b[i];
    if (power > kMostPower) throw TooLarge();
    product[i] = static_cast<std::int8_t>(power);
  }
  return product;
}

std::optional<Monomial> divided(const Monomial& a, const Monomial& b) {
  Monomial quotient{};
  for (std::size_t i = 0; i < kMostParts; ++i) {
    if (a[i] < b[i]) return std::nullopt;
    quotient[i] = static_cast<std::int8_t>(a[i] - b[i]);
  }
  return quotient;
}

void add_term(Polynomial& sum, const Monomial& monomial, double coefficient, double size) {
  double& term = sum[monomial];
  term += coefficient;
  // What rounding leaves of two coefficients that cancel.
  if (std::abs(term) <= 1e-14 * size) sum.erase(monomial);
  if (sum.size() > kMostTerms) throw TooLarge();
}

Polynomial sum_of(Polynomial a, const Polynomial& b) {
  for (const auto& [monomial, coefficient] : b) {
    add_term(a, monomial, coefficient, std::abs(coefficient));
  }
  return a;
}

Polynomial constant(double value) {
  return value == 0 ? Polynomial{} : Polynomial{{Monomial{}, value}};
}

bool is_single(const Polynomial& p) { return p.size() == 1; }

// p / divisor where that leaves no remainder.
std::optional<Polynomial> exact_quotient(Polynomial p, const Polynomial& divisor) {
  Polynomial quotient;
  const auto& [leading, leading_coefficient] = *divisor.rbegin();
  while (!p.empty()) {
    const auto [monomial, coefficient] = *p.rbegin();
    const std::optional<Monomial> part = divided(monomial, leading);
    if (!part || quotient.size() >= kMostTerms) return std::nullopt;
    const double factor = coefficient / leading_coefficient;
    quotient[*part] = factor;
    for (const auto& [m, c] : divisor) add_term(p, m * *part, -c * factor, std::abs(c * factor));
    p.erase(monomial);
  }
  return quotient;
}

class Normaliser {
 public:
  Fraction fraction(const Expr& expr) {
    const auto args = expr.args();
    switch (expr.op()) {
      case Op::kConstant:
        if (!std::isfinite(expr.value())) throw TooLarge();
        return {constant(expr.value()), {}};
      case Op::kNeg: return product(fraction(args[0]), {constant(-1), {}});
      case Op::kAdd: return sum(fraction(args[0]), fraction(args[1]));
      case Op::kSub: return sum(fraction(args[0]), product(fraction(args[1]), {constant(-1), {}}));
      case Op::kMul: return product(fraction(args[0]), fraction(args[1]));
      case Op::kDiv: return product(fraction(args[0]), reciprocal(args[1], 1));
      case Op::kPow: return power(expr);
      default: return {Polynomial{{part(expr), 1.0}}, {}};
    }
  }

  Expr written(const Monomial& monomial) const {
    Expr product = Expr::constant(1);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (monomial[i] != 0) product = product * power_of(parts_[i], monomial[i]);
    }
    return product;
  }

  Expr written(const Polynomial& p) const {
    if (p.empty()) return Expr::constant(0);
    std::vector<std::pair<Monomial, double>> terms(p.begin(), p.end());
    // A sum that starts with a minus reads badly and costs a negation.
    std::ranges::stable_sort(terms, {}, [](const auto& term) { return term.second < 0; });
    Expr sum = Expr::constant(0);
    for (const auto& [monomial, coefficient] : terms) {
      const Expr term = Expr::constant(std::abs(coefficient)) * written(monomial);
      sum = coefficient < 0 ? sum - term : sum + term;
    }
    return sum;
  }

  static Expr power_of(const Expr& base, int power) {
    if (power == 1) return base;
    return Expr::apply(Op::kPow, {base, Expr::constant(power)});
  }

  // sqrt(u)^2 as u.
  Expr factor_written(const Factor& factor) const {
    const Expr base = written(factor.base);
    if (base.op() != Op::kSqrt || factor.power % 2 != 0) return power_of(base, factor.power);
    return power_of(base.args()[0], factor.power / 2);
  }

 private:
  Monomial part(const Expr& expr) {
    const auto found = std::ranges::find(parts_, expr);
    const auto place = static_cast<std::size_t>(found - parts_.begin());
    if (found == parts_.end()) {
      if (parts_.size() == kMostParts) throw TooLarge();
      parts_.push_back(expr);
      if (expr.op() == Op::kSqrt || expr.op() == Op::kAbs) {
        Fraction square = fraction(expr.args()[0]);
        if (square.denominator.empty()) {
          if (expr.op() == Op::kAbs) square = product(square, square);
          squares_[place] = square.numerator;
        }
      }
    }
    Monomial monomial{};
    monomial[place] = 1;
    return monomial;
  }

  Polynomial times(const Polynomial& a, const Polynomial& b) {
    Polynomial product;
    for (const auto& [m, c] : a) {
      for (const auto& [n, d] : b) {
        for (const auto& [monomial, coefficient] : reduced(m * n)) {
          const double term = c * d * coefficient;
          add_term(product, monomial, term, std::abs(term));
        }
      }
    }
    return product;
  }

  // With squares of roots and sizes replaced, and signs by sizes.
  Polynomial reduced(Monomial monomial) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i].op() == Op::kSign && monomial[i] > 0) {
        const Expr& argument = parts_[i].args()[0];
        for (std::size_t k = 0; k < parts_.size(); ++k) {
          if (monomial[k] == 0) continue;
          const bool is_argument = parts_[k] == argument;
          const bool is_size = parts_[k].op() == Op::kAbs && parts_[k].args()[0] == argument;
          if (!is_argument && !is_size) continue;
          if (is_size && !argument.is_input()) continue;
          --monomial[i];
          --monomial[k];
          const Monomial rest = monomial;
          const Expr other = is_argument ? Expr::apply(Op::kAbs, {argument}) : argument;
          return reduced(rest * part(other));
        }
      }
      if (monomial[i] < 2 || !squares_.contains(i)) continue;
      monomial[i] = static_cast<std::int8_t>(monomial[i] - 2);
      const Polynomial square = squares_[i];
      return times(reduced(monomial), square);
    }
    return Polynomial{{monomial, 1.0}};
  }

  static void multiply(std::vector<Factor>& factors, const Factor& factor) {
    for (Factor& one : factors) {
      if (one.base != factor.base) continue;
      one.power += factor.power;
      return;
    }
    factors.push_back(factor);
  }

  Fraction cancelled(Fraction fraction) {
    for (Factor& factor : fraction.denominator) {
      while (factor.power > 0) {
        auto quotient = exact_quotient(fraction.numerator, factor.base);
        if (!quotient) break;
        fraction.numerator = std::move(*quotient);
        --factor.power;
      }
    }
    std::erase_if(fraction.denominator, [](const Factor& factor) { return factor.power == 0; });
    return fraction;
  }

  Fraction product(const Fraction& a, const Fraction& b) {
    Fraction result{times(a.numerator, b.numerator), a.denominator};
    for (const Factor& factor : b.denominator) multiply(result.denominator, factor);
    return cancelled(std::move(result));
  }

  // `fraction` over a denominator that its own divides.
  Polynomial over(const Fraction& fraction, const std::vector<Factor>& denominator) {
    Polynomial numerator = fraction.numerator;
    for (const Factor& factor : denominator) {
      int missing = factor.power;
      for (const Factor& own : fraction.denominator) {
        if (own.base == factor.base) missing -= own.power;
      }
      for (; missing > 0; --missing) numerator = times(numerator, factor.base);
    }
    return numerator;
  }

  Fraction sum(const Fraction& a, const Fraction& b) {
    std::vector<Factor> denominator = a.denominator;
    for (const Factor& factor : b.denominator) {
      const auto same = std::ranges::find(denominator, factor.base, &Factor::base);
      if (same == denominator.end()) {
        denominator.push_back(factor);
      } else {
        same->power = std::max(same->power, factor.power);
      }
    }
    return cancelled({sum_of(over(a, denominator), over(b, denominator)), denominator});
  }

  Fraction power(const Expr& expr) {
    const Expr &base = expr.args()[0], &exponent = expr.args()[1];
    const double power = exponent.is_constant() ? exponent.value() : 0.5;
    if (power != std::round(power) || std::abs(power) > 6 || power == 0) {
      return {Polynomial{{part(expr), 1.0}}, {}};
    }
    if (power < 0) return reciprocal(base, static_cast<int>(-power));
    const Fraction once = fraction(base);
    Fraction result = once;
    for (int i = 1; i < static_cast<int>(power); ++i) result = product(result, once);
    return result;
  }

  // 1/expr^power, its factors kept apart.
  Fraction reciprocal(const Expr& expr, int power) {
    if (expr.op() == Op::kMul) {
      return product(reciprocal(expr.args()[0], power), reciprocal(expr.args()[1], power));
    }
    if (expr.op() == Op::kPow && expr.args()[1].is_constant()) {
      const double inner = expr.args()[1].value();
      if (inner == std::round(inner) && inner >= 1 && inner <= 6) {
        return reciprocal(expr.args()[0], power * static_cast<int>(inner));
      }
    }
    const Fraction inside = fraction(expr);
    if (inside.numerator.empty()) throw TooLarge();
    Fraction result{constant(1), {}};
    for (const Factor& factor : inside.denominator) {
      for (int i = 0; i < factor.power * power; ++i) {
        result.numerator = times(result.numerator, factor.base);
      }
    }
    add_factors(inside.numerator, power, result);
    return cancelled(std::move(result));
  }

  // A single term as its parts; what is under a root that is known, as the root's square.
  void add_factors(const Polynomial& p, int power, Fraction& result) {
    if (is_single(p)) {
      const auto& [monomial, coefficient] = *p.begin();
      for (std::size_t i = 0; i < kMostParts; ++i) {
        if (monomial[i] == 0) continue;
        Monomial one{};
        one[i] = 1;
        multiply(result.denominator, {Polynomial{{one, 1.0}}, monomial[i] * power});
      }
      result.numerator = times(result.numerator, constant(std::pow(coefficient, -power)));
      return;
    }
    for (const auto& [place, square] : squares_) {
      if (square != p || parts_[place].op() != Op::kSqrt) continue;
      Monomial root{};
      root[place] = 1;
      multiply(result.denominator, {Polynomial{{root, 1.0}}, 2 * power});
      return;
    }
    multiply(result.denominator, {p, power});
  }

  std::vector<Expr> parts_;
  std::map<std::size_t, Polynomial> squares_;
};

// What all terms have in common.
Monomial common_part(const Polynomial& p) {
  Monomial common = p.begin()->first;
  for (const auto& [monomial, coefficient] : p) {
    for (std::size_t i = 0; i < kMostParts; ++i) common[i] = std::min(common[i], monomial[i]);
  }
  return common;
}

// |u| as 2*relu(u) - u, so that |u| + u, which cancels on one side, becomes a single term.
Expr by_halves(const Expr& expr) {
  if (expr.args().empty()) return expr;
  if (expr.op() == Op::kAbs) {
    const Expr& inside = expr.args()[0];
    return Expr::constant(2) * Expr::apply(Op::kRelu, {inside}) - inside;
  }
  std::vector<Expr> args;
  for (const Expr& arg : expr.args()) args.push_back(by_halves(arg));
  return Expr::apply(expr.op(), std::move(args));
}

}  // namespace

std::vector<Expr> as_quotients(const Expr& expr) try {
  if (expr.node_count() > kMostNodes) return {};
  Normaliser normaliser;
  const Fraction fraction = normaliser.fraction(expr);
  if (fraction.numerator.empty()) return {Expr::constant(0)};
  const Monomial common = common_part(fraction.numerator);
  Polynomial rest;
  for (const auto& [monomial, coefficient] : fraction.numerator) {
    rest[*divided(monomial, common)] = coefficient;
  }
  const Expr remaining = normaliser.written(rest);
  const Expr numerator = remaining * normaliser.written(common);
  Expr denominator = Expr::constant(1), stepwise = numerator, paired = remaining;
  std::vector<Expr> single_factors;
  for (const Factor& factor : fraction.denominator) {
    denominator = denominator * normaliser.factor_written(factor);
    for (int i = 0; i < factor.power; ++i) {
      single_factors.push_back(normaliser.written(factor.base));
      stepwise = stepwise / single_factors.back();
    }
  }
  // Each part over one factor, so that nothing large stands alone.
  std::size_t next = 0;
  for (std::size_t i = 0; i < kMostParts; ++i) {
    for (int k = 0; k < common[i]; ++k) {
      Monomial one{};
      one[i] = 1;
      Expr quotient = normaliser.written(one);
      if (next < single_factors.size()) quotient = quotient / single_factors[next++];
      paired = paired * quotient;
    }
  }
  for (; next < single_factors.size(); ++next) paired = paired / single_factors[next];
  if (fraction.denominator.empty()) return {numerator};
  std::vector<Expr> forms{numerator / denominator, stepwise, paired};
  if (const Expr halves = by_halves(numerator); !(halves == numerator)) {
    Normaliser again;
    const Fraction joined = again.fraction(halves);
    if (joined.denominator.empty()) forms.push_back(again.written(joined.numerator) / denominator);
  }
  return forms;
} catch (const TooLarge&) {
  return {};
}

}  // namespace nonlin
