#include "numeric/stable_form.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "expr/expr_hash.h"
#include "expr/op.h"
#include "numeric/clamped_tail.h"
#include "numeric/rational.h"
#include "numeric/simplify.h"
#include "numeric/stability_measure.h"
#include "numeric/stability_rules.h"

namespace nonlin {
namespace {

constexpr int kCoarse = 2, kFine = 12;  // Points in an octave of the two samples.
constexpr std::size_t kCoarseBudget = 80, kFineBudget = 200;
constexpr std::size_t kFinalists = 3;          // Besides the function as written.
constexpr double kInner = 16;                  // Where a function has not become its asymptote.
constexpr std::int64_t kClearGain = 100;       // In points of the fine sample.
constexpr std::size_t kMostNodes = 400;        // Of a candidate; larger functions stay as written,
constexpr std::size_t kMostSlopeNodes = 4000;  // and so do slopes larger than this.

struct Tables {
  RuleSet always{stability_rules()};
  RuleSet trade_offs{trade_off_rules()};
  RuleSet scalings{scaling_rules()};
};

const Tables& tables() {
  static const Tables kTables;
  return kTables;
}

// Different expressions in the order of their finding; the first is the one as written.
class Candidates {
 public:
  explicit Candidates(const Expr& written) { add(written); }

  void add(const Expr& expr) {
    if (expr.node_count() > kMostNodes && !all_.empty()) return;
    if (seen_.insert(expr).second) all_.push_back(expr);
  }
  const std::vector<Expr>& all() const { return all_; }

 private:
  std::vector<Expr> all_;
  std::unordered_set<Expr, ExprHash> seen_;
};

// `expr` with each term of its sum as one quotient: a sum over one denominator would multiply it
// into terms that have none.
std::optional<Expr> terms_as_quotients(const Expr& expr, std::size_t way) {
  if (expr.op() == Op::kAdd || expr.op() == Op::kSub) {
    const auto left = terms_as_quotients(expr.args()[0], way);
    const auto right = terms_as_quotients(expr.args()[1], way);
    if (!left || !right) return std::nullopt;
    return Expr::apply(expr.op(), {*left, *right});
  }
  const std::vector<Expr> quotients = as_quotients(expr);
  if (quotients.empty()) return std::nullopt;
  return quotients[std::min(way, quotients.size() - 1)];
}

std::vector<Expr> quotients_of(const Expr& expr) {
  std::vector<Expr> quotients = as_quotients(expr);
  const bool is_sum = expr.op() == Op::kAdd || expr.op() == Op::kSub;
  if (!is_sum) return quotients;
  for (const std::size_t way : {0, 1, 2}) {
    std::vector<Expr> sides;
    for (const Expr& arg : expr.args()) {
      const std::vector<Expr> ways = as_quotients(arg);
      sides.push_back(ways.empty() ? arg : ways[std::min(way, ways.size() - 1)]);
    }
    quotients.push_back(Expr::apply(expr.op(), std::move(sides)));
    if (const auto terms = terms_as_quotients(expr, way)) quotients.push_back(*terms);
  }
  return quotients;
}

// `expr` and what the tables and the normaliser make of it.
void add_rewritten(const Expr& expr, Candidates& candidates) {
  candidates.add(expr);
  const Expr ruled = rewrite_everywhere(expr, tables().always);
  candidates.add(ruled);
  const Expr traded = rewrite_everywhere(ruled, tables().trade_offs);
  candidates.add(traded);
  const Expr both = rewrite_everywhere(traded, tables().always);
  candidates.add(both);
  candidates.add(rewrite_everywhere(ruled, tables().scalings));
  candidates.add(rewrite_everywhere(both, tables().scalings));
  const Expr simple = rewrite_everywhere(simplify(ruled), tables().always);
  candidates.add(simple);
  const Expr simple_traded = rewrite_everywhere(simple, tables().trade_offs);
  candidates.add(simple_traded);
  candidates.add(rewrite_everywhere(simple_traded, tables().scalings));
  std::vector<Expr> starts{expr, ruled};
  if (!(both == ruled)) starts.push_back(both);
  for (const Expr& start : starts) {
    for (const Expr& quotient : quotients_of(start)) {
      candidates.add(quotient);
      const Expr again = rewrite_everywhere(quotient, tables().always);
      candidates.add(again);
      candidates.add(rewrite_everywhere(again, tables().trade_offs));
      candidates.add(rewrite_everywhere(again, tables().scalings));
    }
  }
}

double cost_of(const Expr& expr) {
  double cost = expr.args().empty() ? 0 : 1;
  if (expr.op() > Op::kSqrt) cost = 8;
  for (const Expr& arg : expr.args()) cost += cost_of(arg);
  return cost;
}

struct Judged {
  Loss loss;
  double cost = 0;
  std::size_t place = 0;

