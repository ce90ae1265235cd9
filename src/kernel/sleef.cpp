#include "kernel/sleef.h"

#include <array>
#include <cstddef>

// X(name, accuracy) for each function, in the order of the enums.
#define NONLIN_SLEEF_FLOAT(X) X(sin, u10) X(cos, u10) X(pow, u10)
#define NONLIN_SLEEF_DOUBLE(X)                                                                 \
  X(exp, u10)                                                                                  \
  X(log, u10)                                                                                  \
  X(sin, u10)                                                                                  \
  X(cos, u10) X(sinpi, u05) X(cospi, u05) X(sinh, u10) X(cosh, u10) X(tanh, u10) X(asinh, u10) \
      X(atan, u10) X(erf, u10) X(erfc, u15) X(expm1, u10) X(log1p, u10) X(pow, u10)

// Registers of 16 bytes are everywhere, longer ones in x86 alone.
#ifdef __x86_64__
#define NONLIN_FLOAT_WIDTHS(X, name, accuracy) \
  X(name, f4, accuracy) X(name, f8, accuracy) X(name, f16, accuracy)
#define NONLIN_DOUBLE_WIDTHS(X, name, accuracy) \
  X(name, d2, accuracy) X(name, d4, accuracy) X(name, d8, accuracy)
#else
#define NONLIN_FLOAT_WIDTHS(X, name, accuracy) X(name, f4, accuracy)
#define NONLIN_DOUBLE_WIDTHS(X, name, accuracy) X(name, d2, accuracy)
#endif

// SLEEF's own header shows these only to code compiled for the instruction set that they need. Only
// their addresses are taken here, so their true types do not matter.
#define NONLIN_DECLARE(name, lanes, accuracy) void Sleef_##name##lanes##_##accuracy();
#define NONLIN_DECLARE_FLOAT(name, accuracy) NONLIN_FLOAT_WIDTHS(NONLIN_DECLARE, name, accuracy)
#define NONLIN_DECLARE_DOUBLE(name, accuracy) NONLIN_DOUBLE_WIDTHS(NONLIN_DECLARE, name, accuracy)
extern "C" {
NONLIN_SLEEF_FLOAT(NONLIN_DECLARE_FLOAT)
NONLIN_SLEEF_DOUBLE(NONLIN_DECLARE_DOUBLE)
}

namespace nonlin {
namespace {

struct NameRow {
  const char* name;
  const char* accuracy;
};

#define NONLIN_NAME_ROW(name, accuracy) NameRow{#name, #accuracy},
constexpr std::array kFloat = {NONLIN_SLEEF_FLOAT(NONLIN_NAME_ROW)};
constexpr std::array kDouble = {NONLIN_SLEEF_DOUBLE(NONLIN_NAME_ROW)};
static_assert(kFloat.size() == static_cast<std::size_t>(SleefFunction::kPow) + 1);
static_assert(kDouble.size() == static_cast<std::size_t>(SleefDouble::kPow) + 1);

std::string full_name(const NameRow& row, char type, unsigned lanes) {
  return std::string("Sleef_") + row.name + type + std::to_string(lanes) + "_" + row.accuracy;
}

}  // namespace

std::string sleef_name(SleefFunction function, unsigned lanes) {
  return full_name(kFloat[static_cast<std::size_t>(function)], 'f', lanes);
}

std::string sleef_name(SleefDouble function, unsigned lanes) {
  return full_name(kDouble[static_cast<std::size_t>(function)], 'd', lanes);
}

std::span<const SleefSymbol> sleef_symbols() {
#define NONLIN_SYMBOL(name, lanes, accuracy)       \
  SleefSymbol{"Sleef_" #name #lanes "_" #accuracy, \
              reinterpret_cast<const void*>(Sleef_##name##lanes##_##accuracy)},
#define NONLIN_SYMBOL_FLOAT(name, accuracy) NONLIN_FLOAT_WIDTHS(NONLIN_SYMBOL, name, accuracy)
#define NONLIN_SYMBOL_DOUBLE(name, accuracy) NONLIN_DOUBLE_WIDTHS(NONLIN_SYMBOL, name, accuracy)
  static const std::array kSymbols = {NONLIN_SLEEF_FLOAT(NONLIN_SYMBOL_FLOAT)
                                          NONLIN_SLEEF_DOUBLE(NONLIN_SYMBOL_DOUBLE)};
  return kSymbols;
}

}  // namespace nonlin
