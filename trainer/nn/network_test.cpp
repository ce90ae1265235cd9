// Goal: the two engines are one network: same start, same losses, same training, same checkpoints;
// and each is deterministic. Method: both on the same batches, step by step and over 20 steps.

#include "trainer/nn/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "trainer/nn/engines.h"
#include "trainer/nn/test_child.h"

namespace nonlin {
namespace {

constexpr double kRate = 0.02;

double train(Network& network, const NetworkConfig& config, int from, int to) {
  double loss = 0;
  for (int step = from; step < to; ++step) {
    const test::TestBatch batch =
        test::random_batch(config, config.batch, static_cast<std::uint64_t>(step));
    loss = network.train_step(batch.pixels, batch.labels, kRate);
  }
  return loss;
}

/// The largest distance of two tensors of one name, relative to the tensor's norm.
double distance(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    EXPECT_EQ(a[i].name, b[i].name);
    double norm = 1e-6;
    double difference = 0;
    for (std::size_t j = 0; j < a[i].values.size(); ++j) {
      const auto x = static_cast<double>(a[i].values[j]);
      const auto y = static_cast<double>(b[i].values[j]);
      norm += x * x;
      difference += (x - y) * (x - y);
    }
    largest = std::max(largest, std::sqrt(difference / norm));
  }
  return largest;
}

bool identical(const Network& a, const Network& b) {
  const std::vector<NamedTensor> left = a.state();
  const std::vector<NamedTensor> right = b.state();
  const auto same = [](const NamedTensor& x, const NamedTensor& y) {
    return x.name == y.name && x.shape == y.shape && x.values == y.values;
  };
  return std::ranges::equal(left, right, same);
}

const RecipeSpec kRecipe = {.batch = 16, .weight_decay = 1e-3};

struct Case {
  const char* name;
  const char* activation;
  NetworkSpec::Shortcut shortcut = NetworkSpec::Shortcut::kPad;
  RecipeSpec recipe = kRecipe;
  double bfloat16_distance = 0.06;  ///< After 20 steps; bf16 and float32 part by as much.
};

const Case kCases[] = {
    {"Relu", "max(x, 0)", NetworkSpec::Shortcut::kPad, kRecipe, 0.6},
    {"SwishPerChannel", "x*sigmoid(beta*x)"},
    {"SwishScalar", "x*sigmoid(beta[0.8, scalar]*x)"},
    {"Composite", "max(x, x*exp(-|x|))"},
    {"ReluProjection", "max(x, 0)", NetworkSpec::Shortcut::kProjection, kRecipe, 0.9},
    {"SwishProjection", "x*sigmoid(beta*x)", NetworkSpec::Shortcut::kProjection},
    {"NesterovSmoothing",
     "tanh(x)",
     NetworkSpec::Shortcut::kPad,
     {.batch = 16, .nesterov = true, .weight_decay = 1e-3, .label_smoothing = 0.1}},
    {"NoMomentum",
     "tanh(x)",
     NetworkSpec::Shortcut::kPad,
     {.batch = 16, .momentum = 0, .weight_decay = 1e-3}},
};

class BothEngines : public testing::TestWithParam<Case> {
 protected:
  NetworkConfig config(DType dtype) const {
    NetworkConfig config = test::small_child(GetParam().activation);
    config.spec.shortcut = GetParam().shortcut;
    config.recipe = GetParam().recipe;
    config.dtype = dtype;
    return config;
  }

  /// One step from the same start, then 20; `first` and `last` bound the states' distances.
  void expect_agreement(DType dtype, double first, double last) {
    const NetworkConfig child = config(dtype);
    const auto plan = make_network(EngineKind::kPlan, child, compiler_);
    const auto torch = make_network(EngineKind::kTorch, child, compiler_);
    EXPECT_EQ(plan->parameter_count(), torch->parameter_count());
    ASSERT_EQ(distance(plan->state(), torch->state()), 0);
    EXPECT_NEAR(train(*plan, child, 0, 1), train(*torch, child, 0, 1), first);
    // Momenta hold the gradients of the first step (where there is momentum).
    EXPECT_LE(distance(strip(plan->state()), strip(torch->state())), first);
    EXPECT_NEAR(train(*plan, child, 1, 20), train(*torch, child, 1, 20), last);
    // Where ReLU's kinks fall differently, late gradients differ widely, and weights little.
    EXPECT_LE(distance(weights(plan->state()), weights(torch->state())), last);
    const test::TestBatch batch = test::random_batch(child, 11, 99);
    EXPECT_NEAR(plan->evaluate(batch.pixels, batch.labels).loss_sum / 11,
                torch->evaluate(batch.pixels, batch.labels).loss_sum / 11, last);
  }

  static std::vector<NamedTensor> weights(std::vector<NamedTensor> state) {
    std::erase_if(state, [](const NamedTensor& t) { return t.name.starts_with("momentum/"); });
    return state;
  }

