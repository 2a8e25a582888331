// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::AxisAttributes;
using core::ElementType;
using core::OpKind;

namespace {

void addGatherCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("GatherElements first axis", OpKind::GatherElements,
        { input({ 4, 3, 5 }), integers({ 6, 2, 5 }, 4) }, AxisAttributes { .axis = 0 }));
    cases.push_back(opCase("GatherElements last axis", OpKind::GatherElements,
        { input({ 4, 3, 5 }), integers({ 4, 3, 9 }, 5, ElementType::Int32) }, AxisAttributes { .axis = -1 }));
    cases.push_back(opCase("GatherElements from behind", OpKind::GatherElements,
        { integers({ 6 }, 99, ElementType::Int8), given({ 4 }, { -1, 0, -6, 5 }, ElementType::Int64) },
        AxisAttributes {}));
}

void addTriangleCases(std::vector<OpCase>& cases)
{
    for (const bool upper : { true, false }) {
        const std::string word = upper ? "upper" : "lower";
        const core::TriangleAttributes attributes { upper };
        cases.push_back(opCase("Trilu " + word, OpKind::Trilu, { input({ 2, 4, 5 }) }, attributes));
        for (const double diagonal : { -9e18, -2.0, 1.0, 9e18 })
            cases.push_back(opCase(fmt::format("Trilu {} {}", word, diagonal), OpKind::Trilu,
                { integers({ 5, 4 }, 99), given({}, { diagonal }, ElementType::Int64) }, attributes));
    }
}

} // namespace

void addSelectionCases(std::vector<OpCase>& cases)
{
    addGatherCases(cases);
    addTriangleCases(cases);
}

} // namespace support
