// Goal: what comes out of the cache is what went in, or nothing: whatever is done to its files, by
// whom, on whatever disk; and kernels from the cache are the compiled ones, bit for bit.
// Method: files changed at every byte, cut at every length, renamed, replaced by things that are no
// files; processes that share a folder; and the compiler on top of it.
#include "kernel/object_cache.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "base/random.h"
#include "expr/parse.h"
#include "kernel/object_writer.h"
#include "kernel/test_reference.h"

namespace nonlin {
namespace {

namespace fs = std::filesystem;

class ObjectCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "nonlin-cache-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    parent_ = path;
    folder_ = path + "/kernels";
  }
  void TearDown() override { fs::remove_all(parent_); }

  std::vector<std::string> files() const {
    std::vector<std::string> paths;
    if (!fs::exists(folder_)) return paths;
    for (const auto& entry : fs::directory_iterator(folder_)) paths.push_back(entry.path());
    return paths;
  }

  std::string parent_, folder_;
};

std::string bytes_of(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// The exit status of `work` in a process of its own.
pid_t start(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) _exit(work() ? 0 : 1);
  return child;
}
int status_of(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

TEST_F(ObjectCacheTest, GivesBackWhatWasStored) {
  ObjectCache cache(folder_);
  EXPECT_EQ(cache.load("a"), std::nullopt);
  const std::string object("bytes\0of any kind\xff", 18);
  cache.store("a", object);
  cache.store("b", "");
  EXPECT_EQ(cache.load("a"), object);
  EXPECT_EQ(ObjectCache(folder_).load("b"), "");
  cache.store("a", "another");
  EXPECT_EQ(cache.load("a"), "another");
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(ObjectCacheTest, IsForItsUserAlone) {
  ObjectCache cache(folder_);
  cache.store("a", "object");
  EXPECT_EQ(fs::status(folder_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(cache.path_of("a")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  fs::permissions(cache.path_of("a"), fs::perms::group_write, fs::perm_options::add);
  EXPECT_EQ(cache.load("a"), std::nullopt) << "others may have written it";
  cache.store("a", "object");
  EXPECT_EQ(cache.load("a"), "object");
}

TEST_F(ObjectCacheTest, AChangedBitAnywhereIsNoticed) {
  ObjectCache cache(folder_);
  cache.store("a key", "an object");
  const std::string path = cache.path_of("a key");
  const std::string good = bytes_of(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      overwrite(path, bad);
      ASSERT_EQ(cache.load("a key"), std::nullopt) << "byte " << i << " bit " << bit;
    }
  }
  overwrite(path, good);
  EXPECT_EQ(cache.load("a key"), "an object");
}

TEST_F(ObjectCacheTest, ACutOrLengthenedFileIsNoticed) {
  ObjectCache cache(folder_);
  cache.store("a key", "an object");
  const std::string path = cache.path_of("a key");
  const std::string good = bytes_of(path);
  for (std::size_t length = 0; length < good.size(); ++length) {
    overwrite(path, good.substr(0, length));
    ASSERT_EQ(cache.load("a key"), std::nullopt) << length;
  }
  overwrite(path, good + '\0');
  EXPECT_EQ(cache.load("a key"), std::nullopt);
}

TEST_F(ObjectCacheTest, AnotherKeyOfTheSameHashIsNotTaken) {
  ObjectCache cache(folder_);
  cache.store("one", "object of one");
  fs::rename(cache.path_of("one"), cache.path_of("two"));
  EXPECT_EQ(cache.load("two"), std::nullopt);
  cache.store("two", "object of two");
  EXPECT_EQ(cache.load("two"), "object of two");
}

TEST_F(ObjectCacheTest, WhatIsNoFileIsNoObject) {
  ObjectCache cache(folder_);
  cache.store("elsewhere", "object");
  fs::create_directory(cache.path_of("folder"));
  fs::create_symlink(cache.path_of("elsewhere"), cache.path_of("link"));
  ASSERT_EQ(mkfifo(cache.path_of("pipe").c_str(), 0600), 0);
  for (const char* key : {"folder", "link", "pipe"}) {
    EXPECT_EQ(cache.load(key), std::nullopt) << key;
    cache.store(key, "object");
  }
  EXPECT_EQ(cache.load("folder"), std::nullopt);  // Folders are left alone.
  EXPECT_EQ(cache.load("link"), "object");
  EXPECT_EQ(cache.load("pipe"), "object");
}

TEST_F(ObjectCacheTest, AFolderThatCannotBeWrittenOnlyMeansNoCache) {
  overwrite(parent_ + "/file", "");
  for (const std::string& folder : {parent_ + "/file/kernels", std::string("/proc/kernels")}) {
    ObjectCache cache(folder);
    cache.store("a", "object");
    EXPECT_EQ(cache.load("a"), std::nullopt) << folder;
  }
}

TEST_F(ObjectCacheTest, AFullDiskLeavesNothingBehind) {
  const auto fill = [this] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 100, .rlim_max = 100};  // Writing beyond fails, as if full.
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    ObjectCache cache(folder_);
    cache.store("a", std::string(1000, 'x'));
    return !cache.load("a").has_value();
  };
  EXPECT_EQ(status_of(start(fill)), 0);
  EXPECT_TRUE(fs::exists(folder_));
  EXPECT_TRUE(files().empty());
}

TEST_F(ObjectCacheTest, TheLongestUnusedGoFirst) {
  ObjectCache cache(folder_, 16000);
  const auto now = fs::file_time_type::clock::now();
  for (const int i : {0, 1, 2, 3}) {
    const std::string key = std::to_string(i);
    cache.store(key, std::string(2000, 'x'));
    fs::last_write_time(cache.path_of(key), now - std::chrono::hours(10 - i));
  }
  EXPECT_TRUE(cache.load("0"));  // Used: 1 is the oldest now.
  for (int i = 4; i < 8; ++i) cache.store(std::to_string(i), std::string(2000, 'x'));
  EXPECT_TRUE(cache.load("0"));
  EXPECT_FALSE(cache.load("1"));
  EXPECT_TRUE(cache.load("7"));
}

TEST_F(ObjectCacheTest, StaysWithinItsLimit) {
  constexpr std::uint64_t kLimit = 64 << 10;
  ObjectCache cache(folder_, kLimit);
  for (int i = 0; i < 300; ++i) {
    cache.store(std::to_string(i), std::string(500 + 7 * (i % 100), 'x'));
    std::uint64_t total = 0;
    for (const std::string& path : files()) total += fs::file_size(path);
    ASSERT_LE(total, kLimit);
  }
  EXPECT_GT(files().size(), 20U);
  cache.store("too large", std::string(kLimit, 'x'));
  EXPECT_FALSE(cache.load("too large"));
}

TEST_F(ObjectCacheTest, WhatAKilledProcessLeftIsRemovedLater) {
  ObjectCache(folder_).store("a", "object");
  const std::string old = folder_ + "/.unfinished-old", young = folder_ + "/.unfinished-young";
  overwrite(old, "half an obj");
  overwrite(young, "half an obj");
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  ObjectCache(folder_).store("b", "object");
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(young));
}

TEST_F(ObjectCacheTest, ProcessesThatShareAFolderNeverSeeHalfAFile) {
  const auto object_of = [](int i, std::uint64_t version) {
    return std::string(3000 + 100 * i, static_cast<char>('a' + version % 26));
  };
  const auto hammer = [&](std::uint64_t seed) {
    RandomStream random(seed, 0, "hammer");
    ObjectCache cache(folder_, 32 << 10);  // So small that files are removed all the time.
    for (int round = 0; round < 1500; ++round) {
      const int i = static_cast<int>(random.next() % 12);
      const std::string key = "key " + std::to_string(i);
      if (random.next() % 2) {
        cache.store(key, object_of(i, random.next()));
      } else if (const auto object = cache.load(key)) {
        if (*object != object_of(i, static_cast<std::uint64_t>((*object)[0] - 'a'))) return false;
      }
    }
    return true;
  };
  std::vector<pid_t> children;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    children.push_back(start([&hammer, seed] { return hammer(seed); }));
  }
  for (const pid_t child : children) EXPECT_EQ(status_of(child), 0);
  for (const std::string& path : files()) EXPECT_TRUE(path.ends_with(".kernel")) << path;
}

