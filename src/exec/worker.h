// The worker's side of the trial protocol: everything about being a worker except the training.
//
// One thread does it all. Between training steps the handler reports its progress; that call sends
// a heartbeat now and then and looks whether the runner wants the trial stopped. A heartbeat comes
// from the thread that trains and from no other, so that a training that hangs falls silent.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "exec/file_descriptor.h"
#include "exec/protocol.h"

namespace nonlin {

/// Called after every training step or so (a call costs about a microsecond). False: give the trial
/// up and return Failed{"stopped"}.
using OnProgress = std::function<bool(const Progress&)>;

/// Runs one trial. What it throws becomes Failed{"error"} with the error's words as detail.
using TrialHandler =
    std::function<std::variant<Done, Failed>(const TrialRequest&, const OnProgress&)>;

/// Says Ready, then serves one request after the other until the runner closes `in_fd`. `name` goes
/// into Ready. Throws Error{kParse} for a line that is no request, and Error{kIo} if a descriptor
/// fails; the worker should end then.
void run_worker(int in_fd, int out_fd, const std::string& name, const TrialHandler& handler);

/// Standard input and output, kept for the protocol: from now on what any library prints on
/// standard output goes to standard error, and standard input is empty. Call it first in a worker's
/// main.
struct ProtocolPipes {
  FileDescriptor in;
  FileDescriptor out;
};
ProtocolPipes claim_standard_pipes();

/// The kernel kills this process as soon as the thread that started it is gone. A runner that died
/// before this call has closed our input, which run_worker notices.
void die_with_parent();

}  // namespace nonlin
