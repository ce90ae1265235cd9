// Goal: kernels for aarch64 compute what the kernels here compute, within the same budgets, and so
// do the fused layers.
// Method: functions of every kind are compiled here to objects for aarch64, for each storage type,
// linked with a driver and the loops around kernels, and run under qemu: kernels on awkward inputs
// and random ones of all sizes, against float64; layers on one set of data, against this machine's
// own (layers.h). Only SLEEF has a stand-in there (driver.cpp).
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "base/float_format.h"
#include "base/random.h"
#include "driver.h"
#include "expr/parse.h"
#include "kernel/affine_generator.h"
#include "kernel/gate_generator.h"
#include "kernel/norm_generator.h"
#include "kernel/plane_generator.h"
#include "kernel/reference_kernel.h"
#include "layers.h"
#include "numeric/stable_form.h"
#include "verify/budgets.h"
#include "verify/error_measure.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

#ifdef NONLIN_AARCH64_COMPILER
constexpr const char* kCompiler = NONLIN_AARCH64_COMPILER;
constexpr const char* kQemu = NONLIN_QEMU_AARCH64;
constexpr const char* kObjects = NONLIN_AARCH64_OBJECTS;
#else
constexpr const char *kCompiler = "", *kQemu = "", *kObjects = "";
#endif

struct Subject {
  const char* name;  // Of a C function.
  const char* expression;
  bool changes_sign_everywhere = false;
};

constexpr Subject kSubjects[] = {{"relu", "max(x, 0)"},
                                 {"swish", "x*sigmoid(beta*x)"},
                                 {"tanh", "tanh(x)"},
                                 {"gelu", "gelu"},
                                 {"decay", "max(x, x*exp(-|x|))"},
                                 {"softplus", "log(1 + exp(x))"},
                                 {"asinh", "asinh(x)"},
                                 {"atan", "atan(x)"},
                                 {"sinh", "sinh(x)"},
                                 {"cosh", "cosh(x)"},
                                 {"log", "log(|x| + 1)"},
                                 {"cos", "cos(x)", true},
                                 {"sin", "sin(x)", true},
                                 {"power", "(1 + |x|)^1.25"}};

struct Type {
  DType dtype;
  FloatFormat format;
};
constexpr Type kTypes[] = {{DType::kFloat32, kFloat32Format},
                           {DType::kBFloat16, kBFloat16Format},
                           {DType::kFloat16, kFloat16Format}};

std::string symbol_of(const std::string& name, DType dtype, const std::string& which) {
  return name + "_" + std::string(to_string(dtype)) + "_" + which;
}

FunctionForm layer_form() {
  return stable_form(parse_expression("x*sigmoid(beta*x)").value_or_throw());
}

std::string literal_of(DType dtype) {
  return "nonlin::DType(" + std::to_string(static_cast<int>(dtype)) + ")";
}

// As the storage type has them.
std::vector<float> inputs_in(const FloatFormat& format) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> inputs = {
      0.0F,   -0.0F,   1e-45F, -1e-45F, 1e-38F,    0.5F,       -0.5F,         1.0F,   -1.0F,
      17.0F,  -17.0F,  88.7F,  89.0F,   -88.0F,    -104.0F,    -150.0F,       1e4F,   -1e4F,
      1e5F,   -1e5F,   1e9F,   -1e9F,   -1e30F,    1e30F,      3e38F,         -3e38F, 1e-5F,
      -1e-5F, 2.5e-3F, 700.F,  -700.F,  kInfinity, -kInfinity, std::nanf("1")};
  RandomStream random(1, 0, "inputs");
  while (inputs.size() < 3001 * aarch64::kChannels) {
    inputs.push_back(static_cast<float>(20 * random.uniform() - 10));
    const double size = std::exp2(280 * random.uniform() - 150);
    inputs.push_back(static_cast<float>(random.next() % 2 ? size : -size));
  }
  inputs.resize(3001 * aarch64::kChannels);
  for (float& x : inputs) x = static_cast<float>(decode(format, encode(format, x)));
  return inputs;
}

std::string bytes_of(const std::vector<float>& values, const Type& type) {
  std::string bytes;
  for (const float value : values) {
    const std::uint64_t bits = encode(type.format, value);
    bytes.append(reinterpret_cast<const char*>(&bits), byte_size(type.dtype));
  }
  return bytes;
}

std::vector<float> take(const char*& from, std::size_t count, const Type& type) {
  std::vector<float> values;
  for (std::size_t i = 0; i < count; ++i, from += byte_size(type.dtype)) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, from, byte_size(type.dtype));
    values.push_back(static_cast<float>(decode(type.format, bits)));
  }
  return values;
}

std::vector<double> take_channels(const char*& from) {
  std::vector<double> values(aarch64::kChannels);
  std::memcpy(values.data(), from, values.size() * sizeof(double));
  from += values.size() * sizeof(double);
  return values;
}

// Sums over the rows of a channel are compared where they are numbers of ordinary size.
void expect_sums(const std::vector<double>& got, const std::vector<double>& exact) {
  for (std::size_t c = 0; c < exact.size(); ++c) {
    if (!(std::abs(exact[c]) < 1e6)) continue;
    EXPECT_NEAR(got[c], exact[c], 1e-4 * (1 + std::abs(exact[c]))) << "channel " << c;
  }
}

