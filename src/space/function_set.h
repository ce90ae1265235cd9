// The functions that were met so far, each as 8 bytes: a search of many millions remembers what it
// proposed. Meanings (space/meaning.h) are rounded to cells of a grid, and cells to 64 bits; a
// function near the border of its cell is looked up in the neighbouring ones too, so that rounding
// does not make one function two.
//
// Cost: 0.1 to 0.3 microseconds, most of it waiting for memory. Memory: a table of 8-byte places,
// at most 7/8 of them taken, which doubles when it is full: 128 MiB for 10 million functions, and
// half as much again while it grows to that. When n are known, the 64 bits take another function
// for one of them with a probability of n / 2^60: far less often than the points of a meaning
// overlook a difference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "space/meaning.h"

namespace nonlin {

class FunctionSet {
 public:
  /// Whether it was not there yet; then it is now.
  bool insert(const Meaning& meaning);
  bool contains(const Meaning& meaning) const;
  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const { return places_.size() * sizeof(std::uint64_t); }

 private:
  bool contains_key(std::uint64_t key) const;
  void insert_key(std::uint64_t key);

  std::vector<std::uint64_t> places_;  // 0: free.
  std::size_t size_ = 0;
};

}  // namespace nonlin
