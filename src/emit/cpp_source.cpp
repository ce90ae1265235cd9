// A header of C++17.
#include <fmt/format.h>

#include <cmath>

#include "emit/emit.h"
#include "emit/local_values.h"
#include "emit/source_name.h"
#include "emit/tables.h"

namespace nonlin {
namespace {

std::string number_text(double value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "INFINITY" : "-INFINITY";
  return digits(value);
}

Dialect dialect() { return {cpp_op_texts(), number_text, identifier}; }

/// The statements that come before the results.
std::string locals_text(const LocalProgram& program) {
  std::string text;
  for (const LocalValue& local : program.locals) {
    text += fmt::format("  const Real {} = {};\n", local.name, local.text);
  }
  return text;
}

/// A function's name and arguments; those that its results do not need have no name.
std::string signature(std::string_view type, std::string_view name, std::span<const Expr> results) {
  bool needs_input = false, needs_parameters = false;
  for (const Expr& result : results) {
    const Expr folded = fold_numbers(result);
    needs_input |= has_input(folded);
    needs_parameters |= !parameters_of(folded).empty();
  }
  return fmt::format(
      "template <typename Real>\ninline {} {}(Real{}, const Parameters<Real>&{} = {{}}) {{\n"
      "  static_assert(Real(0.5) > Real(0), \"Real is a floating-point type\");\n",
      type, name, needs_input ? " x" : "", needs_parameters ? " p" : "");
}

class CppWriter {
 public:
  explicit CppWriter(const EmittedFunction& function)
      : function_(function), name_(source_name(function.name)) {}

  std::string text() {
    const std::string functions = value() + derivative() + parameter_derivatives();
    std::string result;
    for (const std::string& line : heading_lines(function_, "//")) result += line + "\n";
    result += usage();
    const std::string guard = header_guard();
    result += fmt::format("#ifndef {0}\n#define {0}\n\n#include <cmath>\n\n", guard);
    result += fmt::format("namespace activations {{\nnamespace {} {{\n\n", name_.function);
    result += parameters() + helpers() + functions;
    result += fmt::format("}}  // namespace {}\n}}  // namespace activations\n\n#endif  // {}\n",
                          name_.function, guard);
    return result;
  }

 private:
  std::string usage() const {
    const std::string space = "activations::" + name_.function;
    std::string text = fmt::format(
        "//\n"
        "// The function, its slope and its slopes in the parameters, for float, double and long\n"
        "// double; each has a formula of its own. NaN comes out where it goes in.\n"
        "//\n"
        "//   float y = {0}::value(x);\n"
        "//   float slope = {0}::derivative(x);\n",
        space);
    if (!function_.form.parameters.empty()) {
      text += fmt::format(
          "//   {0}::Parameters<float> p;\n"
          "//   p.{1} = 0.5f;\n"
          "//   float other = {0}::value(x, p);\n",
          space, identifier(function_.form.parameters.front().name));
    }
    return text + "\n";
  }

  // Two functions without a name must not pass for one another.
  std::string header_guard() const {
    std::string guard = "ACTIVATIONS_" + name_.function;
    if (function_.name.empty()) guard += fmt::format("_{:016x}", function_.written.hash());
    for (char& c : guard) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return guard + "_H";
  }

  std::string parameters() const {
    std::string text;
    if (function_.form.parameters.empty()) {
      text +=
          "/// The function has no parameters; this is for code that works with any function.\n";
    } else {
      text += "/// The trainable parameters, at the values where training starts.\n";
    }
    text += "template <typename Real>\nstruct Parameters {";
    for (const Parameter& parameter : function_.form.parameters) {
      text += fmt::format("{}  Real {} = Real({});  ///< {}.\n", text.ends_with('{') ? "\n" : "",
                          identifier(parameter.name), number_text(parameter.initial),
                          parameter.scope == Scope::kScalar ? "One value for a layer"
                                                            : "One value for each channel");
    }
    return text + "};\n\n";
  }

  std::string helpers() const {
    if (helpers_.empty()) return {};
    std::string text = "namespace detail {\n\n";
    for (const Helper& helper : cpp_helpers()) {
      if (helpers_.contains(helper.name)) text += fmt::format("{}\n", helper.source);
    }
    return text + "}  // namespace detail\n\n";
  }

  LocalProgram program(std::span<const Expr> results) {
    LocalProgram program = write_program(dialect(), results);
    helpers_.insert(program.helpers.begin(), program.helpers.end());
    return program;
  }

  std::string function_text(std::string_view comment, std::string_view name, const Expr& result) {
    const std::span<const Expr> results(&result, 1);
    const LocalProgram written = program(results);
    return fmt::format("/// {}\n{}{}  return {};\n}}\n\n", comment,
                       signature("Real", name, results), locals_text(written),
                       written.results[0].text);
  }

  std::string value() { return function_text("f(x).", "value", function_.form.value); }

  std::string derivative() {
    return function_text("The slope of f in x.", "derivative", function_.form.derivative);
  }

  std::string parameter_derivatives() {
    const std::vector<Expr>& results = function_.form.parameter_derivatives;
    const LocalProgram written = program(results);
    std::string text =
        "/// The slope of f in each parameter at x; a layer adds them up over its elements.\n";
    text += signature("Parameters<Real>", "parameter_derivatives", results);
    text += locals_text(written);
    text += "  Parameters<Real> slopes;\n";
    for (std::size_t i = 0; i < results.size(); ++i) {
      text += fmt::format("  slopes.{} = {};\n", identifier(function_.form.parameters[i].name),
                          written.results[i].text);
    }
    return text + "  return slopes;\n}\n\n";
  }

  const EmittedFunction& function_;
  SourceName name_;
  std::set<std::string_view> helpers_;
};

}  // namespace

std::string cpp_source(const EmittedFunction& function) { return CppWriter(function).text(); }

}  // namespace nonlin
