// Goal: exported code computes what the reference does, value and slopes, at every awkward input,
// and the command writes it whole or says in one error why not.
// Method: one C++ program with the headers of all cases, and one run of Python with their modules;
// what they print is compared with numeric/evaluate.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "emit/source_name.h"
#include "export_cases.h"
#include "expr/op.h"
#include "process.h"

namespace nonlin::integration {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Tolerance kDouble{.relative = 1e-12, .absolute = 1e-14};
constexpr Tolerance kFloat{.relative = 2e-5, .absolute = 2e-5};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void note_operations(const Expr& expr, std::set<std::string_view>& names) {
  names.insert(row_of(expr.op()).name);
  for (const Expr& arg : expr.args()) note_operations(arg, names);
}

TEST(Export, the_cases_hold_every_operation) {
  std::set<std::string_view> names;
  for (const ExportCase& one : export_cases()) {
    for (const Expr& result : results_of(one)) note_operations(result, names);
    note_operations(one.function.written, names);
  }
  for (const OpRow& row : op_table()) EXPECT_TRUE(names.contains(row.name)) << row.name;
}

// --- C++ ---------------------------------------------------------------------------------------

/// Prints a line for every number type and input: case, type, input, results.
std::string program_for(const std::vector<ExportCase>& cases) {
  std::ostringstream text;
  for (const ExportCase& one : cases) text << "#include \"" << lower(one.name) << ".h\"\n";
  text << "#include <cstdio>\n\nconst double inputs[] = {";
  for (const double x : awkward_inputs()) {
    text << (std::isnan(x) ? "NAN" : (std::isinf(x) ? (x > 0 ? "INFINITY" : "-INFINITY") : hex(x)))
         << ", ";
  }
  text << "};\n";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& parameters = cases[i].function.form.parameters;
    const std::string space = "activations::" + lower(cases[i].name);
    text << "\ntemplate <typename Real>\nvoid run" << i << "(const char* type) {\n  " << space
         << "::Parameters<Real> p;\n";
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      text << "  p." << identifier(parameters[k].name) << " = Real("
           << hex(cases[i].parameter_values[k]) << ");\n";
    }
    text << "  for (const double input : inputs) {\n"
         << "    const Real x = static_cast<Real>(input);\n"
         << "    const auto slopes = " << space << "::parameter_derivatives(x, p);\n"
         << "    static_cast<void>(slopes);\n"
         << "    std::printf(\"" << i << " %s %a %a %a\", type, input, double(" << space
         << "::value(x, p)), double(" << space << "::derivative(x, p)));\n";
    for (const Parameter& parameter : parameters) {
      text << "    std::printf(\" %a\", double(slopes." << identifier(parameter.name) << "));\n";
    }
    text << "    std::printf(\"\\n\");\n  }\n}\n";
  }
  text << "\nint main() {\n";
  for (std::size_t i = 0; i < cases.size(); ++i) {
    text << "  run" << i << "<double>(\"double\");\n  run" << i << "<float>(\"float\");\n";
  }
  text << "}\n";
  return text.str();
}

Outcome compile(const Workplace& here, const std::vector<std::string>& words) {
  std::vector<std::string> command = {NONLIN_CXX_COMPILER, "-std=c++17", "-Wall",      "-Wextra",
                                      "-Wconversion",      "-Wshadow",   "-Wpedantic", "-Werror"};
  command.insert(command.end(), words.begin(), words.end());
  return Process(command, here.path()).wait();
}

TEST(Export, cpp_headers_compile_without_a_warning_and_compute_what_the_reference_does) {
  const Workplace here;
  const std::vector<ExportCase> cases = export_cases();
  for (const ExportCase& one : cases) {
    here.write(lower(one.name) + ".h", emit_source(EmitTarget::kCpp, one.function));
  }
  here.write("run.cpp", program_for(cases));
  const Outcome built = compile(here, {"run.cpp", "-o", "run"});
  ASSERT_EQ(built.status, 0) << built.err;
  const Outcome ran = Process({(here.path() / "run").string()}, here.path()).wait();
  ASSERT_EQ(ran.status, 0);

  std::istringstream lines(ran.out);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    std::istringstream words(line);
    std::size_t index = 0;
    std::string type, word;
    words >> index >> type >> word;
    const ExportCase& one = cases.at(index);
    const double x = std::strtod(word.c_str(), nullptr);
    const bool is_double = type == "double";
    const auto expected = is_double ? expected_in_double(one, x) : expected_in_float(one, x);
    for (std::size_t k = 0; k < expected.size(); ++k) {
      ASSERT_TRUE(words >> word) << line;
      const double got = std::strtod(word.c_str(), nullptr);
      EXPECT_EQ(difference(got, expected[k], x, is_double ? kDouble : kFloat), "")
          << result_names(one)[k] << " of " << one.text << " in " << type;
    }
  }
  EXPECT_EQ(count, cases.size() * awkward_inputs().size() * 2);
}

