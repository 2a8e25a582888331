// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/einsum_terms.h"
#include "core/ops/functions.h"
#include "core/ops/rules.h"
#include "core/ops/strides.h"
#include "core/ops/types.h"

#include <algorithm>

namespace core::ops {

void inferEinsum(InferContext& context)
{
    requireOneType(context, kNumbers);
    const EinsumTerms terms(std::get<EinsumAttributes>(context.node.attributes).equation, context.inputs);
    setOutput(context, 0, terms.outputShape(), context.types[0]);
}

namespace {

using Labels = std::vector<int>;

bool contains(const Labels& labels, int label)
{
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

/// An operand on the way: elements in any order of memory, and the step from one to the next along each
/// label.
template <typename T> struct Factor {
    Labels labels; // each once
    Strides strides; // one per label; 0 where it is broadcast
    const T* elements;
    Tensor own; // what `elements` points into, when nobody else owns it
};

/// Steps along `labels`, 0 along those the factor does not have.
template <typename T> Strides stepsAlong(const Factor<T>& factor, const Labels& labels)
{
    Strides steps;
    for (const int label : labels) {
        const auto found = std::find(factor.labels.begin(), factor.labels.end(), label);
        steps.push_back(found == factor.labels.end()
                ? 0
                : factor.strides[static_cast<std::size_t>(found - factor.labels.begin())]);
    }
    return steps;
}

/// A label that occurs twice in one term stands for the diagonal: both steps at once.
template <typename T> Factor<T> factorOf(const TensorView& operand, const Labels& labels)
{
    Factor<T> factor { .labels = {}, .strides = {}, .elements = operand.as<T>().data(), .own = {} };
    const Strides dense = denseStrides(operand.shape);
    for (std::size_t d = 0; d < labels.size(); ++d) {
        const std::int64_t step = operand.shape[d] == 1 ? 0 : dense[d];
        const auto found = std::find(factor.labels.begin(), factor.labels.end(), labels[d]);
        if (found != factor.labels.end()) {
            factor.strides[static_cast<std::size_t>(found - factor.labels.begin())] += step;
            continue;
        }
        factor.labels.push_back(labels[d]);
        factor.strides.push_back(step);
    }
    return factor;
}

/// Contracts factors one after another. `T` is the tensors' type; sums are kept in a wider one.
template <typename T> class Contraction {
public:
    using Sum = Accumulator<T>;

    explicit Contraction(const EinsumTerms& terms)
        : m_sizes(terms.sizes)
    {
    }

    std::int64_t count(const Labels& labels) const { return elementCount(shapeOf(labels)); }

    /// The factor's elements in the order of `labels`, one behind the other.
    Tensor gathered(const Factor<T>& factor, const Labels& labels) const
    {
        Tensor dense(elementTypeOf<T>(), { count(labels) });
        T* to = dense.as<T>().data();
        walkRuns(shapeOf(labels), std::array { stepsAlong(factor, labels) },
            [&](std::int64_t first, std::int64_t length, const auto& at, const auto& step) {
                for (std::int64_t k = 0; k < length; ++k)
                    to[first + k] = factor.elements[at[0] + k * step[0]];
            });
        return dense;
    }

    /// The factor summed over every label that is not in `kept`.
    Factor<T> summed(Factor<T> factor, const Labels& kept) const
    {
        Labels stay, go;
        for (const int label : factor.labels)
            (contains(kept, label) ? stay : go).push_back(label);
        if (go.empty())
            return factor;
        Labels all = stay;
        all.insert(all.end(), go.begin(), go.end());
        const Tensor dense = gathered(factor, all);
        const T* x = dense.as<T>().data();
        const std::int64_t run = count(go);
        Factor<T> sums = denseFactor(stay);
        for (T& y : sums.own.template as<T>()) {
            Sum sum {};
            for (std::int64_t k = 0; k < run; ++k)
                sum += static_cast<Sum>(x[k]);
            y = static_cast<T>(sum);
            x += run;
        }
        return sums;
    }

    /// The product of two factors, summed over labels that are not in `kept`: a batch of matrix products.
    Factor<T> product(const Factor<T>& a, const Factor<T>& b, const Labels& kept) const
    {
        Labels batch, rows, columns, depth;
        for (const int label : a.labels)
            (contains(b.labels, label) ? contains(kept, label) ? batch : depth : rows).push_back(label);
        for (const int label : b.labels)
            if (!contains(a.labels, label))
                columns.push_back(label);
        const auto joined = [](Labels first, const Labels& second, const Labels& third) {
            first.insert(first.end(), second.begin(), second.end());
            first.insert(first.end(), third.begin(), third.end());
            return first;
        };
        const Tensor left = gathered(a, joined(batch, rows, depth));
        const Tensor right = gathered(b, joined(batch, depth, columns));
        const std::int64_t m = count(rows), n = count(columns), k = count(depth);
        Factor<T> result = denseFactor(joined(batch, rows, columns));
        T* y = result.own.template as<T>().data();
        std::vector<Sum> sums(static_cast<std::size_t>(n));
        for (std::int64_t row = 0; row < count(batch) * m; ++row) {
            std::fill(sums.begin(), sums.end(), Sum {});
            addProducts(sums, left.as<T>().data() + row * k, 1, right.as<T>().data() + row / m * k * n, k);
            y = std::transform(sums.begin(), sums.end(), y, [](Sum sum) { return static_cast<T>(sum); });
        }
        return result;
    }

private:
    Shape shapeOf(const Labels& labels) const
    {
        Shape shape;
        for (const int label : labels)
            shape.push_back(m_sizes[static_cast<std::size_t>(label)]);
        return shape;
    }

    /// With room for its elements.
    Factor<T> denseFactor(Labels labels) const
    {
        const Shape shape = shapeOf(labels);
        Factor<T> factor { .labels = std::move(labels),
            .strides = denseStrides(shape),
            .elements = nullptr,
            .own = Tensor(elementTypeOf<T>(), { elementCount(shape) }) };
        factor.elements = factor.own.template as<T>().data();
        return factor;
    }

    const std::vector<std::int64_t>& m_sizes;
};

/// The labels that operands from `first` on, or the output, still need.
Labels neededFrom(const EinsumTerms& terms, std::size_t first)
{
    Labels needed = terms.output;
    for (std::size_t i = first; i < terms.operands.size(); ++i)
        needed.insert(needed.end(), terms.operands[i].begin(), terms.operands[i].end());
    return needed;
}

} // namespace

void einsumLoop(const LoopContext& context)
{
    std::vector<Shape> shapes;
    const auto inputs = context.inputs.first(ownInputCount(context.node));
    for (const TensorView& input : inputs)
        shapes.push_back(input.shape);
    const EinsumTerms terms(std::get<EinsumAttributes>(context.node.attributes).equation, shapes);
    dispatch(NumberTypes {}, inputs[0].type, [&]<typename T>() {
        const Contraction<T> contraction(terms);
        Factor<T> result
            = contraction.summed(factorOf<T>(inputs[0], terms.operands[0]), neededFrom(terms, 1));
        for (std::size_t i = 1; i < inputs.size(); ++i) {
            Labels needed = neededFrom(terms, i + 1);
            needed.insert(needed.end(), result.labels.begin(), result.labels.end());
            const Factor<T> next = contraction.summed(factorOf<T>(inputs[i], terms.operands[i]), needed);
            result = contraction.product(result, next, neededFrom(terms, i + 1));
        }
        const Tensor dense = contraction.gathered(result, terms.output);
        std::ranges::copy(dense.as<T>(), context.outputs[0].as<T>().begin());
    });
}

} // namespace core::ops
