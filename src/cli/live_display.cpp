#include "cli/live_display.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace nonlin {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr double kPhaseSeconds = 1;
constexpr std::size_t kLabelColumns = 11;

struct WindowSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

WindowSize window_size(std::FILE* out) {
  winsize size{};
  if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {.columns = size.ws_col, .rows = size.ws_row};
}

std::string with_thousands(std::int64_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

std::string bar(double share, std::size_t columns) {
  const double clamped = std::clamp(share, 0.0, 1.0);
  const auto full = static_cast<std::size_t>(std::lround(clamped * static_cast<double>(columns)));
  return fmt::format("[{}{}]", std::string(full, '='), std::string(columns - full, '.'));
}

/// On the first rung: only a part of the space is to be tried, and how much is known.
bool has_smaller_goal(const SearchSnapshot& snapshot) {
  return snapshot.phase_total > 0 && snapshot.phase_total < snapshot.total;
}

/// What the bar stands for: the candidates of the space on the first rung, then the phase's trials.
std::string progress_text(const SearchSnapshot& snapshot) {
  if (snapshot.rung == 0 && has_smaller_goal(snapshot)) {
    return fmt::format("{} of {} candidates tried, {} in all", with_thousands(snapshot.tried),
                       with_thousands(snapshot.phase_total), with_thousands(snapshot.total));
  }
  if (snapshot.rung == 0 && snapshot.total == 0) {
    return fmt::format("{} candidates tried", with_thousands(snapshot.tried));
  }
  if (snapshot.rung == 0) {
    return fmt::format("{} of {} candidates tried", with_thousands(snapshot.tried),
                       with_thousands(snapshot.total));
  }
  if (snapshot.phase_total == 0) return fmt::format("{} done", snapshot.phase_done);
  return fmt::format("{} of {} done", snapshot.phase_done, snapshot.phase_total);
}

double progress_share(const SearchSnapshot& snapshot) {
  const bool whole_space = snapshot.rung == 0 && !has_smaller_goal(snapshot);
  const std::int64_t total = whole_space ? snapshot.total : snapshot.phase_total;
  const std::int64_t done = snapshot.rung == 0 ? snapshot.tried : snapshot.phase_done;
  return total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
}

std::string time_text(const SearchSnapshot& snapshot) {
  if (snapshot.budget_seconds <= 0) return format_duration(snapshot.elapsed_seconds) + " elapsed";
  const double left = std::max(0.0, snapshot.budget_seconds - snapshot.elapsed_seconds);
  return format_duration(left) + " left";
}

std::string label(const std::string& text, Colours colours) {
  return toned(padded(text, kLabelColumns), Tone::kDim, colours);
}

std::string running_text(const RunningTrial& trial, std::size_t columns) {
  const std::string step = fmt::format("  step {} of {}", trial.step, trial.to_step);
  if (columns <= step.size() + 8) return shortened(trial.expression, columns);
  return shortened(trial.expression, columns - step.size()) + step;
}

std::string reasons_text(const SearchSnapshot& snapshot, const ReasonCounts& reasons) {
  std::string text =
      fmt::format("{} rejected untrained, {} failed", with_thousands(snapshot.rejected),
                  with_thousands(snapshot.failed));
  std::string details;
  for (const auto& [reason, count] : reasons) {
    details += fmt::format("{}{} {}", details.empty() ? "" : ", ", reason, with_thousands(count));
  }
  return details.empty() ? text : text + " (" + details + ")";
}

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::max(0.0, seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::vector<std::string> render_live(const SearchSnapshot& snapshot, const ReasonCounts& reasons,
                                     std::size_t width, Colours colours) {
  const std::size_t room = width > kLabelColumns ? width - kLabelColumns : 0;
  std::vector<std::string> lines;
  const auto add = [&](const std::string& name, const std::string& text) {
    lines.push_back(room == 0 ? shortened(text, width) : label(name, colours) + text);
  };
  add("phase", shortened(snapshot.phase, room));

  const std::string progress = progress_text(snapshot);
  const std::size_t bar_columns = std::min<std::size_t>(30, width / 4);
  const bool has_bar = room > bar_columns + 4 + progress.size();
  add("progress", has_bar ? bar(progress_share(snapshot), bar_columns) + " " + progress
                          : shortened(progress, room));
  add("pace",
      shortened(fmt::format("{:.0f} per minute, {}", snapshot.per_minute, time_text(snapshot)),
                room));
  if (snapshot.best_score) {
    const std::string score = fmt::format("{:.4f}  ", *snapshot.best_score);
    const std::size_t left = room > score.size() ? room - score.size() : 0;
    const std::string best = score + shortened(snapshot.best_expression, left);
    add("best", toned(shortened(best, room), Tone::kBold, colours));
  }
  for (const RunningTrial& trial : snapshot.running) {
    add(fmt::format("worker {}", trial.worker + 1), running_text(trial, room));
  }
  if (snapshot.rejected > 0 || snapshot.failed > 0) {
    add("set aside", shortened(reasons_text(snapshot, reasons), room));
  }
  return lines;
}

std::string render_plain(const SearchSnapshot& snapshot) {
  std::string line = fmt::format("[{}] {}: {}", format_duration(snapshot.elapsed_seconds),
                                 snapshot.phase, progress_text(snapshot));
  if (snapshot.per_minute > 0) line += fmt::format(", {:.0f} per minute", snapshot.per_minute);
  if (snapshot.best_score) {
    line += fmt::format(", best {:.4f} {}", *snapshot.best_score, snapshot.best_expression);
  }
  if (snapshot.failed > 0) line += fmt::format(", {} failed", snapshot.failed);
  if (snapshot.budget_seconds > 0) line += ", " + time_text(snapshot);
  return line;
}

std::size_t columns_of(const std::string& text) {
  std::string visible;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
    } else {
      visible += text[i];
    }
  }
  return display_width(visible);
}

