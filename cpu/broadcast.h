// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"
#include "cpu/threads.h"

#include <vector>

namespace cpu {

/// Two operands broadcast to one output, with neighbouring dimensions merged where both operands allow it.
/// Strides are in elements; 0 repeats the operand.
struct Broadcast {
    std::vector<std::int64_t> dims, strideA, strideB;

    Broadcast(const core::Shape& a, const core::Shape& b, const core::Shape& output)
    {
        std::int64_t stepA = 1, stepB = 1;
        for (std::size_t i = output.size(); i-- > 0;) {
            const std::int64_t dimA = dimFromEnd(a, output.size() - i),
                               dimB = dimFromEnd(b, output.size() - i);
            if (output[i] == 1)
                continue;
            const std::int64_t sa = dimA == 1 ? 0 : stepA, sb = dimB == 1 ? 0 : stepB;
            const bool merges
                = !dims.empty() && sa == strideA.back() * dims.back() && sb == strideB.back() * dims.back();
            if (merges) {
                dims.back() *= output[i];
            } else {
                dims.push_back(output[i]); // innermost first
                strideA.push_back(sa);
                strideB.push_back(sb);
            }
            stepA *= dimA;
            stepB *= dimB;
        }
        if (dims.empty()) {
            dims = { 1 };
            strideA = strideB = { 0 };
        }
    }

    std::int64_t outerCount() const
    {
        std::int64_t count = 1;
        for (std::size_t i = 1; i < dims.size(); ++i)
            count *= dims[i];
        return count;
    }

private:
    static std::int64_t dimFromEnd(const core::Shape& shape, std::size_t fromEnd)
    {
        return fromEnd <= shape.size() ? shape[shape.size() - fromEnd] : 1;
    }
};

/// out = f(a, b) elementwise. The inner loops are the three cases compilers turn into vector code.
template <typename T, typename Function>
void applyBroadcast(const Broadcast& shape, const T* a, const T* b, T* out, Function f)
{
    const std::int64_t inner = shape.dims[0];
    constexpr std::int64_t kGrain = 16384; // elements a thread should have to be worth waking
    parallelFor(shape.outerCount(), std::max<std::int64_t>(1, kGrain / inner),
        [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t outer = begin; outer < end; ++outer) {
                const T* rowA = a;
                const T* rowB = b;
                for (std::int64_t rest = outer, i = 1; i < static_cast<std::int64_t>(shape.dims.size());
                     ++i) {
                    const auto d = static_cast<std::size_t>(i);
                    rowA += rest % shape.dims[d] * shape.strideA[d];
                    rowB += rest % shape.dims[d] * shape.strideB[d];
                    rest /= shape.dims[d];
                }
                T* row = out + outer * inner;
                if (shape.strideA[0] == 0)
                    for (std::int64_t i = 0; i < inner; ++i)
                        row[i] = f(*rowA, rowB[i * shape.strideB[0]]);
                else if (shape.strideB[0] == 0)
                    for (std::int64_t i = 0; i < inner; ++i)
                        row[i] = f(rowA[i], *rowB);
                else
                    for (std::int64_t i = 0; i < inner; ++i)
                        row[i] = f(rowA[i], rowB[i]);
            }
        });
}

} // namespace cpu
