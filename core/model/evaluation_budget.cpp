// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/evaluation_budget.h"

#include "core/model/cost.h"
#include "core/model/flop.h"

#include <algorithm>
#include <limits>

namespace core {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// Looking a node up, allocating its outputs, and the loop's own beginning: some 100 elements' time.
constexpr std::int64_t kPerNode = 100;

/// Slices and the like: of a large table they touch what they pick alone.
bool readsWhatItWrites(OpKind kind)
{
    return kind == OpKind::Slice || kind == OpKind::Split || kind == OpKind::Gather
        || kind == OpKind::GatherElements || kind == OpKind::GatherND || kind == OpKind::Shape
        || kind == OpKind::Size;
}

} // namespace

bool isEnginesWork(const Node& node)
{
    switch (node.kind) {
    case OpKind::Einsum:
    case OpKind::Det:
    case OpKind::NonMaxSuppression:
    case OpKind::TfIdfVectorizer:
    case OpKind::RoiAlign:
    case OpKind::MaxRoiPool:
    case OpKind::LRN:
    case OpKind::FlexAttention:
        return true;
    default: {
        const auto* resize = std::get_if<ResizeAttributes>(&node.attributes);
        return resize && resize->antialias;
    }
    }
}

bool EvaluationBudget::take(std::int64_t work, std::int64_t kept)
{
    if (work > m_work || kept > m_kept)
        return false;
    m_work -= work;
    m_kept -= kept;
    return true;
}

std::int64_t evaluationWork(const Graph& graph, const Node& node, const Shapes& shapes)
{
    std::int64_t work = plus(costOf(graph, node, shapes).flop, kPerNode);
    for (const ValueId id : node.outputs)
        if (id != kNoValue)
            work = plus(work, elementCount(shapes.of(id)));
    for (const ValueId id : node.inputs)
        if (id != kNoValue && !readsWhatItWrites(node.kind))
            work = plus(work, elementCount(shapes.of(id)));
    return work;
}

/// Such operators compare their inputs' elements with each other at worst.
std::int64_t openEvaluationWork(const Node& node, const Shapes& shapes)
{
    std::int64_t pairs = 1;
    for (const ValueId id : node.inputs)
        if (id != kNoValue
            && __builtin_mul_overflow(pairs, std::max<std::int64_t>(elementCount(shapes.of(id)), 1), &pairs))
            return kMost;
    return plus(pairs, kPerNode);
}

} // namespace core
