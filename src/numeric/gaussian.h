// What a function does to inputs drawn from N(0, 1), and the initialisations that follow from it.
//
// In a wide network with weights of variance sigma_w^2 / fan-in and biases of variance sigma_b^2,
// pre-activations are Gaussian, and their variance q goes from layer to layer by
//   q -> sigma_w^2 E[f(sqrt(q) z)^2] + sigma_b^2,                  z from N(0, 1),
// while a perturbation grows by chi = sigma_w^2 E[f'(sqrt(q) z)^2] (Poole et al.: Exponential
// expressivity in deep neural networks through transient chaos, arXiv:1606.05340, equations 3 and
// 6; Schoenholz et al.: Deep Information Propagation, arXiv:1611.01232). The edge of chaos is
// chi = 1 at the fixed point of q (Hayou et al.: On the Impact of the Activation Function on Deep
// Neural Networks Training, arXiv:1902.06853).
#pragma once

#include <optional>
#include <string_view>

#include "expr/expr.h"
#include "numeric/evaluate.h"

namespace nonlin {

/// Expected values for z from N(0, 1), good to 1e-10 of their size (less where f has a singularity
/// that is just integrable). Infinite where the integral diverges (exp(x^2/4) squared), NaN where f
/// is undefined on inputs of probability above 1e-16 (sqrt(x)) or where positive and negative parts
/// both diverge (the mean of 1/x).
struct GaussianMoments {
  double mean = 0;                      ///< E[f(z)]
  double second_moment = 0;             ///< E[f(z)^2]
  double derivative_second_moment = 0;  ///< E[f'(z)^2], without what jumps would add (infinity).
};

GaussianMoments gaussian_moments(const Expr& expr, const ParameterValues& values = {});

/// 1/sqrt(E[f^2]): the factor that gives a*f(z) a second moment of 1. sqrt(2) for ReLU. None where
/// the moment is 0 or not finite.
std::optional<double> gain(const GaussianMoments& moments);

/// Variances with which q = 1 is a fixed point and chi is 1 there.
struct EdgeOfChaos {
  double weight_variance = 0;  ///< sigma_w^2 = 1/E[f'^2]
  double bias_variance = 0;    ///< sigma_b^2 = 1 - E[f^2]/E[f'^2]
};

/// (2, 0) for ReLU. None where that would take a negative bias variance, or a moment is not finite.
std::optional<EdgeOfChaos> edge_of_chaos(const GaussianMoments& moments);

/// The gain that PyTorch's torch.nn.init.calculate_gain recommends for the catalogue's entry `name`
/// (any of its names): a convention to compare with, not computed from moments. None for a function
/// it does not know.
std::optional<double> conventional_gain(std::string_view name);

}  // namespace nonlin
