#include "numeric/stable_form.h"

#include <algorithm>
#include <cmath>
#include <optional>
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
constexpr std::size_t kCoarseBudget = 250, kFineBudget = 1500;
constexpr std::size_t kFinalists = 4;
constexpr std::size_t kMostNodes = 400;

struct Tables {
  RuleSet always{stability_rules()};
  RuleSet trade_offs{trade_off_rules()};
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

// `expr` and what the tables and the normaliser make of it.
void add_rewritten(const Expr& expr, Candidates& candidates) {
  candidates.add(expr);
  const Expr ruled = rewrite_everywhere(expr, tables().always);
  candidates.add(ruled);
  const Expr traded = rewrite_everywhere(ruled, tables().trade_offs);
  candidates.add(traded);
  candidates.add(rewrite_everywhere(traded, tables().always));
  candidates.add(rewrite_everywhere(simplify(ruled), tables().always));
  for (const Expr& start : {expr, ruled}) {
    for (const Expr& quotient : as_quotients(start)) {
      candidates.add(quotient);
      const Expr again = rewrite_everywhere(quotient, tables().always);
      candidates.add(again);
      candidates.add(rewrite_everywhere(again, tables().trade_offs));
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

std::vector<Judged> judge(StabilityMeasure& measure, std::span<const Expr> candidates) {
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    // As written counts as cheapest, so that an equally safe form does not replace it.
    const double cost = i == 0 ? -1 : cost_of(candidates[i]);
    judged.push_back({measure.loss(candidates[i]), cost, i});
  }
  std::ranges::sort(judged, {}, &Judged::key);
  return judged;
}

class Chooser {
 public:
  explicit Chooser(const Expr& expr)
      : expr_(expr),
        coarse_(stability_sample(expr, kCoarse)),
        has_parameters_(!parameters_of(expr).empty()) {}

  Expr choose(const std::vector<Expr>& candidates) {
    coarse_.set_truth(candidates, kCoarseBudget);
    const std::vector<Judged> first = judge(coarse_, candidates);
    if (first[0].place == 0 && first[0].loss == Loss{}) return candidates[0];
    if (!fine_) fine_.emplace(stability_sample(expr_, kFine));
    std::vector<Expr> finalists{candidates[0]};
    for (const Judged& one : first) {
      if (one.place != 0 && finalists.size() < kFinalists)
        finalists.push_back(candidates[one.place]);
    }
    fine_->set_truth(finalists, kFineBudget);
    Judged best = judge(*fine_, finalists)[0];
    if (best.loss.wrong == 0 || has_parameters_) return finalists[best.place];
    const std::size_t count = finalists.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (Expr& clamped : clamped_tails(finalists[i], *fine_))
        finalists.push_back(std::move(clamped));
    }
    return finalists[judge(*fine_, finalists)[0].place];
  }

 private:
  const Expr& expr_;
  StabilityMeasure coarse_;
  std::optional<StabilityMeasure> fine_;
  bool has_parameters_;
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
