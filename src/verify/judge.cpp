#include "verify/judge.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "base/hash.h"
#include "verify/piece.h"

namespace nonlin {
namespace {

// What a thread takes at a time, in inputs.
std::uint64_t strip_size(const FloatFormat& format) {
  return format.bits == 32 ? 1 << 16 : 1 << 10;
}

std::uint64_t strips_of(const FloatFormat& format) {
  return (std::uint64_t{1} << format.bits) / strip_size(format);
}

// Strips are not judged one after the other, where errors often grow and grow, but this far apart:
// what exceeds all that was seen before, and has to be looked at, is rare then. An odd number
// reaches each of a power of two strips.
constexpr std::uint64_t kStride = 40503;

// One thread's share of the work.
class Judge {
 public:
  Judge(const Subject& subject, const Truth& truth, const JudgeOptions& options,
        const LeastUnits& units, Findings& findings)
      : subject_(subject),
        truth_(truth),
        options_(options),
        format_(format_of(options.dtype)),
        units_(units),
        findings_(findings),
        confirmer_(truth.confirmer()) {}

  /// The strip whose turn it is, of which `samples` inputs are confirmed.
  void judge_strip(std::uint64_t turn, std::uint64_t samples) {
    const std::uint64_t strip = turn * kStride % strips_of(format_);
    const std::uint64_t size = strip_size(format_);
    const std::uint64_t step = Piece::size_for(format_);
    const std::uint64_t pieces = size / step;
    for (std::uint64_t i = 0; i < pieces; ++i) {
      const std::uint64_t from = samples * i / pieces, to = samples * (i + 1) / pieces;
      piece_.turn = turn * pieces + i;
      judge_piece(static_cast<std::uint32_t>(strip * size + i * step), to - from);
    }
  }

 private:
  void judge_piece(std::uint32_t first, std::uint64_t samples) {
    const std::size_t octave = first >> format_.fraction_bits;
    piece_.load(format_, first, subject_);
    const std::size_t half = units_.value.size() / 2;
    if (octave % half == half - 1) {
      findings_.add_not_finite_inputs(piece_, options_.constant_slope);
      return;
    }
    truth_.estimate(piece_.x, piece_.value.exact, piece_.derivative.exact);
    const auto value = [this](double x, double known, float) {
      return confirmer_->value(x, known);
    };
    const auto derivative = [this](double x, double known, float got) {
      return nearest_slope(x, confirmer_->derivative(x, known), got);
    };
    const ErrorMeasure value_measure = {format_, units_.value[octave], options_.budget.value};
    const ErrorMeasure derivative_measure = {format_, units_.derivative[octave],
                                             options_.budget.derivative};
    const std::vector<std::size_t> chosen = sample_indices(first, samples);
    settle(piece_, piece_.value, {value_measure, value, chosen}, findings_.value, findings_);
    settle(piece_, piece_.derivative, {derivative_measure, derivative, chosen},
           findings_.derivative, findings_);
    if (options_.direction != 0) {
      findings_.add_monotonicity(piece_, value_measure, options_.direction);
    }
  }

  double nearest_slope(double x, double exact, float got) const {
    constexpr double kReach = 4;
    for (const SlopeJump& jump : options_.jumps) {
      if (std::abs(x - jump.x) > kReach * ulp_at(format_, jump.x)) continue;
      for (const double slope : {jump.left, (jump.left + jump.right) / 2, jump.right}) {
        if (std::abs(slope - got) < std::abs(exact - got)) exact = slope;
      }
    }
    return exact;
  }

  // One at random in each of as many equal parts.
  std::vector<std::size_t> sample_indices(std::uint32_t first, std::uint64_t samples) const {
    const std::uint64_t size = piece_.x.size();
    samples = std::min<std::uint64_t>(samples, size);
    std::vector<std::size_t> indices;
    for (std::uint64_t i = 0; i < samples; ++i) {
      const std::uint64_t start = size * i / samples, end = size * (i + 1) / samples;
      indices.push_back(start + hash_combine(first, i) % (end - start));
    }
    return indices;
  }

  const Subject& subject_;
  const Truth& truth_;
  const JudgeOptions& options_;
  FloatFormat format_;
  const LeastUnits& units_;
  Findings& findings_;
  std::unique_ptr<Confirmer> confirmer_;
  Piece piece_;
};

// Threads that take strips until there are none left; the calling thread tells how far they are.
class Crew {
 public:
  Crew(std::uint64_t strips, int threads) : strips_(strips), threads_(std::max(threads, 1)) {}

  using Work = std::function<void(std::uint64_t strip)>;

  /// `work(i)` makes the work of thread i.
  void run(const std::function<Work(std::size_t)>& work, const std::function<void(double)>& tell) {
    {
      std::vector<std::jthread> crew;
      for (int i = 0; i < threads_; ++i) {
        crew.emplace_back([this, &work, i] { run_thread(work, static_cast<std::size_t>(i)); });
      }
      std::unique_lock lock(mutex_);
      while (finished_ < threads_) {
        changed_.wait_for(lock, std::chrono::milliseconds(100));
        if (!tell) continue;
        lock.unlock();
        const std::uint64_t done = std::min(next_.load(), strips_);
        tell(static_cast<double>(done) / static_cast<double>(strips_));
        lock.lock();
      }
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void run_thread(const std::function<Work(std::size_t)>& work, std::size_t thread) {
    std::exception_ptr failure;
    try {
      const Work take = work(thread);
      for (std::uint64_t strip = next_++; strip < strips_; strip = next_++) take(strip);
    } catch (...) {
      failure = std::current_exception();
      next_ = strips_;
    }
    const std::lock_guard lock(mutex_);
    if (failure) failure_ = failure;
    ++finished_;
    changed_.notify_all();
  }

  std::uint64_t strips_;
  int threads_;
  std::atomic<std::uint64_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  int finished_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

FloatFormat format_of(DType dtype) {
  static constexpr std::array kFormats = {kFloat32Format, kBFloat16Format, kFloat16Format};
  return kFormats[static_cast<std::size_t>(dtype)];
}

Verdict judge(const Subject& subject, const Truth& truth, const JudgeOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const FloatFormat format = format_of(options.dtype);
  const LeastUnits units = find_least_units(format, truth.estimate);
  const std::uint64_t inputs = std::uint64_t{1} << format.bits;
  const std::uint64_t strips = strips_of(format);
  std::vector<Findings> findings(static_cast<std::size_t>(std::max(options.threads, 1)));
  Crew(strips, options.threads)
      .run(
          [&](std::size_t thread) -> Crew::Work {
            auto judge = std::make_shared<Judge>(subject, truth, options, units, findings[thread]);
            return [judge, &options, strips](std::uint64_t turn) {
              const std::uint64_t before = options.samples * turn / strips;
              judge->judge_strip(turn, options.samples * (turn + 1) / strips - before);
            };
          },
          options.progress);
  Findings all;
  for (Findings& part : findings) all.merge(std::move(part));
  Verdict verdict = std::move(all).verdict(format, options.direction);
  verdict.dtype = options.dtype;
  verdict.inputs = inputs;
  verdict.value.budget = options.budget.value;
  verdict.derivative.budget = options.budget.derivative;
  verdict.budget_reason = options.budget.reason;
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return verdict;
}

}  // namespace nonlin
