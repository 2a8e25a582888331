// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/recurrent_cell.h"

#include "core/ops/scalar.h"

#include <cmath>

namespace core::ops {
namespace {

/// Rows `begin` to `end` of a matrix [rows][columns], turned to [columns][end - begin].
template <typename T>
std::vector<T> turned(const T* from, std::int64_t begin, std::int64_t end, std::int64_t columns)
{
    std::vector<T> to(static_cast<std::size_t>((end - begin) * columns));
    for (std::int64_t i = begin; i < end; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
            to[static_cast<std::size_t>(j * (end - begin) + i - begin)] = from[i * columns + j];
    return to;
}

template <typename T> std::vector<double> copied(const T* from, std::int64_t count)
{
    return from ? std::vector<double>(from, from + count)
                : std::vector<double>(static_cast<std::size_t>(count), 0.0);
}

template <typename Body> void each(double* values, std::int64_t count, Body&& body)
{
    for (std::int64_t i = 0; i < count; ++i)
        values[i] = body(values[i]);
}

} // namespace

std::int64_t gatesOf(OpKind kind)
{
    return kind == OpKind::LSTM || kind == OpKind::DynamicQuantizeLSTM ? 4 : kind == OpKind::GRU ? 3 : 1;
}

std::size_t directionsOf(const RecurrentAttributes& recurrent)
{
    return recurrent.direction == RecurrentAttributes::Direction::Bidirectional ? 2 : 1;
}

void activate(const RecurrentAttributes::Activation& activation, double* values, std::int64_t count)
{
    using Function = RecurrentAttributes::Activation::Function;
    const double alpha = activation.alpha, beta = activation.beta;
    switch (activation.function) {
    case Function::Relu:
        return each(values, count, [](double x) { return std::max(x, 0.0); });
    case Function::Tanh:
        return each(values, count, [](double x) { return std::tanh(x); });
    case Function::Sigmoid:
        return each(values, count, sigmoid);
    case Function::Affine:
        return each(values, count, [=](double x) { return alpha * x + beta; });
    case Function::LeakyRelu:
        return each(values, count, [=](double x) { return x >= 0 ? x : alpha * x; });
    case Function::ThresholdedRelu:
        return each(values, count, [=](double x) { return x > alpha ? x : 0; });
    case Function::ScaledTanh:
        return each(values, count, [=](double x) { return alpha * std::tanh(beta * x); });
    case Function::HardSigmoid:
        return each(values, count, [=](double x) { return hardSigmoid(x, alpha, beta); });
    case Function::Elu:
        return each(values, count, [=](double x) { return x >= 0 ? x : alpha * std::expm1(x); });
    case Function::Softsign:
        return each(values, count, [](double x) { return x / (1 + std::abs(x)); });
    case Function::Clip:
        return each(values, count, [=](double x) { return std::min(std::max(x, alpha), beta); });
    case Function::Softplus:
        return each(
            values, count, [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); });
    }
}

template <typename T>
RecurrentCell<T>::RecurrentCell(OpKind kind, const RecurrentAttributes& attributes,
    const RecurrentSizes& sizes, const RecurrentWeights<T>& weights, std::int64_t direction)
    : m_kind(kind)
    , m_attributes(attributes)
    , m_firstFunction(attributes.activations.size() / static_cast<std::size_t>(sizes.directions)
          * static_cast<std::size_t>(direction))
    , m_input(sizes.input)
    , m_size(sizes.hidden)
{
    const std::int64_t rows = sizes.gates * m_size;
    const std::int64_t together = kind == OpKind::GRU ? 2 * m_size : rows;
    const T* r = weights.r + direction * rows * m_size;
    m_w = turned(weights.w + direction * rows * m_input, 0, rows, m_input);
    m_r = turned(r, 0, together, m_size);
    if (kind == OpKind::GRU)
        m_candidate = turned(r, together, rows, m_size);
    const T* bias = weights.bias ? weights.bias + direction * 2 * rows : nullptr;
    m_wBias = copied(bias, rows);
    m_rBias = copied(bias ? bias + rows : nullptr, rows);
    if (weights.peepholes)
        m_peepholes = copied(weights.peepholes + direction * 3 * m_size, 3 * m_size);
}

template <typename T> void RecurrentCell<T>::start(const T* hidden, const T* memory)
{
    m_hidden = copied(hidden, m_size);
    m_memory = copied(memory, m_size);
}

template <typename T> void RecurrentCell<T>::step(const T* x)
{
    m_sums = m_wBias;
    addProducts(m_sums, x, 1, m_w.data(), m_input);
    if (gatesOf(m_kind) == 4)
        lstmStep();
    else if (m_kind == OpKind::GRU)
        gruStep();
    else
        rnnStep();
}

template <typename T>
const RecurrentAttributes::Activation& RecurrentCell<T>::function(std::size_t index) const
{
    return m_attributes.activations[m_firstFunction + index];
}

template <typename T> void RecurrentCell<T>::clip(double* values, std::int64_t count) const
{
    const double limit = m_attributes.clip;
    if (limit > 0)
        each(values, count, [limit](double x) { return std::clamp(x, -limit, limit); });
}

template <typename T> void RecurrentCell<T>::rnnStep()
{
    for (std::size_t i = 0; i < m_sums.size(); ++i)
        m_sums[i] += m_rBias[i];
    addProducts(m_sums, m_hidden.data(), 1, m_r.data(), m_size);
    clip(m_sums.data(), m_size);
    activate(function(0), m_sums.data(), m_size);
    m_hidden.swap(m_sums);
}

template <typename T> void RecurrentCell<T>::gruStep()
{
    const auto size = static_cast<std::size_t>(m_size);
    double *update = m_sums.data(), *reset = update + m_size, *candidate = reset + m_size;
    m_part.assign(m_rBias.begin(), m_rBias.begin() + 2 * m_size);
    addProducts(m_part, m_hidden.data(), 1, m_r.data(), m_size);
    for (std::size_t i = 0; i < 2 * size; ++i)
        update[i] += m_part[i];
    clip(update, 2 * m_size);
    activate(function(0), update, 2 * m_size);

    m_part.assign(m_rBias.begin() + 2 * m_size, m_rBias.end());
    if (m_attributes.linearBeforeReset) {
        addProducts(m_part, m_hidden.data(), 1, m_candidate.data(), m_size);
        for (std::size_t i = 0; i < size; ++i)
            candidate[i] += reset[i] * m_part[i];
    } else {
        m_reset.resize(size);
        for (std::size_t i = 0; i < size; ++i)
            m_reset[i] = reset[i] * m_hidden[i];
        addProducts(m_part, m_reset.data(), 1, m_candidate.data(), m_size);
        for (std::size_t i = 0; i < size; ++i)
            candidate[i] += m_part[i];
    }
    clip(candidate, m_size);
    activate(function(1), candidate, m_size);
    for (std::size_t i = 0; i < size; ++i)
        m_hidden[i] = (1 - update[i]) * candidate[i] + update[i] * m_hidden[i];
}

template <typename T> void RecurrentCell<T>::lstmStep()
{
    for (std::size_t i = 0; i < m_sums.size(); ++i)
        m_sums[i] += m_rBias[i];
    addProducts(m_sums, m_hidden.data(), 1, m_r.data(), m_size);
    const auto size = static_cast<std::size_t>(m_size);
    double *input = m_sums.data(), *output = input + m_size, *forget = output + m_size,
           *cell = forget + m_size;
    const auto peep = [&](double* gate, std::size_t which) {
        for (std::size_t i = 0; i < size && !m_peepholes.empty(); ++i)
            gate[i] += m_peepholes[which * size + i] * m_memory[i];
    };
    peep(input, 0);
    peep(forget, 2);
    clip(input, m_size);
    clip(forget, 2 * m_size); // and the cell's
    activate(function(0), input, m_size);
    activate(function(0), forget, m_size);
    activate(function(1), cell, m_size);
    for (std::size_t i = 0; i < size; ++i) {
        const double kept = m_attributes.coupledGates ? 1 - input[i] : forget[i];
        m_memory[i] = kept * m_memory[i] + input[i] * cell[i];
    }
    peep(output, 1);
    clip(output, m_size);
    activate(function(0), output, m_size);
    m_hidden = m_memory;
    activate(function(2), m_hidden.data(), m_size);
    for (std::size_t i = 0; i < size; ++i)
        m_hidden[i] *= output[i];
}

template class RecurrentCell<float>;
template class RecurrentCell<double>;

} // namespace core::ops
