// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

/// Operators that make numbers.
namespace support {

using core::ElementType;
using core::OpKind;
using core::Shape;

namespace {

void addRandomCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("RandomNormal", OpKind::RandomNormal, {},
        core::RandomNormalAttributes { .shape = Shape { 3, 7 }, .mean = 5, .deviation = 2, .seed = 3.5F }));
    cases.push_back(opCase("RandomNormalLike", OpKind::RandomNormalLike, { input({ 3, 7 }) },
        core::RandomNormalAttributes { .type = ElementType::Double }));
    cases.push_back(opCase("RandomUniform", OpKind::RandomUniform, {},
        core::RandomUniformAttributes { .shape = Shape { 3, 7 }, .type = ElementType::Float16, .low = -1 }));
    cases.push_back(opCase("RandomUniformLike", OpKind::RandomUniformLike, { input({ 3, 7 }) },
        core::RandomUniformAttributes { .high = 9 }));
    const Operand chances { .shape = { 3, 7 }, .mean = 0.5, .deviation = 0.2 };
    cases.push_back(opCase("Bernoulli", OpKind::Bernoulli, { chances },
        core::BernoulliAttributes { .type = ElementType::Bool, .seed = 1.0F }));
    cases.push_back(opCase("Multinomial", OpKind::Multinomial, { input({ 3, 7 }) },
        core::MultinomialAttributes { .type = ElementType::Int64, .samples = 20 }));
    const auto on = [](bool yes) { return given({}, { yes ? 1.0 : 0.0 }, ElementType::Bool); };
    for (const bool training : { false, true })
        cases.push_back(opCase(training ? "Dropout training" : "Dropout inference", OpKind::Dropout,
            { input({ 3, 40 }), given({}, { 0.25 }), on(training) }, core::DropoutAttributes { .seed = 4 },
            { .outputs = 2 }));
}

void addTfIdfCases(std::vector<OpCase>& cases)
{
    core::TfIdfAttributes attributes { .leastLength = 1,
        .mostLength = 2,
        .mostSkips = 2,
        .pool = { 2, 3, 5, 4, 5, 6, 7, 8, 6, 7 },
        .starts = { 0, 4 },
        .outputs = { 0, 1, 2, 3, 4, 5, 6 },
        .weights = { 1, 2, 3, 4, 5, 6, 7 } };
    for (const auto mode :
        { core::TermWeighting::Frequency, core::TermWeighting::Inverse, core::TermWeighting::Both }) {
        attributes.mode = mode;
        const auto word = core::EnumWords<core::TermWeighting>::words[static_cast<std::size_t>(mode)];
        cases.push_back(opCase(fmt::format("TfIdfVectorizer {}", word), OpKind::TfIdfVectorizer,
            { integers({ 3, 12 }, 9, ElementType::Int32) }, attributes));
    }
    cases.push_back(opCase("TfIdfVectorizer one row", OpKind::TfIdfVectorizer,
        { given({ 8 }, { 1, 2, 5, 6, 7, 8, 6, 7 }, ElementType::Int64) }, attributes));
}

} // namespace

void addGeneratingCases(std::vector<OpCase>& cases)
{
    addRandomCases(cases);
    addTfIdfCases(cases);
    const auto scalar = [](double value, ElementType type) {
        return Operand { .shape = {}, .type = type, .constant = true, .values = { value } };
    };
    for (const auto kind : { OpKind::HannWindow, OpKind::HammingWindow, OpKind::BlackmanWindow }) {
        const std::string name(core::opName(kind));
        cases.push_back(opCase(name, kind, { scalar(25, ElementType::Int64) }, core::WindowAttributes {}));
        for (const double size : { 1.0, 12.0 })
            cases.push_back(
                opCase(fmt::format("{} symmetric {}", name, size), kind, { scalar(size, ElementType::Int32) },
                    core::WindowAttributes { .type = ElementType::Double, .periodic = false }));
    }
    cases.push_back(opCase("MelWeightMatrix", OpKind::MelWeightMatrix,
        { scalar(8, ElementType::Int32), scalar(16, ElementType::Int32), scalar(8192, ElementType::Int32),
            scalar(0, ElementType::Float32), scalar(4096, ElementType::Float32) },
        core::MelAttributes {}));
    cases.push_back(opCase("OptionalHasElement", OpKind::OptionalHasElement, { input({ 2, 3 }) }));
    cases.push_back(opCase("OptionalHasElement of nothing", OpKind::OptionalHasElement, { absent() }));
    cases.push_back(opCase("OptionalGetElement", OpKind::OptionalGetElement, { input({ 2, 3 }) }));
}

} // namespace support
