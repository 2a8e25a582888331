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

void addScatterCases(std::vector<OpCase>& cases)
{
    using core::ScatterReduction;
    const std::vector<double> tuples { 3, 0, -4, 2, 1, -1 };
    for (const auto reduction : { ScatterReduction::None, ScatterReduction::Add, ScatterReduction::Multiply,
             ScatterReduction::Largest, ScatterReduction::Smallest }) {
        const auto word = core::EnumWords<ScatterReduction>::words[static_cast<std::size_t>(reduction)];
        // Without a reduction no two indices may be the same.
        const bool once = reduction == ScatterReduction::None;
        const auto rows
            = once ? given({ 2, 3 }, { 0, 3, -2, 1, 2, 0 }, ElementType::Int64) : integers({ 2, 3 }, 4);
        cases.push_back(opCase(fmt::format("ScatterElements {}", word), OpKind::ScatterElements,
            { input({ 4, 3 }), rows, input({ 2, 3 }) }, core::ScatterAttributes { .reduction = reduction },
            { .version = 18 }));
        cases.push_back(opCase(fmt::format("ScatterElements int32 {}", word), OpKind::ScatterElements,
            { integers({ 2, 6 }, 99, ElementType::Int32),
                given({ 2, 2 }, { 0, 5, 3, -2 }, ElementType::Int32),
                integers({ 2, 2 }, 99, ElementType::Int32) },
            core::ScatterAttributes { .axis = -1, .reduction = reduction }, { .version = 18 }));
        cases.push_back(opCase(fmt::format("ScatterElements bool {}", word), OpKind::ScatterElements,
            { flags({ 12 }), given({ 6 }, { 0, 2, 4, 6, 8, 11 }, ElementType::Int64), flags({ 6 }) },
            core::ScatterAttributes { .reduction = reduction }, { .version = 18 }));
        cases.push_back(opCase(fmt::format("ScatterND elements {}", word), OpKind::ScatterND,
            { input({ 4, 3 }), given({ 3, 2 }, tuples, ElementType::Int64), input({ 3 }) },
            core::ScatterAttributes { .reduction = reduction }, { .version = 18 }));
    }
    cases.push_back(opCase("ScatterND slices", OpKind::ScatterND,
        { integers({ 5, 2, 3 }, 99, ElementType::UInt8), given({ 2, 1 }, { 4, -5 }, ElementType::Int64),
            integers({ 2, 2, 3 }, 99, ElementType::UInt8) },
        core::ScatterAttributes {}));
    cases.push_back(opCase("Scatter", OpKind::Scatter,
        { input({ 3, 5 }), given({ 1, 2 }, { 1, 0 }, ElementType::Int64), input({ 1, 2 }) },
        core::ScatterAttributes {}, { .version = 10 }));
    for (const auto mode : { core::WriteMode::Linear, core::WriteMode::Circular })
        cases.push_back(opCase(mode == core::WriteMode::Linear ? "TensorScatter" : "TensorScatter circular",
            OpKind::TensorScatter,
            { input({ 2, 3, 6, 4 }), input({ 2, 3, 2, 4 }),
                given({ 2 }, { 0, mode == core::WriteMode::Linear ? 4.0 : 5.0 }, ElementType::Int64) },
            core::TensorScatterAttributes { .mode = mode }, { .version = 24 }));
}

void addTopKCases(std::vector<OpCase>& cases)
{
    const CaseOptions both { .outputs = 2 };
    for (const std::int64_t axis : { 0, 1, -1 })
        for (const bool largest : { true, false })
            cases.push_back(opCase(fmt::format("TopK {} axis {}", largest ? "largest" : "smallest", axis),
                OpKind::TopK, { input({ 5, 6, 7 }), constants({ 2 }) },
                core::TopKAttributes { .axis = axis, .largest = largest }, both));
    cases.push_back(opCase("TopK all, with ties", OpKind::TopK,
        { integers({ 2, 9 }, 3, ElementType::Int16), constants({ 9 }) }, core::TopKAttributes {}, both));
    cases.push_back(opCase("TopK by attribute", OpKind::TopK, { input({ 3, 8 }) },
        core::TopKAttributes { .count = 3 }, { .outputs = 2, .version = 9 }));
}

