// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model.h"
#include "cpu/cpu_engine.h"
#include "tests/support/onnx_bytes.h"

#include <QTemporaryDir>
#include <QTest>
#include <fstream>

using namespace support;

namespace {

/// Memory that pages of this file take in this process, in kB; -1 when it is not mapped.
long residentKilobytes(const std::string& path)
{
    std::ifstream maps("/proc/self/smaps");
    long total = -1;
    bool here = false;
    for (std::string line; std::getline(maps, line);) {
        if (line.substr(0, line.find(' ')).find(':')
            == std::string::npos) // "7f00-7f01 r--s ...", no "Rss: ..."
            here = line.ends_with(path);
        else if (here && line.starts_with("Rss:"))
            total = std::max(total, 0L) + std::stol(line.substr(4));
    }
    return total;
}

} // namespace

/// Weights beside the model take memory once on the CPU engine: as packed.
class TstCpuExternalData : public QObject {
    Q_OBJECT

private slots:
    void givesPagesBackOncePacked()
    {
        constexpr int kChannels = 512;
        const QTemporaryDir dir;
        const std::filesystem::path folder(dir.path().toStdString());
        const std::string weights = rawFloats(std::vector<float>(kChannels * kChannels * 9, 0.5F));
        std::ofstream(folder / "w.bin", std::ios::binary) << weights;
        OnnxFile file = reluFile();
        file.nodes = { nodeProto("Conv", { "x", "w" }, { "y" }) };
        file.inputs = { valueInfo("x", 1, { "batch", "512", "8", "8" }) };
        file.outputs = { valueInfo("y", 1, {}) };
        file.initializers
            = { externalTensor("w", 1, { kChannels, kChannels, 3, 3 }, { { "location", "w.bin" } }) };
        std::ofstream(folder / "model.onnx", std::ios::binary) << file.bytes();

        const core::Model model = core::readOnnx(folder / "model.onnx");
        const std::string mapped = (folder / "w.bin").string();
        QCOMPARE(residentKilobytes(mapped), 0L); // not read before somebody needs it
        const auto program = cpu::makeEngine()->compile(model.graph, {});
        QVERIFY(program->memory().weights >= weights.size());
        const long resident = residentKilobytes(mapped);
        QVERIFY2(resident >= 0 && resident < 64, std::to_string(resident).c_str());
    }
};

QTEST_GUILESS_MAIN(TstCpuExternalData)
#include "tst_cpu_external_data.moc"
