// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/record/conformance_cases.h"

#include <QTest>
#include <fstream>
#include <map>
#include <sstream>

namespace fs = std::filesystem;

/// The reference loops against an independent oracle: the expected outputs of ONNX's node tests, made by
/// NumPy. CTest's fixture onnx_cases writes them to the folder that BREAKEVEN_ONNX_CASES names.
class TstReferenceOps : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void agreesWithOnnx_data();
    void agreesWithOnnx();
    void cleanupTestCase();

private:
    fs::path m_folder;
    std::map<std::string, core::ConformanceCase> m_cases;
    std::size_t m_ran = 0, m_passed = 0;
};

void TstReferenceOps::initTestCase()
{
    const QByteArray folder = qgetenv("BREAKEVEN_ONNX_CASES");
    if (folder.isEmpty())
        QSKIP("BREAKEVEN_ONNX_CASES is not set: run this test by ctest");
    m_folder = folder.toStdString();
    if (std::ifstream reason(m_folder / "skipped"); reason) {
        std::ostringstream text;
        text << reason.rdbuf();
        QSKIP(text.str().c_str());
    }
    QVERIFY2(fs::is_directory(m_folder), folder.constData());
}

void TstReferenceOps::agreesWithOnnx_data()
{
    QTest::addColumn<QString>("name");
    for (core::ConformanceCase& test : core::findConformanceCases(m_folder)) {
        const std::string name = test.name;
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
        m_cases.emplace(name, std::move(test));
    }
}

void TstReferenceOps::agreesWithOnnx()
{
    QFETCH(QString, name);
    ++m_ran;
    core::ReferenceEngine engine;
    const auto result = core::runConformanceCase(engine, m_cases.at(name.toStdString()), 1);
    QVERIFY2(result.status != core::ConformanceStatus::Wrong, result.reason.c_str());
    if (result.status == core::ConformanceStatus::Passed)
        ++m_passed;
    else
        qInfo("refused: %s", result.reason.c_str());
}

void TstReferenceOps::cleanupTestCase()
{
    if (m_folder.empty() || fs::exists(m_folder / "skipped"))
        return;
    qInfo("%zu of %zu cases pass", m_passed, m_ran);
    if (m_ran < m_cases.size())
        return; // somebody asked for some rows only
    // Fewer would mean that a row refuses what it used to run, or that the cases are not all there.
    QVERIFY(m_passed >= BREAKEVEN_ONNX_FLOOR);
}

QTEST_GUILESS_MAIN(TstReferenceOps)
#include "tst_reference_ops.moc"
