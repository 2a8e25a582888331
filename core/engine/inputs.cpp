// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"

#include "core/model/zoo/random_weights.h"
#include "core/ops/half.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <optional>
#include <string_view>

namespace core {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

/// Operators that hand integers on as they are, so that an index before them is one behind them.
bool passesOn(OpKind kind)
{
    static constexpr OpKind kKinds[] = { OpKind::Cast, OpKind::Reshape, OpKind::Identity, OpKind::Unsqueeze,
        OpKind::Squeeze, OpKind::Flatten, OpKind::Transpose, OpKind::Expand, OpKind::Slice, OpKind::Concat,
        OpKind::Split, OpKind::Tile };
    return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
}

/// Which values hold the numbers of `input`, handed on as they are.
std::vector<bool> carriersOf(const Graph& graph, ValueId input)
{
    std::vector<bool> carries(graph.values.size(), false);
    carries[static_cast<std::size_t>(input)] = true;
    for (const Node& node : graph.nodes) { // in an order in which they can run: one pass sees every path
        const bool joins = node.kind == OpKind::Concat;
        // Gather, too, hands on what it picks from.
        if (!passesOn(node.kind) && node.kind != OpKind::Gather)
            continue;
        for (std::size_t i = 0;
             i < (joins ? node.inputs.size() : std::min<std::size_t>(node.inputs.size(), 1)); ++i)
            if (node.inputs[i] != kNoValue && carries[static_cast<std::size_t>(node.inputs[i])])
                for (const ValueId output : node.outputs)
                    if (output != kNoValue)
                        carries[static_cast<std::size_t>(output)] = true;
    }
    return carries;
}

/// The size of the smallest table that Gathers read with this value as their index; kNoLimit when none does.
std::int64_t tableSize(const Graph& graph, const Shapes& shapes, const std::vector<bool>& carries)
{
    std::int64_t smallest = kNoLimit;
    for (const Node& node : graph.nodes) {
        if (node.kind != OpKind::Gather || node.inputs[1] == kNoValue
            || !carries[static_cast<std::size_t>(node.inputs[1])] || shapes.isOpen(node.inputs[0]))
            continue;
        const Shape& table = shapes.of(node.inputs[0]);
        const std::int64_t axis = std::get<AxisAttributes>(node.attributes).axis;
        smallest = std::min(smallest, table[ops::normaliseAxis(axis, table.size())]);
    }
    return smallest;
}

/// The largest integer that the graph compares this value with, such as the sample rates it knows: what it
/// was made for.
std::optional<std::int64_t> comparedWith(const Graph& graph, const std::vector<bool>& carries)
{
    std::optional<std::int64_t> largest;
    for (const Node& node : graph.nodes)
        for (std::size_t i = 0; i < 2 && node.kind == OpKind::Equal; ++i) {
            const ValueId here = node.inputs[i], other = node.inputs[1 - i];
            if (!carries[static_cast<std::size_t>(here)])
                continue;
            const auto& constant = graph.value(other).constant;
            if (!constant || !ops::kIndices.contains(constant->type) || elementCount(constant->shape) != 1)
                continue;
            const std::int64_t number = ops::integersOf(*constant)[0];
            largest = std::max(largest.value_or(number), number);
        }
    return largest;
}

bool isMask(const Value& value)
{
    if (value.type == ElementType::Bool)
        return true;
    std::string name = value.name;
    std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return name.find("mask") != std::string::npos;
}

template <typename T> void fillBelow(std::span<T> elements, std::int64_t limit, std::uint64_t stream)
{
    // No index beyond what T holds: a table may be longer than an int8 can say.
    const auto bound
        = std::min<std::uint64_t>(static_cast<std::uint64_t>(limit), std::numeric_limits<T>::max());
    for (T& element : elements)
        element = static_cast<T>(zoo::streamOf(stream++, {}) % bound); // 64 well-mixed bits per counter
}

template <typename T> void fillNormal(std::span<T> elements, std::uint64_t stream)
{
    std::vector<float> random(elements.size());
    zoo::fillRandom(random, stream, 1, 0);
    std::ranges::transform(random, elements.begin(), [](float number) { return static_cast<T>(number); });
}

Tensor synthesise(const Graph& graph, const Shapes& shapes, ValueId id, std::uint64_t seed)
{
    const Value& value = graph.value(id);
    const std::uint64_t stream = zoo::streamOf(seed, value.name);
    Tensor tensor(shapes.typeOf(id), shapes.of(id));
    if (ops::isHalf(tensor.type())) {
        Tensor wide(ElementType::Float32, tensor.shape());
        zoo::fillRandom(wide.as<float>(), stream, 1, 0);
        ops::narrow(wide.view(), tensor);
        return tensor;
    }
    const bool index = ops::isInteger(tensor.type());
    const std::vector<bool> carries = carriersOf(graph, id);
    const std::int64_t limit = index ? tableSize(graph, shapes, carries) : kNoLimit;
    if (const auto number = index && limit == kNoLimit ? comparedWith(graph, carries) : std::nullopt) {
        ops::dispatch(ops::IntegerTypes {}, tensor.type(),
            [&]<typename T>() { std::ranges::fill(tensor.as<T>(), static_cast<T>(*number)); });
        return tensor;
    }
    if (limit == 0 && tensor.count() > 0)
        throw Error("Cannot make data for input \"{}\": it indexes an empty table.", value.name);
    ops::dispatch(ops::AllTypes {}, tensor.type(), [&]<typename T>() {
        const std::span<T> elements = tensor.as<T>();
        if (limit == kNoLimit && isMask(value))
            std::ranges::fill(elements, static_cast<T>(1));
        else if constexpr (std::is_integral_v<T>)
            fillBelow(elements, limit == kNoLimit ? 2 : limit, stream);
        else
            fillNormal(elements, stream);
    });
    return tensor;
}

} // namespace

std::vector<Tensor> synthesiseInputs(const Graph& graph, const Shapes& shapes, std::uint64_t seed)
{
    std::vector<Tensor> inputs;
    for (const ValueId id : graph.inputs)
        inputs.push_back(synthesise(graph, shapes, id, seed));
    return inputs;
}

} // namespace core
