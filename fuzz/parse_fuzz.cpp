// Any bytes as an expression, and what nonlin does first with one: it is printed and read back,
// simplified, differentiated and evaluated. What must hold for every text is checked; a text that
// breaks it stops the fuzzer.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "expr/parse.h"
#include "expr/parse_error.h"
#include "numeric/domain.h"
#include "numeric/evaluate.h"
#include "numeric/simplify.h"

namespace nonlin {
namespace {

// Enough for every shape of an expression, and little enough for thousands of inputs a second.
constexpr std::size_t kMaxDifferentiated = 60;
constexpr std::size_t kMaxMessage = 400;
constexpr std::array kPoints = {-745.5, -88.0, -1.5, -0.0, 0.0, 1e-310, 0.25, 3.0, 710.0};

void require(bool holds, std::string_view claim, const std::string& about) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n%s\n", static_cast<int>(claim.size()), claim.data(),
               about.c_str());
  std::abort();
}

void check_error(const Error& error) {
  const std::string text = error.message() + " " + error.hint();
  require(!error.message().empty(), "an error says something", text);
  require(text.size() <= kMaxMessage, "an error is short", text);
  std::string one_line = text;
  for (char& c : one_line) c = c == '\n' ? ' ' : c;
  require(printable(one_line) == one_line, "an error is printable", text);
}

void check_round_trip(const Expr& expr) {
  const std::string written = to_string(expr);
  const Result<Expr> back = parse_expression(written);
  require(back.ok(), "what was read is written so that it can be read", written);
  require(*back == expr, "what was read reads back equal", written);
}

Expr check_simplified(const Expr& expr) {
  Expr once = simplify(expr);
  require(once.node_count() <= expr.node_count(), "simplify never grows", to_string(expr));
  require(simplify(once) == once, "simplify is done after one call", to_string(expr));
  const Expr numbered = number_parameters(once);
  require(number_parameters(numbered) == numbered, "numbering is done after one call",
          to_string(expr));
  return once;
}

void check(std::string_view text) {
  const Result<Expr> result = parse_expression(text);
  if (!result.ok()) return check_error(result.error());
  check_round_trip(*result);
  const Expr simple = check_simplified(*result);
  (void)evaluate(*result, kPoints);
  (void)evaluate(simple, kPoints);
  if (simple.node_count() > kMaxDifferentiated) return;
  if (const auto problem = domain_problem(simple)) {
    require(!problem->detail.empty(), "a problem of the domain is said in words",
            std::string(text));
  }
  try {
    const Expr slope = check_simplified(derivative(simple));
    (void)evaluate(slope, kPoints);
    for (const Parameter& parameter : parameters_of(simple)) {
      check_simplified(derivative(simple, parameter.name));
    }
  } catch (const Error& error) {
    require(error.code() == ErrorCode::kUnsupported, "a derivative is there or is unsupported",
            error.message());
  }
}

}  // namespace
}  // namespace nonlin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nonlin::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