TEST(Export, cpp_headers_of_the_whole_catalogue_compile_beside_each_other) {
  const Workplace here;
  std::string includes, uses;
  for (const EmittedFunction& function : catalogue_functions()) {
    const std::string name = source_name(function.name).function;
    here.write(name + ".h", emit_source(EmitTarget::kCpp, function));
    includes += "#include \"" + name + ".h\"\n#include \"" + name + ".h\"\n";
    const std::string space = "activations::" + name;
    uses += "  sum += " + space + "::value(x) + " + space + "::derivative(x);\n" +
            "  static_cast<void>(" + space + "::parameter_derivatives(x));\n";
  }
  here.write("use.cpp",
             includes + "float use(float x) {\n  float sum = 0;\n" + uses + "  return sum;\n}\n");
  const Outcome built = compile(here, {"-fsyntax-only", "use.cpp"});
  EXPECT_EQ(built.status, 0) << built.err;
}

// --- PyTorch -----------------------------------------------------------------------------------

json plan_for(const std::vector<ExportCase>& cases) {
  json plan = {{"inputs", json::array()}, {"cases", json::array()}, {"catalogue", json::array()}};
  for (const EmittedFunction& function : catalogue_functions()) {
    const SourceName name = source_name(function.name);
    plan["catalogue"].push_back({name.type, name.function});
  }
  for (const double x : awkward_inputs()) plan["inputs"].push_back(hex(x));
  // Smooth ones, whose slopes PyTorch can differentiate once more.
  const std::set<std::string> second = {"x*sigmoid(beta*x)", "x*tanh(softplus(x))",
                                        "x + sin(alpha*x)^2/alpha", "x*asinh(x)^2", "sinc(x) + x"};
  for (const ExportCase& one : cases) {
    json scopes = json::array(), starts = json::array();
    for (const Parameter& parameter : one.function.form.parameters) {
      scopes.push_back(parameter.scope == Scope::kScalar ? "scalar" : "channel");
      starts.push_back(parameter.initial);
    }
    plan["cases"].push_back({{"name", one.name},
                             {"values", one.parameter_values},
                             {"scopes", scopes},
                             {"starts", starts},
                             {"second", second.contains(one.text)}});
  }
  return plan;
}

/// Runs the script with the first Python that has PyTorch; status 77 if none has.
Outcome run_python(const Workplace& here) {
  const std::string script = NONLIN_SOURCE_DIR "/tests/integration/run_pytorch.py";
  here.write("run_pytorch.py", text_of(script));
  Outcome outcome;
  for (const std::vector<std::string>& python :
       {std::vector<std::string>{"/usr/bin/python3"}, {"/usr/bin/env", "python3"}}) {
    std::vector<std::string> words = python;
    words.insert(words.end(), {"-B", "run_pytorch.py"});
    outcome = Process(words, here.path()).wait();
    const bool is_missing = outcome.status == 127;
    if (outcome.status != 77 && !is_missing) return outcome;
  }
  outcome.status = 77;
  return outcome;
}

struct NumberType {
  const char* name;
  Tolerance tolerance;
  double largest;  // Beyond it lies infinity, and between the two rounding decides.
};

constexpr NumberType kTypes[] = {
    {"float64", kDouble, 1e300},
    {"float32", kFloat, 1e37},
    {"bfloat16", {.relative = 0.005, .absolute = 2e-5}, 1e37},
    {"float16", {.relative = 0.001, .absolute = 2e-5}, 6e4},
};

void expect_results(const ExportCase& one, const NumberType& type, const json& answer) {
  for (std::size_t at = 0; at < answer["x"].size(); ++at) {
    const auto number = [at](const json& column) {
      return std::strtod(column[at].get<std::string>().c_str(), nullptr);
    };
    const double x = number(answer["x"]);
    const bool is_double = std::string_view(type.name) == "float64";
    const auto expected = is_double ? expected_in_double(one, x) : expected_in_float(one, x);
    ASSERT_EQ(answer["results"].size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
      const double got = number(answer["results"][k]);
      if (std::abs(expected[k]) > type.largest && std::abs(got) > type.largest) continue;
      EXPECT_EQ(difference(got, expected[k], x, type.tolerance), "")
          << result_names(one)[k] << " of " << one.text << " in " << type.name;
    }
  }
}