std::size_t rows_of(const std::vector<std::size_t>& line_columns, std::size_t width) {
  std::size_t rows = 0;
  for (const std::size_t columns : line_columns) {
    rows += width == 0 ? 1 : std::max<std::size_t>(1, (columns + width - 1) / width);
  }
  return rows;
}

LiveDisplay::LiveDisplay(Options options, Clock clock)
    : options_(options), clock_(std::move(clock)), terminal_(isatty(fileno(options.out)) == 1) {}

LiveDisplay::~LiveDisplay() { finish(); }

void LiveDisplay::count(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  ++reasons_[reason];
}

void LiveDisplay::update(const SearchSnapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  last_ = snapshot;
  seen_ = true;
  const double now = clock_();
  // Rungs may alternate for a while, as children are promoted: a log gets no line for each change.
  const bool new_phase = snapshot.phase != last_phase_ && now - last_shown_ >= kPhaseSeconds;
  const double interval = terminal_ ? kRedrawSeconds : options_.plain_interval_seconds;
  // Snapshots come about as often as they are drawn: half an interval's tolerance skips none.
  if (!new_phase && now - last_shown_ < (terminal_ ? interval / 2 : interval)) return;
  last_shown_ = now;
  last_phase_ = snapshot.phase;
  if (terminal_) {
    redraw(snapshot);
  } else {
    fmt::print(options_.out, "{}\n", render_plain(snapshot));
  }
  std::fflush(options_.out);
}

void LiveDisplay::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  erase();
  fmt::print(options_.out, "{}\n", line);
  if (terminal_ && seen_) redraw(last_);
  std::fflush(options_.out);
}

void LiveDisplay::finish() {
  const std::lock_guard lock(mutex_);
  if (terminal_ && seen_) redraw(last_);
  if (cursor_hidden_) fmt::print(options_.out, "\x1b[?25h");
  cursor_hidden_ = false;
  drawn_.clear();
  seen_ = false;
  std::fflush(options_.out);
}

void LiveDisplay::erase() {
  if (!drawn_.empty()) {
    const std::size_t rows = rows_of(drawn_, window_size(options_.out).columns);
    fmt::print(options_.out, "\x1b[{}A\r\x1b[J", rows);
  }
  drawn_.clear();
}

void LiveDisplay::redraw(const SearchSnapshot& snapshot) {
  const WindowSize window = window_size(options_.out);
  // The last column stays free: a terminal may wrap when it is filled.
  std::vector<std::string> lines =
      render_live(snapshot, reasons_, window.columns - 1, options_.colours);
  if (window.rows > 1 && lines.size() >= window.rows) lines.resize(window.rows - 1);
  std::string text;
  if (!cursor_hidden_) text += "\x1b[?25l";
  cursor_hidden_ = true;
  if (!drawn_.empty()) text += fmt::format("\x1b[{}A", rows_of(drawn_, window.columns));
  text += '\r';
  drawn_.clear();
  for (const std::string& line : lines) {
    text += line + "\x1b[K\n";
    drawn_.push_back(columns_of(line));
  }
  text += "\x1b[J";
  std::fwrite(text.data(), 1, text.size(), options_.out);  // At once, so that nothing flickers.
}

}  // namespace nonlin
