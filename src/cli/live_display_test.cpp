// Goal: the display tells what it should, in whatever window, and leaves the screen tidy.
// Method: snapshots rendered to text; the class itself writes into temporary files (no terminal),
// and into a pseudo-terminal whose size is changed under way.
#include "cli/live_display.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

namespace nonlin {
namespace {

using testing::HasSubstr;
using testing::Not;

SearchSnapshot example() {
  return {
      .phase = "rung 1 of 3",
      .rung = 0,
      .rungs = 3,
      .tried = 412,
      .total = 2931,
      .rejected = 1204,
      .failed = 31,
      .phase_done = 412,
      .phase_total = 0,
      .per_minute = 87.4,
      .best_expression = "x*sigmoid(beta*x)",
      .best_score = 0.84125,
      .running =
          {{.worker = 0, .trial = 413, .expression = "max(x, tanh(x))", .step = 64, .to_step = 100},
           {.worker = 1,
            .trial = 414,
            .expression = std::string(200, 'x'),
            .step = 9,
            .to_step = 100}},
      .elapsed_seconds = 61.5,
      .budget_seconds = 600};
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

TEST(LiveDisplay, says_all_that_a_person_wants_to_know) {
  const std::string text =
      joined(render_live(example(), {{"diverged", 30}, {"crashed", 1}}, 100, Colours::kNone));
  for (const char* part :
       {"rung 1 of 3", "412 of 2,931 candidates tried", "[", "87 per minute", "8:58 left", "0.8413",
        "x*sigmoid(beta*x)", "worker 1", "max(x, tanh(x))", "step 64 of 100", "worker 2",
        "1,204 rejected untrained", "31 failed", "crashed 1, diverged 30"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(LiveDisplay, no_line_is_wider_than_the_window) {
  for (std::size_t width = 1; width <= 120; ++width) {
    for (const Colours colours : {Colours::kNone, Colours::kAnsi}) {
      for (const auto& line : render_live(example(), {{"diverged", 30}}, width, colours)) {
        EXPECT_LE(columns_of(line), width) << line;
      }
    }
  }
}

TEST(LiveDisplay, colours_change_no_word) {
  std::string plain = joined(render_live(example(), {}, 80, Colours::kNone));
  std::string coloured = joined(render_live(example(), {}, 80, Colours::kAnsi));
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  EXPECT_NE(plain, coloured);
  std::string stripped;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      while (coloured[i] != 'm') ++i;
    } else {
      stripped += coloured[i];
    }
  }
  EXPECT_EQ(stripped, plain);
}

TEST(LiveDisplay, an_empty_snapshot_makes_no_claims) {
  SearchSnapshot empty;
  empty.phase = "starting";
  const std::string text = joined(render_live(empty, {}, 80, Colours::kNone));
  EXPECT_THAT(text, HasSubstr("starting"));
  EXPECT_THAT(text, Not(HasSubstr("best")));
  EXPECT_THAT(text, HasSubstr("elapsed"));
}

TEST(LiveDisplay, durations_read_as_clocks) {
  EXPECT_EQ(format_duration(-3), "0:00");
  EXPECT_EQ(format_duration(7.9), "0:07");
  EXPECT_EQ(format_duration(750), "12:30");
  EXPECT_EQ(format_duration(7500), "2:05:00");
}

TEST(LiveDisplay, wrapped_lines_take_more_rows) {
  EXPECT_EQ(rows_of({}, 80), 0u);
  EXPECT_EQ(rows_of({0, 79, 80}, 80), 3u);
  EXPECT_EQ(rows_of({79, 79}, 40), 4u);
}

TEST(LiveDisplay, columns_count_characters_not_bytes) {
  EXPECT_EQ(columns_of("a±b"), 3u);
  EXPECT_EQ(columns_of("\x1b[1mab\x1b[0m"), 2u);
}

std::string contents(std::FILE* file) {
  std::fflush(file);
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  return text;
}

TEST(LiveDisplay, a_log_gets_a_line_per_interval_and_per_phase) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  double now = 0;
  {
    LiveDisplay display({.out = file.get(), .plain_interval_seconds = 10}, [&] { return now; });
    SearchSnapshot snapshot = example();
    for (; now < 30; now += 0.1) display.update(snapshot);  // At 0, 10 and 20.
    snapshot.phase = "finals";
    snapshot.rung = 3;
    display.update(snapshot);
  }
  const std::string text = contents(file.get());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
  EXPECT_THAT(text, HasSubstr("[1:01] rung 1 of 3: 412 of 2,931 candidates tried"));
  EXPECT_THAT(text, HasSubstr("finals"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(LiveDisplay, a_terminal_gets_its_cursor_back_after_a_resize) {
  const int leader = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(leader, 0);
  ASSERT_EQ(grantpt(leader), 0);
  ASSERT_EQ(unlockpt(leader), 0);
  std::FILE* terminal = std::fopen(ptsname(leader), "w");
  ASSERT_NE(terminal, nullptr);
  const auto resize = [&](unsigned short columns, unsigned short rows) {
    const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ASSERT_EQ(ioctl(leader, TIOCSWINSZ, &size), 0);
  };
  // What is written arrives in pieces, each when the kernel gets round to it.
  const auto drain = [&] {
    std::string text;
    pollfd readable{.fd = leader, .events = POLLIN, .revents = 0};
    while (poll(&readable, 1, text.empty() ? 5000 : 50) == 1) {
      char bytes[8192];
      const ssize_t size = read(leader, bytes, sizeof(bytes));
      if (size <= 0) break;
      text.append(bytes, static_cast<std::size_t>(size));
    }
    return text;
  };
  resize(80, 24);
  double now = 0;
  LiveDisplay display({.out = terminal, .colours = Colours::kNone}, [&] { return now; });
  display.update(example());
  EXPECT_THAT(drain(), testing::StartsWith("\x1b[?25l"));
  now += 0.1;
  display.update(example());
  EXPECT_THAT(drain(), testing::StartsWith("\x1b[7A"));  // As many lines as were drawn.
  resize(40, 4);
  now += 0.1;
  display.update(example());
  const std::string narrow = drain();
  EXPECT_THAT(narrow, Not(testing::StartsWith("\x1b[7A")));  // They wrap now.
  EXPECT_LE(std::count(narrow.begin(), narrow.end(), '\n'), 3);
  display.finish();
  EXPECT_THAT(drain(), HasSubstr("\x1b[?25h"));
  std::fclose(terminal);
  close(leader);
}

}  // namespace
}  // namespace nonlin
