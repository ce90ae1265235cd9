#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace nonlin {
namespace {

// The only variables of the process as a whole: a signal handler can reach nothing else.
std::atomic<bool> interrupt_requested{false};
std::atomic<int> interrupt_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

void set_action(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

extern "C" void note_interrupt(int signal) {
  if (!interrupt_requested.exchange(true)) {
    interrupt_signal = signal;
    return;
  }
  constexpr char kShowCursor[] = "\x1b[?25h\n";
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (isatty(descriptor) == 0) continue;
    [[maybe_unused]] const auto written = write(descriptor, kShowCursor, sizeof(kShowCursor) - 1);
  }
  set_action(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  interrupt_requested = false;
  interrupt_signal = 0;
  for (const int signal : kSignals) {
    // Whoever started us with nohup wants a hang-up to mean nothing.
    if (signal == SIGHUP && is_ignored(signal)) continue;
    set_action(signal, note_interrupt);
  }
  set_action(SIGPIPE, SIG_IGN);
}

InterruptGuard::~InterruptGuard() {
  for (const int signal : kSignals) {
    if (!is_ignored(signal)) set_action(signal, SIG_DFL);
  }
  set_action(SIGPIPE, SIG_DFL);
}

const std::atomic<bool>& InterruptGuard::requested() const { return interrupt_requested; }

int InterruptGuard::signal() const { return interrupt_signal; }

}  // namespace nonlin
