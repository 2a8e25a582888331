// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attributes.h"
#include "core/model/op_kind.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The graph of a model as plain values with integer ids. Names are for people only.
///
/// Read-only once built: engines, measuring and the window share it as `shared_ptr<const Graph>` from any
/// thread.
namespace core {

using ValueId = std::int32_t;
inline constexpr ValueId kNoValue = -1; // an optional input that was left out

/// One dimension of a value: a number, a named symbol ("batch"), or nothing known at all.
struct Dim {
    std::int64_t value = -1; // -1: not a fixed number
    std::string symbol; // empty: a number, or unknown

    bool fixed() const { return value >= 0; }
};

/// A tensor that flows through the graph.
struct Value {
    std::string name;
    ElementType type = ElementType::Undefined;
    std::optional<std::vector<Dim>> shape; // as declared by the file; nullopt: not declared
    std::optional<TensorView> constant; // a weight: a view into the mapped file or into Graph::storage
};

/// What 8-bit integers stand for: real = scale * (integer - zero).
struct Quantisation {
    ElementType type = ElementType::UInt8; // UInt8 or Int8
    std::vector<float> scales; // one, or one per index of `axis`
    std::int64_t zero = 0;
    std::int64_t axis = 0; // of a tensor with several scales
    bool operator==(const Quantisation&) const = default;
};

/// An input of a node that holds integers in place of the numbers its operator computes with.
struct QuantisedInput {
    int input = -1; // index into Node::inputs
    Quantisation as;
};

/// What an engine does to a node's first output before it is stored; applied in order.
struct PostOp {
    enum class Kind {
        Add,
        Linear,
        Relu,
        Clip,
        Sigmoid,
        HardSigmoid,
        HardSwish,
        Tanh,
        Gelu,
        GeluTanh,
        Swish,
        Quantise // to 8-bit integers; always the last
    };
    Kind kind = Kind::Relu;
    float alpha = 0, beta = 0; // Clip: minimum, maximum; HardSigmoid, Linear: slope, offset
    int input = -1; // Add: index into Node::inputs of the tensor that is added (same shape as the output)
    Quantisation to {}; // Quantise: of the output
};

struct Node {
    std::string name;
    OpKind kind = OpKind::Unknown;
    std::string type; // the file's word for it, "Conv"
    std::string domain;
    int version = 0; // opset version of the file's import for this domain
    std::vector<ValueId> inputs; // the operator's own inputs first, those of post-ops after them
    std::vector<ValueId> outputs;
    Attributes attributes;
    std::vector<PostOp> epilogue; // set by passes; empty in a graph as read
    std::vector<QuantisedInput> quantised; // set by passes; empty in a graph as read
    /// Names of the file's nodes this one stands for, itself first; set by passes, for the placement table.
    std::vector<std::string> fused;
};

struct Graph;

/// How an input of the node is quantised; null when it is not.
const Quantisation* inputQuantisation(const Node& node, std::size_t input);

/// Whether any of it computes with quantised numbers.
bool isQuantised(const Graph& graph);

/// How the node's first output is quantised by its epilogue; null when it is not.
const Quantisation* outputQuantisation(const Node& node);

struct Graph {
    std::string name;
    std::vector<Value> values;
    std::vector<Node> nodes; // in an order in which they can run
    std::vector<ValueId> inputs; // without initialisers
    std::vector<ValueId> outputs;
    /// Owners of the memory that constants view: the mapped file, tensors made by passes.
    std::vector<std::shared_ptr<const void>> storage;
    /// Symbol of the batch dimension: the leading symbol of the first input; empty when that dimension is
    /// fixed.
    std::string batchSymbol;

    const Value& value(ValueId id) const { return values[static_cast<std::size_t>(id)]; }
    /// Adds a constant owned by the graph and returns its id.
    ValueId addConstant(std::string valueName, Tensor tensor);
};

/// Values for the symbols of a graph: the batch, and by name every other one.
struct DimBindings {
    std::int64_t batch = 1;
    std::map<std::string, std::int64_t> named;
};

/// Symbols of the graph's inputs other than the batch, in order of appearance: what `--dim NAME=VALUE` may
/// set.
std::vector<std::string> dynamicDims(const Graph& graph);

/// Where a symbol first stands among the graph's inputs.
struct DimPlace {
    std::string input;
    std::size_t axis = 0;
    bool named = true; // false: the file has no name for it, and the reader made one up, "INPUT.AXIS"
};
std::optional<DimPlace> placeOf(const Graph& graph, const std::string& symbol);

/// Bytes of all constants that nodes use.
std::size_t weightBytes(const Graph& graph);

/// Number of elements of all constants that nodes use as numbers: floating-point ones, and int8 weights.
std::int64_t parameterCount(const Graph& graph);

} // namespace core