std::vector<double> channel_means(const std::vector<double>& values) {
  std::vector<double> means(aarch64::kChannels);
  for (std::size_t i = 0; i < values.size(); ++i) means[i % means.size()] += values[i];
  for (double& mean : means) {
    mean /= static_cast<double>(values.size()) / static_cast<double>(means.size());
  }
  return means;
}

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read(const fs::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

class Aarch64 : public testing::Test {
 protected:
  void SetUp() override {
    if (*kCompiler == '\0' || access(kCompiler, X_OK) != 0 || access(kQemu, X_OK) != 0) {
      GTEST_SKIP() << "there is no aarch64-linux-gnu-g++ or no qemu-aarch64; on Debian: apt-get "
                      "install g++-aarch64-linux-gnu qemu-user, and configure again";
    }
    std::string path = testing::TempDir() + "nonlin-aarch64-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  void shell(const std::string& command) const {
    ASSERT_EQ(std::system((command + " >" + path("log") + " 2>&1").c_str()), 0)
        << command << "\n"
        << read(folder_ / "log");
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// Compiles what `generate` writes; the linker and table.cpp will know `names`.
  void add_object(const std::vector<std::string>& names, const Generator& generate) {
    write(path(names[0] + ".o"), writer_.write(names, generate));
    objects_ += " " + path(names[0] + ".o");
    for (const std::string& name : names) declarations_ += "void " + name + "();\n";
  }

  void add_kernels() {
    for (const Type& type : kTypes) {
      for (const Subject& subject : kSubjects) {
        const FunctionForm form = form_of(subject);
        const std::vector<std::string> names = {symbol_of(subject.name, type.dtype, "forward"),
                                                symbol_of(subject.name, type.dtype, "backward")};
        add_object(names, affine_generator(form, type.dtype));
        kernels_ += "{" + literal_of(type.dtype) + ", " + std::to_string(form.parameters.size()) +
                    ", " + names[0] + ", " + names[1] + "},\n";
      }
    }
  }

  void add_layers() {
    const FunctionForm form = layer_form();
    for (const Type& type : kTypes) {
      const auto names = [&type](const char* layer, std::size_t count) {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < count; ++i) {
          all.push_back(symbol_of(layer, type.dtype, std::to_string(i)));
        }
        return all;
      };
      std::vector<std::string> row;
      const auto add = [&](const std::vector<std::string>& functions, const Generator& generate) {
        add_object(functions, generate);
        row.insert(row.end(), functions.begin(), functions.end());
      };
      add(names("gate", 2), gate_generator(form, type.dtype));
      add(names("layer_norm", 2), norm_generator(NormKind::kLayer, form, type.dtype));
      add(names("rms_norm", 2), norm_generator(NormKind::kRms, form, type.dtype));
      add(names("planes", kPlanePasses), plane_generator(form, type.dtype));
      const std::string functions = symbol_of("layers", type.dtype, "functions");
      layer_functions_ += "void (*const " + functions + "[])() = {";
      for (const std::string& name : row) layer_functions_ += name + ", ";
      layer_functions_ += "};\n";
      layers_ += "{" + literal_of(type.dtype) + ", " + functions + "},\n";
    }
  }

  void build_driver() {
    add_kernels();
    add_layers();
    write(path("table.cpp"),
          "#include \"driver.h\"\nextern \"C\" {\n" + declarations_ +
              "}\nnamespace nonlin::aarch64 {\n" + layer_functions_ +
              "extern const Linked kKernels[];\nextern const std::size_t kKernelCount;\n"
              "extern const LinkedLayers kLayers[];\nextern const std::size_t kLayersCount;\n"
              "const Linked kKernels[] = {\n" +
              kernels_ +
              "};\nconst std::size_t kKernelCount = sizeof kKernels / sizeof *kKernels;\n"
              "const LinkedLayers kLayers[] = {\n" +
              layers_ +
              "};\nconst std::size_t kLayersCount = sizeof kLayers / sizeof *kLayers;\n}\n");
    shell(std::string(kCompiler) +
          " -std=c++20 -static -I" NONLIN_SOURCE_DIR "/src -I" NONLIN_SOURCE_DIR
          "/tests/aarch64 -o " +
          path("driver") + " " + path("table.cpp") + objects_ + " " + kObjects);
  }

  /// Builds the driver and runs it on the inputs of every type.
  void run_driver() {
    build_driver();
    std::string files;
    for (const Type& type : kTypes) {
      const std::string name(to_string(type.dtype));
      write(path(name), bytes_of(inputs_in(type.format), type));
      files += " " + path(name);
    }
    if (HasFatalFailure()) return;
    shell(std::string(kQemu) + " " + path("driver") + files + " " + path("output") + " " +
          path("layers"));
  }

  static FunctionForm form_of(const Subject& subject) {
    return stable_form(parse_expression(subject.expression).value_or_throw());
  }

  fs::path folder_;
  ObjectWriter writer_{find_isa("neon")};
  std::string declarations_, objects_, kernels_, layer_functions_, layers_;
};

// Values of |x| up to 8 may lie beside a change of sign, where the last bits of a value of size 1
// are all that can be asked for; verify/octaves.h knows exactly where.
void expect_within(const Budget& budget, bool is_value, const Subject& subject, const Type& type,
                   const std::vector<float>& inputs, const std::vector<float>& got,
                   const std::vector<double>& exact) {
  const double allowed = is_value ? budget.value : budget.derivative;
  ErrorMeasure near{.format = type.format, .least_unit = 0, .budget = allowed}, far = near;
  near.least_unit = unit_at(near, 0.5);
  if (subject.changes_sign_everywhere) far = near;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool is_near = std::abs(inputs[i]) > 0.125 && std::abs(inputs[i]) < 8;
    const PointError error = point_error(is_near ? near : far, got[i], exact[i]);
    if (error.finding == Finding::kSubnormal) continue;
    EXPECT_EQ(error.finding, Finding::kCounted)
        << subject.name << " at " << inputs[i] << ": " << got[i] << ", not " << exact[i];
    EXPECT_LE(error.units, allowed)
        << subject.name << " at " << inputs[i] << ": " << got[i] << ", not " << exact[i];
    if (testing::Test::HasFailure()) return;
  }
}

