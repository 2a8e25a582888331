// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs.h"
#include "core/measure/measure.h"
#include "core/measure/reference_outputs.h"
#include "core/model/model.h"
#include "core/model/writer.h"
#include "tests/bench/onnxruntime_program.h"
#include "tests/support/sanitized.h"
#include "tests/support/sentence.h"

#include <QTemporaryDir>
#include <QTest>

/// ONNX Runtime in Breakeven's loop against its own profiler: the same runs, each as long by both clocks but
/// for what lies between them. How close the medians come is printed by bench/peer_meter, on a quiet machine.
class TstPeerMeter : public QObject {
    Q_OBJECT

private slots:
    void sameRuns()
    {
        if (support::kSanitized)
            QSKIP("ONNX Runtime is not ours to sanitize.");
        const std::filesystem::path library = BREAKEVEN_ONNXRUNTIME;
        if (library.empty() || !std::filesystem::exists(library))
            QSKIP("ONNX Runtime is not installed (pip install onnxruntime).");
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("model.onnx").toStdString();
        const core::Model model = core::openModel("zoo:tiny-cnn");
        core::writeOnnx(*model.graph, path);
        const core::Shapes shapes = core::inferShapes(*model.graph, { 4, {} });
        bench::OnnxRuntimeProgram program(
            library, path, *model.graph, shapes, 1, folder.filePath("profile").toStdString());
        core::writeInputs(program, core::synthesiseInputs(*model.graph, shapes, 1));
        core::StopRule rule { .preset = "custom", .minSamples = 20, .relativeHalfWidth = 1e9 };
        rule.minTime = std::chrono::duration<double>(0.1);
        const core::Measurement measured = core::measure(program, rule, {}, {});
        QVERIFY(measured.samples.size() >= 20);
        const auto theirs = program.ownTimes();
        QVERIFY(theirs.size() >= measured.samples.size() + 3); // the warm-up besides
        const std::size_t warm = theirs.size() - measured.samples.size();
        constexpr std::chrono::microseconds kRounding(2); // theirs are whole microseconds
        for (std::size_t run = 0; run < measured.samples.size(); ++run)
            QVERIFY(measured.samples[run].latency + kRounding >= theirs[warm + run]);
    }

    void noLibrary()
    {
        const core::Model model = core::openModel("zoo:tiny-cnn");
        const std::string sentence = support::sentenceOf([&] {
            bench::OnnxRuntimeProgram("/nowhere/libonnxruntime.so", "x.onnx", *model.graph,
                core::inferShapes(*model.graph, { 1, {} }), 1, "x");
        });
        QVERIFY2(
            sentence.starts_with("Cannot use ONNX Runtime: /nowhere/libonnxruntime.so"), sentence.c_str());
    }
};

QTEST_GUILESS_MAIN(TstPeerMeter)
#include "tst_peer_meter.moc"
