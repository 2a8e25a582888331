// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attributes_compute.h"
#include "core/model/attributes_generate.h"
#include "core/model/attributes_microsoft.h"
#include "core/model/attributes_quantise.h"
#include "core/model/attributes_resample.h"
#include "core/model/attributes_select.h"
#include "core/model/attributes_sequence.h"
#include "core/model/tensor.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// Attributes of operators, parsed once from the file into typed structs and trusted from there on. Defaults
/// are those of the ONNX operator specification. One struct serves every operator with the same attributes.
namespace core {

struct Graph;

enum class AutoPad { NotSet, SameUpper, SameLower, Valid };

struct NoAttributes { };

/// Conv. Vectors are empty when the file leaves them out; shape inference fills nothing in here.
struct ConvAttributes {
    AutoPad autoPad = AutoPad::NotSet;
    std::vector<std::int64_t> kernel, strides, dilations;
    std::vector<std::int64_t> pads; // all begins, then all ends
    std::int64_t group = 1;
};

struct ConvTransposeAttributes {
    ConvAttributes conv;
    std::vector<std::int64_t> outputPadding; // at the end of each dimension
    std::vector<std::int64_t> outputShape; // instead of pads
};

/// com.microsoft's FusedConv.
struct FusedConvAttributes {
    ConvAttributes conv;
    std::optional<RecurrentAttributes::Activation> activation;
};

struct DeformConvAttributes {
    ConvAttributes conv;
    std::int64_t offsetGroups = 1;
};

/// The pools; MaxUnpool and Col2Im, which slide windows too.
struct PoolAttributes {
    AutoPad autoPad = AutoPad::NotSet;
    std::vector<std::int64_t> kernel, strides, dilations, pads;
    bool ceilMode = false;
    bool countIncludePad = false;
    bool columnMajorIndices = false; // MaxPool: storage_order of its second output
    std::int64_t p = 2; // LpPool, GlobalLpPool: of the norm
    bool channelsLast = false; // com.microsoft
};

struct GemmAttributes {
    float alpha = 1, beta = 1;
    bool transA = false, transB = false;
};

/// MatMul: none in ONNX; alpha scales the product (set by passes).
struct MatMulAttributes {
    float alpha = 1;
};

/// BatchNormalization, InstanceNormalization.
struct BatchNormAttributes {
    float epsilon = 1e-5F;
    float momentum = 0.9F; // how much of the running statistics stays
    bool training = false; // normalises by the batch's own statistics
    bool perElement = false; // before opset 9: statistics of every element of an image, not every channel
};

struct GroupNormAttributes {
    float epsilon = 1e-5F;
    std::int64_t groups = 1;
    bool perGroup = false; // opset 18: one scale and bias per group, not per channel
};

struct LocalNormAttributes { // LRN
    float alpha = 1e-4F, beta = 0.75F, bias = 1;
    std::int64_t size = 1;
};

/// LayerNormalization and the like: normalises over the dimensions from `axis` on.
struct NormAttributes {
    float epsilon = 1e-5F;
    std::int64_t axis = -1;
};

/// Softmax, LogSoftmax, Concat, Gather, Flatten, Split, ...: operators with one axis.
struct AxisAttributes {
    std::int64_t axis = 0;
    /// Softmax before opset 13 flattens to two dimensions at `axis` first.
    bool flattened = false;
    std::int64_t outputs = 0; // Split: num_outputs
    std::vector<std::int64_t> sizes; // Split before opset 13
};

/// Reduce*, Squeeze, Unsqueeze, Slice before they took their axes as an input; ArgMax, ArgMin (one axis).
struct AxesAttributes {
    std::optional<std::vector<std::int64_t>> axes;
    bool keepDims = true;
    bool noopWithEmptyAxes = false;
    std::vector<std::int64_t> starts, ends; // Slice before opset 10
    bool selectLast = false; // ArgMax, ArgMin: the last of equals
};

struct TransposeAttributes {
    std::vector<std::int64_t> permutation; // empty: reversed
};

struct ReshapeAttributes {
    bool allowZero = false;
};

/// Clip (before opset 11), LeakyRelu, Elu, HardSigmoid, Selu, ThresholdedRelu: alpha and beta as the operator
/// names them; for Clip alpha is the minimum and beta the maximum.
struct ActivationAttributes {
    float alpha = 0, beta = 0;
};

struct GeluAttributes {
    bool tanhApproximation = false;
};

struct CastAttributes {
    ElementType to = ElementType::Float32;
};

/// Constant, ConstantOfShape: the value. Shared because Graph is copied by passes and tensors are not.
struct ConstantAttributes {
    std::shared_ptr<const Tensor> value;
};

struct ShapeAttributes {
    std::int64_t start = 0;
    std::optional<std::int64_t> end;
};

/// FusedAttention, made by the passes: softmax(scale * Q K^T + mask) V per head.
/// Inputs q, k, v [batch, length, heads * headSize] and optionally mask, broadcast to [batch, heads, length,
/// length]. Output [batch, length, heads * headSize].
struct AttentionAttributes {
    std::int64_t heads = 1;
    float scale = 1;
};

struct ModAttributes {
    bool truncated = false; // fmod: the result has the dividend's sign
};

/// Pad. Before opset 11 the amounts and the value are attributes, later inputs.
struct PadAttributes {
    enum class Mode { Constant, Reflect, Edge, Wrap };
    Mode mode = Mode::Constant;
    std::vector<std::int64_t> pads; // all begins, then all ends
    float value = 0;
};

/// If, Loop, Scan. Values that a body takes from the graphs around it are inputs like any other: the last
/// `captures` inputs of the node, and the last inputs of every body, in the same order.
struct SubgraphAttributes {
    std::vector<std::shared_ptr<const Graph>> bodies; // If: then, else; Loop and Scan: the body
    std::size_t captures = 0;
    /// Scan: how many of its inputs are cut into slices, along which axes, and whether from the end. Empty
    /// lists stand for zeros.
    std::int64_t scanInputs = 0;
    std::vector<std::int64_t> inputAxes, outputAxes, inputDirections, outputDirections;
    /// FlexAttention: which body changes the scores and which the weights, -1 for none; what scores are
    /// scaled by, and the type they have.
    int scoreBody = -1, weightBody = -1;
    std::optional<float> scale;
    ElementType precision = ElementType::Undefined;
    bool batched = false; // Scan of opset 8: sequence lengths first, then a batch dimension before all
};

// clang-format off
using AnyAttributes = std::variant<
    NoAttributes,
    ConvAttributes,
    PoolAttributes,
    GemmAttributes,
    MatMulAttributes,
    BatchNormAttributes,
    NormAttributes,
    AxisAttributes,
    AxesAttributes,
    TransposeAttributes,
    ReshapeAttributes,
    ActivationAttributes,
    GeluAttributes,
    CastAttributes,
    ConstantAttributes,
    ShapeAttributes,
    AttentionAttributes,
    ModAttributes,
    PadAttributes,
    BitShiftAttributes,
    ShrinkAttributes,
    IsInfAttributes,
    TriangleAttributes,
    UniqueAttributes,
    CompressAttributes,
    BoxAttributes,
    EinsumAttributes,
    RandomNormalAttributes,
    RandomUniformAttributes,
    BernoulliAttributes,
    MultinomialAttributes,
    DropoutAttributes,
    WindowAttributes,
    MelAttributes,
    TfIdfAttributes,
    GatherNdAttributes,
    ScatterAttributes,
    TensorScatterAttributes,
    OneHotAttributes,
    TopKAttributes,
    EyeAttributes,
    ReverseSequenceAttributes,
    DepthSpaceAttributes,
    CenterCropPadAttributes,
    CumulativeAttributes,
    LpNormAttributes,
    MeanVarianceAttributes,
    LossAttributes,
    SubgraphAttributes,
    ResizeAttributes,
    RecurrentAttributes,
    ConvTransposeAttributes,
    DeformConvAttributes,
    GroupNormAttributes,
    LocalNormAttributes,
    GridSampleAttributes,
    RoiAttributes,
    DftAttributes,
    ScaledAttentionAttributes,
    RotaryAttributes,
    LinearAttentionAttributes,
    CausalConvAttributes,
    QuantiseAttributes,
    BlockMatMulAttributes,
    FusedMatMulAttributes,
    FusedConvAttributes,
    EmbedNormAttributes>;
// clang-format on

/// A variant of so many structs is long to compile wherever one is copied: its special members are compiled
/// once, in attributes.cpp.
class Attributes : public AnyAttributes {
public:
    Attributes();
    template <typename T>
    requires(!std::derived_from<std::remove_cvref_t<T>, AnyAttributes>)
        Attributes(T&& attributes) // as a variant's: an operator's attributes are Attributes
        : AnyAttributes(std::in_place_type<std::remove_cvref_t<T>>, std::forward<T>(attributes))
    {
    }
    Attributes(const Attributes& other);
    Attributes(Attributes&& other) noexcept;
    Attributes& operator=(const Attributes& other);
    Attributes& operator=(Attributes&& other) noexcept;
    ~Attributes();
};

} // namespace core
