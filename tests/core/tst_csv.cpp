// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/csv.h"
#include "tests/support/runs.h"

#include <QTest>

namespace {

/// RFC 4180, independent of the writer.
std::vector<std::vector<std::string>> parsed(const std::string& csv)
{
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t at = 0; at < csv.size(); ++at) {
        const char c = csv[at];
        if (c == '"' && quoted && at + 1 < csv.size() && csv[at + 1] == '"')
            rows.back().back() += csv[++at];
        else if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            rows.back().emplace_back();
        else if (c == '\n' && !quoted)
            rows.emplace_back(1);
        else
            rows.back().back() += c;
    }
    rows.pop_back(); // behind the last line end
    return rows;
}

} // namespace

class TstCsv : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_rows = parsed(core::toCsv(support::exampleRun())); }
    void columnsStandWhereScriptsLook();
    void oneRowACell();
    void figures_data();
    void figures();
    void emptyRunHasAHeader();

private:
    std::string at(std::size_t cell, const std::string& column) const
    {
        const auto found = std::find(m_rows[0].begin(), m_rows[0].end(), column);
        return found == m_rows[0].end()
            ? "no such column"
            : m_rows[cell + 1][static_cast<std::size_t>(found - m_rows[0].begin())];
    }
    std::vector<std::vector<std::string>> m_rows;
};

void TstCsv::columnsStandWhereScriptsLook()
{
    const std::string csv = core::toCsv(support::exampleRun());
    QVERIFY(csv.starts_with(
        "model,engine,device,precision,threads,batch,status,reason,samples,latency_median_ms,"
        "latency_ci_low_ms,latency_ci_high_ms,latency_p90_ms,latency_p95_ms,latency_p99_ms,"
        "throughput_per_s,compile_ms,memory_planned_mb,memory_peak_mb,power_mean_w,"
        "energy_per_inference_j,power_source,stopped_by,disturbed_percent,output_max_abs_diff,"));
}

void TstCsv::oneRowACell()
{
    QCOMPARE(m_rows.size(), std::size_t { 5 });
    for (const auto& row : m_rows)
        QCOMPARE(row.size(), m_rows[0].size());
}

void TstCsv::figures_data()
{
    QTest::addColumn<int>("cell");
    QTest::addColumn<QString>("column");
    QTest::addColumn<QString>("expected");
    const auto row = [](int cell, const char* column, const char* expected) {
        QTest::addRow("cell %d %s", cell, column) << cell << column << expected;
    };
    row(0, "model", "tiny \"cnn\", v2");
    row(0, "engine", "cpu");
    row(0, "device", "Fake CPU, 4 cores");
    row(0, "precision", "model");
    row(0, "threads", "2");
    row(0, "batch", "1");
    row(0, "status", "ok");
    row(0, "reason", "");
    row(0, "samples", "100");
    row(0, "latency_median_ms", "1.003003");
    row(0, "latency_p90_ms", "1.006006");
    row(0, "latency_p99_ms", ""); // needs 459
    row(0, "compile_ms", "5.000000");
    row(0, "memory_planned_mb", "0.006");
    row(0, "memory_peak_mb", "50.000");
    row(0, "power_mean_w", "42.125");
    row(0, "energy_per_inference_j", "0.0421");
    row(0, "power_source", "RAPL package-0, powercap");
    row(0, "stopped_by", "converged");
    row(0, "output_max_abs_diff", "1.1920929e-07");
    row(0, "started_at", "2026-03-01T12:00:00+01:00");
    row(0, "others_percent", "");
    row(1, "threads", ""); // the device has none
    row(1, "status", "disturbed");
    row(1, "latency_p99_ms", "3.006006");
    row(1, "disturbed_percent", "3.75");
    row(1, "power_mean_w", "");
    row(1, "power_source", "");
    row(2, "status", "refused");
    row(2, "reason", "node \"a\" (Resize): cubic, \"no\".");
    row(2, "samples", "0");
    row(2, "latency_median_ms", "");
    row(2, "throughput_per_s", "");
    row(2, "stopped_by", "");
    row(3, "status", "out-of-memory");
}

void TstCsv::figures()
{
    QFETCH(int, cell);
    QFETCH(QString, column);
    QTEST(QString::fromStdString(at(static_cast<std::size_t>(cell), column.toStdString())), "expected");
}

void TstCsv::emptyRunHasAHeader()
{
    QCOMPARE(parsed(core::toCsv({})).size(), std::size_t { 1 });
}

QTEST_GUILESS_MAIN(TstCsv)
#include "tst_csv.moc"
