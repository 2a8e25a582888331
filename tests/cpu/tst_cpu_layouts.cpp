// SPDX-License-Identifier: GPL-3.0-or-later
// Operators behind one that leaves images in a layout of its own: they keep it, and compute the same.
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/model/zoo/graph_builder.h"
#include "cpu/cpu_engine.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>
#include <algorithm>
#include <functional>

using core::OpKind;
using core::Shape;
using core::ValueId;
using core::zoo::GraphBuilder;

namespace {

enum class Layout { Dense, Blocks, ChannelsLast };
constexpr const char* kLayouts[] { "dense", "blocks", "channels last" };

/// An operator over images of shape [2, channels, ...].
struct Case {
    std::string name;
    std::function<ValueId(GraphBuilder&, ValueId, const Shape&)> make;
    bool keepsBlocks = true; // channels stay where they are
};

Shape imagesOf(int rank, std::int64_t channels)
{
    const Shape spatial = rank == 3 ? Shape { 40 } : rank == 4 ? Shape { 9, 11 } : Shape { 3, 4, 5 };
    Shape shape { 2, channels };
    shape.insert(shape.end(), spatial.begin(), spatial.end());
    return shape;
}

ValueId laidOut(GraphBuilder& b, Layout layout, const Shape& shape)
{
    const std::int64_t given = layout == Layout::Blocks ? 8 : shape[1];
    const ValueId x = shape.size() == 3 ? b.input("x", core::ElementType::Float32, { 2, given, shape[2] })
        : shape.size() == 4
        ? b.input("x", core::ElementType::Float32, { 2, given, shape[2], shape[3] })
        : b.input("x", core::ElementType::Float32, { 2, given, shape[2], shape[3], shape[4] });
    if (layout == Layout::Dense)
        return x;
    if (layout == Layout::Blocks) { // as convolutions leave them
        Shape weights(shape.size(), 1);
        weights[0] = shape[1];
        weights[1] = given;
        return b.node(OpKind::Conv, "before", { x, b.random("w", weights, 0.5) }, core::ConvAttributes {});
    }
    // As integers have it; float32 again.
    const ValueId scale = b.scalar("scale", 0.05F);
    const ValueId integers
        = b.node(OpKind::QuantizeLinear, "quantise", { x, scale }, core::QuantiseAttributes {});
    return b.node(OpKind::DequantizeLinear, "before", { integers, scale }, core::QuantiseAttributes {});
}

std::shared_ptr<const core::Graph> graphOf(const Case& each, Layout layout, const Shape& shape)
{
    GraphBuilder b("layouts", 1);
    const ValueId y = each.make(b, laidOut(b, layout, shape), shape);
    b.output(y, "y", core::ElementType::Float32, {});
    core::Graph graph = b.finish();
    graph.values[static_cast<std::size_t>(y)].shape.reset();
    return std::make_shared<const core::Graph>(std::move(graph));
}

/// Sizes to which a Resize brings images: those of `shape` times `factor`, and `more`.
std::vector<std::int64_t> sizes(const Shape& shape, std::int64_t factor, std::int64_t more)
{
    std::vector<std::int64_t> made(shape.begin(), shape.begin() + 2);
    for (std::size_t d = 2; d < shape.size(); ++d)
        made.push_back(shape[d] * factor + more);
    return made;
}

ValueId resized(
    GraphBuilder& b, ValueId x, const std::vector<std::int64_t>& to, const core::ResizeAttributes& attributes)
{
    return b.node(
        OpKind::Resize, "node", { x, core::kNoValue, core::kNoValue, b.integers("sizes", to) }, attributes);
}

void addResizeCases(std::vector<Case>& cases)
{
    using Resize = core::ResizeAttributes;
    const auto add
        = [&](const std::string& name, std::int64_t factor, std::int64_t more, const Resize& attributes) {
              cases.push_back({ "resize " + name, [=](GraphBuilder& b, ValueId x, const Shape& shape) {
                                   return resized(b, x, sizes(shape, factor, more), attributes);
                               } });
          };
    add("twice", 2, 0,
        { .coordinates = Resize::Coordinates::Asymmetric, .rounding = Resize::Rounding::Floor });
    add("three times", 3, 0, {});
    add("nearest, larger", 1, 2, {});
    add("nearest, smaller", 1, -2, {});
    add("linear twice", 2, 0, { .mode = Resize::Mode::Linear });
    add("linear smaller, antialiased", 1, -2, { .mode = Resize::Mode::Linear, .antialias = true });
    add("linear of corners", 2, 1,
        { .mode = Resize::Mode::Linear, .coordinates = Resize::Coordinates::AlignCorners });
    add("cubic", 2, -1, { .mode = Resize::Mode::Cubic });
    const auto one = [&](const std::string& name, bool last) {
        cases.push_back({ "resize linear " + name, [=](GraphBuilder& b, ValueId x, const Shape& shape) {
                             std::vector<std::int64_t> to = sizes(shape, 1, 0);
                             (last ? to.back() : to[2]) *= 2;
                             return resized(b, x, to, { .mode = Resize::Mode::Linear });
                         } });
    };
    one("first dimension", false);
    one("last dimension", true);
}

void addSliceCases(std::vector<Case>& cases)
{
    const auto add
        = [&](const std::string& name, std::vector<std::int64_t> starts, std::vector<std::int64_t> ends,
              std::vector<std::int64_t> axes, std::vector<std::int64_t> steps, bool keeps) {
              cases.push_back({ "slice " + name,
                  [=](GraphBuilder& b, ValueId x, const Shape&) {
                      return b.node(OpKind::Slice, "node",
                          { x, b.integers("starts", starts), b.integers("ends", ends),
                              b.integers("axes", axes), b.integers("steps", steps) },
                          core::AxesAttributes {});
                  },
                  keeps });
          };
    add("without border", { 1 }, { -1 }, { 2 }, { 1 }, true);
    add("every second", { 1 }, { 99 }, { -1 }, { 2 }, true);
    add("backwards", { -1 }, { -99 }, { 2 }, { -1 }, true);
    add("one image", { 1 }, { 2 }, { 0 }, { 1 }, true);
    add("first channels", { 0 }, { 2 }, { 1 }, { 1 }, false);
    add("all but a channel", { 1 }, { 99 }, { 1 }, { 1 }, false);
    add("every second channel", { 0, 1 }, { 99, 3 }, { 1, 2 }, { 2, 1 }, false);
}

void addPadCases(std::vector<Case>& cases)
{
    using Mode = core::PadAttributes::Mode;
    const auto add = [&](const std::string& name, std::int64_t before, std::int64_t after, Mode mode,
                         float value, bool keeps) {
        cases.push_back({ "pad " + name,
            [=](GraphBuilder& b, ValueId x, const Shape& shape) {
                std::vector<std::int64_t> pads(2 * shape.size(), 0);
                for (std::size_t d = 2; d < shape.size(); ++d) {
                    pads[d] = before;
                    pads[shape.size() + d] = after;
                }
                std::vector<ValueId> inputs { x, b.integers("pads", pads) };
                if (value != 0)
                    inputs.push_back(b.scalar("value", value));
                return b.node(OpKind::Pad, "node", inputs, core::PadAttributes { .mode = mode });
            },
            keeps });
    };
    add("zeros", 1, 2, Mode::Constant, 0, true);
    add("cut", -1, 1, Mode::Constant, 0, true);
    add("reflect", 2, 1, Mode::Reflect, 0, true);
    add("edge", 0, 3, Mode::Edge, 0, true);
    add("wrap", 2, 2, Mode::Wrap, 0, true);
    add("ones", 1, 0, Mode::Constant, 1, false); // what is behind the last channel must stay 0
}

void addRepeatCases(std::vector<Case>& cases)
{
    cases.push_back({ "tile", [](GraphBuilder& b, ValueId x, const Shape& shape) {
                         std::vector<std::int64_t> repeats(shape.size(), 1);
                         repeats[0] = 2;
                         repeats.back() = 3;
                         return b.node(OpKind::Tile, "node", { x, b.integers("repeats", repeats) });
                     } });
    cases.push_back({ "tile channels",
        [](GraphBuilder& b, ValueId x, const Shape& shape) {
            std::vector<std::int64_t> repeats(shape.size(), 1);
            repeats[1] = 2;
            return b.node(OpKind::Tile, "node", { x, b.integers("repeats", repeats) });
        },
        false });
    cases.push_back({ "expand to one dimension more",
        [](GraphBuilder& b, ValueId x, const Shape& shape) {
            std::vector<std::int64_t> to(shape.begin(), shape.end());
            to.insert(to.begin(), 2);
            return b.node(OpKind::Expand, "node", { x, b.integers("shape", to) });
        },
        false });
}

ValueId part(GraphBuilder& b, const std::string& name, ValueId x, std::vector<std::int64_t> begin,
    std::vector<std::int64_t> end)
{
    const ValueId starts = b.integers(name + "_begin", begin), ends = b.integers(name + "_end", end);
    return b.node(OpKind::Slice, name, { x, starts, ends }, core::AxesAttributes {});
}

void addReduceCases(std::vector<Case>& cases)
{
    const std::pair<const char*, std::vector<std::int64_t>> all[] { { "planes", { 2, 3, 4 } },
        { "lines", { -1 } }, { "first dimension", { 2 } }, { "batch", { 0 } },
        { "batch and planes", { 0, 2, 3, 4 } }, { "channels", { 1 } },
        { "all but the batch", { 1, 2, 3, 4 } }, { "nothing", {} } };
    for (const auto kind : { OpKind::ReduceMean, OpKind::ReduceMax, OpKind::ReduceL2, OpKind::ReduceLogSum })
        for (const auto& [name, axes] : all)
            for (const bool keep : { true, false }) {
                const auto make = [=, axes = axes](GraphBuilder& b, ValueId x, const Shape& shape) {
                    std::vector<std::int64_t> there;
                    std::ranges::copy_if(axes, std::back_inserter(there),
                        [&](std::int64_t axis) { return axis < std::ssize(shape); });
                    if (kind == OpKind::ReduceLogSum)
                        x = b.node(OpKind::Sigmoid, "positive", { x });
                    return b.node(kind, "node", { x, b.integers("axes", there) },
                        core::AxesAttributes { .keepDims = keep, .noopWithEmptyAxes = true });
                };
                cases.push_back({ std::string(core::opName(kind)) + " of " + name + (keep ? ", kept" : ""),
                    make, false });
            }
    // What comes out has a layout that values have.
    cases.push_back({ "mean of planes", [](GraphBuilder& b, ValueId x, const Shape& shape) {
                         std::vector<std::int64_t> axes;
                         for (std::size_t d = 2; d < shape.size(); ++d)
                             axes.push_back(static_cast<std::int64_t>(d));
                         return b.node(OpKind::ReduceMean, "node", { x, b.integers("axes", axes) },
                             core::AxesAttributes {});
                     } });
}

/// Parts that are copied nowhere lie in one memory: what is changed in place must be of no further use.
void addSharedCases(std::vector<Case>& cases)
{
    cases.push_back({ "halves of which one changes",
        [](GraphBuilder& b, ValueId x, const Shape&) {
            const ValueId first = part(b, "first", x, { 0 }, { 1 });
            const ValueId second = part(b, "second", x, { 1 }, { 2 });
            const ValueId changed = b.node(OpKind::Relu, "relu", { first });
            return b.node(OpKind::Concat, "node", { changed, second, first }, core::AxisAttributes {});
        },
        false });
    cases.push_back({ "product with a part of itself",
        [](GraphBuilder& b, ValueId x, const Shape& shape) {
            const ValueId image = part(b, "image", x, { 0 }, { 1 });
            std::vector<std::int64_t> end(shape.size(), 1);
            end[1] = shape[1];
            const ValueId gate = part(b, "gate", image, std::vector<std::int64_t>(shape.size(), 0), end);
            const ValueId y = b.node(OpKind::Mul, "product", { image, gate });
            return b.node(
                OpKind::Tile, "node", { y, b.integers("once", std::vector<std::int64_t>(shape.size(), 1)) });
        },
        false });
}

std::vector<Case> allCases()
{
    std::vector<Case> cases;
    addResizeCases(cases);
    addSliceCases(cases);
    addPadCases(cases);
    addRepeatCases(cases);
    addSharedCases(cases);
    addReduceCases(cases);
    return cases;
}

} // namespace

