// A module of Python with torch.autograd.Function and torch.nn.Module.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <numbers>

#include "emit/emit.h"
#include "emit/local_values.h"
#include "emit/source_name.h"
#include "emit/tables.h"
#include "expr/parse.h"

namespace nonlin {
namespace {

std::string number_text(double value) {
  if (std::isnan(value)) return "math.nan";
  if (std::isinf(value)) return value > 0 ? "math.inf" : "-math.inf";
  if (value == std::numbers::pi) return "math.pi";
  return digits(value);
}

// torch.full makes integers of whole numbers.
std::string float_text(double value) {
  std::string text = number_text(value);
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

Dialect dialect() { return {pytorch_op_texts(), number_text, identifier}; }

constexpr std::string_view kComputeType = R"py(def _compute_type(x):
    """Half types are computed in float32."""
    return torch.float32 if x.dtype in (torch.float16, torch.bfloat16) else x.dtype
)py";

constexpr std::string_view kParameterHelpers = R"py(def _beside(parameter, x):
    """The parameter in x's type; [channels] becomes [1, channels, 1, ...] to stand beside x."""
    parameter = parameter.to(x.dtype)
    if parameter.numel() == 1:
        return parameter.reshape(())
    if x.dim() < 2 or tuple(parameter.shape) != (x.shape[1],):
        raise ValueError(
            f"a parameter of shape {list(parameter.shape)} does not fit an input of shape "
            f"{list(x.shape)}: it takes one value, or one for each channel (dimension 1)"
        )
    return parameter.reshape(1, -1, *[1] * (x.dim() - 2))


def _summed(gradient, beside, parameter):
    """Adds up what each element gives, in the parameter's own shape and type."""
    return gradient.sum_to_size(beside.shape).reshape(parameter.shape).to(parameter.dtype)
)py";

std::string lines_text(const std::vector<std::string>& lines, std::string_view indent) {
  std::string text;
  for (const std::string& line : lines) text += fmt::format("{}{}\n", indent, line);
  return text;
}

// `open`, the items, `close`: in one line, or with the items wrapped between the two where a
// function has so many parameters that one line would be too long.
std::vector<std::string> listed(std::string_view open, std::span<const std::string> items,
                                std::string_view close) {
  constexpr std::size_t kWidth = 90;  // What the deepest indentation leaves of 100 columns.
  std::string line = fmt::format("{}{}{}", open, fmt::join(items, ", "), close);
  if (line.size() <= kWidth) return {std::move(line)};
  std::vector<std::string> lines = {std::string(open), "   "};
  for (const std::string& item : items) {
    if (lines.back().size() + item.size() + 2 > kWidth) lines.emplace_back("   ");
    lines.back() += fmt::format(" {},", item);
  }
  lines.emplace_back(close);
  return lines;
}

std::string assignment(const LocalValue& local) {
  return fmt::format("{} = {}", local.name, local.text);
}

class PyTorchWriter {
 public:
  explicit PyTorchWriter(const EmittedFunction& function)
      : function_(function), name_(source_name(function.name)) {
    for (const Parameter& parameter : function.form.parameters) {
      parameters_.push_back(identifier(parameter.name));
      arguments_ += ", " + parameters_.back();
    }
  }

  std::string text() {
    const std::string body = autograd_function() + call() + module() + self_check();
    std::string support = fmt::format("{}\n\n", kComputeType);
    if (!parameters_.empty()) support += fmt::format("{}\n\n", kParameterHelpers);
    for (const Helper& helper : pytorch_helpers()) {
      if (helpers_.contains(helper.name)) support += fmt::format("{}\n\n", helper.source);
    }
    const std::string code = support + body;
    const bool needs_math = code.find("math.") != std::string::npos;
    return lines_text(heading_lines(function_, "#"), "") + usage() +
           (needs_math ? "import math\n\n" : "") + "import torch\n\n\n" + code;
  }

 private:
  std::string usage() const {
    return fmt::format(
        "#\n"
        "# Module: {0}\n"
        "# Function: {1}\n"
        "#\n"
        "# Value and slopes have formulas of their own, each computed in the input's type; "
        "float16\n"
        "# and bfloat16 are computed in float32. Second derivatives are PyTorch's, of the slopes'\n"
        "# formulas. Run as a program, this file compares its slopes with finite differences.\n\n",
        name_.type, name_.function);
  }

  LocalProgram program(std::span<const Expr> results) {
    LocalProgram program = write_program(dialect(), results);
    helpers_.insert(program.helpers.begin(), program.helpers.end());
    return program;
  }

  // x and the parameters, each name behind `prefix`.
  std::vector<std::string> with_x(std::string_view prefix) const {
    std::vector<std::string> names = {fmt::format("{}x", prefix)};
    for (const std::string& name : parameters_) names.push_back(fmt::format("{}{}", prefix, name));
    return names;
  }

  std::vector<std::string> operands(std::string_view prefix) const {
    std::vector<std::string> lines = {
        fmt::format("x = {}x.to(_compute_type({}x))", prefix, prefix)};
    for (const std::string& name : parameters_) {
      lines.push_back(fmt::format("{0} = _beside({1}{0}, x)", name, prefix));
    }
    return lines;
  }

  std::string forward() {
    const Expr value = fold_numbers(function_.form.value);
    const LocalProgram written = program(std::span(&value, 1));
    std::vector<std::string> lines = listed("ctx.save_for_backward(", with_x(""), ")");
    lines.emplace_back("dtype = x.dtype");
    for (std::string& line : operands("")) lines.push_back(std::move(line));
    for (const LocalValue& local : written.locals) lines.push_back(assignment(local));
    std::string result = written.results[0].text;
    if (!has_input(value)) {
      result = "torch.zeros_like(x) + " +
               operand_text(written.results[0], Binding::kProduct, Position::kBehind);
    }
    lines.push_back(fmt::format("y = {}", result));
    lines.push_back("return y.to(dtype)");
    return fmt::format("    @staticmethod\n    def forward(ctx, x{}):\n{}", arguments_,
                       lines_text(lines, "        "));
  }

