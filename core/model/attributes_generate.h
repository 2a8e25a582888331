// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/attribute_fields.h"
#include "core/model/element_type.h"

#include <cstdint>
#include <optional>
#include <vector>

/// Attributes of operators that make numbers: random ones, windows, filters, counts of n-grams.
namespace core {

/// RandomNormal and RandomNormalLike: the one has a shape, the other takes its input's.
struct RandomNormalAttributes {
    std::optional<std::vector<std::int64_t>> shape;
    std::optional<ElementType> type;
    float mean = 0, deviation = 1;
    std::optional<float> seed;

    static constexpr auto fields()
    {
        return std::tuple { field("shape", &RandomNormalAttributes::shape),
            field("dtype", &RandomNormalAttributes::type), field("mean", &RandomNormalAttributes::mean),
            field("scale", &RandomNormalAttributes::deviation),
            field("seed", &RandomNormalAttributes::seed) };
    }
};

/// RandomUniform and RandomUniformLike.
struct RandomUniformAttributes {
    std::optional<std::vector<std::int64_t>> shape;
    std::optional<ElementType> type;
    float low = 0, high = 1;
    std::optional<float> seed;

    static constexpr auto fields()
    {
        return std::tuple { field("shape", &RandomUniformAttributes::shape),
            field("dtype", &RandomUniformAttributes::type), field("low", &RandomUniformAttributes::low),
            field("high", &RandomUniformAttributes::high), field("seed", &RandomUniformAttributes::seed) };
    }
};

struct BernoulliAttributes {
    std::optional<ElementType> type;
    std::optional<float> seed;

    static constexpr auto fields()
    {
        return std::tuple { field("dtype", &BernoulliAttributes::type),
            field("seed", &BernoulliAttributes::seed) };
    }
};

struct MultinomialAttributes {
    ElementType type = ElementType::Int32;
    std::int64_t samples = 1;
    std::optional<float> seed;

    static constexpr auto fields()
    {
        return std::tuple { field("dtype", &MultinomialAttributes::type),
            field("sample_size", &MultinomialAttributes::samples),
            field("seed", &MultinomialAttributes::seed) };
    }
};

struct DropoutAttributes {
    std::optional<std::int64_t> seed;

    static constexpr auto fields() { return std::tuple { field("seed", &DropoutAttributes::seed) }; }
};

/// HannWindow, HammingWindow, BlackmanWindow.
struct WindowAttributes {
    ElementType type = ElementType::Float32;
    bool periodic = true;

    static constexpr auto fields()
    {
        return std::tuple { field("output_datatype", &WindowAttributes::type),
            field("periodic", &WindowAttributes::periodic) };
    }
};

struct MelAttributes {
    ElementType type = ElementType::Float32;

    static constexpr auto fields() { return std::tuple { field("output_datatype", &MelAttributes::type) }; }
};

enum class TermWeighting { Frequency, Inverse, Both };

template <> struct EnumWords<TermWeighting> {
    static constexpr std::array<std::string_view, 3> words { "TF", "IDF", "TFIDF" };
};

/// TfIdfVectorizer of numbers.
struct TfIdfAttributes {
    TermWeighting mode = TermWeighting::Frequency;
    std::int64_t leastLength = 1, mostLength = 1, mostSkips = 0;
    /// The n-grams one behind the other, first all of one element, then all of two, ...; where in it each
    /// length begins; which output each n-gram counts in, and by which weight.
    std::vector<std::int64_t> pool, starts, outputs;
    std::vector<float> weights;

    static constexpr auto fields()
    {
        return std::tuple { requiredField("mode", &TfIdfAttributes::mode),
            requiredField("min_gram_length", &TfIdfAttributes::leastLength),
            requiredField("max_gram_length", &TfIdfAttributes::mostLength),
            requiredField("max_skip_count", &TfIdfAttributes::mostSkips),
            requiredField("ngram_counts", &TfIdfAttributes::starts),
            requiredField("ngram_indexes", &TfIdfAttributes::outputs),
            field("pool_int64s", &TfIdfAttributes::pool), field("weights", &TfIdfAttributes::weights) };
    }
};

} // namespace core
