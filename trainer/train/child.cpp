#include "trainer/train/child.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/clock.h"

namespace nonlin {
namespace {

NetworkConfig network_config(const PreparedTask& prepared, const TrialRequest& request,
                             const Expr& activation) {
  NetworkConfig config = network_config(prepared.task, prepared.images->train, activation);
  config.dtype = read_dtype(request.dtype);
  config.threads = request.threads;
  config.seed = request.seed;
  return config;
}

}  // namespace

PreparedTask prepare_task(Task task, const Dataset& images) {
  const std::size_t count = images.train.count;
  const auto batch = static_cast<std::size_t>(task.recipe.batch);
  if (task.validation_images == 0 || task.validation_images + batch > count) {
    throw Error(
        ErrorCode::kUsage,
        fmt::format("task {} takes {} validation images and batches of {}, but {} has {} "
                    "training images",
                    task.name, task.validation_images, batch, task.dataset, count),
        "Take at least one image for validation, and leave at least one batch to train on.");
  }
  PreparedTask prepared{
      .task = std::move(task), .images = &images, .split = {}, .normalisation = {}};
  prepared.split =
      split_training_images(count, prepared.task.validation_images, prepared.task.split_seed);
  prepared.normalisation = measure_normalisation(images.train, prepared.split.train);
  return prepared;
}

NetworkConfig network_config(const Task& task, const ImageSet& images, const Expr& activation) {
  NetworkConfig config;
  config.spec = task.network;
  config.image_height = images.height;
  config.image_width = images.width;
  config.image_channels = images.channels;
  config.classes = images.classes;
  config.batch = static_cast<std::size_t>(task.recipe.batch);
  config.activation = activation;
  config.recipe = task.recipe;
  return config;
}

DType read_dtype(const std::string& name) {
  if (name == "float32") return DType::kFloat32;
  if (name != "bfloat16") {
    throw Error(ErrorCode::kUsage, fmt::format("unknown type '{}'", name),
                "Types are float32 and bfloat16.");
  }
  if (!bfloat16_supported()) {
    throw Error(ErrorCode::kUnsupported, "this CPU has no bfloat16 convolutions", "Use float32.");
  }
  return DType::kBFloat16;
}

Child::Child(const PreparedTask& prepared, const TrialRequest& request, const Expr& activation,
             EngineKind engine, Compiler& compiler)
    : prepared_(prepared),
      recipe_(prepared.task.recipe),
      in_search_(request.schedule_steps == 0),
      seed_(request.seed),
      network_(make_network(engine, network_config(prepared, request, activation), compiler)),
      order_(prepared.split.train, batch(), request.seed, 0),
      image_size_(prepared.images->train.height * prepared.images->train.width *
                  prepared.images->train.channels),
      pixels_(batch() * image_size_),
      labels_(batch()) {
  if (request.schedule_steps > 0) recipe_.steps = request.schedule_steps;
}

double Child::learning_rate() const {
  return in_search_ ? search_learning_rate_at(prepared_.task, step_)
                    : learning_rate_at(recipe_, step_);
}

void Child::resume(int step, const std::vector<NamedTensor>& state) {
  network_->load_state(state);
  step_ = step;
}

double Child::train_step() {
  const auto step = static_cast<std::uint64_t>(step_);
  // The stream's second key is the step. A trial's number there would make equal requests differ.
  const double start = monotonic_seconds();
  RandomStream random(seed_, step, "augmentation");
  fill_batch(prepared_.images->train, order_.at(step), prepared_.normalisation,
             prepared_.task.augmentation, &random, pixels_, labels_);
  batch_seconds_ += monotonic_seconds() - start;
  const double loss = network_->train_step(pixels_, labels_, learning_rate());
  ++step_;
  return loss;
}

Score Child::score(const ImageSet& images, std::span<const std::uint32_t> indices) {
  BatchScore sum;
  for (std::size_t start = 0; start < indices.size(); start += batch()) {
    const auto part = indices.subspan(start, std::min(batch(), indices.size() - start));
    const std::span<float> pixels = std::span(pixels_).first(part.size() * image_size_);
    const std::span<std::int32_t> labels = std::span(labels_).first(part.size());
    fill_batch(images, part, prepared_.normalisation, {}, nullptr, pixels, labels);
    const BatchScore one = network_->evaluate(pixels, labels);
    sum.correct += one.correct;
    sum.loss_sum += one.loss_sum;
  }
  const auto count = static_cast<double>(indices.size());
  return {static_cast<double>(sum.correct) / count, sum.loss_sum / count};
}

Score Child::score_validation(std::size_t count) {
  const std::span<const std::uint32_t> images(prepared_.split.validation);
  const bool some = count > 0 && count < images.size();
  return score(prepared_.images->train, some ? images.first(count) : images);
}

Score Child::score_test() {
  std::vector<std::uint32_t> all(prepared_.images->test.count);
  std::iota(all.begin(), all.end(), 0U);
  return score(prepared_.images->test, all);
}

}  // namespace nonlin
