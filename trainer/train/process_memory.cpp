#include "trainer/train/process_memory.h"

#include <malloc.h>

#include <limits>

namespace nonlin {

void keep_freed_pages() {
#ifdef __GLIBC__
  constexpr int kTopPadBytes = 64 << 20;
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, kTopPadBytes);
#endif
}

}  // namespace nonlin