TEST(Export, pytorch_modules_compute_what_the_reference_does) {
  const Workplace here;
  const std::vector<ExportCase> cases = export_cases();
  for (const ExportCase& one : cases) {
    here.write(lower(one.name) + ".py", emit_source(EmitTarget::kPyTorch, one.function));
  }
  for (const EmittedFunction& function : catalogue_functions()) {
    here.write("known/" + source_name(function.name).function + ".py",
               emit_source(EmitTarget::kPyTorch, function));
  }
  here.write("cases.json", plan_for(cases).dump());
  const Outcome outcome = run_python(here);
  if (outcome.status == 77) GTEST_SKIP() << "no Python with PyTorch: " << outcome.out;
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const json said = json::parse(outcome.out);
  for (const json& problem : said["problems"]) ADD_FAILURE() << problem.get<std::string>();
  for (const ExportCase& one : cases) {
    for (const NumberType& type : kTypes) {
      expect_results(one, type, said["answer"][one.name][type.name]);
    }
  }
}

// --- the command -------------------------------------------------------------------------------

/// One error: "nonlin: ..." on standard error, nothing on standard output.
void expect_refusal(const Outcome& outcome, int status, const std::string& says) {
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, AllOf(testing::StartsWith("nonlin: "), HasSubstr(says)));
  EXPECT_THAT(outcome.err, Not(HasSubstr("terminate called")));
}

TEST(Export, prints_or_writes_the_same_text_every_time) {
  const Workplace here;
  for (const char* target : {"pytorch", "cpp", "latex"}) {
    const Outcome printed = here.run({"export", "swish", "--to", target});
    ASSERT_EQ(printed.status, 0) << printed.err;
    EXPECT_THAT(printed.out, AllOf(HasSubstr("Swish"), HasSubstr("Made by nonlin")));
    EXPECT_THAT(printed.out, Not(HasSubstr(here.path().string())));
    const std::string file = here.write("out", "an older and longer text\n");
    const Outcome written = here.run({"export", "x*sigmoid(beta*x)", "--to", target, "-o", "out"});
    ASSERT_EQ(written.status, 0) << written.err;
    EXPECT_EQ(written.out, "");
    EXPECT_EQ(text_of(file), printed.out);
  }
}

TEST(Export, names_a_function_that_the_catalogue_knows_in_another_form) {
  const Workplace here;
  EXPECT_THAT(here.run({"export", "(x+|x|)/2", "--to", "cpp"}).out, HasSubstr("namespace relu {"));
  EXPECT_THAT(here.run({"export", "-x*cos(x)+sin(2*x)", "--to", "pytorch"}).out,
              HasSubstr("class Activation(torch.nn.Module)"));
}

TEST(Export, refuses_what_it_cannot_write_and_leaves_nothing_behind) {
  const Workplace here;
  expect_refusal(here.run({"export", "relu", "--to", "cpp", "-o", "."}), 1, "it is a folder");
  expect_refusal(here.run({"export", "relu", "--to", "cpp", "-o", "no/where.h"}), 1,
                 "its folder does not exist");
  const std::string file = here.write("kept.h", "kept");
  expect_refusal(here.run({"export", "relu", "--to", "cpp", "-o", "kept.h"}, {.file_bytes = 100}),
                 1, "kept.h");
  EXPECT_EQ(text_of(file), "kept");
  for (const auto& entry : std::filesystem::directory_iterator(here.path())) {
    EXPECT_THAT(entry.path().filename().string(), testing::AnyOf("kept.h", ".stdout", ".stderr"));
  }
}

TEST(Export, refuses_what_is_no_function_with_a_slope) {
  const Workplace here;
  expect_refusal(here.run({"export", "dsinc(x)", "--to", "pytorch"}), 1, "dsinc");
  expect_refusal(here.run({"export", "dsinc(x)", "--to", "latex"}), 1, "dsinc");
  expect_refusal(here.run({"export", "swihs", "--to", "cpp"}), 1, "Swish");
  expect_refusal(here.run({"export", "max(x,", "--to", "cpp"}), 1, "expected");
  expect_refusal(here.run({"export", "relu", "--to", "fortran"}), 2, "pytorch");
  expect_refusal(here.run({"export", "relu"}), 2, "--to");
}

}  // namespace
}  // namespace nonlin::integration
