// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "core/error.h"
#include "core/model/model.h"
#include "core/model/shape_inference.h"
#include "core/ops/op_table.h"
#include "core/record/tensor_file.h"
#include "tests/support/programs.h"

#include <QTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

namespace {

/// One of ONNX's own node tests, as tests/onnx_cases.py lays it out.
struct NodeTest {
    core::Graph graph;
    core::DimBindings dims;
    std::vector<core::Tensor> inputs, outputs;
    double relative = 0, absolute = 0;
};

std::vector<core::Tensor> tensorsOf(const fs::path& folder, const std::string& kind)
{
    std::vector<core::Tensor> tensors;
    for (int i = 0;; ++i) {
        const fs::path path = folder / (kind + "_" + std::to_string(i) + ".pb");
        if (!fs::exists(path))
            return tensors;
        tensors.push_back(core::readTensor(path));
    }
}

/// The symbols of the inputs' declared shapes get the sizes of the data.
void bindDims(NodeTest& test)
{
    for (std::size_t i = 0; i < test.inputs.size(); ++i) {
        const auto& declared = test.graph.value(test.graph.inputs[i]).shape;
        const core::Shape& shape = test.inputs[i].shape();
        if (i == 0 && !shape.empty())
            test.dims.batch = shape[0];
        for (std::size_t d = 0; declared && d < std::min(declared->size(), shape.size()); ++d)
            test.dims.named[(*declared)[d].symbol] = shape[d];
    }
}

NodeTest load(const fs::path& folder)
{
    NodeTest test { .graph = *core::readOnnx(folder / "model.onnx").graph };
    test.inputs = tensorsOf(folder, "input");
    test.outputs = tensorsOf(folder, "output");
    std::ifstream(folder / "tolerance") >> test.relative >> test.absolute;
    bindDims(test);
    return test;
}

bool hasRows(const core::Graph& graph)
{
    return std::all_of(graph.nodes.begin(), graph.nodes.end(),
        [](const core::Node& node) { return core::opRow(node.kind) != nullptr; });
}

std::vector<core::Tensor> run(const NodeTest& test)
{
    const auto graph = std::make_shared<const core::Graph>(test.graph);
    const auto program = core::ReferenceEngine().compile(graph, { .dims = test.dims });
    return support::runOnce(*program, *graph, test.inputs);
}

core::Tensor asDouble(const core::Tensor& tensor)
{
    const core::Node cast { .kind = core::OpKind::Cast,
        .inputs = { 0 },
        .outputs = { 1 },
        .attributes = core::CastAttributes { core::ElementType::Double } };
    return std::move(core::evaluate(cast, { tensor.view() })[0]);
}

/// NumPy's allclose, with room for one rounding where the type is a half.
std::string mismatch(const core::Tensor& actual, const core::Tensor& expected, const NodeTest& test)
{
    if (actual.type() != expected.type() || actual.shape() != expected.shape())
        return fmt::format("{} {}, expected {} {}", core::elementName(actual.type()),
            core::toString(actual.shape()), core::elementName(expected.type()),
            core::toString(expected.shape()));
    const bool half = core::elementSize(expected.type()) == 2;
    const double relative = half ? std::max(test.relative, 1e-2) : test.relative;
    const core::Tensor a = asDouble(actual), e = asDouble(expected);
    for (std::size_t i = 0; i < e.as<double>().size(); ++i) {
        const double x = a.as<double>()[i], y = e.as<double>()[i];
        const bool close
            = x == y || (x != x && y != y) || std::abs(x - y) <= test.absolute + relative * std::abs(y);
        if (!close)
            return fmt::format("element {} is {}, expected {}", i, x, y);
    }
    return {};
}

} // namespace

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
    int m_passed = 0;
    std::size_t m_ran = 0, m_rows = 0;
    int m_withoutRow = 0;
    std::vector<std::string> m_refused;
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
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(m_folder)) {
        if (!entry.is_directory())
            continue;
        const std::string name = entry.path().filename().string();
        try {
            if (hasRows(*core::readOnnx(entry.path() / "model.onnx").graph))
                names.push_back(name);
            else
                ++m_withoutRow;
        } catch (const core::Error& error) {
            m_refused.push_back(name + ": " + error.what());
        }
    }
    std::sort(names.begin(), names.end());
    m_rows = names.size();
    for (const std::string& name : names)
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TstReferenceOps::agreesWithOnnx()
{
    QFETCH(QString, name);
    ++m_ran;
    std::vector<core::Tensor> outputs;
    NodeTest test;
    try {
        test = load(m_folder / name.toStdString());
        outputs = run(test);
    } catch (const core::Error& error) {
        m_refused.push_back(name.toStdString() + ": " + error.what());
        return;
    }
    QCOMPARE(outputs.size(), test.outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const std::string difference = mismatch(outputs[i], test.outputs[i], test);
        QVERIFY2(difference.empty(), fmt::format("output {}: {}", i, difference).c_str());
    }
    ++m_passed;
}

void TstReferenceOps::cleanupTestCase()
{
    if (m_folder.empty() || fs::exists(m_folder / "skipped"))
        return;
    for (const std::string& refusal : m_refused)
        qInfo("refused: %s", refusal.c_str());
    qInfo("%d cases pass, %zu are refused, %d have an operator without a row", m_passed, m_refused.size(),
        m_withoutRow);
    if (m_ran < m_rows)
        return; // somebody asked for some rows only
    // Far fewer would mean that a row refuses what it used to run, or that the cases are not all there.
    QVERIFY(m_passed >= 600);
    QVERIFY(m_refused.size() <= 60);
}

QTEST_GUILESS_MAIN(TstReferenceOps)
#include "tst_reference_ops.moc"
