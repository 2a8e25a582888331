// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/op_kind.h"
#include "core/model/tensor.h"

#include <cstdint>
#include <vector>

namespace cpu {

/// Sums, means, norms and extremes of float32 over some of a tensor's dimensions. Sums are pairwise or of few
/// numbers in float32 and of those in float64: as exact as the result can be, near enough. Made once; runs on
/// any number of threads, each with a part of the result.
class ReduceKernel {
public:
    static bool knows(core::OpKind kind);
    /// Makes x of an x alone.
    static bool keepsNumbers(core::OpKind kind);
    /// The dimensions `reduced` of a dense row-major tensor. Means divide by `count`, which elements of
    /// padding are not in.
    ReduceKernel(
        core::OpKind kind, const core::Shape& shape, const std::vector<bool>& reduced, std::int64_t count);

    /// Parts of the result that can be made in any order, and how many elements each of them takes in at
    /// most.
    std::int64_t units() const { return m_units; }
    std::int64_t unitElements() const { return m_unitElements; }
    void run(const float* from, float* to, std::int64_t begin, std::int64_t end) const;

private:
    /// Dimensions that are neighbours and of one kind are one. Strides are in elements.
    struct Dim {
        std::int64_t count, stride;
        bool reduced;
    };

    static std::int64_t offsetOf(std::int64_t index, const std::vector<Dim>& dims);
    template <typename Fold>
    void runAs(const float* from, float* to, std::int64_t begin, std::int64_t end) const;
    template <typename Fold> void foldRuns(const float* from, float* to) const;
    template <typename Fold, std::int64_t kWidth>
    void foldStrip(const float* from, std::int64_t width, float* to) const;
    template <typename T> void finish(const T* totals, std::int64_t count, float* to) const;

    core::OpKind m_kind;
    double m_factor; // 1 but for means
    bool m_runs = false; // the last dimension is reduced
    std::int64_t m_last = 1; // its length
    std::int64_t m_rows = 1; // those to be made one, where the last dimension is not reduced
    std::vector<Dim> m_kept, m_over; // what is around that
    std::int64_t m_times = 1; // elements of m_over
    std::int64_t m_strips = 1, m_units = 1, m_unitElements = 1;
};

} // namespace cpu
