// Sines, cosines, sums and products with them, and the polynomials that were published beside them
// as functions with several zeros.
#include "expr/catalogue/rooms.h"
#include "expr/catalogue/survey.h"

namespace nonlin {
namespace {

constexpr std::string_view kOscillating =
    "Noel, Bharadwaj, Muthiah-Nakarajan, Dutta, Amali: Biologically Inspired Oscillating "
    "Activation Functions Can Bridge the Performance Gap between Biological and Artificial "
    "Neurons";
constexpr std::string_view kOscillatingNote =
    "Formula as given in torch_activation, which follows the survey arXiv:2402.09092.";
constexpr std::string_view kShiftedSincNote =
    "Formula as given in torch_activation, but with sinc(x) = sin(x)/x: only so is it 0 with slope "
    "1 at 0, a relative of the sine. torch_activation takes sin(pi*x)/(pi*x).";
constexpr std::string_view kSurveyNote =
    "Formula as given in implementations of the survey; the year is the survey's, the function is "
    "older.";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "sine",
        .formula = "sin(x)",
        .year = 1987,
        .source = "Lapedes, Farber: Nonlinear Signal Processing Using Neural Networks",
    },
    {
        .name = "SIREN",
        .formula = "sin(30*x)",
        .year = 2020,
        .source = "Sitzmann, Martel, Bergman, Lindell, Wetzstein: Implicit Neural Representations "
                  "with Periodic Activation Functions",
        .identifier = "arXiv:2006.09661",
        .note = "At the frequency of the source; it needs the source's initialisation of the "
                "weights.",
    },
    {
        .name = "Snake",
        .formula = "x + sin(alpha*x)^2/alpha",
        .year = 2020,
        .source = "Ziyin, Hartwig, Ueda: Neural Networks Fail to Learn Periodic Functions and How "
                  "to Fix It",
        .identifier = "arXiv:2006.08195",
    },
    {
        .name = "GCU",
        .other_names = {"growing_cosine_unit"},
        .formula = "x*cos(x)",
        .year = 2021,
        .source = "Noel, Arunkumar, Trivedi, Dutta: Growing Cosine Unit: A Novel Oscillatory "
                  "Activation Function That Can Speedup Training and Reduce Parameters in "
                  "Convolutional Neural Networks",
        .identifier = "arXiv:2108.12943",
    },
    {
        .name = "SQU",
        .other_names = {"shifted_quadratic_unit"},
        .formula = "x^2 + x",
        .year = 2021,
        .source = kOscillating,
        .identifier = "arXiv:2111.04020",
        .note = kOscillatingNote,
    },
    {
        .name = "NCU",
        .other_names = {"non_monotonic_cubic_unit"},
        .formula = "x - x^3",
        .year = 2021,
        .source = kOscillating,
        .identifier = "arXiv:2111.04020",
        .note = kOscillatingNote,
    },
    {
        .name = "SSU",
        .other_names = {"shifted_sinc_unit"},
        .formula = "pi*sinc((x - pi)/pi)",
        .year = 2021,
        .source = kOscillating,
        .identifier = "arXiv:2111.04020",
        .note = kShiftedSincNote,
    },
    {
        .name = "DSU",
        .other_names = {"decaying_sine_unit"},
        .formula = "pi/2*(sinc((x - pi)/pi) - sinc((x + pi)/pi))",
        .year = 2021,
        .source = kOscillating,
        .identifier = "arXiv:2111.04020",
        .note = kShiftedSincNote,
    },
    {
        .name = "ASU",
        .other_names = {"amplifying_sine_unit"},
        .formula = "x*sin(x)",
        .year = 2023,
        .source = "Rahman et al.: Amplifying Sine Unit: An Oscillatory Activation Function for "
                  "Deep Neural Networks to Recover Nonlinear Oscillations Efficiently",
        .identifier = "arXiv:2304.09759",
        .note = "Formula as given in torch_activation.",
    },
    {
        .name = "expcos",
        .formula = "exp(-alpha[1, scalar]*x^2)*cos(beta[1, scalar]*x)",
        .year = 2024,
        .source = kSurvey,
        .identifier = kSurveyId,
        .note = kSurveyNote,
    },
    {
        .name = "SinLU",
        .formula = "(x + alpha*sin(beta*x))*sigmoid(x)",
        .year = 2022,
        .source = "Paul, Bandyopadhyay, Yoon, Geem, Sarkar: SinLU: Sinu-Sigmoidal Linear Unit, "
                  "Mathematics 10(3)",
        .identifier = "doi:10.3390/math10030337",
        .note = "Trained for each neuron; start values as in torch_activation.",
    },
    {
        .name = "CosLU",
        .formula = "(x + alpha*cos(beta*x))*sigmoid(x)",
        .year = 2023,
        .source = "Pishchik: Trainable Activations for Image Classification, Preprints",
        .identifier = "doi:10.20944/preprints202301.0463.v1",
        .note = "Trained for each neuron; start values as in torch_activation.",
    },
};

}  // namespace

std::span<const CatalogueEntry> periodic() { return kEntries; }

}  // namespace nonlin
