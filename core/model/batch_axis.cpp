// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/batch_axis.h"

#include "core/error.h"
#include "core/ops/rules.h"

#include <algorithm>
#include <numeric>

namespace core {
namespace {

using Axis = std::optional<std::size_t>;

/// One node with what is asked about it.
class Follow {
public:
    Follow(const Graph& graph, const Shapes& shapes, const Node& node, const std::vector<Axis>& axes)
        : m_graph(graph)
        , m_shapes(shapes)
        , m_node(node)
        , m_axes(axes)
    {
    }

    BatchAxis run() const
    {
        const auto carries
            = [&](ValueId id) { return id != kNoValue && m_axes[static_cast<std::size_t>(id)]; };
        if (std::none_of(m_node.inputs.begin(), m_node.inputs.end(), carries))
            return {}; // made of constants and of what all items share
        switch (m_node.kind) {
        case OpKind::Conv:
        case OpKind::MaxPool:
        case OpKind::AveragePool:
        case OpKind::GlobalAveragePool:
        case OpKind::GlobalMaxPool:
        case OpKind::BatchNormalization:
            return { .output = firstAlone(0) };
        case OpKind::Gemm:
            if (std::get<GemmAttributes>(m_node.attributes).transA)
                throw Error("turns its first matrix.");
            return { .output = firstAlone(0) };
        case OpKind::MatMul:
            return { .output = matMul() };
        case OpKind::Softmax:
        case OpKind::LogSoftmax:
        case OpKind::LayerNormalization:
            return { .output = normalised() };
        case OpKind::ReduceMean:
        case OpKind::ReduceSum:
        case OpKind::ReduceMax:
        case OpKind::ReduceMin:
        case OpKind::ReduceProd:
        case OpKind::ReduceSumSquare:
        case OpKind::ReduceL1:
        case OpKind::ReduceL2:
        case OpKind::ArgMax:
        case OpKind::ArgMin:
            return { .output = reduced() };
        case OpKind::Transpose:
            return { .output = transposed() };
        case OpKind::Concat:
            return { .output = concatenated() };
        case OpKind::Flatten:
        case OpKind::Split:
        case OpKind::Gather:
        case OpKind::Slice:
        case OpKind::Pad:
        case OpKind::Resize:
            return { .output = besideAxis() };
        case OpKind::Squeeze:
        case OpKind::Unsqueeze:
            return { .output = renamed() };
        case OpKind::Reshape:
            return reshaped();
        default:
            return { .output = elementwise() };
        }
    }

private:
    Axis axisOf(std::size_t input) const
    {
        if (input >= m_node.inputs.size() || m_node.inputs[input] == kNoValue)
            return std::nullopt;
        return m_axes[static_cast<std::size_t>(m_node.inputs[input])];
    }
    const Shape& shapeOf(std::size_t input) const { return m_shapes.of(m_node.inputs[input]); }
    const Shape& output() const { return m_shapes.of(m_node.outputs[0]); }

    /// The first input carries items along `axis`, and no other input carries any.
    Axis firstAlone(std::size_t axis) const
    {
        for (std::size_t i = 1; i < m_node.inputs.size(); ++i)
            if (axisOf(i))
                throw Error("takes input {} from the items themselves.", i + 1);
        if (axisOf(0) != Axis(axis))
            throw Error("has its items along axis {}, expected {}.", axisOf(0).value_or(0), axis);
        return axis;
    }

    /// The first input alone carries items, wherever.
    std::size_t onlyFirst() const
    {
        const Axis axis = axisOf(0);
        if (!axis)
            throw Error("takes its parameters from the items themselves.");
        return *firstAlone(*axis);
    }

    Axis elementwise() const
    {
        if (!isElementwise(m_node.kind))
            throw Error("is not known to leave the items of a batch alone.");
        Axis found;
        for (std::size_t i = 0; i < m_node.inputs.size(); ++i) {
            if (m_node.inputs[i] == kNoValue)
                continue;
            const std::size_t before = output().size() - shapeOf(i).size();
            if (const Axis axis = axisOf(i)) {
                if (found.value_or(before + *axis) != before + *axis)
                    throw Error("meets items along axes {} and {}.", *found, before + *axis);
                found = before + *axis;
            }
        }
        return found; // what the others have there is 1 at batch 1, so it broadcasts
    }

