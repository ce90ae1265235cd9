// What a process that trains asks of malloc, once, as its first act.
#pragma once

namespace nonlin {

/// Keeps freed pages in the process. A training step frees and takes the same large blocks over and
/// over; handed back to the system each time, they are mapped and zeroed anew at a tenth of the
/// memory's speed (a ResNet-20 step took 80 ms instead of 62).
void keep_freed_pages();

}  // namespace nonlin
