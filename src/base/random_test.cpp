// Goal: streams are reproducible, independent by purpose, and distributed as promised.
// Method: fixed seeds, moments with generous bounds.
#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace nonlin {
namespace {

TEST(RandomStream, EqualKeysGiveEqualStreams) {
  RandomStream a(7, 3, "weights"), b(7, 3, "weights");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
}

TEST(RandomStream, EveryPartOfTheKeyMatters) {
  const std::uint64_t base = RandomStream(7, 3, "weights").next();
  EXPECT_NE(base, RandomStream(8, 3, "weights").next());
  EXPECT_NE(base, RandomStream(7, 4, "weights").next());
  EXPECT_NE(base, RandomStream(7, 3, "batches").next());
}

TEST(RandomStream, BelowStaysBelowAndReachesEveryValue) {
  RandomStream stream(1, 0, "test");
  std::vector<int> seen(7);
  for (int i = 0; i < 7000; ++i) ++seen.at(stream.below(7));
  for (int count : seen) EXPECT_NEAR(count, 1000, 150);
}

TEST(RandomStream, NormalHasMeanZeroAndVarianceOne) {
  RandomStream stream(2, 0, "test");
  double sum = 0, squares = 0;
  const int n = 100000;
  for (int i = 0; i < n; ++i) {
    const double value = stream.normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / n, 0, 0.02);
  EXPECT_NEAR(squares / n, 1, 0.03);
}

TEST(RandomStream, ShuffleIsAPermutation) {
  RandomStream stream(3, 0, "test");
  std::vector<int> items(50);
  std::iota(items.begin(), items.end(), 0);
  std::vector<int> shuffled = items;
  stream.shuffle(std::span<int>(shuffled));
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace nonlin
