// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/quantise/calibration.h"

#include <functional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// Post-training static quantisation: an fp32 graph becomes one with QuantizeLinear and DequantizeLinear
/// around its convolutions and products with weights, which engines run on integers.
namespace core {

enum class QuantisePhase { Ranges, Accuracy, Layers };

/// How far quantising is, said on the thread that does it. Ranges: inputs run through the model. Accuracy:
/// the comparison with fp32. Layers: those looked at alone, of all; only where some have to stay fp32.
struct QuantiseProgress {
    QuantisePhase phase = QuantisePhase::Ranges;
    std::size_t done = 0, total = 0;
};

struct QuantiseOptions {
    CalibrationMethod method = CalibrationMethod::MinMax;
    double percentile = 99.99; // CalibrationMethod::Percentile
    /// Layers go back to fp32, those that cost most accuracy first, until the outputs' cosine to those of
    /// fp32 is at least this for every input that is looked at. 0: none does.
    double leastCosine = 0.99;
    std::set<std::string> keep; // names of nodes that stay fp32
    std::function<void(const QuantiseProgress&)> progress; // may be empty
};

/// A convolution or product with constant weights.
struct QuantisedLayer {
    std::string name, type;
    std::string kept; // why it stays fp32; empty: it is quantised
};

/// How far a model's outputs are from those of fp32, over several inputs.
struct Accuracy {
    double cosine = 1; // the least over inputs and outputs
    double maxAbs = 0; // the largest difference of an element
    std::size_t rows = 0, sameTop = 0; // rows of the first output, and those whose largest element agrees
    std::size_t inputs = 0;
};

struct QuantisedModel {
    Graph graph; // as a file may have it
    std::vector<QuantisedLayer> layers; // in the graph's order
    Accuracy accuracy;
    std::size_t weightBytesBefore = 0, weightBytesAfter = 0;
};

/// One set of inputs, in the graph's order.
using InputSet = std::vector<Tensor>;

/// Quantises `graph` (as read, fp32). Ranges come from running it on `engine` with every set of
/// `calibration`; accuracy from comparing both on every set of `evaluation`. Throws Error: a graph that is
/// quantised already, nothing to quantise, a name in `keep` that no layer has, an accuracy that is not
/// reached, a stop.
QuantisedModel quantise(const Graph& graph, Engine& engine, const CompileOptions& compiling,
    std::span<const InputSet> calibration, std::span<const InputSet> evaluation,
    const QuantiseOptions& options = {}, std::stop_token stop = {});

} // namespace core
