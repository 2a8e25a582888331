// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

/// Attributes of the operators that run over sequences. Part of attributes.h.
namespace core {

/// RNN, GRU, LSTM.
struct RecurrentAttributes {
    enum class Direction { Forward, Reverse, Bidirectional };
    struct Activation {
        enum class Function {
            Relu,
            Tanh,
            Sigmoid,
            Affine,
            LeakyRelu,
            ThresholdedRelu,
            ScaledTanh,
            HardSigmoid,
            Elu,
            Softsign,
            Softplus,
            Clip // of com.microsoft's FusedConv alone: from alpha to beta
        };
        Function function = Function::Tanh;
        float alpha = 0, beta = 0;
    };
    Direction direction = Direction::Forward;
    std::int64_t hidden = 0; // 0: not given
    std::vector<Activation> activations; // of the first direction, then of the second
    float clip = 0; // 0: none
    bool coupledGates = false; // LSTM's input_forget: what is not taken in is kept
    bool linearBeforeReset = false; // GRU
    bool batchFirst = false; // layout 1
};

/// DFT, STFT (which has oneSided alone).
struct DftAttributes {
    std::optional<std::int64_t> axis; // DFT before opset 20; later an input
    bool inverse = false;
    bool oneSided = false;
};

/// Attention of ONNX and of com.microsoft: softmax(scale * Q K^T, capped and masked) V per head.
struct ScaledAttentionAttributes {
    enum class Scores { Raw, Capped, Masked, Weights }; // what the output of scores holds
    std::int64_t heads = 0, kvHeads = 0; // 0: as the inputs' four dimensions have it
    std::optional<float> scale; // left out: one over the root of the head's size
    float softCap = 0; // 0: none
    bool causal = false;
    std::int64_t leftWindow = -1, rightWindow = -1; // how far a query sees to either side; -1: all
    Scores scores = Scores::Raw;
    // com.microsoft alone:
    float maskFilter = -10000; // what is added where a mask is 0
    bool rotary = false; // queries and keys are rotated first
    std::vector<std::int64_t> hiddenSizes; // of Q, K and V
};

struct RotaryAttributes {
    std::int64_t heads = 0;
    std::int64_t size = 0; // how much of each head is rotated; 0: all
    bool interleaved = false;
    float scale = 1; // com.microsoft
};

struct LinearAttentionAttributes {
    std::int64_t heads = 1, kvHeads = 1;
    float scale = 0; // 0: one over the root of the key's size
    bool decays = true, corrects = true; // gated, delta
};

/// CausalConvWithState.
struct CausalConvAttributes {
    bool swish = false;
};

} // namespace core
