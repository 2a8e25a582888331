// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/epilogue.h"
#include "cpu/lower_table.h"

#include <algorithm>
#include <array>

namespace cpu {

namespace {

using dnnl::lstm_forward;
using dnnl::memory;
using dnnl::prop_kind;
using dnnl::rnn_direction;
using Recurrent = core::RecurrentAttributes;

enum Input : std::size_t { kX, kW, kR, kB, kLengths, kInitialH, kInitialC, kPeepholes };

/// ONNX keeps the gates as input, output, forget, cell; oneDNN wants input, forget, cell, output.
constexpr std::array<std::int64_t, 4> kGates { 0, 2, 3, 1 };

struct Sizes {
    std::int64_t steps, batch, input, hidden, directions;
};

/// Plain LSTM: the activations of the standard's formula, nothing cut off, all sequences equally long.
bool isUsual(const core::Node& node)
{
    using Function = Recurrent::Activation::Function;
    const auto& recurrent = std::get<Recurrent>(node.attributes);
    for (std::size_t i = 0; i < recurrent.activations.size(); ++i)
        if (recurrent.activations[i].function != (i % 3 == 0 ? Function::Sigmoid : Function::Tanh))
            return false;
    const auto given = [&](std::size_t input) {
        return input < node.inputs.size() && node.inputs[input] != core::kNoValue;
    };
    return recurrent.clip == 0 && !recurrent.coupledGates && !recurrent.batchFirst && !given(kLengths)
        && !given(kPeepholes);
}

/// [directions, 4 * hidden, columns] as [1, directions, columns, 4, hidden].
std::shared_ptr<const core::Tensor> turned(
    const core::TensorView& weights, const Sizes& sizes, std::int64_t columns)
{
    core::Tensor result(core::ElementType::Float32, { 1, sizes.directions, columns, 4, sizes.hidden });
    const core::Tensor copy = core::Tensor::copyOf(weights); // in the file they may lie unaligned
    const auto from = copy.as<float>();
    float* to = result.as<float>().data();
    for (std::int64_t d = 0; d < sizes.directions; ++d)
        for (std::int64_t k = 0; k < columns; ++k)
            for (const std::int64_t gate : kGates)
                for (std::int64_t h = 0; h < sizes.hidden; ++h)
                    *to++ = from[static_cast<std::size_t>(((d * 4 + gate) * sizes.hidden + h) * columns + k)];
    return std::make_shared<const core::Tensor>(std::move(result));
}

/// Both halves of B, [directions, 8 * hidden], are only ever added.
std::shared_ptr<const core::Tensor> summedBias(
    const std::optional<core::TensorView>& bias, const Sizes& sizes)
{
    core::Tensor result(core::ElementType::Float32, { 1, sizes.directions, 4, sizes.hidden });
    float* to = result.as<float>().data();
    for (std::int64_t d = 0; d < sizes.directions; ++d)
        for (const std::int64_t gate : kGates)
            for (std::int64_t h = 0; h < sizes.hidden; ++h) {
                const auto at = static_cast<std::size_t>((d * 8 + gate) * sizes.hidden + h);
                const auto half = static_cast<std::size_t>(4 * sizes.hidden);
                *to++ = bias ? bias->as<float>()[at] + bias->as<float>()[at + half] : 0.0F;
            }
    return std::make_shared<const core::Tensor>(std::move(result));
}

/// One LSTM node on its way to a primitive.
class LstmLowering {
public:
    LstmLowering(Lowering& lowering, const core::Node& node, const Sizes& sizes)
        : m_lowering(lowering)
        , m_node(node)
        , m_sizes(sizes)
    {
    }

