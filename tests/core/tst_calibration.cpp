// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/quantise/calibration.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using core::Calibration;
using core::CalibrationMethod;

namespace {

Calibration of(const std::vector<float>& sample)
{
    Calibration calibration;
    calibration.count(sample);
    calibration.distribute(sample);
    return calibration;
}

/// The least and the most that integers stand for.
std::pair<double, double> rangeOf(const core::Quantisation& as)
{
    const double scale = as.scales.at(0);
    return { scale * static_cast<double>(-as.zero), scale * static_cast<double>(255 - as.zero) };
}

std::vector<float> normal(std::size_t count)
{
    std::mt19937 engine(1);
    std::normal_distribution<float> distribution;
    std::vector<float> sample(count);
    std::generate(sample.begin(), sample.end(), [&] { return distribution(engine); });
    return sample;
}

} // namespace

class TstCalibration : public QObject {
    Q_OBJECT

private slots:
    void takesTheExtremes()
    {
        Calibration calibration;
        calibration.count(std::vector<float> { 0.5F, -1 });
        calibration.count(
            std::vector<float> { 1.55F, std::numeric_limits<float>::infinity(), std::nanf("") });
        const core::Quantisation as = calibration.quantisation(CalibrationMethod::MinMax, 0);
        QCOMPARE(as.type, core::ElementType::UInt8);
        QCOMPARE(as.scales, std::vector { 0.01F });
        QCOMPARE(as.zero, 100);
    }

    void holdsZero()
    {
        const auto above = of({ 1, 2 }).quantisation(CalibrationMethod::MinMax, 0);
        QCOMPARE(above.zero, 0);
        QCOMPARE(above.scales, std::vector { 2.0F / 255 });
        const auto below = of({ -2, -1 }).quantisation(CalibrationMethod::MinMax, 0);
        QCOMPARE(below.zero, 255);
    }

    void standsForNothing()
    {
        for (const auto method :
            { CalibrationMethod::MinMax, CalibrationMethod::Percentile, CalibrationMethod::Entropy }) {
            const auto as = of({}).quantisation(method, 99.9);
            QCOMPARE(as.scales, std::vector { 1.0F });
            QCOMPARE(of({ 0, 0 }).quantisation(method, 99.9), as);
            QCOMPARE(of({ 3, 3 }).quantisation(method, 99.9).scales, std::vector { 3.0F / 255 });
        }
    }

    void cutsOutliers_data()
    {
        QTest::addColumn<int>("method");
        QTest::newRow("percentile") << static_cast<int>(CalibrationMethod::Percentile);
        QTest::newRow("entropy") << static_cast<int>(CalibrationMethod::Entropy);
    }

    /// One number of 20 among a hundred thousand from a normal distribution.
    void cutsOutliers()
    {
        QFETCH(int, method);
        auto sample = normal(100'000);
        sample.push_back(20);
        const auto [least, most]
            = rangeOf(of(sample).quantisation(static_cast<CalibrationMethod>(method), 99.9));
        QVERIFY2(most > 2.5 && most < 10, qPrintable(QString::number(most)));
        QVERIFY2(least < -2.5, qPrintable(QString::number(least)));
    }

    /// Of a normal distribution 99.9 per cent lie within 3.29 deviations.
    void knowsPercentiles()
    {
        const auto [least, most]
            = rangeOf(of(normal(1'000'000)).quantisation(CalibrationMethod::Percentile, 99.9));
        QVERIFY(std::abs(most - 3.29) < 0.05);
        QVERIFY(std::abs(least + 3.29) < 0.05);
    }

    void scalesWeightsByChannel()
    {
        const std::vector<float> values { 1.27F, -0.5F, 0, 0, -2.54F, 2 };
        const auto rows = core::Tensor::of<float>(core::ElementType::Float32, { 3, 2 }, values);
        const core::Quantisation as = core::weightQuantisation(rows.view(), 0);
        QCOMPARE(as.scales, (std::vector { 1.27F / 127, 1.0F, 2.54F / 127 }));
        const core::Tensor integers = core::quantisedWeights(rows.view(), as);
        QVERIFY(std::ranges::equal(
            integers.as<std::int8_t>(), std::vector<std::int8_t> { 127, -50, 0, 0, -127, 100 }));
        const core::Quantisation columns = core::weightQuantisation(rows.view(), 1);
        QCOMPARE(columns.scales, (std::vector { 2.54F / 127, 2.0F / 127 }));
        QCOMPARE(core::quantisedWeights(rows.view(), columns).as<std::int8_t>()[5], 127);
    }

    void names()
    {
        for (const auto method :
            { CalibrationMethod::MinMax, CalibrationMethod::Percentile, CalibrationMethod::Entropy })
            QCOMPARE(core::calibrationFromName(core::calibrationName(method)), method);
        QString sentence;
        try {
            core::calibrationFromName("mean");
        } catch (const core::Error& error) {
            sentence = QString::fromUtf8(error.what());
        }
        QCOMPARE(sentence,
            QStringLiteral("Cannot calibrate by \"mean\": expected minmax, percentile or entropy."));
    }
};

QTEST_GUILESS_MAIN(TstCalibration)
#include "tst_calibration.moc"