// --- the compiler on top of it ------------------------------------------------------------------

class CachedCompiler : public ObjectCacheTest {
 protected:
  static Expr swish() { return parse_expression("x*sigmoid(beta*x) + sin(x)").value_or_throw(); }
  Compiler::Options options() const { return {.cache_folder = folder_}; }

  /// Values and slopes of `kernel`, as bits.
  static std::string results_of(const Kernel& kernel) {
    RandomStream random(8, 0, "inputs");
    std::vector<float> values(1000), slopes(1000), x;
    for (std::size_t i = 0; i < values.size(); ++i) {
      x.push_back(static_cast<float>(100 * random.normal()));
    }
    const MatrixShape shape{.rows = x.size() / 8, .channels = 8};
    const std::vector<float> beta(8, 0.7F);
    std::vector<double> gradient(8);
    kernel.forward(x.data(), values.data(), shape, beta, serial());
    kernel.backward(x.data(), x.data(), slopes.data(), shape, beta, gradient, serial());
    std::string bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    bytes.append(reinterpret_cast<const char*>(slopes.data()), slopes.size() * sizeof(float));
    return bytes.append(reinterpret_cast<const char*>(gradient.data()), 8 * sizeof(double));
  }

  std::string only_file() const {
    const std::vector<std::string> paths = files();
    EXPECT_EQ(paths.size(), 1U);
    return paths.at(0);
  }

