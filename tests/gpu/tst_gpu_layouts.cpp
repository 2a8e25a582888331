// SPDX-License-Identifier: GPL-3.0-or-later
// What reads images in the layout that a convolution left them in, against the reference engine.
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/graphs.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>

using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;

class TstGpuLayouts : public QObject {
    Q_OBJECT

    /// [2, 12, 9, 10] by `make` of an image with channels innermost.
    template <typename Make> void compare(Make make)
    {
        const auto graph = std::make_shared<const core::Graph>(
            support::graphOf({ 2, 3, 9, 10 }, [&](GraphBuilder& builder, ValueId x) {
                const ValueId image = builder.node(OpKind::Conv, "conv",
                    { x, builder.random("weights", { 12, 3, 3, 3 }, 0.3) },
                    core::ConvAttributes { .pads = { 1, 1, 1, 1 } });
                return make(builder, image);
            }));
        const core::CompileOptions options { .dims = { .batch = 2, .named = {} } };
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, options.dims), 1);
        const auto actual = support::runOnce(*m_engine->compile(graph, options), *graph, inputs),
                   expected
            = support::runOnce(*core::ReferenceEngine().compile(graph, options), *graph, inputs);
        const std::string off = support::differenceOf(actual[0].view(), expected[0].view(), 1e-5);
        QVERIFY2(off.empty(), off.c_str());
    }

private slots:
    void probabilities_data()
    {
        QTest::addColumn<int>("axis");
        for (const int axis : { 0, 1, 2, 3 })
            QTest::addRow("axis %d", axis) << axis;
    }
    void probabilities()
    {
        QFETCH(int, axis);
        compare([&](GraphBuilder& builder, ValueId image) {
            return builder.node(OpKind::Softmax, "softmax", { image }, core::AxisAttributes { .axis = axis });
        });
    }

    void reduces_data()
    {
        QTest::addColumn<int>("axes"); // a bit each
        QTest::addColumn<bool>("keep");
        for (const bool keep : { true, false })
            for (int axes = 1; axes < 16; ++axes)
                QTest::addRow("axes %d%s", axes, keep ? ", kept" : "") << axes << keep;
    }
    void reduces()
    {
        QFETCH(int, axes);
        QFETCH(bool, keep);
        core::Shape list;
        for (int axis = 0; axis < 4; ++axis)
            if (axes >> axis & 1)
                list.push_back(axis);
        compare([&](GraphBuilder& builder, ValueId image) {
            return builder.node(OpKind::ReduceMean, "mean", { image },
                core::AxesAttributes { .axes = list, .keepDims = keep });
        });
    }

    /// Rows of the normalisations are dense.
    void normalises()
    {
        compare([&](GraphBuilder& builder, ValueId image) {
            return builder.node(OpKind::InstanceNormalization, "norm",
                { image, builder.random("scale", { 12 }, 1), builder.random("shift", { 12 }, 1) },
                core::BatchNormAttributes {});
        });
    }

    void convolvesAgain()
    {
        compare([&](GraphBuilder& builder, ValueId image) {
            const ValueId inner = builder.node(OpKind::Conv, "pointwise",
                { image, builder.random("w1", { 8, 12, 1, 1 }, 0.3), builder.random("b1", { 8 }, 1) },
                core::ConvAttributes {});
            return builder.node(OpKind::Conv, "grouped",
                { inner, builder.random("w2", { 12, 4, 3, 3 }, 0.2), builder.random("b2", { 12 }, 1) },
                core::ConvAttributes { .strides = { 2, 1 }, .group = 2 });
        });
    }

private:
    const std::unique_ptr<core::Engine> m_engine = gpu::makeEngine(gpu::makeHostDevice);
};

QTEST_GUILESS_MAIN(TstGpuLayouts)
#include "tst_gpu_layouts.moc"
