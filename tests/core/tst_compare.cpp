// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/compare.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <cmath>
#include <limits>

using core::ElementType;
using core::Tensor;
using Floats = std::vector<float>;

namespace {

core::Difference difference(const Floats& actual, const Floats& expected)
{
    const core::Shape shape { static_cast<std::int64_t>(expected.size()) };
    return core::compare(Tensor::of(ElementType::Float32, shape, actual).view(),
        Tensor::of(ElementType::Float32, shape, expected).view());
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

} // namespace

class TstCompare : public QObject {
    Q_OBJECT

private slots:
    void equal();
    void absoluteAndRelative();
    void smallElementsAreJudgedByTheLargest();
    void zerosAreJudgedAbsolutely();
    void cosine();
    void notANumber_data();
    void notANumber();
    void otherTypes();
    void shapesMustAgree();
    void textHasNoNumbers();
    void nothingEqualsNothing();
    void largestInTheSamePlace();
    void theWorstOfBoth();
};

void TstCompare::equal()
{
    const core::Difference same = difference({ 1, -2, 3 }, { 1, -2, 3 });
    QCOMPARE(same.maxAbs, 0.0);
    QCOMPARE(same.maxRel, 0.0);
    QCOMPARE(same.cosine, 1.0);
}

void TstCompare::absoluteAndRelative()
{
    const core::Difference off = difference({ 100, 11 }, { 104, 10 });
    QCOMPARE(off.maxAbs, 4.0);
    QCOMPARE(off.maxRel, 0.1);
}

void TstCompare::smallElementsAreJudgedByTheLargest()
{
    QCOMPARE(difference({ 100, 0.5F }, { 100, 0 }).maxRel, 0.5); // 0.5 of 1 % of 100
}

void TstCompare::zerosAreJudgedAbsolutely()
{
    QCOMPARE(difference({ 0, 0.25F }, { 0, 0 }).maxRel, 0.25);
    QCOMPARE(difference({ 0, 0.25F }, { 0, 0 }).cosine, 0.0);
    QCOMPARE(difference({ 0, 0 }, { 0, 0 }).cosine, 1.0);
}

void TstCompare::cosine()
{
    QCOMPARE(difference({ 1, 0 }, { 0, 1 }).cosine, 0.0);
    QCOMPARE(difference({ -1, -1 }, { 1, 1 }).cosine, -1.0);
    QVERIFY(std::abs(difference({ 2, 2 }, { 1, 1 }).cosine - 1) < 1e-12);
}

void TstCompare::notANumber_data()
{
    QTest::addColumn<float>("actual");
    QTest::addColumn<float>("expected");
    QTest::addColumn<bool>("same");
    QTest::newRow("nan, nan") << kNan << kNan << true;
    QTest::newRow("nan, 1") << kNan << 1.0F << false;
    QTest::newRow("1, nan") << 1.0F << kNan << false;
    QTest::newRow("inf, inf") << kInfinity << kInfinity << true;
    QTest::newRow("inf, -inf") << kInfinity << -kInfinity << false;
    QTest::newRow("inf, 1") << kInfinity << 1.0F << false;
}

void TstCompare::notANumber()
{
    QFETCH(float, actual);
    QFETCH(float, expected);
    QFETCH(bool, same);
    const core::Difference result = difference({ 1, actual }, { 1, expected });
    QCOMPARE(result.maxAbs == 0, same);
    QCOMPARE(std::isinf(result.maxAbs) && std::isinf(result.maxRel), !same);
}

void TstCompare::otherTypes()
{
    const auto maxAbs
        = [](const Tensor& a, const Tensor& b) { return core::compare(a.view(), b.view()).maxAbs; };
    QCOMPARE(maxAbs(Tensor::of<std::int64_t>(ElementType::Int64, { 2 }, { 5, -7 }),
                 Tensor::of<std::int64_t>(ElementType::Int64, { 2 }, { 5, -4 })),
        3.0);
    QCOMPARE(maxAbs(Tensor::of<std::uint8_t>(ElementType::Bool, { 2 }, { 1, 0 }),
                 Tensor::of<std::uint8_t>(ElementType::Bool, { 2 }, { 0, 0 })),
        1.0);
    // Half precision: 1.5, the least subnormal, -infinity; bfloat16: 1.5.
    const auto half = Tensor::of<std::uint16_t>(ElementType::Float16, { 3 }, { 0x3e00, 0x0001, 0xfc00 });
    const auto same
        = Tensor::of<float>(ElementType::Float32, { 3 }, { 1.5F, std::ldexp(1.0F, -24), -kInfinity });
    QCOMPARE(maxAbs(half, same), 0.0);
    QCOMPARE(maxAbs(Tensor::of<std::uint16_t>(ElementType::BFloat16, { 1 }, { 0x3fc0 }),
                 Tensor::of<float>(ElementType::Float32, { 1 }, { 1.5F })),
        0.0);
}

void TstCompare::shapesMustAgree()
{
    const Tensor a(ElementType::Float32, { 2, 3 }), b(ElementType::Float32, { 3, 2 });
    QCOMPARE(support::sentenceOf([&] { core::compare(a.view(), b.view()); }),
        "Cannot compare tensors: one is [2, 3], the other [3, 2].");
}

void TstCompare::textHasNoNumbers()
{
    core::TensorView text { .type = ElementType::String, .shape = { 1 }, .bytes = {} };
    QCOMPARE(support::sentenceOf([&] { core::compare(text, text); }),
        "Cannot compare tensors: string has no numbers.");
}

void TstCompare::nothingEqualsNothing()
{
    const Tensor none(ElementType::Float32, { 0, 4 });
    QCOMPARE(core::compare(none.view(), none.view()).maxAbs, 0.0);
}

void TstCompare::largestInTheSamePlace()
{
    const auto rows = [](const Floats& values, core::Shape shape = { 2, 3 }) {
        return Tensor::of(ElementType::Float32, std::move(shape), values);
    };
    const Tensor expected = rows({ 1, 5, 2, 7, 7, 0 }); // the first of equals
    QCOMPARE(*core::compare(rows({ 2, 3, 1, 9, 8, 0 }).view(), expected.view()).top1, 1.0);
    QCOMPARE(*core::compare(rows({ 2, 3, 1, 8, 9, 0 }).view(), expected.view()).top1, 0.5);
    QCOMPARE(*core::compare(rows({ kNan, 3, 1, kNan, kNan, kNan }).view(), expected.view()).top1, 1.0);
    QVERIFY(!core::compare(rows({ 1, 2, 3, 4, 5, 6 }, { 6 }).view(), rows({ 1, 2, 3, 4, 5, 6 }, { 6 }).view())
                 .top1);
    QVERIFY(
        !core::compare(rows({ 1, 2 }, { 2, 1 }).view(), rows({ 1, 2 }, { 2, 1 }).view()).top1); // one class
}

void TstCompare::theWorstOfBoth()
{
    const core::Difference a { .maxAbs = 1, .maxRel = 2, .cosine = 0.9, .top1 = 0.5 };
    const core::Difference b { .maxAbs = 2, .maxRel = 1, .cosine = 0.8 };
    QCOMPARE(core::worse(a, b), (core::Difference { .maxAbs = 2, .maxRel = 2, .cosine = 0.8, .top1 = 0.5 }));
    QCOMPARE(core::worse(b, a), core::worse(a, b));
    QCOMPARE(*core::worse(a, { .top1 = 0.25 }).top1, 0.25);
}

QTEST_GUILESS_MAIN(TstCompare)
#include "tst_compare.moc"