class TstCpuLayouts : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_cases = allCases(); }

    void keepsTheLayout_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("layout");
        QTest::addColumn<int>("rank");
        QTest::addColumn<int>("channels");
        for (std::size_t i = 0; i < m_cases.size(); ++i)
            for (int layout = 0; layout < 3; ++layout)
                for (const int rank : { 3, 4, 5 })
                    for (const int channels : { 3, 20, 32 })
                        QTest::addRow("%s, %s, %d dimensions, %d channels", m_cases[i].name.c_str(),
                            kLayouts[layout], rank, channels)
                            << static_cast<int>(i) << layout << rank << channels;
    }

    void keepsTheLayout()
    {
        QFETCH(int, index);
        QFETCH(int, layout);
        QFETCH(int, rank);
        QFETCH(int, channels);
        const Case& each = m_cases[static_cast<std::size_t>(index)];
        const auto graph = graphOf(each, static_cast<Layout>(layout), imagesOf(rank, channels));
        const core::CompileOptions options { .dims = { .batch = 2, .named = {} }, .threads = 2 };
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, options.dims), 1);
        const auto fast = cpu::makeEngine()->compile(graph, options);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(graph, options), *graph, inputs);
        for (int round = 0; round < 2; ++round) {
            const auto actual = support::runOnce(*fast, *graph, inputs);
            const std::string difference = support::differenceOf(actual[0].view(), expected[0].view(), 1e-5);
            QVERIFY2(difference.empty(), difference.c_str());
        }
        core::Trace trace;
        fast->run(&trace);
        const auto called = [](const char* name) {
            return [name](const core::Trace::Step& step) { return step.name == name; };
        };
        const auto node = std::ranges::find_if(trace.steps, called("node"));
        if (node == trace.steps.end()) // a part of the memory that is there
            return;
        QVERIFY2(node->kernel.starts_with("own:"), node->kernel.c_str());
        const auto before = std::ranges::find_if(trace.steps, called("before"));
        if (each.keepsBlocks && before != trace.steps.end())
            QVERIFY2(before + 1 == node, (before + 1)->name.c_str());
    }

private:
    std::vector<Case> m_cases;
};

QTEST_GUILESS_MAIN(TstCpuLayouts)
#include "tst_cpu_layouts.moc"