  /// Without momentum LibTorch keeps no velocity, and the plan one that nothing reads.
  static std::vector<NamedTensor> strip(std::vector<NamedTensor> state) {
    return GetParam().recipe.momentum > 0 ? state : weights(std::move(state));
  }

  Compiler compiler_;
};

TEST_P(BothEngines, TrainAlikeInFloat32) { expect_agreement(DType::kFloat32, 2e-5, 2e-3); }

TEST_P(BothEngines, TrainAlikeInBFloat16WhereThereIsOne) {
  if (!bfloat16_supported()) GTEST_SKIP() << "no bfloat16 convolutions here";
  expect_agreement(DType::kBFloat16, 0.15, GetParam().bfloat16_distance);
}

TEST_P(BothEngines, ContinueEachOthersCheckpoints) {
  const NetworkConfig child = config(DType::kFloat32);
  const auto plan = make_network(EngineKind::kPlan, child, compiler_);
  train(*plan, child, 0, 3);
  const auto torch = make_network(EngineKind::kTorch, child, compiler_);
  torch->load_state(plan->state());
  EXPECT_EQ(distance(strip(plan->state()), strip(torch->state())), 0);
  EXPECT_NEAR(train(*torch, child, 3, 5), train(*plan, child, 3, 5), 1e-4);
  EXPECT_LE(distance(strip(plan->state()), strip(torch->state())), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(, BothEngines, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

struct Setting {
  const char* name;
  EngineKind engine;
  DType dtype;
  int threads;
};

class EverySetting : public testing::TestWithParam<Setting> {
 protected:
  void SetUp() override {
    if (GetParam().dtype == DType::kBFloat16 && !bfloat16_supported()) {
      GTEST_SKIP() << "no bfloat16 convolutions here";
    }
    config_ = test::small_child("x*sigmoid(beta*x)");
    config_.dtype = GetParam().dtype;
    config_.threads = GetParam().threads;
  }
  std::unique_ptr<Network> make() { return make_network(GetParam().engine, config_, compiler_); }

  Compiler compiler_;
  NetworkConfig config_;
};

TEST_P(EverySetting, TwoRunsAreEqualBitForBit) {
  const auto first = make();
  const auto second = make();
  EXPECT_EQ(train(*first, config_, 0, 8), train(*second, config_, 0, 8));
  EXPECT_TRUE(identical(*first, *second));
}

TEST_P(EverySetting, AResumedTrainingIsTheUninterruptedOneBitForBit) {
  const auto whole = make();
  train(*whole, config_, 0, 9);
  const auto start = make();
  train(*start, config_, 0, 4);
  config_.seed = 1234;  // A checkpoint replaces everything that the seed has drawn.
  const auto resumed = make();
  resumed->load_state(start->state());
  train(*resumed, config_, 4, 9);
  EXPECT_TRUE(identical(*whole, *resumed));
}

TEST_P(EverySetting, LearnsWhatThereIsToLearn) {
  const auto network = make();
  const test::TestBatch held_out = test::random_batch(config_, config_.batch, 1'000'000);
  const double before = network->evaluate(held_out.pixels, held_out.labels).loss_sum;
  train(*network, config_, 0, 60);
  const BatchScore after = network->evaluate(held_out.pixels, held_out.labels);
  EXPECT_LT(after.loss_sum, 0.5 * before);
  EXPECT_GE(after.correct, 12U);
}

TEST_P(EverySetting, EvaluationChangesNothingAndScoresImagesOneByOneAlike) {
  const auto network = make();
  train(*network, config_, 0, 3);
  const std::vector<NamedTensor> before = network->state();
  const test::TestBatch batch = test::random_batch(config_, 13, 5);
  const BatchScore together = network->evaluate(batch.pixels, batch.labels);
  const std::size_t image = batch.pixels.size() / batch.labels.size();
  BatchScore apart;
  for (std::size_t i = 0; i < batch.labels.size(); ++i) {
    const BatchScore one = network->evaluate(std::span(batch.pixels).subspan(i * image, image),
                                             std::span(batch.labels).subspan(i, 1));
    apart.correct += one.correct;
    apart.loss_sum += one.loss_sum;
  }
  EXPECT_EQ(together.correct, apart.correct);
  EXPECT_NEAR(together.loss_sum, apart.loss_sum, 1e-4 * together.loss_sum);
  EXPECT_EQ(distance(before, network->state()), 0);
}

TEST_P(EverySetting, ADivergedChildHasALossThatIsNotFinite) {
  const auto network = make();
  const test::TestBatch batch = test::random_batch(config_, config_.batch, 1);
  double loss = 0;
  for (int step = 0; step < 30 && std::isfinite(loss); ++step) {
    loss = network->train_step(batch.pixels, batch.labels, 1e30);
  }
  EXPECT_FALSE(std::isfinite(loss));
}

TEST_P(EverySetting, ImagesThatDoNotFitAreRefused) {
  const auto network = make();
  test::TestBatch batch = test::random_batch(config_, config_.batch, 1);
  const auto refused = [&](const auto& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.code() == ErrorCode::kUsage;
    }
    return false;
  };
  const auto step = [&] { network->train_step(batch.pixels, batch.labels, kRate); };
  const auto score = [&] { network->evaluate(batch.pixels, batch.labels); };
  batch.labels[3] = config_.classes;
  EXPECT_TRUE(refused(step) && refused(score));
  batch.labels[3] = -1;
  EXPECT_TRUE(refused(step) && refused(score));
  batch.labels[3] = 0;
  batch.pixels.pop_back();
  EXPECT_TRUE(refused(step) && refused(score));
  batch = test::random_batch(config_, config_.batch - 1, 1);
  EXPECT_TRUE(refused(step));
  batch = test::random_batch(config_, config_.batch + 1, 1);
  EXPECT_TRUE(refused(score));
  batch = {};
  EXPECT_TRUE(refused(score));
}

TEST_P(EverySetting, AStateOfAnotherNetworkIsRefusedAndChangesNothing) {
  const auto network = make();
  const std::vector<NamedTensor> before = network->state();
  NetworkConfig other = config_;
  other.activation = Expr::input();
  try {
    network->load_state(make_network(GetParam().engine, other, compiler_)->state());
    FAIL() << "it was loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
  }
  EXPECT_EQ(distance(before, network->state()), 0);
}

INSTANTIATE_TEST_SUITE_P(
    , EverySetting,
    testing::Values(Setting{"Plan", EngineKind::kPlan, DType::kFloat32, 1},
                    Setting{"PlanTwoThreads", EngineKind::kPlan, DType::kFloat32, 2},
                    Setting{"PlanBFloat16", EngineKind::kPlan, DType::kBFloat16, 1},
                    Setting{"Torch", EngineKind::kTorch, DType::kFloat32, 1},
                    Setting{"TorchBFloat16", EngineKind::kTorch, DType::kBFloat16, 1}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Network, ThreadCountsAgreeUpToRounding) {
  Compiler compiler;
  NetworkConfig config = test::small_child("x*sigmoid(beta*x)");
  const auto one = make_network(EngineKind::kPlan, config, compiler);
  config.threads = 2;
  const auto two = make_network(EngineKind::kPlan, config, compiler);
  EXPECT_NEAR(train(*one, config, 0, 5), train(*two, config, 0, 5), 1e-3);
  EXPECT_LE(distance(one->state(), two->state()), 1e-3);
}

TEST(Network, ThreadCountsAgreeBitForBitWhereTheBatchIsCutAnyway) {
  Compiler compiler;
  NetworkConfig config = test::small_child("x*sigmoid(beta*x)");
  config.image_height = config.image_width = 32;
  config.spec = {.blocks_per_stage = 1, .widths = {8, 12}, .stem_stride = 1};
  config.batch = 40;  // 1.25 MiB in the widest layer.
  const auto one = make_network(EngineKind::kPlan, config, compiler);
  config.threads = 2;
  const auto two = make_network(EngineKind::kPlan, config, compiler);
  EXPECT_EQ(train(*one, config, 0, 3), train(*two, config, 0, 3));
  EXPECT_TRUE(identical(*one, *two));
}

TEST(Network, APieceThatIsNotFullTrainsAsTheOthersDo) {
  for (const auto shortcut : {NetworkSpec::Shortcut::kPad, NetworkSpec::Shortcut::kProjection}) {
    Compiler compiler;
    NetworkConfig config = test::small_child("x*sigmoid(beta*x)");
    config.spec.shortcut = shortcut;
    config.batch = 15;
    config.threads = 2;  // Pieces of eight and of seven images.
    const auto plan = make_network(EngineKind::kPlan, config, compiler);
    const auto torch = make_network(EngineKind::kTorch, config, compiler);
    const test::TestBatch few = test::random_batch(config, 6, 99);
    plan->evaluate(few.pixels, few.labels);  // Leaves nothing behind where no image is.
    EXPECT_NEAR(train(*plan, config, 0, 4), train(*torch, config, 0, 4), 1e-4);
    EXPECT_LE(distance(plan->state(), torch->state()), 1e-3);
  }
}

TEST(Network, BFloat16IsRefusedWhereItDoesNotExistAndNeverChosenThere) {
  Compiler compiler;
  NetworkConfig config = test::small_child("max(x, 0)");
  if (bfloat16_supported()) {
    faster_dtype(config);  // Either answer is right; it must come.
    config.dtype = DType::kBFloat16;
    EXPECT_NO_THROW(make_network(EngineKind::kPlan, config, compiler));
    return;
  }
  EXPECT_EQ(faster_dtype(config), DType::kFloat32);
  config.dtype = DType::kBFloat16;
  try {
    make_network(EngineKind::kPlan, config, compiler);
    FAIL() << "it was made";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  }
}

}  // namespace
}  // namespace nonlin