  /// Compiles anew, into whatever the folder holds; the number taken from disk.
  std::size_t loaded_by_a_new_compiler(std::string* results = nullptr) {
    Compiler compiler(options());
    const auto kernel = compiler.compile(swish(), DType::kFloat32).value_or_throw();
    if (results) *results = results_of(*kernel);
    EXPECT_EQ(compiler.statistics().compiled + compiler.statistics().loaded, 1U);
    return compiler.statistics().loaded;
  }
};

TEST_F(CachedCompiler, AKernelFromDiskIsTheCompiledOneBitForBit) {
  std::string compiled, loaded;
  EXPECT_EQ(loaded_by_a_new_compiler(&compiled), 0U);
  EXPECT_EQ(loaded_by_a_new_compiler(&loaded), 1U);
  EXPECT_EQ(compiled, loaded);
  EXPECT_EQ(compiled, results_of(*Compiler().compile(swish(), DType::kFloat32).value_or_throw()));
}

TEST_F(CachedCompiler, EverythingThatCodeDependsOnIsInTheKey) {
  const Expr expr = swish();
  std::size_t expected = 0;
  for (const Compiler::Options& target : targets_of_this_machine()) {
    Compiler compiler({.isa = target.isa, .cache_folder = folder_});
    for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
      (void)compiler.compile(expr, dtype).value_or_throw();
      EXPECT_EQ(files().size(), ++expected);
    }
    FunctionForm other = form_as_written(expr);
    other.derivative = -other.derivative;
    (void)compiler.compile(other, DType::kFloat32).value_or_throw();
    EXPECT_EQ(files().size(), ++expected);
    EXPECT_EQ(compiler.statistics().loaded, 0U);
  }
}

TEST_F(CachedCompiler, ADamagedFileIsCompiledAnewAndReplaced) {
  std::string good, after_damage;
  loaded_by_a_new_compiler(&good);
  std::string bytes = bytes_of(only_file());
  for (std::size_t i = 0; i < bytes.size(); i += 1 + bytes.size() / 10) {
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    overwrite(only_file(), bytes);
    EXPECT_EQ(loaded_by_a_new_compiler(&after_damage), 0U) << i;
    EXPECT_EQ(after_damage, good);
    EXPECT_EQ(loaded_by_a_new_compiler(), 1U);
  }
}

TEST_F(CachedCompiler, AnotherGeneratorsObjectsAreNotTaken) {
  loaded_by_a_new_compiler();
  const std::string path = only_file();
  const std::string bytes = bytes_of(path);
  const std::size_t start = bytes.find("generator "), end = bytes.find(
                                                          "\x7f"
                                                          "ELF");
  ASSERT_NE(end, std::string::npos);
  std::string key = bytes.substr(start, end - start);
  ASSERT_NE(key.find(generator_version()), std::string::npos);
  key[std::string("generator ").size()] ^= 1;  // A neighbouring version.
  ObjectCache cache(folder_);
  cache.store(key, bytes.substr(end, bytes.size() - end - sizeof(std::uint64_t)));
  ASSERT_TRUE(cache.load(key));
  fs::rename(cache.path_of(key), path);  // As if the hashes were equal.
  EXPECT_EQ(loaded_by_a_new_compiler(), 0U);
  EXPECT_EQ(loaded_by_a_new_compiler(), 1U);
}

TEST_F(CachedCompiler, WhatDoesNotLinkIsCompiledAnew) {
  loaded_by_a_new_compiler();
  const std::string bytes = bytes_of(only_file());
  const std::size_t start = bytes.find("generator "), end = bytes.find(
                                                          "\x7f"
                                                          "ELF");
  ObjectCache(folder_).store(bytes.substr(start, end - start), "no object at all");
  std::string results;
  EXPECT_EQ(loaded_by_a_new_compiler(&results), 0U);
  EXPECT_EQ(results, results_of(*Compiler().compile(swish(), DType::kFloat32).value_or_throw()));
  EXPECT_EQ(loaded_by_a_new_compiler(), 1U);
}

TEST_F(CachedCompiler, OneObjectMayBeLoadedTwiceAndLeavesNoMemoryMaps) {
  Compiler compiler({.cached_kernels = 0, .cache_folder = folder_});
  const auto compile = [&] { return compiler.compile(swish(), DType::kFloat32).value_or_throw(); };
  const auto first = compile(), second = compile();
  EXPECT_NE(first, second);
  EXPECT_EQ(results_of(*first), results_of(*second));
  const std::size_t before = memory_maps();
  for (int i = 0; i < 200; ++i) (void)compile();
  EXPECT_LE(memory_maps(), before + 8);
  EXPECT_EQ(compiler.statistics().loaded, 201U);
}

TEST_F(CachedCompiler, AFolderThatCannotBeWrittenIsNoError) {
  Compiler compiler({.cache_folder = "/dev/null/kernels"});
  EXPECT_TRUE(compiler.compile(swish(), DType::kFloat32).ok());
  EXPECT_EQ(compiler.statistics().compiled, 1U);
}

}  // namespace
}  // namespace nonlin