// Gradients of parameters, and the moments of y.
void expect_channel_sums(const FunctionForm& form, const Type& type,
                         const std::vector<float>& inputs, const std::vector<float>& y,
                         const char*& next) {
  const auto rows = static_cast<double>(inputs.size() / aarch64::kChannels);
  std::vector<double> values(inputs.size()), slopes(inputs.size());
  for (const Expr& slope : form.parameter_derivatives) {
    ReferenceKernel({.value = form.value, .derivative = slope, .parameters = form.parameters})
        .evaluate(inputs, values, slopes);
    std::vector<double> sums = channel_means(slopes);
    for (double& sum : sums) sum *= rows;
    expect_sums(take_channels(next), sums);
  }
  if (type.dtype == DType::kFloat16) return;
  const std::vector<double> means = channel_means({y.begin(), y.end()});
  for (std::size_t i = 0; i < y.size(); ++i) {
    values[i] = std::pow(y[i] - means[i % means.size()], 2);
  }
  expect_sums(take_channels(next), means);
  expect_sums(take_channels(next), channel_means(values));
}

// Results are at most a few units of the storage type apart: kernels round at other places.
void expect_layers_as_here(const std::string& bytes) {
  std::vector<double> got(bytes.size() / sizeof(double));
  std::memcpy(got.data(), bytes.data(), got.size() * sizeof(double));
  std::size_t next = 0;
  for (const Type& type : kTypes) {
    Compiler compiler;
    const FunctionForm form = layer_form();
    const aarch64::LayerKernels kernels = {
        .gate = compiler.compile_gate(form, type.dtype).value_or_throw(),
        .norms = {compiler.compile_norm(NormKind::kLayer, form, type.dtype).value_or_throw(),
                  compiler.compile_norm(NormKind::kRms, form, type.dtype).value_or_throw()},
        .planes = compiler.compile_planes(form, type.dtype).value_or_throw()};
    const double tolerance = type.dtype == DType::kFloat32   ? 2e-5
                             : type.dtype == DType::kFloat16 ? 4e-3
                                                             : 3e-2;
    for (const double want : aarch64::run_layers(kernels)) {
      ASSERT_LT(next, got.size());
      ASSERT_NEAR(got[next], want, tolerance * (1 + std::abs(want)))
          << to_string(type.dtype) << " result " << next;
      ++next;
    }
  }
  EXPECT_EQ(next, got.size());
}

TEST_F(Aarch64, KernelsKeepTheirBudgetsAndLayersAgreeWithThisMachines) {
  run_driver();
  if (HasFatalFailure()) return;
  const std::string output = read(path("output"));
  const char* next = output.data();
  for (const Type& type : kTypes) {
    const std::vector<float> inputs = inputs_in(type.format);
    for (const Subject& subject : kSubjects) {
      SCOPED_TRACE(std::string(to_string(type.dtype)) + " " + subject.name);
      const FunctionForm form = form_of(subject);
      std::vector<double> value(inputs.size()), derivative = value;
      ReferenceKernel(form).evaluate(inputs, value, derivative);
      ASSERT_LE(next + 2 * inputs.size() * byte_size(type.dtype), output.data() + output.size());
      const std::vector<float> y = take(next, inputs.size(), type);
      const std::vector<float> dx = take(next, inputs.size(), type);
      const Expr expr = parse_expression(subject.expression).value_or_throw();
      const Budget budget = budget_of(expr, type.dtype);
      expect_within(budget, true, subject, type, inputs, y, value);
      expect_within(budget, false, subject, type, inputs, dx, derivative);
      expect_channel_sums(form, type, inputs, y, next);
      if (HasFailure()) return;
    }
  }
  EXPECT_EQ(next, output.data() + output.size());
  expect_layers_as_here(read(path("layers")));
}

}  // namespace
}  // namespace nonlin
