// SPDX-License-Identifier: GPL-3.0-or-later
// Built-in models on the GPU engine, its kernels on the host, against the reference engine.
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "core/measure/compare.h"
#include "core/model/passes.h"
#include "core/model/zoo.h"
#include "gpu/engine/gpu_engine.h"
#include "gpu/engine/host_device.h"
#include "tests/support/programs.h"
#include "tests/support/sanitized.h"

#include <QTest>

class TstGpuZoo : public QObject {
    Q_OBJECT

private slots:
    void equalsTheReference_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("precision");
        QTest::addColumn<double>("cosine");
        const auto add = [](const char* name, const char* word, core::Precision precision, double cosine) {
            QTest::addRow("%s %s", name, word) << name << static_cast<int>(precision) << cosine;
        };
        for (const char* name : { "mlp", "tiny-cnn" }) {
            add(name, "fp32", core::Precision::Float32, 0.9999999);
            add(name, "fp16", core::Precision::Float16, 0.9999);
            add(name, "bf16", core::Precision::BFloat16, 0.999);
        }
        add("mobilenetv2", "fp32", core::Precision::Float32, 0.999999);
        add("mobilenetv2", "fp16", core::Precision::Float16, 0.999);
        add("bert-base", "fp32", core::Precision::Float32, 0.999999);
    }

    void equalsTheReference()
    {
        QFETCH(QString, name);
        QFETCH(int, precision);
        QFETCH(double, cosine);
        if (support::kSanitized && name != "mlp" && name != "tiny-cnn")
            QSKIP("Plain loops take minutes for this one under a sanitizer.");
        const core::Model model = core::openModel("zoo:" + name.toStdString());
        const auto graph = core::optimise(*model.graph);
        core::CompileOptions options { .dims = { .batch = 1, .named = {} } };
        for (const std::string& dim : core::dynamicDims(*graph))
            options.dims.named[dim] = 8; // tokens: a short sentence
        const auto inputs = core::synthesiseInputs(*graph, core::inferShapes(*graph, options.dims), 1);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(graph, options), *graph, inputs);
        options.precision = static_cast<core::Precision>(precision);
        const auto engine = gpu::makeEngine(gpu::makeHostDevice);
        QVERIFY2(engine->refusals(*graph).empty(), core::summarise(engine->refusals(*graph)).c_str());
        const auto actual = support::runOnce(*engine->compile(graph, options), *graph, inputs);
        for (std::size_t i = 0; i < actual.size(); ++i) {
            const core::Difference difference = core::compare(actual[i].view(), expected[i].view());
            QVERIFY2(difference.cosine >= cosine, qPrintable(QString::number(difference.cosine, 'g', 10)));
        }
    }
};

QTEST_GUILESS_MAIN(TstGpuZoo)
#include "tst_gpu_zoo.moc"