  auto key() const { return std::tuple(loss, cost, place); }
};

constexpr double kEverywhere = std::numeric_limits<double>::infinity();

// The best first.
std::vector<Judged> judge(StabilityMeasure& measure, std::span<const Expr> candidates,
                          double reach = kEverywhere) {
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    // As written counts as cheapest, so that an equally safe form does not replace it.
    const double cost = i == 0 ? -1 : cost_of(candidates[i]);
    judged.push_back({measure.loss(candidates[i], reach), cost, i});
  }
  std::ranges::sort(judged, {}, &Judged::key);
  return judged;
}

class Chooser {
 public:
  explicit Chooser(const Expr& expr)
      : expr_(expr),
        coarse_(stability_sample(expr, kCoarse)),
        may_clamp_(parameters_of(expr).empty()) {}

  Expr choose(const std::vector<Expr>& candidates) {
    coarse_.set_truth(candidates, kCoarseBudget);
    const std::vector<Judged> first = judge(coarse_, candidates);
    if (first[0].place == 0 && first[0].loss == Loss{}) return candidates[0];
    if (!fine_) fine_.emplace(stability_sample(expr_, kFine));
    std::vector<Expr> finalists{candidates[0]};
    const auto take = [&](const std::vector<Judged>& judged, std::size_t most) {
      for (const Judged& one : judged) {
        if (most == 0) return;
        if (std::ranges::find(finalists, candidates[one.place]) != finalists.end()) continue;
        finalists.push_back(candidates[one.place]);
        --most;
      }
    };
    take(first, kFinalists);
    // What is right but for its tails may be the best with those clamped.
    if (may_clamp_ && first[0].loss.wrong != 0) take(judge(coarse_, candidates, kInner), 2);
    fine_->set_truth(finalists, kFineBudget);
    const Judged best = judge(*fine_, finalists)[0];
    if (best.loss.wrong != 0 && may_clamp_) add_clamped(finalists);
    return best_of(finalists);
  }

 private:
  void add_clamped(std::vector<Expr>& finalists) {
    const std::size_t count = finalists.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (Expr& clamped : clamped_tails(finalists[i], *fine_)) {
        finalists.push_back(std::move(clamped));
      }
    }
  }

  // Where some results stay wrong, a few fewer of them are chance and no reason to change anything.
  Expr best_of(std::span<const Expr> finalists) {
    const Judged best = judge(*fine_, finalists)[0];
    const std::int64_t written = fine_->loss(finalists[0]).wrong, remaining = best.loss.wrong;
    const bool is_clear = remaining <= written / 2 || remaining + kClearGain <= written;
    return remaining == 0 || is_clear ? finalists[best.place] : finalists[0];
  }

  const Expr& expr_;
  StabilityMeasure coarse_;
  std::optional<StabilityMeasure> fine_;
  bool may_clamp_;
};

}  // namespace

FunctionForm stable_form(const Expr& expr) {
  FunctionForm form = form_as_written(expr);
  if (expr.node_count() > kMostNodes) return form;
  Chooser chooser(expr);
  Candidates values(expr);
  add_rewritten(expr, values);
  form.value = chooser.choose(values.all());

  const auto slope = [&](const Expr& written, auto differentiate) {
    if (written.node_count() > kMostSlopeNodes) return written;
    Candidates slopes(written);
    add_rewritten(written, slopes);
    for (const Expr& value : values.all()) add_rewritten(differentiate(value), slopes);
    return chooser.choose(slopes.all());
  };
  form.derivative = slope(form.derivative, [](const Expr& value) { return derivative(value); });
  for (std::size_t i = 0; i < form.parameters.size(); ++i) {
    form.parameter_derivatives[i] = slope(form.parameter_derivatives[i], [&](const Expr& value) {
      return derivative(value, form.parameters[i].name);
    });
  }
  return form;
}

}  // namespace nonlin