    Axis matMul() const
    {
        const Axis a = axisOf(0), b = axisOf(1);
        const std::size_t rankA = shapeOf(0).size(), rankB = shapeOf(1).size(), rank = output().size();
        if (a && !b && rankA >= 2 && *a + 1 < rankA && rankB <= 2)
            return a;
        if (a && !b && *a + 2 < rankA)
            return *a + rank - rankA;
        if (a && b && rankA == rankB && *a == *b && *a + 2 < rankA)
            return a;
        if (!a && b && rankB > 2 && *b + 2 < rankB)
            return *b + rank - rankB;
        throw Error("multiplies along the items.");
    }

    Axis normalised() const
    {
        const std::size_t axis = onlyFirst(), rank = shapeOf(0).size();
        const auto* softmax = std::get_if<AxisAttributes>(&m_node.attributes);
        const auto* norm = std::get_if<NormAttributes>(&m_node.attributes);
        if (!softmax && !norm)
            throw Error("is not known to leave the items of a batch alone.");
        const std::size_t first = ops::normaliseAxis(softmax ? softmax->axis : norm->axis, rank);
        const bool one = softmax && !softmax->flattened;
        if (one ? axis == first : axis >= first)
            throw Error("normalises over the items.");
        return axis;
    }

    Axis reduced() const
    {
        const std::size_t axis = onlyFirst(), rank = shapeOf(0).size();
        const auto& attributes = std::get<AxesAttributes>(m_node.attributes);
        std::vector<std::int64_t> list = attributes.axes.value_or(Shape {});
        if (m_node.inputs.size() > 1 && m_node.inputs[1] != kNoValue)
            list = integers(1);
        if (list.empty() && !attributes.noopWithEmptyAxes)
            throw Error("reduces over the items.");
        const std::vector<bool> flags = ops::axisFlags(list, rank);
        if (flags[axis])
            throw Error("reduces over the items.");
        const auto gone = std::count(flags.begin(), flags.begin() + static_cast<std::ptrdiff_t>(axis), true);
        return attributes.keepDims ? axis : axis - static_cast<std::size_t>(gone);
    }

    Axis transposed() const
    {
        const std::size_t axis = onlyFirst(), rank = shapeOf(0).size();
        const auto& permutation = std::get<TransposeAttributes>(m_node.attributes).permutation;
        if (permutation.empty())
            return rank - 1 - axis;
        const auto found = std::find(permutation.begin(), permutation.end(), static_cast<std::int64_t>(axis));
        return static_cast<std::size_t>(found - permutation.begin());
    }

    Axis concatenated() const
    {
        const std::size_t along
            = ops::normaliseAxis(std::get<AxisAttributes>(m_node.attributes).axis, output().size());
        Axis found = axisOf(0);
        for (std::size_t i = 0; i < m_node.inputs.size(); ++i)
            if (!axisOf(i) || axisOf(i) != found || *axisOf(i) == along)
                throw Error("joins what differs between items with what does not.");
        return found;
    }

    /// Operators that change other dimensions and leave the items' one alone, which at batch 1 is 1 on both
    /// sides: whether they do is left to the shapes at other batches.
    Axis besideAxis() const
    {
        const std::size_t axis = onlyFirst(), rank = shapeOf(0).size();
        const auto* attributes = std::get_if<AxisAttributes>(&m_node.attributes);
        if (attributes && m_node.kind == OpKind::Flatten && (axis != 0 || attributes->axis < 1))
            throw Error("flattens the items.");
        if (attributes && m_node.kind != OpKind::Flatten
            && ops::normaliseAxis(attributes->axis, rank) == axis)
            throw Error("cuts along the items.");
        if (m_node.kind == OpKind::Gather) {
            const std::size_t along = ops::normaliseAxis(attributes->axis, rank);
            return axis < along ? axis : axis + shapeOf(1).size() - 1;
        }
        return axis;
    }

