// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/run_file.h"
#include "tests/support/runs.h"
#include "tests/support/sentence.h"
#include "ui/export.h"
#include "ui/render.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QImageReader>
#include <QTemporaryDir>
#include <QtTest>

class TstExport : public QObject {
    Q_OBJECT

    static QImage decoded(const std::string& png)
    {
        return QImage::fromData(QByteArray::fromStdString(png), "PNG");
    }

private slots:
    void pictureSaysWhereItComesFrom()
    {
        const core::Run run = support::exampleRun();
        const QImage image
            = ui::renderRun(run, {}, ui::lightTheme(), ui::XAxis::Batch, QSize(600, 420), 2);
        QCOMPARE(image.size(), QSize(1200, 840));
        const QImage read = decoded(ui::pngOf(image, run, QStringLiteral("/data/run.json")));
        QCOMPARE(read.size(), image.size());
        const std::string json = core::toJson(run);
        const QByteArray hash
            = QCryptographicHash::hash(QByteArray::fromStdString(json), QCryptographicHash::Sha256).toHex();
        QCOMPARE(read.text(QStringLiteral("breakeven:run-sha256")), QString::fromLatin1(hash));
        QCOMPARE(read.text(QStringLiteral("breakeven:run-file")), QStringLiteral("/data/run.json"));
        QCOMPARE(read.text(QStringLiteral("breakeven:run")).toStdString(), json);
        QVERIFY(read.text(QStringLiteral("Title")).contains(QStringLiteral("tiny \"cnn\", v2")));
        QVERIFY(read.text(QStringLiteral("Machine")).contains(QStringLiteral("Example CPU, 2 cores")));
        QCOMPARE(read.text(QStringLiteral("Creation Time")), QString::fromStdString(run.header.startedAt));
    }

    void embeddedRunIsReadBack()
    {
        const core::Run run = support::exampleRun();
        const QImage image(20, 20, QImage::Format_RGB32);
        const QImage read = decoded(ui::pngOf(image, run, {}));
        const core::Run back = core::runFromJson(read.text(QStringLiteral("breakeven:run")).toStdString());
        QCOMPARE(core::toJson(back), core::toJson(run));
        QVERIFY(!read.textKeys().contains(QStringLiteral("breakeven:run-file")));
    }

    void aLongRunIsNamedByItsHashAlone()
    {
        core::Run run = support::exampleRun();
        run.cells[0].samples = support::exampleSamples(60'000, core::Nanoseconds(1'000'000));
        QVERIFY(core::toJson(run).size() > ui::kLargestEmbeddedRun);
        const QImage image(20, 20, QImage::Format_RGB32);
        const QImage read = decoded(ui::pngOf(image, run, {}));
        QVERIFY(!read.textKeys().contains(QStringLiteral("breakeven:run")));
        QCOMPARE(read.text(QStringLiteral("breakeven:run-sha256")).size(), 64);
    }

    void picturesDifferWithTheirData()
    {
        core::Run run = support::exampleRun();
        const auto picture = [&](const ui::Theme& theme, ui::XAxis axis) {
            return ui::renderRun(run, {}, theme, axis, QSize(600, 420), 1);
        };
        const QImage batch = picture(ui::lightTheme(), ui::XAxis::Batch);
        QVERIFY(batch == picture(ui::lightTheme(), ui::XAxis::Batch));
        QVERIFY(batch != picture(ui::lightTheme(), ui::XAxis::Time));
        QVERIFY(batch != picture(ui::darkTheme(), ui::XAxis::Batch));
        QCOMPARE(batch.pixelColor(2, 2), ui::lightTheme().window);
        for (core::Cell& cell : run.cells)
            cell = { .key = cell.key };
        QVERIFY(batch != picture(ui::lightTheme(), ui::XAxis::Batch));
    }

    void theCurveIsInThePictureInTheDevicesColour()
    {
        const QImage image = ui::renderRun(
            support::exampleRun(), {}, ui::lightTheme(), ui::XAxis::Batch, QSize(900, 600), 1);
        int blue = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                blue += image.pixelColor(x, y) == ui::lightTheme().cpu ? 1 : 0;
        }
        QVERIFY(blue > 100);
    }

    void anUnwritablePlaceIsOneSentence()
    {
        QTemporaryDir folder;
        const QImage image(20, 20, QImage::Format_RGB32);
        const std::string sentence = support::sentenceOf([&] {
            ui::writePicture(
                support::exampleRun(), {}, image, folder.filePath(QStringLiteral("missing/charts.png")));
        });
        QVERIFY2(sentence.starts_with("Cannot write picture: "), sentence.c_str());
    }

    void apictureTooLargeForMemoryIsOneSentence()
    {
        QCOMPARE(support::sentenceOf([] { (void)ui::pngOf(QImage(), support::exampleRun(), {}); }),
            std::string("Cannot make picture: it does not fit into memory."));
    }
};

QTEST_MAIN(TstExport)
#include "tst_export.moc"
