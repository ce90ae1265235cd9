// Which generators this is, for objects that outlive the process.
#pragma once

namespace nonlin {

/// A hash of this folder's sources; cmake/HashSources.cmake writes it whenever one of them changes,
/// so that nobody has to remember to.
extern const char* const kGeneratorSources;

}  // namespace nonlin