    void run(
        const core::TensorView& w, const core::TensorView& r, const std::optional<core::TensorView>& bias)
    {
        const auto& [steps, batch, input, hidden, directions] = m_sizes;
        const Desc layer = plainDesc(Dims { steps, batch, input });
        const Desc state = plainDesc(Dims { 1, directions, batch, hidden });
        const Desc output = plainDesc(Dims { steps, batch, directions * hidden });
        const Desc biasDesc = plainDesc(Dims { 1, directions, 4, hidden });
        const Dims wDims { 1, directions, input, 4, hidden }, rDims { 1, directions, hidden, 4, hidden };
        const auto any
            = [](const Dims& dims) { return Desc(dims, memory::data_type::f32, memory::format_tag::any); };
        const lstm_forward::primitive_desc desc(m_lowering.engine(), prop_kind::forward_inference,
            direction(), layer, state, state, any(wDims), any(rDims), biasDesc, output, state, state,
            plainAttr());
        const auto wTurned = turned(w, m_sizes, input), rTurned = turned(r, m_sizes, hidden);
        m_lowering.keep(wTurned);
        m_lowering.keep(rTurned);
        std::vector<std::pair<int, TensorId>> arguments {
            { DNNL_ARG_SRC_LAYER, m_lowering.view(m_lowering.plain(m_node.inputs[kX]), layer) },
            { DNNL_ARG_SRC_ITER, initial(kInitialH, state) },
            { DNNL_ARG_SRC_ITER_C, initial(kInitialC, state) },
            { DNNL_ARG_WEIGHTS_LAYER,
                m_lowering.packed(wTurned->view(), plainDesc(wDims), desc.weights_layer_desc()) },
            { DNNL_ARG_WEIGHTS_ITER,
                m_lowering.packed(rTurned->view(), plainDesc(rDims), desc.weights_iter_desc()) },
            { DNNL_ARG_BIAS, m_lowering.keep(summedBias(bias, m_sizes)) },
        };
        const bool inPlace = directions == 1 || batch == 1; // [T, N, D * H] is [T, D, N, H] then
        const TensorId sequence = inPlace ? result(0, output) : m_lowering.temporary(output);
        arguments.emplace_back(DNNL_ARG_DST_LAYER, sequence);
        arguments.emplace_back(DNNL_ARG_DST_ITER, result(1, state));
        arguments.emplace_back(DNNL_ARG_DST_ITER_C, result(2, state));
        m_lowering.add(lstm_forward(desc), std::move(arguments));
        if (!inPlace && isGiven(0))
            separateDirections(sequence);
    }

private:
    rnn_direction direction() const
    {
        switch (std::get<Recurrent>(m_node.attributes).direction) {
        case Recurrent::Direction::Forward:
            return rnn_direction::unidirectional_left2right;
        case Recurrent::Direction::Reverse:
            return rnn_direction::unidirectional_right2left;
        case Recurrent::Direction::Bidirectional:
            break;
        }
        return rnn_direction::bidirectional_concat;
    }

    bool isGiven(std::size_t output) const
    {
        return output < m_node.outputs.size() && m_node.outputs[output] != core::kNoValue;
    }

    /// A state to start from; zeros where it is left out.
    TensorId initial(std::size_t input, const Desc& state)
    {
        if (input < m_node.inputs.size() && m_node.inputs[input] != core::kNoValue)
            return m_lowering.view(m_lowering.plain(m_node.inputs[input]), state);
        const auto dims = state.get_dims();
        core::Tensor zeros(core::ElementType::Float32, core::Shape(dims.begin(), dims.end()));
        std::ranges::fill(zeros.as<float>(), 0.0F);
        return m_lowering.keep(std::make_shared<const core::Tensor>(std::move(zeros)));
    }

    TensorId result(std::size_t output, const Desc& desc)
    {
        if (!isGiven(output))
            return m_lowering.temporary(desc);
        return m_lowering.view(m_lowering.definePlain(m_node.outputs[output]), desc);
    }

    /// [T, N, D, H] to ONNX's [T, D, N, H].
    void separateDirections(TensorId sequence)
    {
        const auto& [steps, batch, input, hidden, directions] = m_sizes;
        const Dims dims { steps, directions, batch, hidden };
        const Desc seen(dims, memory::data_type::f32,
            Dims { batch * directions * hidden, hidden, directions * hidden, 1 });
        const TensorId target = m_lowering.definePlain(m_node.outputs[0]);
        const dnnl::reorder::primitive_desc desc(
            m_lowering.engine(), seen, m_lowering.engine(), m_lowering.tensor(target).desc, plainAttr());
        m_lowering.add(dnnl::reorder(desc),
            { { DNNL_ARG_SRC, m_lowering.view(sequence, seen) }, { DNNL_ARG_DST, target } });
    }

    Lowering& m_lowering;
    const core::Node& m_node;
    Sizes m_sizes;
};

} // namespace

bool lstmOnednn(Lowering& lowering, const core::Node& node)
{
    const auto w = lowering.constant(node.inputs[kW]), r = lowering.constant(node.inputs[kR]);
    const bool hasBias = node.inputs.size() > kB && node.inputs[kB] != core::kNoValue;
    const auto bias = hasBias ? lowering.constant(node.inputs[kB]) : std::nullopt;
    const core::Shape& x = lowering.shapeOf(node.inputs[kX]);
    if (!w || !r || (hasBias && !bias) || lowering.typeOf(node.inputs[kX]) != core::ElementType::Float32
        || core::elementCount(x) == 0 || !node.epilogue.empty() || !isUsual(node))
        return false;
    LstmLowering(lowering, node, { x[0], x[1], x[2], r->shape[2], r->shape[0] }).run(*w, *r, bias);
    return true;
}

} // namespace cpu