void addOneHotCases(std::vector<OpCase>& cases)
{
    const auto values = given({ 2 }, { -1, 4 });
    for (const std::int64_t axis : { 0, 1, -1 })
        cases.push_back(opCase(fmt::format("OneHot axis {}", axis), OpKind::OneHot,
            { integers({ 2, 3 }, 6), constants({ 5 }), values }, core::OneHotAttributes { axis }));
    cases.push_back(opCase("OneHot of reals", OpKind::OneHot,
        { given({ 4 }, { 0, -1.5, 2.9, 300 }), Operand { .shape = {}, .constant = true, .values = { 200 } },
            given({ 2 }, { 0, 1 }, ElementType::Bool) },
        core::OneHotAttributes {}));
    cases.push_back(opCase("EyeLike", OpKind::EyeLike, { input({ 3, 5 }) }, core::EyeAttributes {}));
    cases.push_back(opCase("EyeLike below", OpKind::EyeLike, { integers({ 5, 3 }, 9) },
        core::EyeAttributes { .type = ElementType::Float16, .diagonal = -2 }));
}

void addRearrangeCases(std::vector<OpCase>& cases)
{
    for (const auto order : { core::DepthOrder::DepthFirst, core::DepthOrder::ColumnFirst }) {
        const auto word = core::EnumWords<core::DepthOrder>::words[static_cast<std::size_t>(order)];
        cases.push_back(opCase(fmt::format("DepthToSpace {}", word), OpKind::DepthToSpace,
            { input({ 2, 12, 3, 4 }) }, core::DepthSpaceAttributes { .block = 2, .order = order }));
        cases.push_back(
            opCase(fmt::format("SpaceToDepth {}", word), OpKind::SpaceToDepth, { input({ 2, 3, 6, 9 }) },
                core::DepthSpaceAttributes { .block = 3, .order = order }, { .version = 28 }));
    }
    const auto lengths = given({ 4 }, { 0, 1, 5, 3 }, ElementType::Int64);
    cases.push_back(opCase("ReverseSequence time first", OpKind::ReverseSequence,
        { input({ 5, 4, 3 }), lengths }, core::ReverseSequenceAttributes {}));
    cases.push_back(
        opCase("ReverseSequence batch first", OpKind::ReverseSequence, { integers({ 4, 5 }, 99), lengths },
            core::ReverseSequenceAttributes { .batchAxis = 0, .timeAxis = 1 }));
    cases.push_back(opCase("CenterCropPad", OpKind::CenterCropPad,
        { input({ 8, 5, 3 }), constants({ 5, 8, 3 }) }, core::CenterCropPadAttributes {}, { .version = 18 }));
    cases.push_back(
        opCase("CenterCropPad some axes", OpKind::CenterCropPad, { input({ 8, 5, 3 }), constants({ 6, 3 }) },
            core::CenterCropPadAttributes { core::Shape { -1, 0 } }, { .version = 18 }));
}

} // namespace

void addSelectionCases(std::vector<OpCase>& cases)
{
    addGatherCases(cases);
    addTriangleCases(cases);
    addScatterCases(cases);
    addTopKCases(cases);
    addOneHotCases(cases);
    addRearrangeCases(cases);
    cases.push_back(opCase("GatherND elements", OpKind::GatherND,
        { input({ 4, 5 }), given({ 3, 2 }, { 0, 4, -1, 2, 3, -5 }, ElementType::Int64) },
        core::GatherNdAttributes {}));
    cases.push_back(opCase("GatherND slices of batches", OpKind::GatherND,
        { input({ 2, 4, 3, 5 }), integers({ 2, 6, 2 }, 3, ElementType::Int32) },
        core::GatherNdAttributes { .batchDims = 1 }));
    cases.push_back(opCase("Det", OpKind::Det, { input({ 3, 4, 4 }) }));
}

} // namespace support
