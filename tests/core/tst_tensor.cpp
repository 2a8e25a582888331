// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"
#include "core/model/tensor.h"
#include "tests/support/sentence.h"

#include <QTest>
#include <algorithm>

using core::ElementType;
using core::Tensor;

/// Tensors own aligned memory of checked size; sentences about them are fit to be shown.
class TstTensor : public QObject {
    Q_OBJECT

private slots:
    void zeros_data()
    {
        QTest::addColumn<qint64>("count");
        for (const qint64 count : { 0, 1, 63, 4095, 4096, 4097, 8192, 1'000'000 })
            QTest::addRow("%lld bytes", count) << count;
    }

    /// Also where memory was used before.
    void zeros()
    {
        QFETCH(qint64, count);
        for (int round = 0; round < 3; ++round) {
            Tensor tensor = Tensor::zeros(ElementType::UInt8, { count });
            const auto bytes = tensor.bytes();
            QCOMPARE(std::ssize(bytes), count);
            QVERIFY(std::all_of(
                bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte { 0 }; }));
            std::fill(bytes.begin(), bytes.end(), std::byte { 0xff });
        }
    }

    void refusesSizesThatOverflow()
    {
        QCOMPARE(support::sentenceOf([] { Tensor(ElementType::Float32, { 1LL << 62 }); }),
            std::string(
                "Cannot allocate a tensor of shape [4611686018427387904]: its size in bytes overflows."));
        QCOMPARE(support::sentenceOf([] {
            Tensor(ElementType::Float32, { 1LL << 40, 1LL << 40 });
        }),
            std::string("Cannot use shape [1099511627776, 1099511627776]: it has more than 2^62 elements."));
    }

    void sentencesHaveNoControlCharacters()
    {
        QCOMPARE(core::Error("a\nb\x1b[2J\x7f").what(), "a?b?[2J?");
        QCOMPARE(core::Error("{}", "\xc2\x9b \xc2\xa0 \xe2\x82\xac").what(), "?? \xc2\xa0 \xe2\x82\xac");
    }
};

QTEST_GUILESS_MAIN(TstTensor)
#include "tst_tensor.moc"
