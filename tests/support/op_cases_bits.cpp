// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::ElementType;
using core::OpKind;

namespace {

void addCastLikeCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("CastLike float32 to int64", OpKind::CastLike,
        { Operand { .shape = { 3, 7 }, .deviation = 100 }, integers({ 1 }, 9) }, {}, { .version = 19 }));
    cases.push_back(opCase("CastLike float32 to bfloat16", OpKind::CastLike,
        { input({ 3, 7 }), Operand { .shape = { 2 }, .type = ElementType::BFloat16 } }, {},
        { .version = 19 }));
    cases.push_back(opCase("BitCast float32 to int32", OpKind::BitCast, { input({ 3, 7 }) },
        core::CastAttributes { .to = ElementType::Int32 }, { .version = 26 }));
    cases.push_back(opCase("BitCast uint16 to float16", OpKind::BitCast,
        { given({ 4 }, { 0, 15360, 48128, 1 }, ElementType::UInt16) },
        core::CastAttributes { .to = ElementType::Float16 }, { .version = 26 }));
}

} // namespace

void addBitCases(std::vector<OpCase>& cases)
{
    const CaseOptions newest { .version = 28 };
    const std::vector<double> shifted { -128, -3, -1, 0, 5, 127 }, amounts { 1, 2, 7, 8, -1, 0 };
    for (const auto direction : { core::ShiftDirection::Left, core::ShiftDirection::Right }) {
        const std::string word = direction == core::ShiftDirection::Left ? "left" : "right";
        const core::BitShiftAttributes attributes { direction };
        cases.push_back(opCase("BitShift signed " + word, OpKind::BitShift,
            { given({ 6 }, shifted, ElementType::Int8), given({ 6 }, amounts, ElementType::Int8) },
            attributes, newest));
        cases.push_back(opCase("BitShift unsigned " + word, OpKind::BitShift,
            { integers({ 3, 5 }, 9999, ElementType::UInt64), integers({ 3, 1 }, 65, ElementType::UInt64) },
            attributes, newest));
    }
    for (const auto kind : { OpKind::BitwiseAnd, OpKind::BitwiseOr, OpKind::BitwiseXor }) {
        const std::string name(core::opName(kind));
        cases.push_back(
            opCase(name, kind, { integers({ 3, 7 }, 9999), integers({ 3, 7 }, 9999) }, {}, newest));
        cases.push_back(opCase(name + " broadcast", kind,
            { integers({ 3, 1, 7 }, 250, ElementType::UInt8), integers({ 2, 1 }, 250, ElementType::UInt8) },
            {}, newest));
    }
    cases.push_back(opCase(
        "BitwiseNot", OpKind::BitwiseNot, { integers({ 3, 7 }, 9999, ElementType::Int16) }, {}, newest));
    addCastLikeCases(cases);
}

} // namespace support
