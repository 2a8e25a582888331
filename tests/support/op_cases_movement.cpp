// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/op_case_builder.h"

namespace support {

using core::AxesAttributes;
using core::AxisAttributes;
using core::ElementType;
using core::OpKind;
using core::Shape;

void addReductionCases(std::vector<OpCase>& cases)
{
    for (const auto kind :
        { OpKind::ReduceMean, OpKind::ReduceSum, OpKind::ReduceMax, OpKind::ReduceMin, OpKind::ReduceProd,
            OpKind::ReduceSumSquare, OpKind::ReduceL1, OpKind::ReduceL2, OpKind::ReduceLogSumExp }) {
        const std::string name(core::opName(kind));
        const auto many = [&](const std::string& what, Shape shape, Shape axes) {
            if (kind != OpKind::ReduceProd) // which overflows
                cases.push_back(opCase(name + " " + what, kind, { input(std::move(shape)) },
                    AxesAttributes { .axes = std::move(axes) }, { .version = 11, .tolerance = 2e-6 }));
        };
        many("of long lines", { 40, 2'503 }, { 1 });
        many("of many rows", { 2'503, 40 }, { 0 });
        many("of many rows of channels", { 3, 299, 16 }, { 1 });
        many("of wide rows", { 9, 7, 1'031 }, { 1 });
        many("around the middle", { 7, 21, 130 }, { 0, 2 });
        many("of every second dimension", { 3, 4, 5, 6, 7 }, { 1, 3 });
        many("of every other dimension", { 3, 4, 5, 6, 7 }, { 0, 2, 4 });
        many("of one dimension of 1", { 3, 1, 5 }, { 1 });
        for (const bool keep : { true, false }) {
            const std::string kept = keep ? " kept" : "";
            const auto reduce = [&](const std::string& what, Shape axes) {
                cases.push_back(opCase(name + " " + what + kept, kind, { input({ 2, 3, 4, 5 }) },
                    AxesAttributes { .axes = std::move(axes), .keepDims = keep }, { .version = 11 }));
            };
            reduce("last", { -1 });
            reduce("planes", { 2, 3 });
            reduce("first", { 0 });
            reduce("middle", { 1, 2 });
            cases.push_back(opCase(
                name + " all" + kept, kind, { input({ 2, 3, 4 }) }, AxesAttributes { .keepDims = keep }));
        }
        cases.push_back(opCase(name + " axes as input", kind, { input({ 2, 3, 4 }), constants({ 1 }) },
            AxesAttributes {}, { .version = 18 }));
        cases.push_back(opCase(name + " no axes, no change", kind, { input({ 2, 3, 4 }) },
            AxesAttributes { .noopWithEmptyAxes = true }, { .version = 18 }));
        cases.push_back(opCase(name + " int32", kind, { integers({ 2, 3, 4 }, 5, ElementType::Int32) },
            AxesAttributes { .axes = Shape { 1 } }, { .version = 11 }));
    }
    for (const auto kind : { OpKind::ArgMax, OpKind::ArgMin }) {
        const std::string name(core::opName(kind));
        for (const std::int64_t axis : { 0, 1, -1 })
            cases.push_back(opCase(fmt::format("{} axis {}", name, axis), kind, { input({ 3, 4, 5 }) },
                AxesAttributes { .axes = Shape { axis }, .keepDims = axis == 0 }));
        cases.push_back(opCase(name + " last of equals", kind, { integers({ 3, 20 }, 3) },
            AxesAttributes { .axes = Shape { 1 }, .selectLast = true }));
    }
}

namespace {

void addReshapeCases(std::vector<OpCase>& cases)
{
    const auto transpose = [&](const std::string& name, Operand operand, Shape permutation) {
        cases.push_back(opCase("Transpose " + name, OpKind::Transpose, { std::move(operand) },
            core::TransposeAttributes { std::move(permutation) }));
    };
    transpose("reversed", input({ 2, 3, 5 }), {});
    transpose("matrix", input({ 17, 9 }), { 1, 0 });
    transpose("heads", input({ 2, 6, 4, 8 }), { 0, 2, 1, 3 });
    transpose("keys", input({ 2, 6, 4, 8 }), { 0, 2, 3, 1 });
    transpose("channels last", input({ 2, 3, 5, 7 }), { 0, 2, 3, 1 });
    transpose("int64", integers({ 3, 4 }, 99), { 1, 0 });
    transpose("five dimensions", input({ 2, 3, 2, 4, 5 }), { 4, 0, 3, 1, 2 });
    const auto reshape = [&](const std::string& name, Shape shape, std::vector<double> target) {
        cases.push_back(opCase("Reshape " + name, OpKind::Reshape,
            { input(std::move(shape)), constants(std::move(target)) }, core::ReshapeAttributes {}));
    };
    reshape("open", { 2, 3, 8 }, { 2, -1 });
    reshape("copied", { 2, 3, 8 }, { 0, 0, 2, 4 });
    reshape("flat", { 2, 3, 8 }, { -1 });
    for (const std::int64_t axis : { 0, 1, 2, 3, -1 })
        cases.push_back(opCase(fmt::format("Flatten axis {}", axis), OpKind::Flatten, { input({ 2, 3, 4 }) },
            AxisAttributes { .axis = axis }));
    cases.push_back(opCase(
        "Squeeze", OpKind::Squeeze, { input({ 2, 1, 3, 1 }), constants({ 1, -1 }) }, AxesAttributes {}));
    cases.push_back(opCase("Squeeze all", OpKind::Squeeze, { input({ 2, 1, 3, 1 }) }, AxesAttributes {}));
    cases.push_back(
        opCase("Unsqueeze", OpKind::Unsqueeze, { input({ 2, 3 }), constants({ 0, 3 }) }, AxesAttributes {}));
    cases.push_back(opCase("Unsqueeze by attribute", OpKind::Unsqueeze, { input({ 2, 3 }) },
        AxesAttributes { .axes = Shape { 1 } }, { .version = 11 }));
}

void addPartCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("Concat channels", OpKind::Concat,
        { input({ 2, 3, 4, 4 }), input({ 2, 16, 4, 4 }), input({ 2, 5, 4, 4 }) },
        AxisAttributes { .axis = 1 }));
    cases.push_back(opCase("Concat blocks", OpKind::Concat,
        { input({ 2, 16, 7, 7 }), input({ 2, 32, 7, 7 }) }, AxisAttributes { .axis = 1 }));
    cases.push_back(opCase(
        "Concat last", OpKind::Concat, { input({ 2, 3 }), input({ 2, 4 }) }, AxisAttributes { .axis = -1 }));
    cases.push_back(opCase("Concat of 600 KB, for several threads", OpKind::Concat,
        { input({ 3, 20'000 }), input({ 3, 1 }), input({ 3, 30'001 }) }, AxisAttributes { .axis = -1 }));
    cases.push_back(opCase(
        "Concat int64", OpKind::Concat, { integers({ 2 }, 9), constants({ 4, 5 }) }, AxisAttributes {}));
    std::vector<Operand> many;
    for (std::int64_t i = 0; i < 20; ++i)
        many.push_back(input({ 2, i % 4, 4 })); // some of them empty
    cases.push_back(opCase("Concat of many", OpKind::Concat, std::move(many), AxisAttributes { .axis = 1 }));
    cases.push_back(opCase("Split evenly", OpKind::Split, { input({ 2, 9, 4 }) },
        AxisAttributes { .axis = 1 }, { .outputs = 3 }));
    cases.push_back(opCase("Split by sizes", OpKind::Split, { input({ 2, 9 }), constants({ 2, 3, 4 }) },
        AxisAttributes { .axis = -1 }, { .outputs = 3 }));
    cases.push_back(opCase("Split with a smaller last", OpKind::Split, { input({ 7, 2 }) },
        AxisAttributes { .outputs = 3 }, { .outputs = 3, .version = 18 }));
    const auto slice = [&](const std::string& name, std::vector<Operand> limits) {
        limits.insert(limits.begin(), input({ 6, 7, 8 }));
        cases.push_back(opCase("Slice " + name, OpKind::Slice, std::move(limits), AxesAttributes {}));
    };
    slice("first", { constants({ 0 }), constants({ 1 }), constants({ 1 }) });
    slice("two axes", { constants({ 1, -3 }), constants({ 5, 99 }), constants({ 0, 2 }) });
    slice("stepped", { constants({ 1 }), constants({ 7 }), constants({ 1 }), constants({ 2 }) });
    slice("backwards", { constants({ -1 }), constants({ -99 }), constants({ 2 }), constants({ -3 }) });
    slice("all axes", { constants({ 0, 1, 2 }), constants({ 2, 3, 4 }) });
    slice("both ends backwards",
        { constants({ 7, -2 }), constants({ -99, -99 }), constants({ -1, 0 }), constants({ -1, -1 }) });
    slice("nothing off", { constants({ 0 }), constants({ 99 }), constants({ 0 }) });
    for (const auto type : { ElementType::Bool, ElementType::Int8, ElementType::Int64 })
        cases.push_back(opCase(fmt::format("Slice {}", core::elementName(type)), OpKind::Slice,
            { integers({ 5, 9 }, 2, type), constants({ 1, -1 }), constants({ 4, -99 }), constants({ 0, 1 }),
                constants({ 1, -1 }) },
            AxesAttributes {}));
    cases.push_back(opCase("Slice of a number", OpKind::Slice,
        { input({ 6 }), constants({ 3 }), constants({ 4 }) }, AxesAttributes {}));
    const auto eight = [](std::int64_t value) { return constants(std::vector<double>(8, value)); };
    cases.push_back(opCase("Slice of eight dimensions", OpKind::Slice,
        { input(Shape(8, 3)), eight(0), eight(3), constants({ 0, 1, 2, 3, 4, 5, 6, 7 }), eight(2) },
        AxesAttributes {}));
    cases.push_back(opCase("Slice of 1 MB, for several threads", OpKind::Slice,
        { input({ 3, 100'001 }), constants({ 1 }), constants({ 100'000 }), constants({ 1 }) },
        AxesAttributes {}));
    cases.push_back(opCase("Slice of every third of 1 MB", OpKind::Slice,
        { input({ 3, 100'001 }), constants({ 1 }), constants({ 100'000 }), constants({ 1 }),
            constants({ 3 }) },
        AxesAttributes {}));
    cases.push_back(opCase("Slice by attributes", OpKind::Slice, { input({ 6, 7 }) },
        AxesAttributes { .axes = Shape { 1 }, .starts = { 2 }, .ends = { -1 } }, { .version = 9 }));
    const auto gather = [&](const std::string& name, Operand data, Operand indices, std::int64_t axis) {
        cases.push_back(opCase("Gather " + name, OpKind::Gather, { std::move(data), std::move(indices) },
            AxisAttributes { .axis = axis }));
    };
    gather("embedding", matrix({ 50, 16 }), integers({ 2, 7 }, 50), 0);
    gather("scalar", input({ 4, 5 }), given({}, { -1 }, ElementType::Int64), 1);
    gather("middle", input({ 3, 6, 4 }), integers({ 2, 2 }, 6, ElementType::Int32), 1);
    gather("odd runs of bytes", integers({ 2, 5, 3 }, 100, ElementType::UInt8), integers({ 4 }, 5), 1);
    gather("pages", input({ 3, 4, 64 }), constants({ -1 }), 0);
    gather("first token", input({ 2, 6, 4 }),
        Operand { .shape = {}, .type = ElementType::Int64, .constant = true, .values = { 0 } }, 1);
}

void addCopyCases(std::vector<OpCase>& cases)
{
    cases.push_back(opCase("Expand", OpKind::Expand, { input({ 3, 1 }), constants({ 2, 3, 4 }) }));
    cases.push_back(opCase("Expand with ones", OpKind::Expand, { input({ 3, 4 }), constants({ 3, 1 }) }));
    cases.push_back(opCase("Tile", OpKind::Tile, { input({ 2, 3 }), constants({ 2, 3 }) }));
    cases.push_back(opCase(
        "Tile of 1 MB, for several threads", OpKind::Tile, { input({ 50, 301 }), constants({ 3, 7 }) }));
    cases.push_back(opCase("Tile int64", OpKind::Tile, { integers({ 2, 1, 3 }, 9), constants({ 2, 3, 1 }) }));
    cases.push_back(opCase("Expand rows", OpKind::Expand, { input({ 1, 7 }), constants({ 5, 7 }) }));
    using Mode = core::PadAttributes::Mode;
    const auto pad = [&](const std::string& name, std::vector<Operand> operands, Mode mode) {
        cases.push_back(
            opCase("Pad " + name, OpKind::Pad, std::move(operands), core::PadAttributes { .mode = mode }));
    };
    pad("zeros", { input({ 1, 2, 4, 5 }), constants({ 0, 0, 1, 2, 0, 0, 3, 0 }) }, Mode::Constant);
    pad("value", { input({ 3, 4 }), constants({ 1, 0, 0, 2 }), given({}, { 1.5 }) }, Mode::Constant);
    pad("negative", { input({ 5, 6 }), constants({ -1, 2, 0, -3 }) }, Mode::Constant);
    pad("edge", { input({ 3, 4 }), constants({ 2, 1, 1, 2 }) }, Mode::Edge);
    pad("reflect", { input({ 3, 4 }), constants({ 2, 1, 1, 2 }) }, Mode::Reflect);
    pad("wrap", { input({ 3, 4 }), constants({ 2, 1, 1, 2 }) }, Mode::Wrap);
    pad("reflect all but one", { input({ 3, 9 }), constants({ 2, 8, 2, 8 }) }, Mode::Reflect);
    pad("int64", { integers({ 3, 4 }, 9), constants({ 1, 0, 0, 2 }), given({}, { -7 }, ElementType::Int64) },
        Mode::Constant);
    pad("a value that only a run knows", { input({ 3, 4 }), constants({ 1, 0, 0, 2 }), input({}) },
        Mode::Constant);
    pad("1 MB, for several threads", { input({ 2, 300, 401 }), constants({ 0, 1, 2, 0, 3, 4 }) },
        Mode::Constant);
    pad("axes", { input({ 3, 4 }), constants({ 1, 2 }), absent(), constants({ 1 }) }, Mode::Constant);
    cases.push_back(opCase("Pad by attributes", OpKind::Pad, { input({ 3, 4 }) },
        core::PadAttributes { .pads = { 0, 1, 1, 0 }, .value = 2 }, { .version = 2 }));
}

void addShapeCases(std::vector<OpCase>& cases)
{
    const auto number = [](float value) {
        return core::ConstantAttributes { std::make_shared<const core::Tensor>(
            core::Tensor::of<float>(ElementType::Float32, { 1 }, { value })) };
    };
    cases.push_back(opCase("Constant", OpKind::Constant, {}, number(2.5F)));
    cases.push_back(
        opCase("ConstantOfShape", OpKind::ConstantOfShape, { constants({ 2, 3 }) }, number(1.5F)));
    cases.push_back(opCase("Shape", OpKind::Shape, { input({ 2, 3, 4 }) }, core::ShapeAttributes {}));
    cases.push_back(
        opCase("Shape end", OpKind::Shape, { input({ 2, 3, 4 }) }, core::ShapeAttributes { .start = -2 }));
    cases.push_back(opCase("Size", OpKind::Size, { input({ 2, 3, 4 }) }));
    const auto limit = [](double value, ElementType type) {
        return Operand { .shape = {}, .type = type, .constant = true, .values = { value } };
    };
    cases.push_back(opCase("Range", OpKind::Range,
        { limit(3, ElementType::Int64), limit(11, ElementType::Int64), limit(2, ElementType::Int64) }));
    cases.push_back(opCase("Range downwards", OpKind::Range,
        { limit(1, ElementType::Float32), limit(-1, ElementType::Float32),
            limit(-0.25, ElementType::Float32) }));
}

} // namespace

void addMovementCases(std::vector<OpCase>& cases)
{
    addReshapeCases(cases);
    addPartCases(cases);
    addCopyCases(cases);
    addShapeCases(cases);
}

} // namespace support
