// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

/// Operators whose outputs are as large as their data says.
namespace support {

using core::ElementType;
using core::OpKind;

namespace {

void addUniqueCases(std::vector<OpCase>& cases)
{
    const CaseOptions all { .outputs = 4 };
    for (const bool sorted : { true, false }) {
        const std::string word = sorted ? "sorted" : "as found";
        cases.push_back(opCase("Unique " + word, OpKind::Unique, { integers({ 4, 9 }, 7) },
            core::UniqueAttributes { .sorted = sorted }, all));
        for (const std::int64_t axis : { 0, 1, -1 })
            cases.push_back(opCase(fmt::format("Unique {} axis {}", word, axis), OpKind::Unique,
                { integers({ 6, 5, 2 }, 2, ElementType::Float32) },
                core::UniqueAttributes { .axis = axis, .sorted = sorted }, all));
    }
    cases.push_back(opCase("Unique float16", OpKind::Unique,
        { given({ 6 }, { 2, -0.5, 2, 1, -0.5, 3 }, ElementType::Float16) }, core::UniqueAttributes {}));
}

/// Boxes in a row, each half over the next: those that stay depend on the threshold.
void addSuppressionCases(std::vector<OpCase>& cases)
{
    const auto boxes
        = given({ 1, 4, 4 }, { 0, 0, 1, 1, 0, 0.5, 1, 1.5, 1, 2, 0, 1, /* corners swapped */ 5, 5, 6, 6 });
    const auto scores = given({ 1, 2, 4 }, { 0.9, 0.8, 0.7, 0.1, 0.2, 0.9, 0.3, 0.9 });
    const auto most = given({}, { 3 }, ElementType::Int64);
    for (const double threshold : { 0.1, 0.5 })
        cases.push_back(
            opCase(fmt::format("NonMaxSuppression overlap {}", threshold), OpKind::NonMaxSuppression,
                { boxes, scores, most, given({}, { threshold }), given({ 1 }, { 0.15 }) },
                core::BoxAttributes {}));
    cases.push_back(opCase("NonMaxSuppression centred", OpKind::NonMaxSuppression,
        { positive({ 2, 30, 4 }), positive({ 2, 3, 30 }), most }, core::BoxAttributes { .centred = true }));
}

} // namespace

void addFindingCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("NonZero", OpKind::NonZero, { integers({ 3, 4, 5 }, 3) }));
    cases.push_back(opCase("NonZero bool", OpKind::NonZero, { flags({ 40 }) }));
    cases.push_back(opCase(
        "NonZero float16", OpKind::NonZero, { given({ 4 }, { 1, -0.0, 0, 0.25 }, ElementType::Float16) }));
    const auto picked = given({ 4 }, { 1, 0, 1, 1 }, ElementType::Bool);
    cases.push_back(
        opCase("Compress flat", OpKind::Compress, { input({ 3, 2 }), picked }, core::CompressAttributes {}));
    for (const std::int64_t axis : { 0, 1, -1 })
        cases.push_back(opCase(fmt::format("Compress axis {}", axis), OpKind::Compress,
            { input({ 4, 5, 6 }), picked }, core::CompressAttributes { axis }));
    addUniqueCases(cases);
    addSuppressionCases(cases);
}

} // namespace support
