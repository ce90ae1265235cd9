// The rooms of the catalogue of published functions: one table per family of functions, each in a
// file of its own, joined by expr/catalogue.cpp.
//
// How the formulas are written: piecewise definitions through relu(x), min(x, 0), clamps and
// heaviside(x), so that no branch overflows where another one holds: ELU's exponential sees
// min(x, 0), never a large x. A coefficient is a parameter exactly if its source trains it.
#pragma once

#include <span>

#include "expr/catalogue.h"

namespace nonlin {

/// Piecewise linear and polynomial functions around max(x, 0).
std::span<const CatalogueEntry> rectifiers();
/// Linear for large x and saturating for small x, by an exponential, a logarithm or a root.
std::span<const CatalogueEntry> exponential_units();
/// S-shaped and bounded, and their nearest relatives.
std::span<const CatalogueEntry> sigmoidal();
/// Without bounds on either side: shrinkages, bent lines, the symmetric logarithm.
std::span<const CatalogueEntry> shrinkages();
/// Functions of |x| alone.
std::span<const CatalogueEntry> radial();
/// x times a function of x: Swish and what came after it.
std::span<const CatalogueEntry> self_gated();
/// x times a tanh, an error function or a logarithm of x: Mish and its relatives.
std::span<const CatalogueEntry> mish_like();
/// x times a function of the normal distribution: GELU and its approximations.
std::span<const CatalogueEntry> gaussian_gated();
/// Sines, cosines, sums and products with them, and the polynomials published beside them.
std::span<const CatalogueEntry> periodic();
/// Functions whose shape is learnt by several parameters.
std::span<const CatalogueEntry> trainable();
/// Found by searches: those of Ramachandran, Zoph, Le 2017 other than Swish, and later ones.
std::span<const CatalogueEntry> searched();
/// Functions of two halves a and b of a layer's output; the formulas speak of a and b, not of x.
std::span<const CatalogueEntry> gates();
/// What looks at several elements; the formulas are mathematics for people.
std::span<const CatalogueEntry> not_elementwise();

}  // namespace nonlin
