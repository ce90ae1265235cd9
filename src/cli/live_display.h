// What a person sees while a search runs. On a terminal a few lines are redrawn in place; elsewhere
// (a file, a pipe, a log) plain lines come now and then. How a snapshot looks is a pure function.
#pragma once

#include <cstddef>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/search_engine.h"
#include "report/text.h"

namespace nonlin {

/// How many trials ended without a score, by reason ("constant", "diverged").
using ReasonCounts = std::map<std::string, std::int64_t>;

/// "0:07", "12:30", "2:05:00"; fractions of a second are cut.
std::string format_duration(double seconds);

/// The snapshot as lines of at most `width` columns, the longest expressions cut first. Escape
/// sequences of colours take no columns.
std::vector<std::string> render_live(const SearchSnapshot& snapshot, const ReasonCounts& reasons,
                                     std::size_t width, Colours colours);

/// The snapshot as one line for a log, as wide as it needs to be.
std::string render_plain(const SearchSnapshot& snapshot);

/// Columns that `text` takes, the escape sequences of colours left out.
std::size_t columns_of(const std::string& text);

/// Rows that lines of these widths take in a terminal of `width` columns: what has to be redrawn
/// after the window was made narrower.
std::size_t rows_of(const std::vector<std::size_t>& line_columns, std::size_t width);

/// Thread-safe: what executors have to tell may come from any thread.
class LiveDisplay {
 public:
  struct Options {
    std::FILE* out = stdout;
    Colours colours = Colours::kNone;
    double plain_interval_seconds = 10;
  };

  explicit LiveDisplay(Options options, Clock clock = monotonic_seconds);
  ~LiveDisplay();
  LiveDisplay(const LiveDisplay&) = delete;
  LiveDisplay& operator=(const LiveDisplay&) = delete;

  /// Counts trials that ended without a score; earlier sessions' are added when a study goes on.
  void count(const std::string& reason);
  /// Shows the snapshot if it is time to: ten times a second on a terminal; elsewhere at a change
  /// of phase and at every interval.
  void update(const SearchSnapshot& snapshot);
  /// A line that stays above the redrawn ones.
  void say(const std::string& line);
  /// Shows the last snapshot as it was and gives the cursor back.
  void finish();

 private:
  void redraw(const SearchSnapshot& snapshot);
  void erase();

  std::mutex mutex_;
  Options options_;
  Clock clock_;
  bool terminal_;
  bool cursor_hidden_ = false;
  double last_shown_ = -1e300;
  std::string last_phase_;
  ReasonCounts reasons_;
  SearchSnapshot last_;
  bool seen_ = false;
  std::vector<std::size_t> drawn_;  ///< Columns of each line on the screen.
};

}  // namespace nonlin
