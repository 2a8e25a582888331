// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>

namespace core::ops {

void inferDet(InferContext& context)
{
    requireType(context, 0, kFloats);
    const Shape& x = context.inputs[0];
    if (x.size() < 2 || x.back() != x[x.size() - 2])
        throw Error("takes the determinant of {}, expected square matrices.", toString(x));
    setOutput(context, 0, Shape(x.begin(), x.end() - 2), context.types[0]);
}

namespace {

/// Gaussian elimination with the largest pivot of each column; `rows` is used up.
double determinant(std::vector<double>& rows, std::size_t size)
{
    double product = 1;
    for (std::size_t pivot = 0; pivot < size; ++pivot) {
        std::size_t best = pivot;
        for (std::size_t row = pivot + 1; row < size; ++row)
            if (std::abs(rows[row * size + pivot]) > std::abs(rows[best * size + pivot]))
                best = row;
        if (rows[best * size + pivot] == 0)
            return 0;
        if (best != pivot) {
            product = -product;
            std::swap_ranges(&rows[best * size], &rows[best * size] + size, &rows[pivot * size]);
        }
        product *= rows[pivot * size + pivot];
        for (std::size_t row = pivot + 1; row < size; ++row) {
            const double factor = rows[row * size + pivot] / rows[pivot * size + pivot];
            for (std::size_t column = pivot; column < size; ++column)
                rows[row * size + column] -= factor * rows[pivot * size + column];
        }
    }
    return product;
}

} // namespace

void detLoop(const LoopContext& context)
{
    const auto size = static_cast<std::size_t>(context.inputs[0].shape.back());
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        std::vector<double> matrix;
        for (T& y : context.outputs[0].as<T>()) {
            matrix.assign(x, x + size * size);
            y = static_cast<T>(determinant(matrix, size));
            x += size * size;
        }
    });
}

} // namespace core::ops
