// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "gpu/plugin.h"
#include "tests/support/sentence.h"

#include <QTemporaryDir>
#include <QTest>

/// Finding the GPU engine: every way in which it can be absent has its sentence.
class TstGpuPlugin : public QObject {
    Q_OBJECT

private slots:
    void saysThatThereIsNoDriver()
    {
        const auto engine = gpu::loadGpuEngine({}, "libno-such-driver.so.1");
        const std::string reason = engine->device().absent;
        QVERIFY2(reason.starts_with("No CUDA driver: libno-such-driver.so.1: cannot open shared object file"),
            reason.c_str());
        QCOMPARE(engine->device().id, std::string("gpu"));
    }

    void saysThatThePluginIsMissing()
    {
        const QTemporaryDir empty;
        const std::string reason = gpu::loadGpuEngine(empty.path().toStdString(), kDriver)->device().absent;
        QVERIFY2(reason.starts_with("A CUDA driver is here, but no GPU engine: "), reason.c_str());
    }

    void saysThatThePluginIsNotALibrary()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath("libbreakeven-gpu.so"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not a library");
        file.close();
        const std::string reason = gpu::loadGpuEngine(folder.path().toStdString(), kDriver)->device().absent;
        QVERIFY2(reason.starts_with("Cannot load the GPU engine: "), reason.c_str());
    }

    void saysThatTheLibraryIsNoPlugin()
    {
        const QTemporaryDir folder;
        QVERIFY(QFile::link(
            QStringLiteral("/lib/x86_64-linux-gnu/libm.so.6"), folder.filePath("libbreakeven-gpu.so")));
        const std::string reason = gpu::loadGpuEngine(folder.path().toStdString(), kDriver)->device().absent;
        QVERIFY2(QByteArray::fromStdString(reason).endsWith("is not a Breakeven plug-in."), reason.c_str());
    }

    void passesOnThePluginsOwnReason()
    {
        const std::string reason = gpu::loadGpuEngine(STUB_DIR "/stub-old", kDriver)->device().absent;
        QVERIFY2(reason.starts_with("The GPU engine is from another build: it wants 0.0.1"), reason.c_str());
    }

    void handsOutTheEngine()
    {
        const auto engine = gpu::loadGpuEngine(STUB_DIR "/stub-good", kDriver);
        QCOMPARE(engine->device().absent, std::string());
        QCOMPARE(engine->device().library, std::string(gpu::pluginVersion()));
    }

    void refusesEverythingWhenAbsent()
    {
        const auto engine = gpu::loadGpuEngine({}, "libno-such-driver.so.1");
        core::Graph graph;
        graph.nodes.push_back({ .name = "relu", .kind = core::OpKind::Relu, .type = "Relu" });
        const auto refusals = engine->refusals(graph);
        QCOMPARE(refusals.size(), std::size_t { 1 });
        QVERIFY(core::summarise(refusals).starts_with("node \"relu\" (Relu): No CUDA driver: "));
        QVERIFY(support::sentenceOf([&] {
            engine->compile(std::make_shared<core::Graph>(graph), {});
        }).starts_with("Cannot use device \"gpu\": No CUDA driver: "));
    }

private:
    // Any library that is always there stands in for the driver.
    static constexpr const char* kDriver = "libc.so.6";
};

QTEST_GUILESS_MAIN(TstGpuPlugin)
#include "tst_gpu_plugin.moc"
