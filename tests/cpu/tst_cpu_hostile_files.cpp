// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/passes.h"
#include "cpu/cpu_engine.h"
#include "tests/support/hostile_files.h"

#include <QTest>

/// Hostile files that the reader and the passes let through either compile for the CPU, at little cost, or
/// are refused with one sentence.
class TstCpuHostileFiles : public QObject {
    Q_OBJECT

private slots:
    void compile_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("good");
        for (const support::HostileFile& file : support::hostileFiles())
            QTest::newRow(file.name.c_str())
                << QByteArray::fromStdString(file.bytes) << file.sentence.empty();
    }

    void compile()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, good);
        std::string sentence;
        try {
            const auto model = core::parseOnnx(
                std::as_bytes(std::span(bytes.data(), bytes.size())), nullptr, "hostile.onnx");
            const auto graph = core::optimise(*model.graph);
            core::CompileOptions options;
            for (const std::string& symbol : core::dynamicDims(*graph))
                options.dims.named[symbol] = 4;
            QVERIFY(cpu::makeEngine()->compile(graph, options));
        } catch (const core::Error& error) {
            sentence = error.what();
        }
        if (good)
            QCOMPARE(sentence, std::string());
        else
            QVERIFY(sentence.ends_with("."));
    }
};

QTEST_GUILESS_MAIN(TstCpuHostileFiles)
#include "tst_cpu_hostile_files.moc"
