// SPDX-License-Identifier: GPL-3.0-or-later
// Every sentence breakeven-cli has for what goes wrong, and its exit status: 1 it failed, 2 wrong usage.
#include "tests/support/cli.h"
#include "tests/support/cli_files.h"

#include <QTest>

using support::cli;
using support::CliResult;

class TstCliErrors : public QObject {
    Q_OBJECT

private slots:
    void wrongUsage_data();
    void wrongUsage();
    void failures_data();
    void failures();
    void halvesThatTheCpuLacks();

private:
    const support::CliFiles m_files;
};

void TstCliErrors::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char* name, const QStringList& arguments, const char* sentence) {
        QTest::newRow(name) << arguments << sentence;
    };
    row("nothing", {}, "A subcommand is required");
    row("unknown command", { "dance" }, "A subcommand is required");
    row("unknown option", { "devices", "--loud" }, "--loud");
    row("no model", { "sweep" }, "MODEL is required");
    row("batch 0", { "sweep", "zoo:mlp", "--batch", "0" },
        "breakeven-cli: Cannot read batch list: \"0\" is not a whole number of at least 1.\n");
    row("batch 0 of inspect", { "inspect", "zoo:mlp", "--batch", "0" }, "--batch");
    row("no engine", { "sweep", "zoo:mlp", "--engine", "," },
        "breakeven-cli: Cannot start the sweep: no engine is chosen.\n");
    row("preset", { "sweep", "zoo:mlp", "--preset", "slow" },
        "breakeven-cli: Cannot use stop rule \"slow\": the presets are quick, standard, rigorous, windows "
        "and percentile.\n");
    row("threads", { "sweep", "zoo:mlp", "--threads", "one" },
        "breakeven-cli: Cannot read --threads: \"one\" is not a whole number of at least 1.\n");
    row("requests", { "sweep", "zoo:mlp", "--requests", "0" },
        "breakeven-cli: Cannot read --requests: \"0\" is not a whole number of at least 1.\n");
    row("threads of another engine", { "sweep", "zoo:mlp", "--threads", "reference=1" },
        "breakeven-cli: Cannot read --threads: engine \"reference\" is not chosen.\n");
    row("precision", { "sweep", "zoo:mlp", "--precision", "fp7" }, "\"fp7\"");
    row("dimension", { "sweep", "zoo:mlp", "--dim", "length" },
        "breakeven-cli: Cannot read --dim: \"length\" is not NAME=VALUE with a whole number of at least "
        "1.\n");
    row("dimension 0", { "verify", "zoo:mlp", "--dim", "length=0" },
        "breakeven-cli: Cannot read --dim: \"length=0\" is not NAME=VALUE with a whole number of at least "
        "1.\n");
    row("times", { "sweep", "zoo:mlp", "--min-time", "9" },
        "breakeven-cli: Cannot start the sweep: a cell cannot take at least 9 s and at most 5 s.\n");
    row("two on standard output", { "sweep", "zoo:mlp", "--events", "--csv", "-" },
        "breakeven-cli: Cannot print both: --events, --json and --csv - want standard output.\n");
    row("format", { "infer", "zoo:mlp", "--format", "bmp" }, "--format");
    row("input", { "infer", "zoo:mlp", "--input", "x.npy" },
        "breakeven-cli: Cannot read --input: \"x.npy\" is neither NAME=FILE nor a .npz file.\n");
    row("shell", { "completion", "fish" }, "fish");
}

void TstCliErrors::wrongUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, sentence);
    const CliResult result = cli(arguments);
    QCOMPARE(result.status, 2);
    QVERIFY(result.out.isEmpty());
    if (sentence.endsWith('\n'))
        QCOMPARE(result.err, sentence);
    else
        QVERIFY2(result.err.contains(sentence), qPrintable(result.err));
}

