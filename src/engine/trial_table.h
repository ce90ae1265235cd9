// The trials of one study in memory, written through to its storage: every change is durable before
// the engine acts on it, and reading costs nothing.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "exec/protocol.h"
#include "search/halving.h"
#include "study/storage.h"

namespace nonlin {

class TrialTable {
 public:
  /// Reads the study's trials. Those left running by a runner that died become paused or waiting.
  TrialTable(Storage& storage, std::int64_t study);

  const std::map<std::int64_t, Trial>& trials() const { return trials_; }
  const Trial& at(std::int64_t number) const { return trials_.at(number); }
  /// The number that the next added trial will get.
  std::int64_t next_number() const;

  /// Throws Error{kInternal} if the storage gives other numbers than next_number() promised.
  void add(std::vector<Trial> trials);
  /// Paused, waiting or pruned -> running.
  void start(std::int64_t number);
  void finish_rung(std::int64_t number, const Done& done, TrialState state);
  void fail(std::int64_t number, const std::string& reason, const std::string& detail);
  void prune(std::int64_t number, const std::string& reason);
  /// All running trials back to paused or waiting.
  void reclaim_running();

  /// Search trials that have finished `rung`, with their scores there.
  std::vector<RungScore> finished(std::size_t rung) const;

 private:
  void load();
  void set_state(std::int64_t number, TrialState state, const std::string& reason = {},
                 const std::string& detail = {});

  Storage& storage_;
  std::int64_t study_;
  std::map<std::int64_t, Trial> trials_;
};

}  // namespace nonlin
