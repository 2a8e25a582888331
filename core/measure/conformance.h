// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <string>
#include <vector>

/// Whether an engine computes what it should: data whose right outputs are known, by NumPy's measure.
namespace core {

/// |actual - expected| may be at most absolute + relative * |expected|.
struct Tolerance {
    double relative = 1e-3, absolute = 1e-5;
};

/// Inputs of a model in the graph's order and the outputs it should give.
struct DataSet {
    std::vector<Tensor> inputs, outputs;
};

/// How `actual` differs from `expected`, empty when it does not: "element 3 is 1.5, expected 2". Types and
/// shapes must agree, not-a-number equals not-a-number, and the relative tolerance is at least 1e-2 of a
/// float16 and 2e-2 of a bfloat16, as their last bits are the order of summation.
std::string mismatch(const Tensor& actual, const Tensor& expected, const Tolerance& tolerance);

/// Values for the symbols of a graph as the shapes of its inputs have them; the first leading dimension is
/// the batch. Throws Error when there are more or fewer inputs than the graph has, or one contradicts its
/// declared type or rank.
DimBindings dimsOf(const Graph& graph, const std::vector<Tensor>& inputs);

/// Runs `graph` on the inputs of `data` and says how the outputs differ from those it should give; empty when
/// they agree: "output 1: element 3 is 1.5, expected 2". Of a graph that makes random numbers types and
/// shapes are compared alone. Throws Error when it cannot be run.
std::string disagreement(Engine& engine, std::shared_ptr<const Graph> graph, const DataSet& data,
    const Tolerance& tolerance, int threads);

} // namespace core
