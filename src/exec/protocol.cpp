#include "exec/protocol.h"

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>
#include <utility>

namespace nonlin {
namespace {

using Json = nlohmann::json;

template <typename M, typename T>
concept MessageOf = std::same_as<std::remove_const_t<M>, T>;

// Every message's fields, listed once: the writer and the reader below both walk these lists.

void walk(auto& field, MessageOf<TrialRequest> auto& message) {
  field("expression", message.expression);
  field("task", message.task);
  field("seed", message.seed);
  field("rung", message.rung);
  field("from_step", message.from_step);
  field("to_step", message.to_step);
  field("schedule_steps", message.schedule_steps);
  field("checkpoint", message.checkpoint);
  field("write_checkpoint", message.write_checkpoint);
  field("evaluation", message.evaluation);
  field("threads", message.threads);
  field("dtype", message.dtype);
}

void walk(auto&, MessageOf<StopRequest> auto&) {}

void walk(auto& field, MessageOf<Ready> auto& message) { field("worker", message.worker); }

void walk(auto& field, MessageOf<Progress> auto& message) {
  field("step", message.step);
  field("train_loss", message.train_loss);
}

void walk(auto& field, MessageOf<LearnedParameter> auto& learned) {
  field("layer", learned.layer);
  field("parameter", learned.parameter);
  field("mean", learned.mean);
  field("low", learned.low);
  field("lower_quartile", learned.lower_quartile);
  field("median", learned.median);
  field("upper_quartile", learned.upper_quartile);
  field("high", learned.high);
}

void walk(auto& field, MessageOf<Done> auto& message) {
  field("rung", message.result.rung);
  field("steps", message.result.steps);
  field("score", message.result.score);
  field("loss", message.result.loss);
  field("train_loss", message.result.train_loss);
  field("seconds", message.result.seconds);
  field("learned", message.learned);
}

void walk(auto& field, MessageOf<Failed> auto& message) {
  field("reason", message.reason);
  field("detail", message.detail);
}

constexpr const char* type_name(const TrialRequest&) { return "trial"; }
constexpr const char* type_name(const StopRequest&) { return "stop"; }
constexpr const char* type_name(const Ready&) { return "ready"; }
constexpr const char* type_name(const Progress&) { return "progress"; }
constexpr const char* type_name(const Done&) { return "done"; }
constexpr const char* type_name(const Failed&) { return "failed"; }

class Writer {
 public:
  void operator()(const char* name, const std::string& value) { json[name] = value; }
  void operator()(const char* name, bool value) { json[name] = value; }
  void operator()(const char* name, std::integral auto value) { json[name] = value; }
  void operator()(const char* name, double value) {
    json[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
  }
  void operator()(const char* name, Evaluation value) {
    json[name] = value == Evaluation::kTest ? "test" : "validation";
  }
  void operator()(const char* name, const std::vector<LearnedParameter>& values) {
    Json list = Json::array();
    for (const LearnedParameter& value : values) {
      Writer element;
      walk(element, value);
      list.push_back(std::move(element.json));
    }
    json[name] = std::move(list);
  }

  Json json = Json::object();
};

/// Fills in a message, and keeps the first thing that is wrong.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  void operator()(const char* name, std::string& value) {
    if (const Json* found = find(name, &Json::is_string, "a text")) {
      value = found->get<std::string>();
    }
  }
  void operator()(const char* name, bool& value) {
    if (const Json* found = find(name, &Json::is_boolean, "true or false")) {
      value = found->get<bool>();
    }
  }
  template <std::integral T>
  void operator()(const char* name, T& value) {
    const Json* found = find(name, &Json::is_number_integer, "a whole number");
    if (!found) return;
    const bool fits = found->is_number_unsigned() ? std::in_range<T>(found->get<std::uint64_t>())
                                                  : std::in_range<T>(found->get<std::int64_t>());
    if (!fits) return complain(name, "is out of range");
    value = found->get<T>();
  }
  void operator()(const char* name, double& value) {
    const auto number_or_null = [](const Json& json) { return json.is_number() || json.is_null(); };
    if (const Json* found = find(name, number_or_null, "a number or null")) {
      value = found->is_null() ? std::numeric_limits<double>::quiet_NaN() : found->get<double>();
    }
  }
  void operator()(const char* name, Evaluation& value) {
    std::string text;
    (*this)(name, text);
    if (error_) return;
    if (text != "validation" && text != "test") {
      return complain(name, "must be \"validation\" or \"test\"");
    }
    value = text == "test" ? Evaluation::kTest : Evaluation::kValidation;
  }
  void operator()(const char* name, std::vector<LearnedParameter>& values) {
    const Json* found = find(name, &Json::is_array, "a list");
    if (!found) return;
    for (const Json& element : *found) {
      if (!element.is_object()) return complain(name, "must hold objects");
      Reader reader(element);
      walk(reader, values.emplace_back());
      if (reader.error_) error_ = reader.error_;
    }
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  template <typename Test>
  const Json* find(const char* name, Test test, const char* wanted) {
    if (error_) return nullptr;
    const auto found = json_.find(name);
    if (found == json_.end()) {
      complain(name, "is missing");
    } else if (!std::invoke(test, *found)) {
      complain(name, fmt::format("must be {}", wanted));
    } else {
      return &*found;
    }
    return nullptr;
  }
  void complain(const char* name, std::string_view what) {
    error_ = Error(ErrorCode::kParse, fmt::format("field \"{}\" {}", name, what));
  }

  const Json& json_;
  std::optional<Error> error_;
};

template <typename Message>
std::string encode_message(const Message& message) {
  Writer writer;
  writer("version", kProtocolVersion);
  writer("type", std::string(type_name(message)));
  if constexpr (std::is_same_v<Message, Ready>) {
    writer("trial", 0);
  } else {
    writer("trial", message.trial);
  }
  walk(writer, message);
  // Texts may hold anything (a compiler's message cut in the middle of a character): a line is
  // UTF-8 all the same.
  return writer.json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string beginning(std::string_view line) {
  constexpr std::size_t kShown = 80;
  const std::string cut(line.substr(0, kShown));
  return line.size() > kShown ? cut + "..." : cut;
}

/// The object of one line, version and type checked to be there.
Result<Json> read_object(std::string_view line) {
  if (line.size() > kMaxLineBytes) {
    return Error(ErrorCode::kParse, fmt::format("a line of {} bytes; the protocol allows {}",
                                                line.size(), kMaxLineBytes));
  }
  Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Error(ErrorCode::kParse, "not a JSON object: " + beginning(line));
  }
  int version = 0;
  Reader reader(json);
  reader("version", version);
  if (reader.error()) return *reader.error();
  if (version != kProtocolVersion) {
    return Error(ErrorCode::kParse, fmt::format("protocol version {}; this nonlin speaks {}",
                                                version, kProtocolVersion));
  }
  return json;
}

/// Reads the alternative of `Message` whose type name is `type`.
template <typename Message, std::size_t index = 0>
Result<Message> read_alternative(const Json& json, const std::string& type) {
  if constexpr (index == std::variant_size_v<Message>) {
    return Error(ErrorCode::kParse, fmt::format("unknown type \"{}\"", beginning(type)));
  } else {
    std::variant_alternative_t<index, Message> message;
    if (type != type_name(message)) return read_alternative<Message, index + 1>(json, type);
    Reader reader(json);
    if constexpr (!std::is_same_v<decltype(message), Ready>) reader("trial", message.trial);
    walk(reader, message);
    if (reader.error()) return *reader.error();
    return Message(std::move(message));
  }
}

template <typename Message>
Result<Message> decode_message(std::string_view line) {
  const Result<Json> json = read_object(line);
  if (!json) return json.error();
  std::string type;
  Reader reader(*json);
  reader("type", type);
  if (reader.error()) return *reader.error();
  return read_alternative<Message>(*json, type);
}

}  // namespace

std::string encode(const RunnerMessage& message) {
  return std::visit([](const auto& alternative) { return encode_message(alternative); }, message);
}

std::string encode(const WorkerMessage& message) {
  return std::visit([](const auto& alternative) { return encode_message(alternative); }, message);
}

Result<RunnerMessage> decode_runner_message(std::string_view line) {
  return decode_message<RunnerMessage>(line);
}

Result<WorkerMessage> decode_worker_message(std::string_view line) {
  return decode_message<WorkerMessage>(line);
}

}  // namespace nonlin
