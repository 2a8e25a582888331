// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings.h"

#include "core/error.h"

#include <QSettings>
#include <algorithm>

namespace ui {
namespace {

constexpr int kMostRecent = 10;
constexpr int kLayoutVersion = 2; // since runs have a dock

QString key(const char* name)
{
    return QLatin1String(name);
}

std::vector<core::Precision> readPrecisions(const QStringList& names)
{
    std::vector<core::Precision> precisions;
    for (const auto precision : { core::Precision::Model, core::Precision::Float32, core::Precision::Tf32,
             core::Precision::Float16, core::Precision::BFloat16, core::Precision::Int8 }) {
        if (names.contains(precisionText(precision)))
            precisions.push_back(precision);
    }
    return precisions;
}

/// Those of the names that are known: settings may be another version's.
std::vector<core::Tuning> readTunings(const QStringList& names)
{
    std::vector<core::Tuning> tunings;
    for (const QString& name : names) {
        try {
            tunings.push_back(core::tuningFromName(name.toStdString()));
        } catch (const core::Error&) {
            continue;
        }
    }
    return tunings;
}

bool knownPreset(const std::string& name)
{
    const auto& names = core::stopRulePresets();
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

Setup loadSetup()
{
    QSettings settings;
    Setup setup;
    setup.batches = settings.value(key("sweep/batches"), setup.batches).toString();
    setup.requests = settings.value(key("sweep/requests"), setup.requests).toString();
    const std::string preset = settings.value(key("sweep/preset")).toString().toStdString();
    if (knownPreset(preset))
        setup.preset = preset;
    setup.seed = static_cast<std::uint64_t>(std::max(1, settings.value(key("sweep/seed"), 1).toInt()));
    setup.checkOutputs = settings.value(key("sweep/checkOutputs"), false).toBool();
    setup.tuneKernels = settings.value(key("sweep/tuneKernels"), false).toBool();
    const int count = settings.beginReadArray(key("engines"));
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        EngineSetup engine;
        engine.id = settings.value(key("id")).toString().toStdString();
        engine.ticked = settings.value(key("ticked")).toBool();
        engine.threads = settings.value(key("threads")).toString();
        const auto precisions = readPrecisions(settings.value(key("precisions")).toStringList());
        if (!precisions.empty())
            engine.precisions = precisions;
        const auto tunings = readTunings(settings.value(key("tunings")).toStringList());
        if (!tunings.empty())
            engine.tunings = tunings;
        setup.engines.push_back(std::move(engine));
    }
    settings.endArray();
    return setup;
}

void saveSetup(const Setup& setup)
{
    QSettings settings;
    settings.setValue(key("sweep/batches"), setup.batches);
    settings.setValue(key("sweep/requests"), setup.requests);
    settings.setValue(key("sweep/preset"), QString::fromStdString(setup.preset));
    settings.setValue(key("sweep/seed"), static_cast<int>(setup.seed));
    settings.setValue(key("sweep/checkOutputs"), setup.checkOutputs);
    settings.setValue(key("sweep/tuneKernels"), setup.tuneKernels);
    settings.beginWriteArray(key("engines"), static_cast<int>(setup.engines.size()));
    for (int i = 0; i < static_cast<int>(setup.engines.size()); ++i) {
        const EngineSetup& engine = setup.engines[static_cast<std::size_t>(i)];
        settings.setArrayIndex(i);
        settings.setValue(key("id"), QString::fromStdString(engine.id));
        settings.setValue(key("ticked"), engine.ticked);
        settings.setValue(key("threads"), engine.threads);
        QStringList precisions;
        for (const auto precision : engine.precisions)
            precisions << precisionText(precision);
        settings.setValue(key("precisions"), precisions);
        QStringList tunings;
        for (const auto& tuning : engine.tunings)
            tunings << QString::fromStdString(core::tuningName(tuning));
        settings.setValue(key("tunings"), tunings);
    }
    settings.endArray();
}

DecisionWish loadDecisionWish()
{
    QSettings settings;
    DecisionWish wish;
    try {
        wish.objective
            = core::objectiveFromName(settings.value(key("decision/objective")).toString().toStdString());
    } catch (const core::Error&) {
        wish.objective = core::Objective::Latency;
    }
    const double percentile = settings.value(key("decision/percentile")).toDouble();
    for (const double known : kTargetPercentiles)
        wish.percentile = known == percentile ? known : wish.percentile;
    wish.latencyMs = settings.value(key("decision/latencyMs")).toString();
    wish.leastRate = settings.value(key("decision/leastRate")).toString();
    wish.watts = settings.value(key("decision/watts")).toString();
    wish.memoryMb = settings.value(key("decision/memoryMb")).toString();
    wish.millionCost = settings.value(key("decision/millionCost")).toString();
    wish.served = settings.value(key("decision/served")).toString();
    wish.mostPercent = settings.value(key("decision/mostPercent"), wish.mostPercent).toString();
    wish.pue = settings.value(key("decision/pue"), wish.pue).toString();
    wish.tariff = settings.value(key("decision/tariff"), wish.tariff).toString();
    wish.carbon = settings.value(key("decision/carbon")).toString();
    const int count = settings.beginReadArray(key("prices"));
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        wish.prices[settings.value(key("engine")).toString().toStdString()]
            = { .machine = settings.value(key("machine")).toString().toStdString(),
                  .own = settings.value(key("own")).toBool(),
                  .perHour = settings.value(key("perHour")).toString(),
                  .owned = settings.value(key("owned")).toBool(),
                  .bought = settings.value(key("bought")).toString(),
                  .years = settings.value(key("years"), PriceWish().years).toString(),
                  .idleWatts = settings.value(key("idleWatts")).toString(),
                  .busyWatts = settings.value(key("busyWatts")).toString() };
    }
    settings.endArray();
    return wish;
}

void saveDecisionWish(const DecisionWish& wish)
{
    QSettings settings;
    settings.setValue(
        key("decision/objective"), QString::fromStdString(std::string(core::objectiveName(wish.objective))));
    settings.setValue(key("decision/percentile"), wish.percentile);
    settings.setValue(key("decision/latencyMs"), wish.latencyMs);
    settings.setValue(key("decision/leastRate"), wish.leastRate);
    settings.setValue(key("decision/watts"), wish.watts);
    settings.setValue(key("decision/memoryMb"), wish.memoryMb);
    settings.setValue(key("decision/millionCost"), wish.millionCost);
    settings.setValue(key("decision/served"), wish.served);
    settings.setValue(key("decision/mostPercent"), wish.mostPercent);
    settings.setValue(key("decision/pue"), wish.pue);
    settings.setValue(key("decision/tariff"), wish.tariff);
    settings.setValue(key("decision/carbon"), wish.carbon);
    settings.beginWriteArray(key("prices"), static_cast<int>(wish.prices.size()));
    int place = 0;
    for (const auto& [engine, price] : wish.prices) {
        settings.setArrayIndex(place++);
        settings.setValue(key("engine"), QString::fromStdString(engine));
        settings.setValue(key("machine"), QString::fromStdString(price.machine));
        settings.setValue(key("own"), price.own);
        settings.setValue(key("perHour"), price.perHour);
        settings.setValue(key("owned"), price.owned);
        settings.setValue(key("bought"), price.bought);
        settings.setValue(key("years"), price.years);
        settings.setValue(key("idleWatts"), price.idleWatts);
        settings.setValue(key("busyWatts"), price.busyWatts);
    }
    settings.endArray();
}

QStringList recentFiles()
{
    return QSettings().value(key("recent")).toStringList().mid(0, kMostRecent);
}

void addRecentFile(const QString& file)
{
    QStringList files = recentFiles();
    files.removeAll(file);
    files.prepend(file);
    QSettings().setValue(key("recent"), files.mid(0, kMostRecent));
}

ThemeChoice loadThemeChoice()
{
    return themeChoiceFromName(QSettings().value(key("window/theme")).toString());
}

void saveThemeChoice(ThemeChoice choice)
{
    QSettings().setValue(key("window/theme"), themeChoiceName(choice));
}

QByteArray loadGeometry()
{
    return QSettings().value(key("window/geometry")).toByteArray();
}

QByteArray loadLayout()
{
    return QSettings().value(key("window/version")).toInt() == kLayoutVersion
        ? QSettings().value(key("window/layout")).toByteArray()
        : QByteArray();
}

void saveWindow(const QByteArray& geometry, const QByteArray& layout)
{
    QSettings settings;
    settings.setValue(key("window/version"), kLayoutVersion);
    settings.setValue(key("window/geometry"), geometry);
    settings.setValue(key("window/layout"), layout);
}

} // namespace ui
