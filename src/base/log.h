// Libraries never print: what they have to tell goes into a sink that their caller passes in.
#pragma once

#include <functional>
#include <string_view>

namespace nonlin {

enum class LogLevel { kDebug, kInfo, kWarning };

/// Called from the thread that has something to tell; must be thread-safe. May be empty.
using LogSink = std::function<void(LogLevel level, std::string_view message)>;

}  // namespace nonlin
