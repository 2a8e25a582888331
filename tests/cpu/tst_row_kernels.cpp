// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels over rows of numbers against plain arithmetic: rounding to integers, layer normalisation.
#include "core/engine/inputs.h"
#include "core/engine/reference_engine.h"
#include "cpu/cpu_engine.h"
#include "cpu/norm_kernel.h"
#include "cpu/quantise_kernel.h"
#include "tests/support/graphs.h"
#include "tests/support/op_cases.h"
#include "tests/support/programs.h"

#include <QTest>
#include <cmath>
#include <random>

using core::ElementType;
using core::OpKind;
using core::ValueId;
using core::zoo::GraphBuilder;

namespace {

/// As QuantizeLinear is defined.
int quantised(float x, const cpu::QuantiseKernel& kernel)
{
    const float least = kernel.isSigned ? -128 : 0, most = kernel.isSigned ? 127 : 255;
    const float value = std::nearbyint(x / kernel.scale) + static_cast<float>(kernel.zero);
    return value == value ? static_cast<int>(std::clamp(value, least, most)) : 0;
}

} // namespace

class TstRowKernels : public QObject {
    Q_OBJECT

private slots:
    void rounds_data()
    {
        QTest::addColumn<float>("scale");
        QTest::addColumn<int>("zero");
        QTest::addColumn<bool>("isSigned");
        QTest::newRow("uint8") << 0.037F << 113 << false;
        QTest::newRow("uint8 from 0") << 0.5F << 0 << false;
        QTest::newRow("int8") << 0.021F << 0 << true;
        QTest::newRow("int8, shifted") << 0.25F << -100 << true;
        QTest::newRow("small numbers") << 1e-30F << 3 << false;
    }

    /// Every remainder of a length, ties, what is too large, and what is not a number.
    void rounds()
    {
        QFETCH(float, scale);
        QFETCH(int, zero);
        QFETCH(bool, isSigned);
        const cpu::QuantiseKernel kernel { scale, zero, isSigned };
        constexpr float kInfinity = std::numeric_limits<float>::infinity();
        const float odd[] { kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(), 3e38F, -3e38F, 0,
            -0.0F };
        std::mt19937 random(1);
        std::normal_distribution<float> numbers(0, 60 * scale);
        for (std::size_t count = 0; count < 700; count += 1 + count / 40) {
            std::vector<float> x(count);
            for (float& number : x) {
                number = numbers(random);
                if (random() % 16 == 0) // a tie, or next to one
                    number = (std::nearbyint(number / scale) + 0.5F) * scale;
                if (random() % 64 == 0)
                    number = odd[random() % std::size(odd)];
            }
            std::vector<std::uint8_t> y(count + 1, 99);
            kernel.run(x.data(), y.data(), static_cast<std::int64_t>(count));
            for (std::size_t i = 0; i < count; ++i) {
                const int actual = isSigned ? static_cast<std::int8_t>(y[i]) : y[i];
                QVERIFY2(actual == quantised(x[i], kernel),
                    qPrintable(
                        QString("%1 is %2, expected %3").arg(x[i]).arg(actual).arg(quantised(x[i], kernel))));
            }
            QCOMPARE(y[count], std::uint8_t { 99 }); // nothing behind the end
        }
    }

    void normalises()
    {
        std::mt19937 random(2);
        std::normal_distribution<float> numbers(3, 2);
        for (std::int64_t width = 1; width < 400; width += 1 + width / 9) {
            std::vector<float> x, scale, shift;
            for (std::int64_t i = 0; i < width; ++i) {
                x.push_back(numbers(random));
                scale.push_back(numbers(random));
                shift.push_back(numbers(random));
            }
            double mean = 0, variance = 0;
            for (const float number : x)
                mean += number / static_cast<double>(width);
            for (const float number : x)
                variance += (number - mean) * (number - mean) / static_cast<double>(width);
            const cpu::NormKernel kernel { width, 1e-3F };
            for (const bool shifted : { true, false }) {
                std::vector<float> y = x; // in place
                kernel.run(y.data(), scale.data(), shifted ? shift.data() : nullptr, y.data());
                for (std::size_t i = 0; i < x.size(); ++i) {
                    const double expected = (x[i] - mean) / std::sqrt(variance + 1e-3) * scale[i]
                        + (shifted ? static_cast<double>(shift[i]) : 0);
                    QVERIFY(std::abs(y[i] - expected) < 2e-5 * std::max(1.0, std::abs(expected)));
                }
            }
        }
    }

    /// Integers of a normalised row are made with it, once, and whoever asks for its numbers still gets them.
    void quantisesWhatItNormalises()
    {
        GraphBuilder b("test", 1);
        const ValueId x = b.input("x", ElementType::Float32, { "batch", 5, 40 });
        const ValueId norm = b.node(OpKind::LayerNormalization, "norm",
            { x, b.random("scale", { 40 }, 0.1, 1), b.random("shift", { 40 }, 0.1) },
            core::NormAttributes { .epsilon = 1e-5F, .axis = -1 });
        const ValueId step = b.scalar("step", 0.02F);
        const ValueId integers = b.node(OpKind::QuantizeLinear, "integers", { norm, step });
        const ValueId back = b.node(OpKind::DequantizeLinear, "back", { integers, step });
        const ValueId sum = b.node(OpKind::Add, "sum", { norm, back });
        b.output(sum, "y", ElementType::Float32, { "batch", 5, 40 });
        core::Graph graph = b.finish();
        const auto shared = std::make_shared<const core::Graph>(std::move(graph));
        const core::CompileOptions options { .dims = { .batch = 3, .named = {} }, .threads = 2 };
        const auto inputs = core::synthesiseInputs(*shared, core::inferShapes(*shared, options.dims), 1);
        const auto program = cpu::makeEngine()->compile(shared, options);
        const auto actual = support::runOnce(*program, *shared, inputs);
        const auto expected
            = support::runOnce(*core::ReferenceEngine().compile(shared, options), *shared, inputs);
        // A number within a rounding error of a tie may be one step off.
        const std::string difference = support::differenceOf(actual[0].view(), expected[0].view(), 0.02);
        QVERIFY2(difference.empty(), difference.c_str());
        core::Trace trace;
        program->run(&trace);
        QStringList kernels;
        for (const core::Trace::Step& ran : trace.steps)
            kernels << QString::fromStdString(ran.kernel);
        QVERIFY2(kernels.contains("own:norm+quantise"), qPrintable(kernels.join(", ")));
        QVERIFY2(!kernels.contains("own:quantise"), qPrintable(kernels.join(", ")));
    }
};

QTEST_GUILESS_MAIN(TstRowKernels)
#include "tst_row_kernels.moc"
