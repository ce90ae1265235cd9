// nonlin verify.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/function_argument.h"
#include "cli/handlers.h"
#include "cli/verdict_report.h"
#include "expr/parse.h"
#include "report/export.h"
#include "verify/verify.h"

namespace nonlin {
namespace {

DType dtype_called(const std::string& name) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16, DType::kFloat16}) {
    if (to_string(dtype) == name) return dtype;
  }
  throw Error(ErrorCode::kUsage, "there is no number type '" + name + "'");
}

// One line on the terminal's standard error, redrawn in place and gone at the end.
class ProgressLine {
 public:
  ProgressLine(std::string dtype, bool wanted)
      : dtype_(std::move(dtype)), shown_(wanted && isatty(STDERR_FILENO) == 1) {
    show(0);
  }
  ~ProgressLine() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(double share) const {
    if (!shown_) return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    fmt::print(stderr, "\r{}\x1b[K", verify_progress(dtype_, share, elapsed.count()));
    std::fflush(stderr);
  }

 private:
  std::string dtype_;
  bool shown_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Verdict verify_with_progress(const Expr& expr, const VerifyCommand& command,
                             const ParameterValues& values, const std::string& isa) {
  const ProgressLine line(command.dtype, !command.json);
  return verify(expr, {.dtype = dtype_called(command.dtype),
                       .isa = isa,
                       .as_written = command.as_written,
                       .values = values,
                       .threads = usable_cpus(),
                       .progress = [&line](double share) { line.show(share); }})
      .value_or_throw();
}

}  // namespace

int run_verify_command(const VerifyCommand& command, const Environment& environment) {
  const Expr expr = read_function(command.expression);
  const ParameterValues values = read_settings(expr, command.settings);
  // Of the options only the instruction set: what is judged is made by the generators of today.
  const std::string isa = compiler_options(command.isa, environment).isa;
  const Verdict verdict = verify_with_progress(expr, command, values, isa);
  const VerdictSubject subject = {
      .expression = to_string(expr), .as_written = command.as_written, .values = values};
  if (command.json) {
    fmt::print("{}\n", dump_json(verdict_json(verdict, subject), 2));
  } else {
    fmt::print("{}", verdict_text(verdict, subject, output_colours(environment)));
  }
  return verdict.ok() ? 0 : 1;
}

}  // namespace nonlin
