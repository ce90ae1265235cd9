// The state of a training between two rungs, as one file.
//
// Training is deterministic: a child resumed from its checkpoint and a child trained anew reach the
// same weights, bit for bit. So a checkpoint saves time and nothing else: one that is missing or
// damaged costs its child a restart, and never a result. What must not happen is that a damaged or
// foreign file is taken for the right one; hence the checksum, and the key.
//
// Layout, in the machine's byte order: the eight bytes "NONLINCK"; version, step and tensor count
// as 32 bits; the key's four numbers as 64 bits; for each tensor the lengths and contents of its
// name (bytes), shape (64 bits each) and values (float32); at the end hash_text of all before it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/nn/network.h"

namespace nonlin {

/// What a training depends on besides the step it has reached.
struct CheckpointKey {
  std::uint64_t expression_hash = 0;
  std::uint64_t task_fingerprint = 0;
  std::uint64_t seed = 0;
  std::uint64_t schedule_steps = 0;  ///< As in TrialRequest.

  bool operator==(const CheckpointKey&) const = default;
};

struct Checkpoint {
  CheckpointKey key;
  int step = 0;
  std::vector<NamedTensor> tensors;
};

/// Writes so that a crash, of the process or of the machine, leaves the old file or the new one and
/// never half of one. Throws Error{kIo} with the system's reason; the old file is untouched then.
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);

/// Throws Error: kNotFound; kIo; kCorrupt for a file that is no checkpoint, is truncated, or does
/// not fit its checksum; kUnsupported for one of another version. Each names the file.
Checkpoint read_checkpoint(const std::string& path);

}  // namespace nonlin
