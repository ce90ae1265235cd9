// How things go wrong in nonlin: one Error type, returned inside a Result where failure is an
// expected outcome (a text that does not parse, a child that diverges), thrown where the
// environment is broken (a full disk, a corrupt file). Only cli, workers and bindings catch it.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace nonlin {

enum class ErrorCode {
  kUsage,        ///< The caller asked for something that makes no sense; exit status 2.
  kParse,        ///< A text (expression, TOML, JSON) is not in its language.
  kNotFound,     ///< A name, file or data set that does not exist.
  kCorrupt,      ///< Data that is there but damaged or truncated.
  kSchema,       ///< A database written by a newer nonlin.
  kIo,           ///< The operating system refused: full disk, permissions, broken pipe.
  kDiverged,     ///< Training left the finite numbers.
  kUnsupported,  ///< Meaningful, but this build or machine cannot do it.
  kCancelled,    ///< A person or the runner asked to stop.
  kInternal,     ///< A bug in nonlin.
};

/// The stable lower-case name of a code ("not-found"), as JSON output prints it.
std::string_view to_string(ErrorCode code);

/// One failure, in words for people: what happened, and what to do about it.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, std::string hint = {})
      : code_(code), message_(std::move(message)), hint_(std::move(hint)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  /// What the person can do now; may be empty.
  const std::string& hint() const { return hint_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_;
  std::string hint_;
};

/// A T, or the Error that stands in its place.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const { return std::get<1>(state_); }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  /// The value, or the Error thrown: for callers to whom failure is not an expected outcome.
  T value_or_throw() && {
    if (!ok()) throw error();
    return std::get<0>(std::move(state_));
  }

 private:
  std::variant<T, Error> state_;
};

}  // namespace nonlin
