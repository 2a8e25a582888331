// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/product.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>
#include <array>

namespace core::ops {

Product productOf(const Shape& a, const Shape& b)
{
    if (a.empty() || b.empty())
        throw Error("multiplies {} by {}, expected one dimension or more.", toString(a), toString(b));
    const bool row = a.size() == 1, column = b.size() == 1;
    Product product { .a = row ? Shape {} : Shape(a.begin(), a.end() - 2),
        .b = column ? Shape {} : Shape(b.begin(), b.end() - 2),
        .rows = row ? 1 : a[a.size() - 2],
        .inner = a.back(),
        .columns = column ? 1 : b.back() };
    if (product.inner != (column ? b[0] : b[b.size() - 2]))
        throw Error("multiplies {} by {}.", toString(a), toString(b));
    product.batch = broadcast(product.a, product.b);
    product.output = product.batch;
    if (!row)
        product.output.push_back(product.rows);
    if (!column)
        product.output.push_back(product.columns);
    return product;
}

namespace {

/// alpha * sum + addend, rounded once. A factor of 1 leaves integers exact beyond 2^53.
template <typename T> T finish(Accumulator<T> sum, float alpha, T addend)
{
    if constexpr (std::is_floating_point_v<T>)
        return static_cast<T>(sum * alpha + addend);
    else if (alpha != 1)
        return finish<T>(fromReal<T>(static_cast<double>(static_cast<T>(sum)) * alpha), 1, addend);
    else
        return static_cast<T>(sum + static_cast<Accumulator<T>>(addend));
}

template <typename T>
void matMul(
    const TensorView& aView, const TensorView& bView, const TensorView* biasView, float alpha, Tensor& output)
{
    const Product product = productOf(aView.shape, bView.shape);
    const T *a = aView.as<T>().data(), *b = bView.as<T>().data();
    const T* bias = biasView ? biasView->as<T>().data() : nullptr;
    const std::array strides { broadcastStrides(product.a, product.batch),
        broadcastStrides(product.b, product.batch) };
    const auto multiplyRows
        = [&](std::int64_t batch, const auto& offsets, std::int64_t begin, std::int64_t end) {
              std::vector<Accumulator<T>> sums(static_cast<std::size_t>(product.columns));
              T* y = output.as<T>().data() + (batch * product.rows + begin) * product.columns;
              for (std::int64_t i = begin; i < end; ++i) {
                  const T* row = a + (offsets[0] * product.rows + i) * product.inner;
                  std::ranges::fill(sums, Accumulator<T> {});
                  addProducts(sums, row, 1, b + offsets[1] * product.inner * product.columns, product.inner);
                  for (std::size_t j = 0; j < sums.size(); ++j)
                      *y++ = finish<T>(sums[j], alpha, bias ? bias[j] : T {});
              }
          };
    walk(product.batch, strides, [&](std::int64_t batch, const auto& offsets) {
        forRange(product.rows, product.inner * product.columns,
            [&](std::int64_t begin, std::int64_t end) { multiplyRows(batch, offsets, begin, end); });
    });
}

} // namespace

void inferMatMul(InferContext& context)
{
    requireOneType(context, kNumbers);
    Product product = productOf(context.inputs[0], context.inputs[1]);
    if (context.has(2) && context.inputs[2] != Shape { product.columns })
        throw Error("has a bias of shape {} for {} columns.", toString(context.inputs[2]), product.columns);
    setOutput(context, 0, std::move(product.output), context.types[0]);
}

void multiplyMatrices(
    const TensorView& a, const TensorView& b, const TensorView* bias, float alpha, Tensor& y)
{
    dispatch(NumberTypes {}, a.type, [&]<typename T>() { matMul<T>(a, b, bias, alpha, y); });
}

void matMulLoop(const LoopContext& context)
{
    multiplyMatrices(context.inputs[0], context.inputs[1],
        hasInput(context, 2) ? &context.inputs[2] : nullptr,
        std::get<MatMulAttributes>(context.node.attributes).alpha, context.outputs[0]);
}

void inferGemm(InferContext& context)
{
    const auto& gemm = std::get<GemmAttributes>(context.node.attributes);
    const Shape &a = context.inputs[0], &b = context.inputs[1];
    requireOneType(context, kNumbers);
    if (a.size() != 2 || b.size() != 2 || a[gemm.transA ? 0 : 1] != b[gemm.transB ? 1 : 0])
        throw Error("multiplies {}{} by {}{}.", toString(a), gemm.transA ? " transposed" : "", toString(b),
            gemm.transB ? " transposed" : "");
    Shape output { a[gemm.transA ? 1 : 0], b[gemm.transB ? 0 : 1] };
    if (context.has(2) && !broadcastsTo(context.inputs[2], output))
        throw Error("adds {} to a product of shape {}.", toString(context.inputs[2]), toString(output));
    setOutput(context, 0, std::move(output), context.types[0]);
}

namespace {

template <typename T> std::vector<T> transposed(const T* from, std::int64_t rows, std::int64_t columns)
{
    std::vector<T> result(static_cast<std::size_t>(rows * columns));
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
            result[static_cast<std::size_t>(j * rows + i)] = from[i * columns + j];
    return result;
}

template <typename T> void gemm(const LoopContext& context, const GemmAttributes& attributes)
{
    const Shape& shape = context.outputs[0].shape();
    const std::int64_t rows = shape[0], columns = shape[1];
    const std::int64_t inner = context.inputs[0].shape[attributes.transA ? 0 : 1];
    const T *a = context.inputs[0].as<T>().data(), *b = context.inputs[1].as<T>().data();
    const auto turned = attributes.transB ? transposed(b, columns, inner) : std::vector<T> {};
    const bool added = hasInput(context, 2);
    const T* c = added ? context.inputs[2].as<T>().data() : nullptr;
    const Strides cStrides = added ? broadcastStrides(context.inputs[2].shape, shape) : Strides { 0, 0 };
    forRange(rows, inner * columns, [&](std::int64_t begin, std::int64_t end) {
        std::vector<Accumulator<T>> sums(static_cast<std::size_t>(columns));
        T* y = context.outputs[0].as<T>().data() + begin * columns;
        for (std::int64_t i = begin; i < end; ++i) {
            const T* row = a + i * (attributes.transA ? 1 : inner);
            std::ranges::fill(sums, Accumulator<T> {});
            addProducts(
                sums, row, attributes.transA ? rows : 1, attributes.transB ? turned.data() : b, inner);
            for (std::int64_t j = 0; j < columns; ++j) {
                const T term = c ? c[i * cStrides[0] + j * cStrides[1]] : T {};
                const T addend
                    = attributes.beta == 1 ? term : fromReal<T>(attributes.beta * static_cast<double>(term));
                *y++ = finish<T>(sums[static_cast<std::size_t>(j)], attributes.alpha, addend);
            }
        }
    });
}

} // namespace

void gemmLoop(const LoopContext& context)
{
    const auto& attributes = std::get<GemmAttributes>(context.node.attributes);
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() { gemm<T>(context, attributes); });
}

} // namespace core::ops
