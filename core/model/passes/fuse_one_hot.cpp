// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/passes.h"
#include "core/model/passes/constants.h"
#include "core/model/passes/fuse_everywhere.h"
#include "core/ops/op_table.h"

#include <cmath>
#include <cstring>

namespace core {
namespace {

using namespace passes;

/// Equal of numbers with 0, 1, 2, ... along a new last dimension, cast to float and multiplied with a table:
/// a row of the table for each number, and zeros for numbers it has no row for. TensorFlow and JAX write
/// embeddings so.
struct OneHot {
    ValueId numbers = kNoValue; // integers, the last dimension 1
    NodeIndex expand = kNoNode; // repeats them along the last dimension; may be missing
    NodeIndex equal = kNoNode, cast = kNoNode, product = kNoNode;
    std::int64_t rows = 0;
};

/// A constant that counts from 0 along its last dimension, all others being 1: its length.
std::optional<std::int64_t> countingFromZero(const Graph& graph, ValueId id)
{
    const auto& constant = graph.value(id).constant;
    if (!constant || constant->shape.empty() || constant->shape.back() < 2
        || elementCount(constant->shape) != constant->shape.back())
        return std::nullopt;
    const std::int64_t count = constant->shape.back();
    const auto counts = [&]<typename T>(T) {
        for (std::int64_t i = 0; i < count; ++i) {
            T number {};
            std::memcpy(&number, constant->bytes.data() + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
            if (number != static_cast<T>(i))
                return false;
        }
        return true;
    };
    const bool yes = constant->type == ElementType::Int32 ? counts(std::int32_t {})
        : constant->type == ElementType::Int64            ? counts(std::int64_t {})
                                                          : false;
    return yes ? std::optional(count) : std::nullopt;
}

/// A matrix of finite numbers: what is multiplied with 0 is 0.
bool isTable(const Graph& graph, ValueId id, std::int64_t rows)
{
    const auto& constant = graph.value(id).constant;
    if (!constant || constant->type != ElementType::Float32 || constant->shape.size() != 2
        || constant->shape[0] != rows || constant->shape[1] < 1)
        return false;
    for (std::size_t at = 0; at < constant->bytes.size(); at += sizeof(float)) {
        float number = 0;
        std::memcpy(&number, constant->bytes.data() + at, sizeof(number));
        if (!std::isfinite(number))
            return false;
    }
    return true;
}

std::optional<OneHot> oneHotAt(const Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex equal)
{
    const Graph& graph = rewrite.graph();
    const Node& node = rewrite.node(equal);
    if (node.kind != OpKind::Equal || node.inputs.size() != 2)
        return std::nullopt;
    OneHot found { .equal = equal };
    for (std::size_t side = 0; side < 2 && found.rows == 0; ++side)
        if (const auto count = countingFromZero(graph, node.inputs[side])) {
            found.rows = *count;
            found.numbers = node.inputs[1 - side];
        }
    if (found.rows == 0 || graph.value(found.numbers).constant)
        return std::nullopt;
    if (const NodeIndex expand = rewrite.producer(found.numbers, OpKind::Expand); expand != kNoNode) {
        found.expand = rewrite.onlyReader(found.numbers) == equal ? expand : kNoNode;
        found.numbers = rewrite.node(expand).inputs[0];
    }
    found.cast = rewrite.onlyReader(node.outputs[0], OpKind::Cast);
    found.product = found.cast == kNoNode
        ? kNoNode
        : rewrite.onlyReader(rewrite.node(found.cast).outputs[0], OpKind::MatMul);
    if (found.product == kNoNode)
        return std::nullopt;
    const Node& product = rewrite.node(found.product);
    const ValueId hot = rewrite.node(found.cast).outputs[0];
    // The numbers have all dimensions of the one-hot rows but the last.
    const bool fits = shapes.both([&](const Shapes& at) {
        Shape expected = at.of(hot);
        if (expected.empty() || expected.back() != found.rows)
            return false;
        expected.back() = 1;
        return at.of(found.numbers) == expected;
    });
    return fits && shapes.isFloat(hot) && product.inputs.size() == 2 && product.inputs[0] == hot
            && isTable(graph, product.inputs[1], found.rows)
        ? std::optional(found)
        : std::nullopt;
}

Tensor withRowOfZeros(const TensorView& table)
{
    Tensor longer(ElementType::Float32, { table.shape[0] + 1, table.shape[1] });
    const auto bytes = longer.bytes();
    std::copy(table.bytes.begin(), table.bytes.end(), bytes.begin());
    std::fill(bytes.begin() + std::ssize(table.bytes), bytes.end(), std::byte {});
    return longer;
}

void become(
    Rewrite& rewrite, NodeIndex index, OpKind kind, std::vector<ValueId> inputs, Attributes attributes)
{
    Node& node = rewrite.node(index);
    node.kind = kind;
    node.type = opName(kind);
    node.domain.clear();
    node.version = 13;
    node.inputs = std::move(inputs);
    node.attributes = std::move(attributes);
}

void retype(Graph& graph, ValueId id, ElementType type)
{
    Value& value = graph.values[static_cast<std::size_t>(id)];
    value.type = type;
    value.shape.reset();
}

ValueId number(Graph& graph, ElementType type, std::int64_t value)
{
    return graph.addConstant("row",
        type == ElementType::Int32 ? Tensor::of<std::int32_t>(type, {}, { static_cast<std::int32_t>(value) })
                                   : Tensor::of<std::int64_t>(type, {}, { value }));
}

/// Squeeze, Clip, Gather in place of the three: numbers without a row are clipped to -1, the last row, or to
/// the number of rows, which is that one too.
void gather(Rewrite& rewrite, const OneHot& found, ElementType type)
{
    Graph& graph = rewrite.graph();
    const ValueId squeezed = rewrite.node(found.equal).outputs[0],
                  clipped = rewrite.node(found.cast).outputs[0];
    const TensorView table = *graph.value(rewrite.node(found.product).inputs[1]).constant;
    const ValueId axes
        = graph.addConstant("last", Tensor::of<std::int64_t>(ElementType::Int64, { 1 }, { -1 }));
    const ValueId longer = graph.addConstant("table", withRowOfZeros(table));
    become(rewrite, found.equal, OpKind::Squeeze, { found.numbers, axes }, AxesAttributes {});
    become(rewrite, found.cast, OpKind::Clip,
        { squeezed, number(graph, type, -1), number(graph, type, found.rows) }, ActivationAttributes {});
    become(rewrite, found.product, OpKind::Gather, { longer, clipped }, AxisAttributes { .axis = 0 });
    retype(graph, squeezed, type);
    retype(graph, clipped, type);
    rewrite.addReader(found.numbers, found.equal);
    if (found.expand != kNoNode)
        rewrite.kill(found.expand);
}

/// Whether `node` computes each element of a row from that element and constants, the same for all rows.
bool isOfRows(const Graph& graph, const Node& node, ValueId rows, std::int64_t width)
{
    const OpKind unary[] { OpKind::Relu, OpKind::Gelu, OpKind::Tanh, OpKind::Sigmoid, OpKind::HardSwish };
    const OpKind binary[] { OpKind::Add, OpKind::Sub, OpKind::Mul, OpKind::Div };
    if (!node.epilogue.empty() || node.outputs.size() != 1)
        return false;
    if (std::find(std::begin(unary), std::end(unary), node.kind) != std::end(unary))
        return true;
    const ValueId other = otherInput(node, rows);
    if (std::find(std::begin(binary), std::end(binary), node.kind) == std::end(binary) || other == kNoValue
        || !isFloatConstant(graph, other))
        return false;
    const Shape& shape = graph.value(other).constant->shape;
    return elementCount(shape) == 1 || (elementCount(shape) == width && shape.back() == width);
}

/// What follows is done to the table once, in place of to every row that is taken from it.
void foldIntoTable(Rewrite& rewrite, const ProbedShapes& shapes, NodeIndex gather)
{
    for (;;) {
        Graph& graph = rewrite.graph();
        const ValueId rows = rewrite.node(gather).outputs[0];
        const TensorView table = *graph.value(rewrite.node(gather).inputs[0]).constant;
        const NodeIndex reader = rewrite.onlyReader(rows);
        if (reader == kNoNode || !shapes.same(rows, rewrite.node(reader).outputs[0])
            || !isOfRows(graph, rewrite.node(reader), rows, table.shape[1]))
            return;
        const Node& node = rewrite.node(reader);
        std::vector<TensorView> inputs;
        for (const ValueId input : node.inputs) {
            if (input == rows) {
                inputs.push_back(table);
                continue;
            }
            TensorView constant = *graph.value(input).constant;
            constant.shape
                = { elementCount(constant.shape) }; // a table has fewer dimensions than its rows' batch
            inputs.push_back(constant);
        }
        Tensor folded = std::move(evaluate(node, inputs).front());
        const ValueId output = node.outputs[0];
        rewrite.node(gather).inputs[0] = graph.addConstant("table", std::move(folded));
        rewrite.merge(gather, { reader }, output);
    }
}

void fuseAt(Rewrite& rewrite, NodeIndex equal, const ProbedShapes& shapes)
{
    const auto found = oneHotAt(rewrite, shapes, equal);
    if (!found)
        return;
    gather(rewrite, *found, shapes.type(found->numbers));
    foldIntoTable(rewrite, shapes, found->product);
}

} // namespace

Graph fuseOneHot(Graph graph)
{
    return fuseEverywhere(std::move(graph), fuseAt);
}

} // namespace core