void TstCliErrors::failures_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("sentence");
    const auto row = [this](const char* name, QStringList arguments, QString sentence) {
        for (QString& argument : arguments)
            argument.replace("@", m_files.folder());
        QTest::newRow(name) << arguments << sentence.replace("@", m_files.folder());
    };
    for (const char* command : { "sweep", "verify", "infer", "inspect" })
        row(qPrintable(QString("missing file, ") + command), { command, "@/none.onnx" },
            "Cannot read model: @/none.onnx: no such file or directory.");
    row("empty file", { "sweep", "@/empty.onnx" }, "Cannot read model: @/empty.onnx");
    row("truncated file", { "sweep", "@/truncated.onnx" },
        "Cannot read model: @/truncated.onnx is truncated or not an ONNX file.");
    row("a letter", { "sweep", "@/note.onnx" }, "Cannot read model: @/note.onnx");
    row("lying length", { "sweep", "@/lying.onnx" },
        "Cannot read model: @/lying.onnx is truncated or not an ONNX file.");
    row("a folder", { "sweep", "@" }, "Cannot read model: @");
    row("too many requests", { "sweep", "zoo:mlp", "--requests", "100001" },
        "breakeven-cli: Cannot start the sweep: 100001 requests at once, expected 1 to 100000.\n");
    row("unknown zoo model", { "sweep", "zoo:none" }, "none");
    row("unknown operator, verify", { "verify", "@/unknown.onnx" }, "node \"frob\" (Frobnicate): ");
    row("unknown operator, infer", { "infer", "@/unknown.onnx" }, "node \"frob\" (Frobnicate): ");
    row("unknown engine", { "sweep", "zoo:mlp", "--engine", "npu" },
        "Cannot start the sweep: there is no engine \"npu\"; there are cpu, gpu, reference.");
    row("unknown engine, verify", { "verify", "zoo:mlp", "--engine", "npu" },
        "Cannot verify: there is no engine \"npu\"; there are cpu, gpu, reference.");
    row("too many threads", { "sweep", "zoo:mlp", "--threads", "4000" },
        "Cannot start the sweep: engine \"cpu\" has ");
    row("too many threads, infer", { "infer", "zoo:mlp", "--threads", "4000" },
        "Cannot use 4000 threads: engine \"cpu\" has ");
    row("no value for a dimension", { "sweep", "@/symbols.onnx" },
        "Cannot start the sweep: the model's dimension \"length\" has no value.");
    row("unknown dimension", { "verify", "@/symbols.onnx", "--dim", "length=2", "--dim", "width=3" },
        "Cannot verify: the model has no dynamic dimension \"width\"; it has length.");
    row("unwritable run", { "sweep", "zoo:mlp", "--out", "@/no/run.json" },
        "Cannot write run: @/no/run.json: no such folder.");
    row("unwritable CSV", { "sweep", "zoo:mlp", "--csv", "@/no/run.csv" },
        "Cannot write CSV: @/no/run.csv: no such folder.");
    row("CSV onto a folder", { "sweep", "zoo:mlp", "--csv", "@" }, "Cannot write CSV: @: is a folder.");
    row("run into /proc", { "sweep", "zoo:mlp", "--out", "/proc/run.json" },
        "Cannot write run: /proc/run.json: ");
    row("export into nowhere", { "zoo", "export", "mlp", "@/no/mlp.onnx" },
        "Cannot write model: @/no/mlp.onnx: ");
    row("outputs onto a file", { "infer", "@/relu.onnx", "--output", "@/plain.txt" },
        "Cannot write outputs: @/plain.txt: ");
    row("outputs below a file", { "infer", "@/relu.onnx", "--output", "@/plain.txt/deep" },
        "Cannot write outputs: @/plain.txt/deep: ");
    row("unknown input", { "infer", "@/relu.onnx", "--input", "z=@/two.npy" },
        "Cannot run inference: the model has no input \"z\"; it has x.");
    row("unknown input in an archive", { "infer", "@/relu.onnx", "--input", "@/other.npz" },
        "Cannot run inference: the model has no input \"z\"; it has x.");
    row("input twice", { "infer", "@/relu.onnx", "--input", "x=@/two.npy", "--input", "@/two.npz" },
        "Cannot run inference: input \"x\" is given twice.");
    row("input of another type", { "infer", "@/relu.onnx", "--input", "x=@/double.npy" },
        "Cannot run inference: input \"x\" is float64, the model wants float32.");
    row("input of another shape", { "infer", "@/relu.onnx", "--input", "x=@/wide.npy" },
        "Cannot run inference: input \"x\" has 5 where the model wants 4.");
    row("input of another rank", { "infer", "@/relu.onnx", "--input", "x=@/flat.npy" },
        "Cannot run inference: input \"x\" has 1 dimensions, the model wants 2.");
    row("input against --batch", { "infer", "@/relu.onnx", "--batch", "3", "--input", "x=@/two.npy" },
        "Cannot run inference: input \"x\" has 2 where \"batch\" is 3.");
    row("missing tensor", { "infer", "@/relu.onnx", "--input", "x=@/none.npy" }, "@/none.npy");
}

void TstCliErrors::failures()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, sentence);
    CliResult result = cli(arguments);
    QCOMPARE(result.status, 1);
    QVERIFY(result.out.isEmpty());
    if (result.err.startsWith("Made up: ")) // what infer says of its inputs before it fails
        result.err.remove(0, result.err.indexOf('\n') + 1);
    QVERIFY2(result.err.startsWith("breakeven-cli: Cannot "), qPrintable(result.err));
    QVERIFY2(result.err.contains(sentence), qPrintable(result.err));
    QVERIFY2(
        result.err.endsWith(".\n") && result.err.count('\n') == 1, qPrintable(result.err)); // one sentence
}

/// A processor that has them is told to do as if it had not.
void TstCliErrors::halvesThatTheCpuLacks()
{
    for (const QString half : { "bf16", "fp16" }) {
        const CliResult result
            = cli({ "infer", "zoo:mlp", "--precision", half }, { "ONEDNN_MAX_CPU_ISA=AVX2" });
        QCOMPARE(result.status, 1);
        const QString start
            = "breakeven-cli: Cannot compile for " + half + ": this CPU has no arithmetic for it (";
        QVERIFY2(result.err.contains(start), qPrintable(result.err));
        QVERIFY(result.err.endsWith("), and without it takes several times as long as in fp32.\n"));
    }
}

QTEST_GUILESS_MAIN(TstCliErrors)
#include "tst_cli_errors.moc"
