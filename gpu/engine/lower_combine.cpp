// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/rules.h"
#include "gpu/engine/elementwise_steps.h"
#include "gpu/engine/lower_table.h"
#include "gpu/engine/words.h"

#include <algorithm>

/// Comparisons, truths and whole numbers: what is no chain of float32.
namespace gpu {

namespace {

using core::ElementType;
using K = core::OpKind;

std::optional<Combination> combinationOf(K kind)
{
    switch (kind) {
    case K::Add:
    case K::Sum:
        return Combination::Add;
    case K::Sub:
        return Combination::Sub;
    case K::Mul:
        return Combination::Mul;
    case K::Div:
        return Combination::Div;
    case K::Min:
        return Combination::Min;
    case K::Max:
        return Combination::Max;
    case K::Pow:
        return Combination::Pow;
    case K::Equal:
        return Combination::Equal;
    case K::Greater:
        return Combination::Greater;
    case K::GreaterOrEqual:
        return Combination::GreaterOrEqual;
    case K::Less:
        return Combination::Less;
    case K::LessOrEqual:
        return Combination::LessOrEqual;
    case K::And:
        return Combination::And;
    case K::Or:
        return Combination::Or;
    case K::Xor:
        return Combination::Xor;
    default:
        return std::nullopt;
    }
}

std::optional<Change> changeOf(K kind)
{
    switch (kind) {
    case K::Not:
        return Change::Not;
    case K::Neg:
        return Change::Neg;
    case K::Abs:
        return Change::Abs;
    case K::Sign:
        return Change::Sign;
    default:
        return std::nullopt;
    }
}

template <typename T, typename Result>
Work combineWork(Combination function, const SpreadOperands& spread, TensorId result, std::int64_t count)
{
    CombineBody<T, Result> body { nullptr, nullptr, nullptr, function, spread.dims(),
        { spread.operand(0), spread.operand(1) } };
    return [=, x = spread.tensors[0], y = spread.tensors[1]](Device& device, const Addresses& at) mutable {
        body.x = at.as<const T>(x);
        body.y = at.as<const T>(y);
        body.result = at.as<Result>(result);
        device.run(body, count);
    };
}

template <typename T> Work changeWork(Change function, TensorId x, TensorId y, std::int64_t count)
{
    return [=](Device& device, const Addresses& at) {
        device.run(ChangeBody<T> { at.as<const T>(x), at.as<T>(y), function }, count);
    };
}

using CombineWork = Work (*)(Combination, const SpreadOperands&, TensorId, std::int64_t);
using ChangeWork = Work (*)(Change, TensorId, TensorId, std::int64_t);

/// What there is for a type; null: nothing.
struct TypeRow {
    ElementType type;
    CombineWork arithmetic, comparison;
    ChangeWork change;
};

constexpr TypeRow kTypes[] {
    { ElementType::Float32, combineWork<float, float>, combineWork<float, bool>, nullptr },
    { ElementType::Float16, combineWork<Half, Half>, combineWork<Half, bool>, nullptr },
    { ElementType::BFloat16, combineWork<Bfloat, Bfloat>, combineWork<Bfloat, bool>, nullptr },
    { ElementType::Int32, combineWork<std::int32_t, std::int32_t>, combineWork<std::int32_t, bool>,
        changeWork<std::int32_t> },
    { ElementType::Int64, combineWork<std::int64_t, std::int64_t>, combineWork<std::int64_t, bool>,
        changeWork<std::int64_t> },
    { ElementType::UInt8, nullptr, combineWork<std::uint8_t, bool>, nullptr },
    { ElementType::Int8, nullptr, combineWork<std::int8_t, bool>, nullptr },
    { ElementType::Bool, nullptr, combineWork<std::uint8_t, bool>, changeWork<std::int8_t> },
};

const TypeRow* typeRow(ElementType type)
{
    const auto row = std::find_if(std::begin(kTypes), std::end(kTypes),
        [&](const TypeRow& candidate) { return candidate.type == type; });
    return row == std::end(kTypes) ? nullptr : row;
}

bool lowerChange(Lowering& lowering, const core::Node& node, Change function)
{
    const TypeRow* row = typeRow(lowering.typeOf(node.inputs[0]));
    if (!row || !row->change)
        return false;
    const Layout layout = lowering.layoutOf(node.inputs[0]);
    const TensorId x = lowering.in(node.inputs[0], layout), y = lowering.define(node.outputs[0], layout);
    lowering.add("own:elementwise", { x }, { y },
        row->change(function, x, y, core::elementCount(lowering.shapeOf(node.outputs[0]))));
    return true;
}

/// Whole numbers, and bounds that a run gives: the larger of the number and the lower bound, then the smaller
/// of that and the upper one, in place.
bool lowerClip(Lowering& lowering, const core::Node& node)
{
    const TypeRow* row = typeRow(lowering.typeOf(node.inputs[0]));
    if (!row || !row->arithmetic || node.version < 11)
        return false;
    std::vector<core::ValueId> inputs { node.inputs[0] };
    std::vector<Combination> functions;
    for (std::size_t i = 1; i < std::min<std::size_t>(core::ownInputCount(node), 3); ++i)
        if (node.inputs[i] != core::kNoValue) {
            inputs.push_back(node.inputs[i]);
            functions.push_back(i == 1 ? Combination::Max : Combination::Min);
        }
    if (functions.empty())
        return false;
    const core::Shape& shape = lowering.shapeOf(node.outputs[0]);
    const SpreadOperands spread = spreadOperands(lowering, inputs, shape);
    const TensorId result = lowering.define(node.outputs[0], spread.layout);
    for (std::size_t i = 0; i < functions.size(); ++i) {
        const SpreadOperands pair { spread.layout,
            { i == 0 ? spread.tensors[0] : result, spread.tensors[i + 1] },
            { spread.walk.dims, { spread.walk.strides[0], spread.walk.strides[i + 1] } },
            { i > 0 || spread.dense[0], spread.dense[i + 1] } };
        lowering.add("own:elementwise", pair.tensors, { result },
            row->arithmetic(functions[i], pair, result, core::elementCount(shape)));
    }
    addRest(lowering, node, 0, result, spread.layout);
    return true;
}

} // namespace

/// Functions of more than two take the inputs in one by one, in place.
bool lowerCombined(Lowering& lowering, const core::Node& node)
{
    if (node.kind == K::Clip)
        return lowerClip(lowering, node);
    if (const auto change = changeOf(node.kind))
        return lowerChange(lowering, node, *change);
    auto function = combinationOf(node.kind);
    const ElementType type = lowering.typeOf(node.inputs[0]);
    const TypeRow* row = typeRow(type);
    const std::size_t inputs = core::ownInputCount(node);
    if (function && inputs == 1 && node.epilogue.empty()) { // Min, Max and Sum take any number
        const Layout layout = lowering.layoutOf(node.inputs[0]);
        lowering.defineAlias(node.outputs[0], lowering.in(node.inputs[0], layout), layout);
        return true;
    }
    const bool wholePower
        = node.kind == K::Pow && (!core::ops::isFloat(type) || lowering.typeOf(node.inputs[1]) != type);
    if (!function || !row || inputs < 2 || wholePower)
        return false;
    if (type == ElementType::Bool && function == Combination::Equal)
        function = Combination::Same;
    const core::ValueId output = node.outputs[0];
    const bool truths = lowering.typeOf(output) == ElementType::Bool;
    const CombineWork work = truths ? row->comparison : row->arithmetic;
    if (!work)
        return false;
    const core::Shape& shape = lowering.shapeOf(output);
    const std::vector<core::ValueId> ownInputs(
        node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(inputs));
    const SpreadOperands spread = spreadOperands(lowering, ownInputs, shape);
    const TensorId result = lowering.define(output, spread.layout);
    for (std::size_t i = 1; i < inputs; ++i) {
        SpreadOperands pair { spread.layout, { spread.tensors[i - 1], spread.tensors[i] },
            { spread.walk.dims, { spread.walk.strides[i - 1], spread.walk.strides[i] } },
            { spread.dense[i - 1], spread.dense[i] } };
        if (i > 1) {
            pair.tensors[0] = result;
            pair.dense[0] = true;
        }
        lowering.add("own:elementwise", pair.tensors, { result },
            work(*function, pair, result, core::elementCount(shape)));
    }
    addRest(lowering, node, 0, result, spread.layout);
    return true;
}

void lowerCompare(Lowering& lowering, const core::Node& node)
{
    if (!lowerCombined(lowering, node))
        throw core::Error("computes with {}, and has no kernel for that.",
            core::elementName(lowering.typeOf(node.inputs[0])));
}

void lowerWhere(Lowering& lowering, const core::Node& node)
{
    const core::Shape& shape = lowering.shapeOf(node.outputs[0]);
    // The layout is that of what is chosen from, before that of the condition.
    const SpreadOperands spread
        = spreadOperands(lowering, { node.inputs[1], node.inputs[2], node.inputs[0] }, shape);
    const TensorId result = lowering.define(node.outputs[0], spread.layout);
    const std::int64_t count = core::elementCount(shape);
    lowering.add("own:where", spread.tensors, { result },
        withElement(core::elementSize(lowering.typeOf(node.outputs[0])), [&]<typename Word>() -> Work {
            WhereBody<Word> body { nullptr, nullptr, nullptr, nullptr, spread.dims(),
                { spread.operand(2), spread.operand(0), spread.operand(1) } };
            return [=, tensors = spread.tensors](Device& device, const Addresses& at) mutable {
                body.condition = at.as<const std::uint8_t>(tensors[2]);
                body.yes = at.as<const Word>(tensors[0]);
                body.no = at.as<const Word>(tensors[1]);
                body.result = at.as<Word>(result);
                device.run(body, count);
            };
        }));
}

} // namespace gpu
