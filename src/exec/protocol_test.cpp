// Goal: whatever one side encodes, the other reads back; whatever else arrives is refused in clear
// words and does no harm. Method: fixed examples, every prefix of real lines, and random damage.
#include "exec/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "exec/line_buffer.h"

namespace nonlin {
namespace {

using ::testing::HasSubstr;

TrialRequest example_request() {
  return {.trial = 7,
          .expression = "max(x, \"beta\"*x)",
          .task = "/tasks/\n\xc3\xa4.toml",
          .seed = std::numeric_limits<std::uint64_t>::max(),
          .rung = 1,
          .from_step = 100,
          .to_step = 300,
          .schedule_steps = 800,
          .checkpoint = "c/1-7.ckpt",
          .write_checkpoint = false,
          .evaluation = Evaluation::kTest,
          .threads = 2,
          .dtype = "bfloat16"};
}

Done example_done() {
  return {.trial = 7,
          .result = {.rung = 1,
                     .steps = 300,
                     .score = 0.1 + 0.2,
                     .loss = 1e-300,
                     .train_loss = 5,
                     .seconds = 2.5},
          .learned = {{.layer = "act1", .parameter = "beta", .mean = 1.25, .high = 2}}};
}

TEST(Protocol, ATrialRequestSurvivesTheJourney) {
  const auto back =
      decode_runner_message(encode(RunnerMessage(example_request()))).value_or_throw();
  const auto& request = std::get<TrialRequest>(back);
  EXPECT_EQ(request.trial, 7);
  EXPECT_EQ(request.expression, "max(x, \"beta\"*x)");
  EXPECT_EQ(request.task, "/tasks/\n\xc3\xa4.toml");
  EXPECT_EQ(request.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(request.from_step, 100);
  EXPECT_EQ(request.schedule_steps, 800);
  EXPECT_FALSE(request.write_checkpoint);
  EXPECT_EQ(request.evaluation, Evaluation::kTest);
  EXPECT_EQ(request.dtype, "bfloat16");
  // The rest by the text: equal messages have equal lines.
  EXPECT_EQ(encode(back), encode(RunnerMessage(example_request())));
}

TEST(Protocol, EveryWorkerMessageSurvivesTheJourney) {
  const std::vector<WorkerMessage> messages = {
      Ready{.worker = "nonlin 0.1"}, Progress{.trial = 3, .step = 20, .train_loss = 2.3},
      example_done(), Failed{.trial = 3, .reason = "diverged", .detail = "at step 12"}};
  for (const WorkerMessage& message : messages) {
    const auto back = decode_worker_message(encode(message)).value_or_throw();
    EXPECT_EQ(back.index(), message.index());
    EXPECT_EQ(encode(back), encode(message));
  }
  const auto done = std::get<Done>(decode_worker_message(encode(messages[2])).value_or_throw());
  EXPECT_EQ(done.result.score, 0.1 + 0.2);
  ASSERT_EQ(done.learned.size(), 1u);
  EXPECT_EQ(done.learned[0].mean, 1.25);
}

TEST(Protocol, NonFiniteNumbersTravelAsNullAndComeBackAsNaN) {
  const std::string line = encode(
      WorkerMessage(Progress{.trial = 1, .train_loss = std::numeric_limits<double>::infinity()}));
  EXPECT_THAT(line, HasSubstr("\"train_loss\":null"));
  const auto back = decode_worker_message(line).value_or_throw();
  EXPECT_TRUE(std::isnan(std::get<Progress>(back).train_loss));
}

TEST(Protocol, ALineHoldsNoNewlineAndIsUtf8WhateverTheTextsHold) {
  const std::string line =
      encode(WorkerMessage(Failed{.trial = 1, .reason = "error", .detail = "a\nb\xff\xc3"}));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(line));
  EXPECT_TRUE(decode_worker_message(line).ok());
}

TEST(Protocol, UnknownFieldsAreIgnored) {
  nlohmann::json json = nlohmann::json::parse(encode(WorkerMessage(example_done())));
  json["colour"] = {{"deep", {1, 2, 3}}};
  EXPECT_TRUE(decode_worker_message(json.dump()).ok());
}

TEST(Protocol, AnotherVersionIsRefusedWithBothVersionsNamed) {
  nlohmann::json json = nlohmann::json::parse(encode(WorkerMessage(example_done())));
  json["version"] = 2;
  const auto result = decode_worker_message(json.dump());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kParse);
  EXPECT_EQ(result.error().message(), "protocol version 2; this nonlin speaks 1");
}

TEST(Protocol, AMissingFieldIsNamed) {
  const nlohmann::json whole = nlohmann::json::parse(encode(RunnerMessage(example_request())));
  for (const auto& item : whole.items()) {
    nlohmann::json json = whole;
    json.erase(item.key());
    const auto result = decode_runner_message(json.dump());
    ASSERT_FALSE(result.ok()) << item.key();
    EXPECT_EQ(result.error().message(), "field \"" + item.key() + "\" is missing");
  }
}

TEST(Protocol, AFieldOfTheWrongKindIsNamed) {
  const nlohmann::json whole = nlohmann::json::parse(encode(WorkerMessage(example_done())));
  for (const auto& item : whole.items()) {
    nlohmann::json json = whole;
    json[item.key()] = {{"an", "object"}};
    const auto result = decode_worker_message(json.dump());
    ASSERT_FALSE(result.ok()) << item.key();
    EXPECT_THAT(result.error().message(), HasSubstr("\"" + item.key() + "\""));
  }
}

TEST(Protocol, ANumberThatDoesNotFitIsRefused) {
  nlohmann::json json = nlohmann::json::parse(encode(RunnerMessage(example_request())));
  json["to_step"] = 1LL << 40;
  EXPECT_THAT(decode_runner_message(json.dump()).error().message(), HasSubstr("out of range"));
  json["to_step"] = 300;
  json["seed"] = -1;
  EXPECT_THAT(decode_runner_message(json.dump()).error().message(), HasSubstr("out of range"));
}

TEST(Protocol, AMessageOfTheOtherDirectionIsRefused) {
  EXPECT_THAT(decode_worker_message(encode(RunnerMessage(StopRequest{4}))).error().message(),
              HasSubstr("unknown type \"stop\""));
  EXPECT_FALSE(decode_runner_message(encode(WorkerMessage(example_done()))).ok());
}

TEST(Protocol, EveryTruncatedLineIsRefused) {
  const std::string line = encode(WorkerMessage(example_done()));
  for (std::size_t length = 0; length < line.size(); ++length) {
    EXPECT_FALSE(decode_worker_message(line.substr(0, length)).ok()) << length;
  }
}

TEST(Protocol, RandomDamageIsReadOrRefusedAndNeverFatal) {
  const std::string line = encode(RunnerMessage(example_request()));
  RandomStream random(1, 0, "protocol test");
  int refused = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = line;
    for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    }
    const auto result = decode_runner_message(damaged);
    if (!result.ok()) {
      ++refused;
      EXPECT_EQ(result.error().code(), ErrorCode::kParse);
    } else {
      EXPECT_TRUE(decode_runner_message(encode(*result)).ok());
    }
  }
  EXPECT_GT(refused, 5000);
}