    Axis renamed() const
    {
        const std::size_t axis = onlyFirst();
        std::vector<std::int64_t> list = std::get<AxesAttributes>(m_node.attributes).axes.value_or(Shape {});
        if (m_node.inputs.size() > 1 && m_node.inputs[1] != kNoValue)
            list = integers(1);
        const bool squeeze = m_node.kind == OpKind::Squeeze;
        if (list.empty())
            throw Error("drops every dimension of size 1, the batch too.");
        const std::vector<bool> flags = ops::axisFlags(list, squeeze ? shapeOf(0).size() : output().size());
        if (squeeze) {
            if (flags[axis])
                throw Error("drops the batch.");
            return axis
                - static_cast<std::size_t>(
                    std::count(flags.begin(), flags.begin() + static_cast<std::ptrdiff_t>(axis), true));
        }
        std::size_t left = axis;
        for (std::size_t d = 0; d < flags.size(); ++d)
            if (!flags[d] && left-- == 0)
                return d;
        throw Error("has no place for the batch.");
    }

    BatchAxis reshaped() const
    {
        const std::size_t axis = onlyFirst();
        const auto& target = m_graph.value(m_node.inputs[1]).constant;
        const bool zeroIsZero = std::get<ReshapeAttributes>(m_node.attributes).allowZero;
        if (axis != 0 || !target || target->type != ElementType::Int64 || elementCount(target->shape) < 1
            || zeroIsZero)
            throw Error("changes the shape of what holds the items.");
        const std::vector<std::int64_t> wanted = ops::integersOf(*target);
        const bool other = std::find(wanted.begin() + 1, wanted.end(), -1) != wanted.end();
        if (output()[0] != 1 || (wanted[0] == -1 && other)
            || (wanted[0] != 1 && wanted[0] != 0 && wanted[0] != -1))
            throw Error("merges the items with another dimension.");
        return { .output = 0, .rewriteTarget = wanted[0] == 1 };
    }

    std::vector<std::int64_t> integers(std::size_t input) const
    {
        const auto view = constantOf(m_graph, m_shapes, m_node.inputs[input]);
        if (!view || !ops::kIndices.contains(view->type))
            throw Error("takes its axes from data.");
        return ops::integersOf(*view);
    }

    static bool isElementwise(OpKind kind)
    {
        static constexpr OpKind kKinds[] = { OpKind::Relu, OpKind::LeakyRelu, OpKind::Elu, OpKind::Selu,
            OpKind::Sigmoid, OpKind::HardSigmoid, OpKind::HardSwish, OpKind::Tanh, OpKind::Softplus,
            OpKind::Softsign, OpKind::ThresholdedRelu, OpKind::Clip, OpKind::Gelu, OpKind::Erf, OpKind::Exp,
            OpKind::Log, OpKind::Sqrt, OpKind::Reciprocal, OpKind::Abs, OpKind::Neg, OpKind::Floor,
            OpKind::Ceil, OpKind::Round, OpKind::Sign, OpKind::Sin, OpKind::Cos, OpKind::Not,
            OpKind::Identity, OpKind::Dropout, OpKind::Cast, OpKind::Add, OpKind::Sub, OpKind::Mul,
            OpKind::Div, OpKind::Pow, OpKind::Min, OpKind::Max, OpKind::Mean, OpKind::Sum, OpKind::Mod,
            OpKind::PRelu, OpKind::Equal, OpKind::Greater, OpKind::GreaterOrEqual, OpKind::Less,
            OpKind::LessOrEqual, OpKind::And, OpKind::Or, OpKind::Xor, OpKind::Where };
        return std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds);
    }

    const Graph& m_graph;
    const Shapes& m_shapes;
    const Node& m_node;
    const std::vector<Axis>& m_axes;
};

} // namespace

BatchAxis batchAxis(const Graph& graph, const Shapes& shapes, const Node& node, const std::vector<Axis>& axes)
{
    return Follow(graph, shapes, node, axes).run();
}

} // namespace core
