// Gates: functions of two halves a and b of a layer's output. Where a source activates one of the
// halves, that one is a here, as in "GLU Variants Improve Transformer": relu(a)*b.
#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

constexpr FunctionKind kGate = FunctionKind::kGate;
constexpr std::string_view kVariants = "Shazeer: GLU Variants Improve Transformer";
constexpr std::string_view kDual =
    "Godin, Degrave, Dambre, De Neve: Dual Rectified Linear Units (DReLUs): A Replacement for Tanh "
    "Activation Functions in Quasi-Recurrent Neural Networks";
constexpr std::string_view kLogical =
    "Lowe, Earle, d'Eon, Trappenberg, Oore: Logical Activation Functions: Logit-space Equivalents "
    "of Probabilistic Boolean Operators, NeurIPS 2022";
constexpr std::string_view kExpanded = "Huang: Expanded Gating Ranges Improve Activation Functions";

constexpr CatalogueEntry kEntries[] = {
    {
        .name = "GLU",
        .other_names = {"gated_linear_unit"},
        .formula = "a*sigmoid(b)",
        .year = 2016,
        .source = "Dauphin, Fan, Auli, Grangier: Language Modeling with Gated Convolutional "
                  "Networks",
        .identifier = "arXiv:1612.08083",
        .note = "The second half is the gate, as in the source and PyTorch; Shazeer "
                "(arXiv:2002.05202) writes the gate first.",
        .kind = kGate,
    },
    {
        .name = "GTU",
        .other_names = {"gated_tanh_unit", "gated_activation_unit"},
        .formula = "tanh(a)*sigmoid(b)",
        .year = 2016,
        .source = "van den Oord, Kalchbrenner, Vinyals, Espeholt, Graves, Kavukcuoglu: "
                  "Conditional Image Generation with PixelCNN Decoders",
        .identifier = "arXiv:1606.05328",
        .note = "An LSTM's output gate without the cell; named GTU in the source of GLU.",
        .kind = kGate,
    },
    {
        .name = "Bilinear",
        .formula = "a*b",
        .year = 2020,
        .source = kVariants,
        .identifier = "arXiv:2002.05202",
        .republished = {{{"SimpleGate", 2022,
                          "Chen, Chu, Zhang, Sun: Simple Baselines for Image Restoration",
                          "arXiv:2204.04676"}}},
        .note = "The source credits Mnih and Hinton 2007 with the bilinear layer.",
        .kind = kGate,
    },
    {
        .name = "ReGLU",
        .formula = "relu(a)*b",
        .year = 2020,
        .source = kVariants,
        .identifier = "arXiv:2002.05202",
        .kind = kGate,
    },
    {
        .name = "GEGLU",
        .formula = "0.5*a*(1 + erf(a/sqrt(2)))*b",
        .year = 2020,
        .source = kVariants,
        .identifier = "arXiv:2002.05202",
        .note = "With the exact GELU; many implementations take its tanh form.",
        .kind = kGate,
    },
    {
        .name = "SwiGLU",
        .formula = "a*sigmoid(a)*b",
        .year = 2020,
        .source = kVariants,
        .identifier = "arXiv:2002.05202",
        .note = "With Swish at beta = 1, as in the source's experiments; Kunc and Klema "
                "(arXiv:2402.09092) train beta.",
        .kind = kGate,
    },
    {
        .name = "dReLU",
        .formula = "relu(a)*relu(b)",
        .year = 2024,
        .source = "Song, Xie, Zhang, Wen, Ma, Mi, Chen: Turbo Sparse: Achieving LLM SOTA "
                  "Performance with Minimal Activated Parameters",
        .identifier = "arXiv:2406.05955",
        .note = "Not the dual ReLU of Godin et al., which is DualReLU here.",
        .kind = kGate,
    },
    {
        .name = "DualReLU",
        .formula = "relu(a) - relu(b)",
        .year = 2017,
        .source = kDual,
        .identifier = "arXiv:1707.08214",
        .note = "Called DReLU by its authors.",
        .kind = kGate,
    },
    {
        .name = "DualELU",
        .formula = "max(a, 0) + expm1(min(a, 0)) - max(b, 0) - expm1(min(b, 0))",
        .year = 2017,
        .source = kDual,
        .identifier = "arXiv:1707.08214",
        .note = "ELU(a) - ELU(b) at alpha = 1, as given in Kunc and Klema (arXiv:2402.09092).",
        .kind = kGate,
    },
    {
        .name = "MFM",
        .other_names = {"max_feature_map"},
        .formula = "max(a, b)",
        .year = 2015,
        .source = "Wu, He, Sun, Tan: A Light CNN for Deep Face Representation with Noisy Labels",
        .identifier = "arXiv:1511.02683",
        .note = "Maxout of two pieces.",
        .kind = kGate,
    },
    {
        .name = "OR_AIL",
        .formula = "max(a, b) + relu(min(a, b))",
        .year = 2021,
        .source = kLogical,
        .identifier = "arXiv:2110.11940",
        .note = "a + b where both are positive, else the larger: of two independent features' log "
                "odds nearly those of at least one.",
        .kind = kGate,
    },
    {
        .name = "AND_AIL",
        .formula = "min(a, b) + min(max(a, b), 0)",
        .year = 2021,
        .source = kLogical,
        .identifier = "arXiv:2110.11940",
        .note = "a + b where both are negative, else the smaller: -OR_AIL(-a, -b).",
        .kind = kGate,
    },
    {
        .name = "ATGLU",
        .formula = "(atan(a)/pi + 0.5)*b",
        .year = 2024,
        .source = kExpanded,
        .identifier = "arXiv:2405.20768",
        .note = "The first-order form of the source: the gate of one half times the other.",
        .kind = kGate,
    },
    {
        .name = "xATGLU",
        .formula = "((atan(a)/pi + 0.5)*(1 + 2*alpha[0, scalar]) - alpha)*b",
        .year = 2024,
        .source = kExpanded,
        .identifier = "arXiv:2405.20768",
        .note = "First order; alpha widens the gate's range from (0, 1) to (-alpha, 1 + alpha).",
        .kind = kGate,
    },
    {
        .name = "xGEGLU",
        .formula = "(0.5*erfc(-a/sqrt(2))*(1 + 2*alpha[0, scalar]) - alpha)*b",
        .year = 2024,
        .source = kExpanded,
        .identifier = "arXiv:2405.20768",
        .note = "First order: GELU's gate without its input.",
        .kind = kGate,
    },
    {
        .name = "xSwiGLU",
        .formula = "(sigmoid(a)*(1 + 2*alpha[0, scalar]) - alpha)*b",
        .year = 2024,
        .source = kExpanded,
        .identifier = "arXiv:2405.20768",
        .note = "First order: SiLU's gate without its input.",
        .kind = kGate,
    },
    {
        .name = "ClippedSwiGLU",
        .other_names = {"swiglu_oai"},
        .formula = "min(a, 7)*sigmoid(1.702*min(a, 7))*(max(-7, min(b, 7)) + 1)",
        .year = 2025,
        .source = "OpenAI: gpt-oss, open-weight models (code: swiglu in gpt_oss/torch/model.py)",
        .note = "As given in public copies of that code; the clamps are optional there.",
        .kind = kGate,
    },
};

}  // namespace

std::span<const CatalogueEntry> gates() { return kEntries; }

}  // namespace nonlin
