// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fake_engine.h"
#include "ui/session.h"

#include <QCoreApplication>
#include <QSettings>
#include <QSignalSpy>
#include <QStringList>
#include <QTemporaryDir>
#include <QtTest>

/// What the tests of the window share: engines that take no time, settings that touch nobody's.
namespace support {

inline constexpr int kPatience = 60'000; // milliseconds; nothing here takes that long unless it hangs

/// A fake CPU by this script, and a GPU that is not there.
inline ui::EngineFactory fakeEngines(FakeScript script = {})
{
    return [script] {
        ui::EngineList engines;
        engines.push_back(std::make_unique<FakeEngine>(script));
        engines.push_back(std::make_unique<FakeEngine>(FakeScript {}, FakeEngine::absentGpu()));
        return engines;
    };
}

/// Settings in a folder of the test's own, gone with it.
class OwnSettings {
public:
    OwnSettings()
    {
        QCoreApplication::setOrganizationName(QStringLiteral("breakeven-tests"));
        QCoreApplication::setApplicationName(QStringLiteral("breakeven-tests"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    }

private:
    QTemporaryDir m_folder;
};

inline bool reaches(ui::Session& session, ui::State state)
{
    return QTest::qWaitFor([&] { return session.state() == state; }, kPatience);
}

/// Opens a model and waits until the session rests again.
inline void openAndWait(ui::Session& session, const QString& source)
{
    session.openModel(source);
    QVERIFY(QTest::qWaitFor([&] { return session.state() != ui::State::Loading; }, kPatience));
}

/// Chooses batches, one thread, the quick rule, and runs to the end.
inline void runAndWait(ui::Session& session, const QString& batches)
{
    QVERIFY(QTest::qWaitFor([&] { return session.devicesKnown(); }, kPatience));
    ui::Setup setup = session.setup();
    setup.batches = batches;
    for (auto& engine : setup.engines)
        engine.threads = engine.threads.isEmpty() ? engine.threads : QStringLiteral("1");
    session.change(setup);
    QSignalSpy finished(&session, &ui::Session::runFinished);
    session.start();
    QVERIFY(QTest::qWaitFor([&] { return !finished.isEmpty(); }, kPatience));
}

} // namespace support
