// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/op_table.h"
#include "core/ops/types.h"

#include <algorithm>
#include <vector>

/// One direction of an RNN, GRU or LSTM, step by step.
namespace core::ops {

struct RecurrentSizes {
    std::int64_t steps, batch, input, hidden;
    std::int64_t
        gates; // 1 for RNN, 3 for GRU (update, reset, hidden), 4 for LSTM (input, output, forget, cell)
    std::int64_t directions;
};

/// Throws Error when X and R do not fit.
RecurrentSizes recurrentSizes(const Node& node, const Shape& x, const Shape& r);
std::int64_t gatesOf(OpKind kind);
std::size_t directionsOf(const RecurrentAttributes& recurrent);

/// As the inputs have them, all directions; null when left out.
template <typename T> struct RecurrentWeights {
    const T *w, *r, *bias, *peepholes;
};

/// By its ONNX name in any case, or "Clip"; `parameters` are alpha and beta, defaults where missing. Throws
/// Error for another name.
RecurrentAttributes::Activation namedActivation(
    const std::string& name, const std::vector<float>& parameters);

/// Applies the function to `count` numbers in place.
void activate(const RecurrentAttributes::Activation& activation, double* values, std::int64_t count);

/// Weights transposed once, so that all products run along contiguous rows; the state of one sequence.
template <typename T> class RecurrentCell {
public:
    RecurrentCell(OpKind kind, const RecurrentAttributes& attributes, const RecurrentSizes& sizes,
        const RecurrentWeights<T>& weights, std::int64_t direction);

    void start(const T* hidden, const T* memory); // null: zeros
    void step(const T* x);
    const std::vector<double>& hidden() const { return m_hidden; }
    const std::vector<double>& memory() const { return m_memory; } // LSTM's cell state

private:
    void rnnStep();
    void gruStep();
    void lstmStep();
    void clip(double* values, std::int64_t count) const;
    const RecurrentAttributes::Activation& function(std::size_t index) const;

    OpKind m_kind;
    const RecurrentAttributes& m_attributes;
    std::size_t m_firstFunction; // of this direction
    std::int64_t m_input, m_size; // sizes of x and of the state
    std::vector<T> m_w; // [input][gates * size]
    std::vector<T> m_r; // [size][gates * size]; GRU's without its last gate
    std::vector<T> m_candidate; // GRU's last gate of R, [size][size]
    std::vector<double> m_wBias, m_rBias; // [gates * size]
    std::vector<double> m_peepholes; // LSTM: input, output, forget; empty when there are none
    std::vector<double> m_hidden, m_memory;
    std::vector<double> m_sums; // of the gates, from x and then from the state too
    std::vector<double> m_part, m_reset; // GRU: products with the state, and the state reset
};

extern template class RecurrentCell<float>;
extern template class RecurrentCell<double>;

} // namespace core::ops
