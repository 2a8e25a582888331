// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cli.h"

#include <nlohmann/json.hpp>

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using nlohmann::json;
using support::cli;
using support::CliResult;

/// `breakeven-cli quantise`, and what the CPU engine makes of the file it writes.
class TstCliQuantise : public QObject {
    Q_OBJECT

private slots:
    void writesAnInt8Model()
    {
        const CliResult made = cli({ "quantise", "zoo:tiny-cnn", "--output", path("cnn.onnx"), "--json" });
        QVERIFY2(made.status == 0, qPrintable(made.err));
        const json report = json::parse(made.out.toStdString());
        for (const json& layer : report["layers"])
            QVERIFY(layer["quantised"] == true && layer["kept"] == "");
        QVERIFY(report["accuracy"]["cosine"] >= 0.99);
        QVERIFY(report["accuracy"]["inputs"] == 8);
        QVERIFY(report["accuracy"]["made_up"] == true);
        QVERIFY(report["weight_bytes"]["after"] < report["weight_bytes"]["before"]);

        const CliResult verified = cli({ "verify", path("cnn.onnx"), "--batch", "3", "--json" });
        QVERIFY2(verified.status == 0, qPrintable(verified.err));
        QVERIFY(json::parse(verified.out.toStdString())["rounded"] == true);
        const CliResult text = cli({ "verify", path("cnn.onnx") });
        QVERIFY(text.out.contains(
            "All outputs are within a cosine of at least 0.99, as numbers are rounded on the way,"));

        const CliResult traced = cli({ "trace", path("cnn.onnx"), "--runs", "2", "--csv", "-" });
        QVERIFY2(traced.status == 0, qPrintable(traced.err));
        const QStringList rows = traced.out.split('\n');
        for (const QString& row : rows.filter(",Conv,"))
            QVERIFY2(
                row.contains("int8") || row.contains("vnni"), qPrintable(row)); // its kernel or its output
        QCOMPARE(rows.filter("own:quantise").size(), 2); // of the image, and of what is averaged at the end
    }

    void tellsWhatItDid()
    {
        const CliResult made = cli({ "quantise", "zoo:tiny-transformer", "--output", path("t.onnx"), "--keep",
            "/encoder/layer.0/attention/self/query/MatMul", "--method", "percentile", "--samples", "2",
            "--evaluate", "3" });
        QVERIFY2(made.status == 0, qPrintable(made.err));
        QVERIFY2(
            made.out.contains(QRegularExpression("query/MatMul +MatMul +as asked")), qPrintable(made.out));
        QVERIFY2(made.out.contains(" layers quantised, by percentile; weights "), qPrintable(made.out));
        QVERIFY2(made.out.contains("Over 3 made-up inputs, against fp32: least cosine 0.99"),
            qPrintable(made.out));
        for (const QString& line : made.out.split('\n'))
            QVERIFY2(line.size() <= 100, qPrintable(line));
    }

    void refusesInputsThatAreNotThere()
    {
        const CliResult wrong
            = cli({ "quantise", "zoo:mlp", "--output", path("m.onnx"), "--inputs", path("nowhere") });
        QCOMPARE(wrong.status, 1);
        QVERIFY2(wrong.err.startsWith("breakeven-cli: Cannot quantise: "), qPrintable(wrong.err));
        QVERIFY(!QFile::exists(path("m.onnx")));
    }

    void fails_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("sentence");
        const QStringList mlp { "quantise", "zoo:mlp", "--output", path("x.onnx") };
        QTest::newRow("method") << mlp + QStringList { "--method", "mean" } << 2 << "--method";
        QTest::newRow("no output") << QStringList { "quantise", "zoo:mlp" } << 2 << "--output is required";
        QTest::newRow("unknown layer") << mlp + QStringList { "--keep", "dense" } << 1
                                       << "breakeven-cli: Cannot quantise: there is no convolution or "
                                          "product with weights named \"dense\" to "
                                          "keep.\n";
        QTest::newRow("folder") << QStringList { "quantise", "zoo:mlp", "--output", "/nowhere/x.onnx" } << 1
                                << "breakeven-cli: Cannot write model: /nowhere/x.onnx: ";
    }

    void fails()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, sentence);
        const CliResult result = cli(arguments);
        QCOMPARE(result.status, status);
        QVERIFY2(result.err.contains(sentence), qPrintable(result.err));
    }

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TstCliQuantise)
#include "tst_cli_quantise.moc"
