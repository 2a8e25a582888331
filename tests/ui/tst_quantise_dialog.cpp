// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/reference_engine.h"
#include "tests/ui/window_support.h"
#include "ui/main_window.h"
#include "ui/quantise_dialog.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>

/// An int8 model from the window: made, refused, stopped. With the reference engine, whose outputs are real.
class TstQuantiseDialog : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    QTemporaryDir m_folder;

    static ui::EngineFactory reference()
    {
        return [] {
            ui::EngineList engines;
            engines.push_back(std::make_unique<core::ReferenceEngine>());
            return engines;
        };
    }

    static void open(ui::Session& session, const QString& source)
    {
        QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }, support::kPatience));
        support::openAndWait(session, source);
        QVERIFY(session.model());
    }

    QString file(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    static bool says(const QWidget& widget, const QString& words)
    {
        for (const QLabel* label : widget.findChildren<QLabel*>())
            if (label->text().remove(QChar(0x200b)).contains(words))
                return true;
        return false;
    }

    template <typename Widget> static Widget& child(QObject& parent, const char* name)
    {
        return *parent.findChild<Widget*>(QLatin1String(name));
    }

    static void start(ui::QuantiseDialog& dialog, const QString& output)
    {
        child<QLineEdit>(dialog, "output").setText(output);
        child<QPushButton>(dialog, "start").click();
    }

private slots:
    void writesAnInt8ModelAndOffersToOpenIt_data()
    {
        QTest::addColumn<int>("method");
        QTest::newRow("minmax") << 0;
        QTest::newRow("percentile") << 1;
        QTest::newRow("entropy") << 2;
    }
    void writesAnInt8ModelAndOffersToOpenIt()
    {
        QFETCH(int, method);
        const QString path = file("int8.onnx");
        QFile::remove(path);
        ui::Session session(reference());
        open(session, QStringLiteral("zoo:tiny-cnn"));
        ui::QuantiseDialog dialog(session);
        dialog.show();
        child<QComboBox>(dialog, "method").setCurrentIndex(method);
        QSignalSpy progress(&session, &ui::Session::quantiseProgressed);
        QSignalSpy made(&session, &ui::Session::quantised);
        start(dialog, path);
        QCOMPARE(session.state(), ui::State::Quantising);
        QVERIFY(child<QPushButton>(dialog, "stop").isVisible());
        QVERIFY(support::reaches(session, ui::State::Ready));
        QCOMPARE(made.size(), 1);
        QVERIFY(progress.size() >= 8);
        QVERIFY(QFile::exists(path));
        QVERIFY(says(dialog, QStringLiteral("layers are int8")));
        QVERIFY(says(dialog, QStringLiteral("least cosine 0.9")));
        QVERIFY(says(dialog, QStringLiteral("of 8 rows")));
        child<QPushButton>(dialog, "openModel").click();
        QVERIFY(QTest::qWaitFor([&] { return session.state() == ui::State::Ready; }, support::kPatience));
        QCOMPARE(session.model()->model.source, path.toStdString());
        QVERIFY2(!session.model()->quantisable, "the button goes with the fp32 weights");
    }

    void anInt8ModelIsRefusedInOneSentence()
    {
        ui::Session session(reference());
        open(session, QStringLiteral("zoo:tiny-cnn"));
        ui::QuantiseDialog dialog(session);
        start(dialog, file("first.onnx"));
        QVERIFY(support::reaches(session, ui::State::Ready));
        open(session, file("first.onnx"));
        start(dialog, file("second.onnx"));
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(says(dialog, QStringLiteral("Cannot quantise: the model is quantised already, by node ")));
        QVERIFY(!QFile::exists(file("second.onnx")));
    }

    void whatCannotBeReadOrWrittenIsOneSentence()
    {
        ui::Session session(reference());
        open(session, QStringLiteral("zoo:tiny-cnn"));
        ui::QuantiseDialog dialog(session);
        start(dialog, file("no/such/folder/int8.onnx"));
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(says(dialog, QStringLiteral("Cannot write model: ")));
        child<QComboBox>(dialog, "source").setCurrentIndex(1);
        QVERIFY2(!child<QPushButton>(dialog, "start").isEnabled(), "a folder has to be named first");
        child<QLineEdit>(dialog, "folder").setText(file("nowhere"));
        start(dialog, file("int8.onnx"));
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(says(dialog, QStringLiteral("Cannot quantise: ")));
        QVERIFY(says(dialog, QStringLiteral("nowhere")));
        QVERIFY(!child<QPushButton>(dialog, "openModel").isVisible());
    }

    void withoutAnEngineItSaysSo()
    {
        ui::Session session([] { return ui::EngineList(); });
        open(session, QStringLiteral("zoo:tiny-cnn"));
        ui::QuantiseDialog dialog(session);
        start(dialog, file("none.onnx"));
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(says(dialog, QStringLiteral("Cannot quantise: there is no engine \"\".")));
    }

    void stopsAndLeavesNoFile()
    {
        support::FakeScript script;
        script.sleep = std::chrono::milliseconds(50);
        ui::Session session(support::fakeEngines(script));
        open(session, QStringLiteral("zoo:tiny-cnn"));
        ui::QuantiseDialog dialog(session);
        dialog.show();
        QSignalSpy progress(&session, &ui::Session::quantiseProgressed);
        start(dialog, file("stopped.onnx"));
        QVERIFY(QTest::qWaitFor([&] { return !progress.isEmpty(); }, support::kPatience));
        session.openModel(QStringLiteral("zoo:mlp")); // refused: it works
        QCOMPARE(session.model()->model.name, std::string("tiny-cnn"));
        child<QPushButton>(dialog, "stop").click();
        QVERIFY(support::reaches(session, ui::State::Ready));
        QVERIFY(says(dialog, QStringLiteral("Cannot quantise: it was stopped.")));
        QVERIFY(!QFile::exists(file("stopped.onnx")));
    }

    void listsTheLayersThatStayFp32()
    {
        ui::Session session(reference());
        open(session, QStringLiteral("zoo:tiny-cnn"));
        ui::QuantiseDialog dialog(session);
        dialog.show();
        auto& kept = *dialog.findChild<QTableWidget*>();
        ui::QuantiseOutcome outcome;
        outcome.layers
            = { { "conv1", "Conv", {} }, { "head", "Gemm", "outputs' cosine under 0.99 with it" } };
        emit session.quantised(outcome);
        QVERIFY(kept.isVisible());
        QCOMPARE(kept.rowCount(), 1);
        QCOMPARE(kept.item(0, 0)->text(), QStringLiteral("head"));
        QCOMPARE(kept.item(0, 1)->text(), QStringLiteral("outputs' cosine under 0.99 with it"));
        QVERIFY(says(dialog, QStringLiteral("1 of 2 layers are int8")));
        QVERIFY(says(dialog, QStringLiteral("no largest element to compare")));
        outcome.layers.pop_back();
        emit session.quantised(outcome);
        QVERIFY(!kept.isVisible());
    }

    void theModelSectionOffersIt()
    {
        ui::Session session(reference());
        ui::MainWindow window(session);
        window.show();
        open(session, QStringLiteral("zoo:tiny-cnn"));
        for (QPushButton* button : window.findChildren<QPushButton*>())
            if (button->text() == QStringLiteral("Quantise to int8…"))
                button->click();
        auto* dialog = window.findChild<ui::QuantiseDialog*>();
        QVERIFY(dialog);
        QVERIFY(child<QLineEdit>(*dialog, "output").text().endsWith(QStringLiteral("tiny-cnn-int8.onnx")));
    }
};

QTEST_MAIN(TstQuantiseDialog)
#include "tst_quantise_dialog.moc"
