// Goal: every target says what the function is and who made it known, the same way every time, and
// brings what it needs and nothing else.
// Method: texts of known functions; what the code computes is tested by running it, in
// tests/integration/export_test.cpp.
#include "emit/emit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "expr/catalogue.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr EmitTarget kTargets[] = {EmitTarget::kPyTorch, EmitTarget::kCpp, EmitTarget::kLatex};

EmittedFunction function_of(const std::string& name, const std::string& text) {
  const Expr expr = parse_expression(text).value_or_throw();
  return {.name = name,
          .written = expr,
          .known_as = name.empty() ? std::vector<std::string>{} : std::vector{name},
          .form = form_as_written(expr),
          .version = "1.2.3"};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Emit, targets_have_names) {
  for (const EmitTargetRow& row : emit_targets()) {
    EXPECT_EQ(find_emit_target(row.name), row.target);
    EXPECT_FALSE(emit_source(row.target, function_of("", "x")).empty());
  }
  EXPECT_EQ(find_emit_target("pytorch"), EmitTarget::kPyTorch);
  EXPECT_EQ(find_emit_target("cpp"), EmitTarget::kCpp);
  EXPECT_EQ(find_emit_target("latex"), EmitTarget::kLatex);
  EXPECT_EQ(find_emit_target("fortran"), std::nullopt);
}

TEST(Emit, every_target_says_what_it_is_and_where_it_comes_from) {
  const EmittedFunction swish = function_of("Swish", "x*sigmoid(beta*x)");
  for (const EmitTarget target : kTargets) {
    const std::string text = emit_source(target, swish);
    EXPECT_THAT(text,
                AllOf(HasSubstr("Swish: x*sigmoid(beta*x)"), HasSubstr("Known as Swish (2017)"),
                      HasSubstr("arXiv:1710.05941"), HasSubstr("Made by nonlin 1.2.3")));
  }
}

TEST(Emit, the_same_function_gives_the_same_text) {
  for (const EmitTarget target : kTargets) {
    for (const char* text : {"relu(x)", "x*tanh(softplus(x)) + alpha*sinc(x)^beta"}) {
      EXPECT_EQ(emit_source(target, function_of("", text)),
                emit_source(target, function_of("", text)));
    }
  }
}

TEST(Emit, lines_are_short_and_end_in_no_space) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    const EmittedFunction function =
        function_of(std::string(entry.name), std::string(entry.formula));
    for (const EmitTarget target : {EmitTarget::kPyTorch, EmitTarget::kCpp}) {
      for (const std::string& line : lines_of(emit_source(target, function))) {
        EXPECT_LE(line.size(), 100u) << entry.name << ": " << line;
        EXPECT_FALSE(line.ends_with(' ')) << entry.name << ": " << line;
      }
    }
  }
}

TEST(Emit, a_heading_is_comments_only_and_wraps_long_sources) {
  EmittedFunction function = function_of("SELU", "x");
  for (const std::string& line : heading_lines(function, "//", 60)) {
    EXPECT_THAT(line, testing::StartsWith("// "));
    EXPECT_LE(line.size(), 60u);
  }
  EXPECT_GT(heading_lines(function, "//", 60).size(), 3u);
}

TEST(Emit, helpers_come_only_where_they_are_needed) {
  const std::string plain = pytorch_source(function_of("", "x*tanh(x)"));
  EXPECT_THAT(plain, AllOf(Not(HasSubstr("_sinc")), Not(HasSubstr("import math")),
                           Not(HasSubstr("_beside"))));
  EXPECT_THAT(pytorch_source(function_of("", "sinc(x)")),
              AllOf(HasSubstr("def _sinc(a)"), HasSubstr("def _sinc_derivative(a)"),
                    HasSubstr("import math\n")));
  EXPECT_THAT(cpp_source(function_of("", "x*tanh(x)")), Not(HasSubstr("sigmoid")));
  EXPECT_THAT(cpp_source(function_of("", "sin(x)")), Not(HasSubstr("namespace detail")));
}

TEST(Emit, two_functions_without_a_name_do_not_share_a_header_guard) {
  const auto guard = [](const std::string& text) {
    const std::string header = cpp_source(function_of("", text));
    return header.substr(header.find("#ifndef"), header.find("#define") - header.find("#ifndef"));
  };
  EXPECT_NE(guard("sin(x)"), guard("cos(x)"));
  EXPECT_THAT(cpp_source(function_of("Swish", "x*sigmoid(beta*x)")),
              HasSubstr("#ifndef ACTIVATIONS_SWISH_H\n"));
}

TEST(Emit, parameters_have_their_scope_and_start) {
  const std::string text =
      pytorch_source(function_of("", "alpha[0.25]*x + beta[2, scalar]*sin(x)*lambda"));
  EXPECT_THAT(text, AllOf(HasSubstr("torch.full((num_channels,), 0.25,"),
                          HasSubstr("torch.full((), 2.0,"), HasSubstr("self.lambda_ = ")));
  EXPECT_THAT(cpp_source(function_of("", "alpha[0.25]*x")), HasSubstr("Real alpha = Real(0.25);"));
  const std::string scalar = pytorch_source(function_of("", "beta[2, scalar]*x"));
  EXPECT_THAT(scalar, Not(HasSubstr("num_channels")));
}

TEST(Emit, nothing_but_its_own_language_is_left_in_the_text) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind != FunctionKind::kElementwise) continue;
    for (const EmitTarget target : kTargets) {
      const std::string text =
          emit_source(target, function_of(std::string(entry.name), std::string(entry.formula)));
      EXPECT_THAT(text, Not(HasSubstr("$"))) << entry.name;
    }
  }
}

}  // namespace
}  // namespace nonlin
