// Gates: functions of two halves a and b of a layer's output.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr CatalogueEntry kEntries[] = {
    {.name = "GLU",
     .formula = "a*sigmoid(b)",
     .year = 2016,
     .source = "Dauphin, Fan, Auli, Grangier: Language Modeling with Gated Convolutional Networks",
     .identifier = "arXiv:1612.08083",
     .kind = FunctionKind::kGate},
};

}  // namespace

std::span<const CatalogueEntry> gates() { return kEntries; }

}  // namespace nonlin
