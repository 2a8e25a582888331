// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings.h"

#include <QSettings>
#include <algorithm>

namespace ui {
namespace {

using Parameter = core::PolicySweep::Parameter;

constexpr int kMostRows = 100; // of a list that somebody may have written by hand

QString key(const char* name)
{
    return QLatin1String(name);
}

/// The fields that are text, by their keys.
std::vector<std::pair<QString, QString LabWish::*>> textFields()
{
    return { { key("lab/rate"), &LabWish::rate }, { key("lab/arrivals"), &LabWish::arrivals },
        { key("lab/sizes"), &LabWish::sizes }, { key("lab/slo"), &LabWish::slo },
        { key("lab/requests"), &LabWish::requests }, { key("lab/seed"), &LabWish::seed },
        { key("lab/sweepValues"), &LabWish::sweepValues } };
}

std::vector<std::pair<QString, QString LiveWish::*>> liveFields()
{
    return { { key("live/servers"), &LiveWish::servers }, { key("live/load"), &LiveWish::load },
        { key("live/seconds"), &LiveWish::seconds }, { key("live/rehearsal"), &LiveWish::rehearsal } };
}

} // namespace

LabWish loadLabWish()
{
    QSettings settings;
    LabWish wish;
    for (const auto& [name, field] : textFields())
        wish.*field = settings.value(name, wish.*field).toString();
    for (const Parameter parameter : { Parameter::Rate, Parameter::Variation, Parameter::Threshold }) {
        if (settings.value(key("lab/sweep")).toString() == QLatin1String(core::parameterName(parameter)))
            wish.sweep = parameter;
    }
    const int policies = std::min(kMostRows, settings.beginReadArray(key("lab/policies")));
    std::vector<LabPolicy> read;
    for (int i = 0; i < policies; ++i) {
        settings.setArrayIndex(i);
        read.push_back({ .text = settings.value(key("text")).toString(),
            .ticked = settings.value(key("ticked"), true).toBool() });
    }
    settings.endArray();
    // Another version may have had fewer policies.
    if (read.size() >= wish.policies.size())
        wish.policies = std::move(read);
    const int devices = std::min(kMostRows, settings.beginReadArray(key("lab/devices")));
    for (int i = 0; i < devices; ++i) {
        settings.setArrayIndex(i);
        wish.devices[settings.value(key("curve")).toString().toStdString()]
            = { .ticked = settings.value(key("ticked")).toBool(),
                  .servers = settings.value(key("servers"), key("1")).toString() };
    }
    settings.endArray();
    return wish;
}

void saveLabWish(const LabWish& wish)
{
    QSettings settings;
    for (const auto& [name, field] : textFields())
        settings.setValue(name, wish.*field);
    settings.setValue(key("lab/sweep"), QLatin1String(core::parameterName(wish.sweep)));
    settings.beginWriteArray(key("lab/policies"), static_cast<int>(wish.policies.size()));
    for (int i = 0; i < static_cast<int>(wish.policies.size()); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(key("text"), wish.policies[static_cast<std::size_t>(i)].text);
        settings.setValue(key("ticked"), wish.policies[static_cast<std::size_t>(i)].ticked);
    }
    settings.endArray();
    settings.beginWriteArray(key("lab/devices"), static_cast<int>(wish.devices.size()));
    int place = 0;
    for (const auto& [curve, device] : wish.devices) {
        settings.setArrayIndex(place++);
        settings.setValue(key("curve"), QString::fromStdString(curve));
        settings.setValue(key("ticked"), device.ticked);
        settings.setValue(key("servers"), device.servers);
    }
    settings.endArray();
}

LiveWish loadLiveWish()
{
    const QSettings settings;
    LiveWish wish;
    for (const auto& [name, field] : liveFields())
        wish.*field = settings.value(name, wish.*field).toString();
    return wish;
}

void saveLiveWish(const LiveWish& wish)
{
    QSettings settings;
    for (const auto& [name, field] : liveFields())
        settings.setValue(name, wish.*field);
}

} // namespace ui
