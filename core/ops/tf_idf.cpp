// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions.h"
#include "core/ops/parse.h"
#include "core/ops/parse_fields.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <map>

namespace core::ops {
namespace {

/// Where the n-grams of `length` elements stand in the pool.
struct Section {
    std::size_t begin, end;
};

Section sectionOf(const TfIdfAttributes& attributes, std::int64_t length)
{
    const auto at = static_cast<std::size_t>(length - 1);
    const std::size_t end = at + 1 < attributes.starts.size()
        ? static_cast<std::size_t>(attributes.starts[at + 1])
        : attributes.pool.size();
    return { static_cast<std::size_t>(attributes.starts[at]), end };
}

/// Every n-gram of the pool has an output, and a weight where weights are given.
void requirePool(const TfIdfAttributes& attributes)
{
    const auto& starts = attributes.starts;
    const std::int64_t lengths = std::ssize(starts);
    if (attributes.pool.empty())
        throw Error("has no n-grams of numbers.");
    if (attributes.leastLength < 1 || attributes.mostLength < attributes.leastLength
        || attributes.mostLength > lengths)
        throw Error("counts n-grams of {} to {} elements, and its pool has those of 1 to {}.",
            attributes.leastLength, attributes.mostLength, lengths);
    std::size_t grams = 0;
    for (std::int64_t length = 1; length <= lengths; ++length) {
        const auto [begin, end] = sectionOf(attributes, length);
        if (begin > end || end > attributes.pool.size()
            || (end - begin) % static_cast<std::size_t>(length) != 0)
            throw Error("has n-grams of {} elements from {} to {} of its pool of {}.", length, begin, end,
                attributes.pool.size());
        grams += (end - begin) / static_cast<std::size_t>(length);
    }
    if (attributes.outputs.size() != grams
        || (!attributes.weights.empty() && attributes.weights.size() != grams))
        throw Error("has {} outputs and {} weights for {} n-grams.", attributes.outputs.size(),
            attributes.weights.size(), grams);
    for (const std::int64_t output : attributes.outputs)
        if (output < 0 || output > std::int64_t { 1 } << 40)
            throw Error("counts an n-gram in output {}.", output);
}

} // namespace

Attributes parseTfIdf(const OnnxAttributes& from)
{
    auto attributes = readFields<TfIdfAttributes>(from);
    requirePool(attributes);
    if (attributes.mostSkips < 0)
        throw Error("skips {} elements, expected 0 or more.", attributes.mostSkips);
    return attributes;
}

void inferTfIdf(InferContext& context)
{
    const auto& attributes = std::get<TfIdfAttributes>(context.node.attributes);
    requireType(context, 0, kIndices);
    const Shape& x = context.inputs[0];
    if (x.size() > 2)
        throw Error("counts n-grams of {}, expected at most two dimensions.", toString(x));
    const std::int64_t length = *std::max_element(attributes.outputs.begin(), attributes.outputs.end()) + 1;
    setOutput(context, 0, x.size() == 2 ? Shape { x[0], length } : Shape { length }, ElementType::Float32);
}

namespace {

/// All n-grams of the pool, to find one by its elements: a tree of maps would be another way, and more code.
using Grams = std::map<std::vector<std::int64_t>, std::size_t>;

Grams gramsOf(const TfIdfAttributes& attributes)
{
    Grams grams;
    std::size_t gram = 0;
    for (std::int64_t length = 1; length <= std::ssize(attributes.starts); ++length) {
        const auto [begin, end] = sectionOf(attributes, length);
        for (std::size_t at = begin; at < end; at += static_cast<std::size_t>(length), ++gram) {
            const auto first = attributes.pool.begin() + static_cast<std::ptrdiff_t>(at);
            grams.emplace(std::vector(first, first + length), gram);
        }
    }
    return grams;
}

/// Takes the n-grams of one row: elements `stride` apart, for each stride up to the most skips.
void countRow(std::span<const std::int64_t> row, const TfIdfAttributes& attributes, const Grams& grams,
    std::span<float> counts)
{
    std::vector<std::int64_t> gram;
    for (std::int64_t length = attributes.leastLength; length <= attributes.mostLength; ++length) {
        // Strides beyond this leave no room for a second element; single elements know no skips at all.
        const std::int64_t most = length == 1 ? 0 : std::min(attributes.mostSkips, std::ssize(row));
        for (std::int64_t stride = 1; stride <= most + 1; ++stride)
            for (std::int64_t first = 0; first + (length - 1) * stride < std::ssize(row); ++first) {
                gram.clear();
                for (std::int64_t k = 0; k < length; ++k)
                    gram.push_back(row[static_cast<std::size_t>(first + k * stride)]);
                if (const auto found = grams.find(gram); found != grams.end())
                    counts[static_cast<std::size_t>(attributes.outputs[found->second])] += 1;
            }
    }
}

/// Counts become what the mode says.
void weigh(const TfIdfAttributes& attributes, std::span<float> counts)
{
    if (attributes.mode == TermWeighting::Frequency)
        return;
    std::vector<float> weights(counts.size(), 1);
    for (std::size_t gram = 0; gram < attributes.weights.size(); ++gram)
        weights[static_cast<std::size_t>(attributes.outputs[gram])] = attributes.weights[gram];
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const float count = attributes.mode == TermWeighting::Inverse ? std::min(counts[i], 1.0F) : counts[i];
        counts[i] = count * weights[i];
    }
}

} // namespace

void tfIdfLoop(const LoopContext& context)
{
    const auto& attributes = std::get<TfIdfAttributes>(context.node.attributes);
    const Grams grams = gramsOf(attributes);
    const Shape elements = integersOf(context.inputs[0]);
    const auto y = context.outputs[0].as<float>();
    std::ranges::fill(y, 0.0F);
    const std::size_t rows
        = context.inputs[0].shape.size() == 2 ? static_cast<std::size_t>(context.inputs[0].shape[0]) : 1;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t length = elements.size() / rows, outputs = y.size() / rows;
        const auto counts = y.subspan(row * outputs, outputs);
        countRow(std::span(elements).subspan(row * length, length), attributes, grams, counts);
        weigh(attributes, counts);
    }
}

} // namespace core::ops
