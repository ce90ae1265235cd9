// Goal: any bytes are answered with an expression or an error, at once, in little memory, and the
// error's text is short and printable. Method: nesting, length, every byte alone and in the middle,
// bytes that are no UTF-8, what expands when it is read, and mutations of good texts by a fixed
// random stream. What is accepted must print and read back.
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "expr/catalogue.h"
#include "expr/op.h"
#include "expr/parse.h"
#include "expr/parse_error.h"

namespace nonlin {
namespace {

constexpr std::size_t kMaxMessage = 400;

// No control characters but line ends, and valid UTF-8: what printable() leaves alone.
bool is_printable(const std::string& message) {
  std::string one_line = message;
  for (char& c : one_line) c = c == '\n' ? ' ' : c;
  return printable(one_line) == one_line;
}

// Reads, and checks what must hold for every text; true if the text is an expression.
bool reads(std::string_view text) {
  const Result<Expr> result = parse_expression(text);
  if (!result.ok()) {
    const std::string whole = result.error().message() + "\n" + result.error().hint();
    EXPECT_EQ(result.error().code(), ErrorCode::kParse);
    EXPECT_FALSE(result.error().message().empty());
    EXPECT_LE(whole.size(), kMaxMessage) << whole;
    EXPECT_TRUE(is_printable(whole)) << whole;
    return false;
  }
  const std::string written = to_string(*result);
  const Result<Expr> back = parse_expression(written);
  EXPECT_TRUE(back.ok()) << written;
  EXPECT_TRUE(back.ok() && *back == *result) << written;
  return true;
}

// Reads within a time (of the processor) that leaves room for sanitisers, but not for a quadratic
// algorithm over megabytes or an exponential one over anything.
bool reads_at_once(std::string_view text) {
  const std::clock_t start = std::clock();
  const bool result = reads(text);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 1);
  return result;
}

std::string repeated(std::string_view part, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += part;
  return result;
}

TEST(ParseBadInput, NestingOfAnyDepthIsAnswered) {
  for (const char* opening : {"(", "|", "-", "+", "sin(", "x^", "x^-", "2*-", "max(x, ", "swish(",
                              "-(", "1/(", "x*(", "((|", "relu6(", "beta[1]*("}) {
    for (const int depth : {10, 60, 90, 150, 199, 200, 201, 1000, 2000, 1'000'000}) {
      reads_at_once(repeated(opening, depth));
      reads_at_once(repeated(opening, depth) + "x");
      reads_at_once(repeated(opening, depth) + "x" + repeated(")", depth));
    }
  }
}

TEST(ParseBadInput, WhatNestsDeeperWhenItIsWrittenOutIsRefused) {
  EXPECT_TRUE(reads("relu6(" + repeated("relu6(", 60) + "x" + repeated(")", 61)));
  EXPECT_FALSE(reads("relu6(" + repeated("relu6(", 150) + "x" + repeated(")", 151)));
  EXPECT_TRUE(reads(repeated("-", 90) + "x"));
  EXPECT_FALSE(reads(repeated("-", 190) + "x"));
  const auto error = parse_expression(repeated("-", 190) + "x").error();
  EXPECT_EQ(error.message(), "written out, the expression is nested more than 200 deep");
}

TEST(ParseBadInput, WhatGetsLongWhenItIsWrittenOutIsRefused) {
  const std::string long_number = "1.2345678901234567e-300";
  EXPECT_TRUE(reads_at_once("swish(" + repeated(long_number + "*", 100) + "x)"));
  EXPECT_FALSE(reads_at_once("swish(swish(" + repeated(long_number + "*", 120) + "x))"));
  EXPECT_FALSE(reads_at_once("beta" + repeated("0", 5000) + "*x"));
  EXPECT_TRUE(reads("beta123456*x"));
  EXPECT_FALSE(reads("beta1234567*x"));
}

TEST(ParseBadInput, MegabytesAreAnswered) {
  for (const char* part : {" ", "x", "x+", "a", "1", "(", "|", "\xff", "\xe2\x82", "beta*", "\n"}) {
    EXPECT_FALSE(reads_at_once(repeated(part, 4'000'000)));
    reads_at_once(repeated(part, 9'999 / static_cast<int>(std::string_view(part).size())));
  }
  EXPECT_FALSE(reads_at_once(std::string(64'000'000, '\0')));
}

TEST(ParseBadInput, EveryByteAloneInTheMiddleAndAtTheEndIsAnswered) {
  for (int i = 0; i < 256; ++i) {
    const std::string byte(1, static_cast<char>(i));
    for (const char* text : {"", "x", "x + 2*tanh(x)", "beta[0.25, scalar]*x", "max(x, 0)"}) {
      const std::string_view whole(text);
      for (std::size_t at = 0; at <= whole.size(); ++at) {
        reads(std::string(whole.substr(0, at)) + byte + std::string(whole.substr(at)));
      }
    }
    reads(byte + byte);
    reads("(" + byte + ")");
    reads("beta[" + byte + "]");
  }
}

TEST(ParseBadInput, WhatIsNoUtf8IsShownAsACharacterThatSaysSo) {
  const auto message = [](std::string_view text) {
    return parse_expression(text).error().message();
  };
  EXPECT_TRUE(message("x\xff").ends_with("\n  x\ufffd\n   ^"));
  EXPECT_TRUE(message("x + \xe2\x82").ends_with("\n  x + \ufffd\ufffd\n      ^"));
  EXPECT_TRUE(message("\xc0\xaf").ends_with("\n  \ufffd\ufffd\n  ^"));            // Overlong.
  EXPECT_TRUE(message("\xed\xa0\x80").ends_with("\n  \ufffd\ufffd\ufffd\n  ^"));  // A surrogate.
  EXPECT_TRUE(message("\xf4\x90\x80\x80 ").find("\ufffd") != std::string::npos);  // Above 10ffff.
  EXPECT_TRUE(message("\u03b2 + \u20ac").ends_with("\n  \u03b2 + \u20ac\n  ^"));
}

TEST(ParseBadInput, WhatCannotBeSeenIsShownAsABlank) {
  for (const char* hidden : {"\x1b[2J", "\u202e", "\u200b", "\u0085", "\ufeff", "\x7f", "\b"}) {
    const std::string message = parse_expression("x + " + std::string(hidden)).error().message();
    EXPECT_EQ(message.find(hidden), std::string::npos);
    EXPECT_TRUE(is_printable(message));
  }
}

TEST(ParseBadInput, LongNamesAndOperandsAreNotRepeated) {
  const std::string garbage = repeated("q", 9'000);
  EXPECT_FALSE(reads_at_once(garbage));
  EXPECT_FALSE(reads_at_once("x " + garbage));
  EXPECT_FALSE(reads_at_once("(" + repeated("x + ", 200) + "x)2"));
  EXPECT_FALSE(reads_at_once("(x +\n\t\x01 x)2"));
  EXPECT_FALSE(reads_at_once("(x\n\n+ x)2"));
  EXPECT_FALSE(reads_at_once(repeated("\x80", 9'000)));
  EXPECT_FALSE(reads_at_once("x" + repeated("\x80", 9'000)));
}

TEST(ParseBadInput, ManyParametersAndStartValuesAreReadAtOnce) {
  std::string sum = "x";
  for (int i = 0; i < 490; ++i) sum += "+xi" + std::to_string(i) + "[" + std::to_string(i) + "]";
  EXPECT_TRUE(reads_at_once(sum));
  EXPECT_FALSE(reads_at_once(repeated("beta[1]*", 1'200) + "x"));  // Too many nodes.
}

TEST(ParseBadInput, NumbersOfAnyLengthAreAnswered) {
  for (const char* part : {"0", "1", "9", "1e", "e9", ".", "0.", "-", "1e-"}) {
    reads_at_once(repeated(part, 3'000));
    reads_at_once("0." + repeated(part, 3'000));
    reads_at_once("beta[" + repeated(part, 3'000) + "]");
  }
  EXPECT_TRUE(reads("0." + repeated("0", 300) + "1"));
  EXPECT_FALSE(reads("0." + repeated("0", 400) + "1"));
}

TEST(ParseBadInput, NamedFunctionsInsideEachOtherDoNotMultiply) {
  for (const CatalogueEntry& entry : catalogue()) {
    const std::string call = std::string(entry.name) + "(";
    for (const int depth : {1, 2, 5, 20, 100, 190}) {
      reads_at_once(repeated(call, depth) + "x" + repeated(")", depth));
    }
    reads_at_once("max(" + repeated(std::string(entry.name) + ",", 800) + "x)");
    reads_at_once(repeated(std::string(entry.name) + "*", 700) + "x");
  }
}

TEST(ParseBadInput, AFunctionOfSeveralElementsIsRefusedByName) {
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.kind == FunctionKind::kElementwise) continue;
    const auto result = parse_expression("2*" + std::string(entry.name) + "(x)");
    ASSERT_FALSE(result.ok()) << entry.name;
    EXPECT_EQ(result.error().message().find(std::string(entry.name) + " is not a function"), 0u);
    EXPECT_NE(result.error().hint().find(entry.formula), std::string::npos);
  }
}

TEST(ParseBadInput, MutatedTextsAreAnswered) {
  static const std::string_view kGood[] = {
      "x*sigmoid(beta*x)", "max(x, x*exp(-|x|))", "beta[0.25, scalar]*x + beta",
      "||x| - 1|^2.5e-3",  "-2*x^-x/(1 + e^pi)",  "gelu(mish(x)) - softplus(-x)"};
  static const std::string_view kPieces[] = {"(", ")", "|",  "-",    "^",   "[",      "]",
                                             ",", "e", "1e", "beta", "inf", "swish(", "\xc3"};
  RandomStream random(1, 0, "mutations");
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(kGood[random.below(std::size(kGood))]);
    for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(text.size() + 1);
      switch (random.below(4)) {
        case 0: text.insert(at, kPieces[random.below(std::size(kPieces))]); break;
        case 1: text.erase(at, 1 + random.below(3)); break;
        case 2: text.insert(at, 1, static_cast<char>(random.below(256))); break;
        default: text.insert(at, text.substr(random.below(text.size() + 1), 8)); break;
      }
    }
    if (reads(text)) ++read;
  }
  EXPECT_GT(read, 400);
}

}  // namespace
}  // namespace nonlin