  // What only one of the gradients needs is computed only when that one is asked for.
  std::string backward() {
    std::vector<Expr> slopes = {function_.form.derivative};
    const auto& others = function_.form.parameter_derivatives;
    slopes.insert(slopes.end(), others.begin(), others.end());
    const LocalProgram written = program(slopes);

    const std::vector<std::string> gradients = with_x("grad_");
    std::vector<std::string> lines =
        listed("(", with_x("saved_"),
               parameters_.empty() ? ",) = ctx.saved_tensors" : ") = ctx.saved_tensors");
    for (std::string& line : operands("saved_")) lines.push_back(std::move(line));
    lines.push_back("grad = grad_y.to(x.dtype)");
    for (const std::string& gradient : gradients) lines.push_back(gradient + " = None");
    for (const LocalValue& local : written.locals) {
      if (!local.only_for) lines.push_back(assignment(local));
    }
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      lines.push_back(fmt::format("if ctx.needs_input_grad[{}]:", i));
      for (const LocalValue& local : written.locals) {
        if (local.only_for == i) lines.push_back("    " + assignment(local));
      }
      lines.push_back(fmt::format("    slope = {}", written.results[i].text));
      lines.push_back(i == 0 ? "    grad_x = (grad * slope).to(saved_x.dtype)"
                             : fmt::format("    grad_{0} = _summed(grad * slope, {0}, saved_{0})",
                                           parameters_[i - 1]));
    }
    for (std::string& line : listed("return (", gradients, ")")) lines.push_back(std::move(line));
    return fmt::format("    @staticmethod\n    def backward(ctx, grad_y):\n{}",
                       lines_text(lines, "        "));
  }

  std::string autograd_function() {
    return fmt::format("class _{}Function(torch.autograd.Function):\n{}\n{}\n\n", name_.type,
                       forward(), backward());
  }

  std::string call() const {
    const std::string_view parameters =
        parameters_.empty()
            ? ""
            : "\n\n    A parameter is a tensor of one value, or of one for each channel (dimension "
              "1).\n    ";
    return fmt::format(
        "def {0}(x{1}):\n"
        "    \"\"\"f(x) of each element, in x's shape and type.{2}\"\"\"\n"
        "    if not x.is_floating_point():\n"
        "        raise TypeError(f\"{0} takes a floating-point tensor, not {{x.dtype}}\")\n"
        "{3}\n\n",
        name_.function, arguments_, parameters,
        lines_text(listed(fmt::format("return _{}Function.apply(", name_.type), with_x(""), ")"),
                   "    "));
  }

  bool has_channels() const {
    for (const Parameter& parameter : function_.form.parameters) {
      if (parameter.scope == Scope::kPerChannel) return true;
    }
    return false;
  }

  std::string module() const {
    std::string text = fmt::format(
        "class {}(torch.nn.Module):\n"
        "    \"\"\"The function as a layer{}.",
        name_.type, parameters_.empty() ? "" : " with trainable parameters");
    if (has_channels()) {
      text +=
          "\n\n    num_channels: size of dimension 1 of the inputs; with 1, all channels share a "
          "value.\n    ";
    }
    text += "\"\"\"\n\n";
    if (!parameters_.empty()) text += constructor();
    std::vector<std::string> operands = {"x"};
    for (const std::string& name : parameters_) operands.push_back("self." + name);
    text += fmt::format(
        "    def forward(self, x):\n{}\n\n",
        lines_text(listed(fmt::format("return {}(", name_.function), operands, ")"), "        "));
    return text;
  }

  std::string constructor() const {
    std::string text = fmt::format("    def __init__(self, {}device=None, dtype=None):\n",
                                   has_channels() ? "num_channels=1, " : "");
    text += "        super().__init__()\n";
    if (has_channels()) text += "        self.num_channels = num_channels\n";
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Parameter& parameter = function_.form.parameters[i];
      text += fmt::format(
          "        self.{} = torch.nn.Parameter(\n"
          "            torch.full({}, {}, device=device, dtype=dtype)\n"
          "        )\n",
          parameters_[i], parameter.scope == Scope::kScalar ? "()" : "(num_channels,)",
          float_text(parameter.initial));
    }
    if (has_channels()) {
      text +=
          "\n    def extra_repr(self):\n"
          "        return f\"num_channels={self.num_channels}\"\n";
    }
    return text + "\n";
  }

  std::string self_check() const {
    return fmt::format(
        "if __name__ == \"__main__\":\n"
        "    torch.manual_seed(0)\n"
        "    module = {0}({1}).double()\n"
        "    x = torch.randn(4, 3, 5, dtype=torch.float64)\n"
        "    # Where the function is not defined, other inputs are taken.\n"
        "    x = torch.where(torch.isfinite(module(x)), x, 1 + torch.abs(x)).detach()\n"
        "    assert torch.autograd.gradcheck({2}, (x.requires_grad_(){3}))\n"
        "    print(\"{0}: slopes agree with finite differences\")\n",
        name_.type, has_channels() ? "num_channels=3" : "", name_.function,
        parameters_.empty() ? "," : ", *module.parameters()");
  }

  const EmittedFunction& function_;
  SourceName name_;
  std::vector<std::string> parameters_;
  std::string arguments_;  // ", alpha, beta"
  std::set<std::string_view> helpers_;
};

}  // namespace

std::string pytorch_source(const EmittedFunction& function) {
  return PyTorchWriter(function).text();
}

}  // namespace nonlin
