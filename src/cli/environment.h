// What the process finds around itself: its own path, folders beside it, environment variables. The
// executables read them here, once; libraries are told.
#pragma once

#include <string>

#include "cli/commands.h"

namespace nonlin {

/// Environment variables: NONLIN_SHARE (folder with tasks/ and spaces/), NONLIN_DATA (data sets),
/// NONLIN_ISA (instruction set of kernels, see kernel/isa.h), NONLIN_KERNEL_CACHE (folder for
/// compiled kernels, or "off"; default: nonlin/kernels in the user's cache), XDG_CACHE_HOME and
/// HOME, NO_COLOR, TERM. Without NONLIN_SHARE, ../share/nonlin beside an
/// installed executable is taken, else the source tree it was built from.
Environment read_environment();

/// The executable linked with LibTorch that belongs to `executable`: beside it, or in
/// ../libexec/nonlin. Throws Error{kNotFound} where there is none.
std::string find_trainer(const std::string& executable);

}  // namespace nonlin