TEST(Protocol, AnOverlongOrDeeplyNestedLineIsRefused) {
  EXPECT_THAT(decode_worker_message(std::string(kMaxLineBytes + 1, ' ')).error().message(),
              HasSubstr("the protocol allows 1048576"));
  EXPECT_FALSE(decode_worker_message(std::string(kMaxLineBytes, '[')).ok());
}

TEST(LineBuffer, GivesWholeLinesHoweverTheBytesArrive) {
  const std::string text = "one\n\nthree\nfour";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    LineBuffer buffer;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < text.size(); i += piece) {
      buffer.append(std::string_view(text).substr(i, piece));
      while (const auto line = buffer.next()) lines.push_back(*line);
    }
    EXPECT_THAT(lines, ::testing::ElementsAre("one", "", "three")) << piece;
    EXPECT_FALSE(buffer.overlong());
  }
}

TEST(LineBuffer, NoticesALineThatIsTooLongEndedOrNot) {
  LineBuffer buffer(4);
  buffer.append("1234\n12345");
  EXPECT_EQ(buffer.next(), "1234");
  EXPECT_TRUE(buffer.overlong());
  buffer.append("\n1\n");
  EXPECT_EQ(buffer.next(), std::nullopt);
  EXPECT_TRUE(buffer.overlong());
}

}  // namespace
}  // namespace nonlin
