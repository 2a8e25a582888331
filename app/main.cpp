// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/child_sweeps.h"
#include "app/recorded_profiles.h"
#include "app/window_options.h"
#include "core/error.h"
#include "core/record/run_file.h"
#include "ui/charts_page.h"
#include "ui/export.h"
#include "ui/lab.h"
#include "ui/latency_card.h"
#include "ui/live_trial.h"
#include "ui/main_window.h"
#include "ui/render.h"
#include "ui/settings.h"
#include "ui/stall_meter.h"

#include <QApplication>
#include <QTimer>
#include <algorithm>
#include <cstdio>

namespace {

constexpr int kPictureScale = 2;
constexpr int kSettleMs = 700; // charts and table repaint at most every 250 ms

bool hasDisplay()
{
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
}

QSize sizeOr(const app::WindowOptions& options, const QSize& size)
{
    return options.width > 0 ? QSize(options.width, options.height) : size;
}

/// `setup` with what the command line says about the sweep.
ui::Setup withOptions(ui::Setup setup, const app::WindowOptions& options)
{
    if (!options.batches.empty())
        setup.batches = QString::fromStdString(options.batches);
    if (!options.preset.empty())
        setup.preset = options.preset;
    for (ui::EngineSetup& engine : setup.engines) {
        if (!options.engines.empty())
            engine.ticked = std::find(options.engines.begin(), options.engines.end(), engine.id)
                != options.engines.end();
        if (!options.threads.empty() && engine.id == "cpu")
            engine.threads = QString::fromStdString(options.threads);
    }
    return setup;
}

std::vector<std::string> unknownEngines(const ui::Session& session, const app::WindowOptions& options)
{
    std::vector<std::string> unknown = options.engines;
    std::erase_if(unknown, [&](const std::string& id) {
        const auto& devices = session.devices();
        return std::any_of(
            devices.begin(), devices.end(), [&](const auto& device) { return device.id == id; });
    });
    return unknown;
}

int render(const app::WindowOptions& options)
{
    const core::Run run = core::readRun(options.render);
    const ui::Theme theme = ui::themeFor(ui::themeChoiceFromName(QString::fromStdString(options.theme)));
    ui::applyTheme(*qApp, theme);
    const QImage picture
        = ui::renderRun(run, {}, theme, ui::XAxis::Batch, sizeOr(options, ui::kPictureSize), kPictureScale);
    ui::writePicture(
        run, QString::fromStdString(options.render), picture, QString::fromStdString(options.png));
    return 0;
}

/// Saves the window's own picture once it has settled, and leaves.
void takeScreenshot(ui::MainWindow& window, const std::string& path)
{
    QTimer::singleShot(kSettleMs, &window, [&window, path] {
        const bool saved = window.grab().save(QString::fromStdString(path), "PNG");
        if (!saved)
            std::fprintf(stderr, "Cannot write picture: %s.\n", path.c_str());
        QApplication::exit(saved ? 0 : 1);
    });
}

/// The whole ids of runs that the command line names by their beginnings; a wrong one is a message.
QStringList wholeIds(ui::Session& session, const std::vector<std::string>& prefixes)
{
    QStringList ids;
    for (const std::string& prefix : prefixes) {
        const auto& runs = session.library().runs();
        const auto found
            = std::ranges::find_if(runs, [&](const auto& run) { return run.id.starts_with(prefix); });
        if (found == runs.end())
            emit session.message(QStringLiteral("Cannot find run: no id begins with \"%1\".")
                                     .arg(QString::fromStdString(prefix)));
        else
            ids << QString::fromStdString(found->id);
    }
    return ids;
}

/// Opens and pins runs of the library, once it has been listed.
void openKept(ui::Session& session, const app::WindowOptions& options)
{
    auto* once = new QObject(&session);
    QObject::connect(&session.library(), &ui::RunLibrary::changed, once, [&session, once, options] {
        if (!session.library().known())
            return;
        once->deleteLater();
        QObject::disconnect(&session.library(), nullptr, once, nullptr);
        for (const QString& id :
            options.baseline.empty() ? QStringList() : wholeIds(session, { options.baseline }))
            session.pinKept(id);
        if (!options.kept.empty())
            session.openKept(wholeIds(session, options.kept));
    });
}

/// Loads what the command line names, starts the sweep if asked to, and takes the picture when all is done.
void follow(ui::Session& session, ui::MainWindow& window, const app::WindowOptions& options)
{
    QObject::connect(&session, &ui::Session::devicesChanged, &window, [&session, options] {
        session.change(withOptions(session.setup(), options));
        for (const std::string& id : unknownEngines(session, options))
            emit session.message(QStringLiteral("Cannot tick engine \"%1\": there is none of that name.")
                                     .arg(QString::fromStdString(id)));
    });
    if (!options.kept.empty() || !options.baseline.empty())
        openKept(session, options);
    if (!options.file.empty())
        session.open(QString::fromStdString(options.file));
    if (options.run || options.trace) {
        auto* once = new QObject(&window);
        QObject::connect(&session, &ui::Session::stateChanged, once, [&session, once, run = options.run] {
            if (session.state() != ui::State::Ready)
                return;
            once->deleteLater();
            QTimer::singleShot(0, &session, run ? &ui::Session::start : &ui::Session::trace);
        });
    }
    if (options.screenshot.empty())
        return;
    const auto shoot = [&window, path = options.screenshot] { takeScreenshot(window, path); };
    QObject::connect(&session, &ui::Session::message, &window, shoot);
    if (options.run)
        QObject::connect(&session, &ui::Session::runFinished, &window, shoot);
    else if (options.trace)
        QObject::connect(&session, &ui::Session::traceFinished, &window, shoot);
    else if (options.file.empty() && options.kept.empty())
        QObject::connect(&session, &ui::Session::devicesChanged, &window, shoot);
    else
        QObject::connect(&session, &ui::Session::stateChanged, &window, [&session, shoot] {
            if (session.state() != ui::State::Loading)
                shoot();
        });
}

/// Says after each sweep how long the window did not react during it.
void reportStalls(ui::Session& session, ui::StallMeter& meter)
{
    QObject::connect(&session, &ui::Session::runReplaced, &meter, &ui::StallMeter::reset);
    QObject::connect(&session, &ui::Session::runFinished, &meter, [&meter] {
        std::printf("longest event-loop stall: %.1f ms (%.1f ms of it our own work)\n", meter.longestMs(),
            meter.longestOwnMs());
        std::fflush(stdout);
    });
}

/// Where sweeps are kept; the same switches as breakeven-cli has.
ui::RunPlace runPlace(const app::WindowOptions& options)
{
    if (options.noStore)
        return { .path = {},
            .off
            = QApplication::translate("app", "Runs are not kept: the window was started with --no-store.") };
    if (!qEnvironmentVariableIsEmpty("BREAKEVEN_NO_STORE"))
        return { .path = {},
            .off = QApplication::translate(
                "app", "Runs are not kept: BREAKEVEN_NO_STORE is set in the environment.") };
    return { .path = core::runLibraryPath(), .off = {} };
}

int showWindow(QApplication& application, const app::WindowOptions& options)
{
    ui::Session session([asked = options.engines] { return app::makeEnginesAndRecorded(asked); },
        app::sweepMachine(), runPlace(options));
    session.change(ui::loadSetup());
    session.decideBy(ui::loadDecisionWish());
    session.lab().ask(ui::loadLabWish());
    session.live().ask(ui::loadLiveWish());
    const auto theme = options.theme.empty()
        ? std::nullopt
        : std::optional(ui::themeChoiceFromName(QString::fromStdString(options.theme)));
    ui::MainWindow window(session, theme);
    if (options.width > 0)
        window.resize(options.width, options.height);
    if (options.overTime)
        window.charts().setXAxis(ui::XAxis::Time);
    if (options.parts)
        window.charts().latency().showParts(true);
    if (options.trace)
        window.charts().showNodes();
    if (options.roof)
        window.charts().showRoof();
    if (options.decision)
        window.charts().showDecision();
    if (options.lab)
        window.charts().showLab();
    if (options.runs)
        window.showRuns();
    window.show();
    follow(session, window, options);
    std::unique_ptr<ui::StallMeter> meter;
    if (options.reportStalls) {
        meter = std::make_unique<ui::StallMeter>();
        reportStalls(session, *meter);
    }
    return application.exec();
}

} // namespace

int main(int argc, char** argv)
{
    const auto [options, status] = app::parseWindowOptions(argc, argv);
    if (!options)
        return status;
    const bool windowless = !options->render.empty() || !options->screenshot.empty();
    if (!hasDisplay() && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        if (!windowless) {
            std::fprintf(stderr,
                "Cannot open the window: there is no display; use breakeven-cli, or --render for "
                "pictures.\n");
            return 1;
        }
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QCoreApplication::setOrganizationName(QStringLiteral("Breakeven"));
    QCoreApplication::setApplicationName(QStringLiteral("breakeven"));
    QCoreApplication::setApplicationVersion(QStringLiteral(BREAKEVEN_VERSION));
    QApplication application(argc, argv);
    try {
        return options->render.empty() ? showWindow(application, *options) : render(*options);
    } catch (const core::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
