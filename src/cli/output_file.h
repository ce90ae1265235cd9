// Files that commands write because a person named them: -o FILE, --svg FILE.
#pragma once

#include <string>
#include <string_view>

namespace nonlin {

/// Makes `path` hold `text`, replacing what it held, at once: whatever goes wrong, the file is the
/// old or the new one, never half of one. A link is followed; what is no regular file (a pipe,
/// /dev/stdout) is written to. Throws Error{kIo} for a folder, or if the system refuses.
void write_output_file(const std::string& path, std::string_view text);

}  // namespace nonlin
