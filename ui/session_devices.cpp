// SPDX-License-Identifier: GPL-3.0-or-later
// The devices of the session: those of this machine, and recorded ones.
#include "ui/session.h"

namespace ui {

void Session::takeDevices(std::vector<core::DeviceInfo> devices)
{
    m_devices = std::move(devices);
    m_devicesKnown = true;
    m_setup = withDevices(std::move(m_setup), m_devices);
    emit devicesChanged();
    recheck();
}

void Session::openProfile(const QString& path)
{
    if (!m_devicesKnown)
        return emit message(tr("Cannot open %1: still looking for devices.").arg(path));
    if (!enabledActions(m_state, hasResults()).open)
        return emit message(busyText(path));
    JobRunner::Job job = openProfileJob(path.toStdString(), m_engines,
        [this](std::vector<core::DeviceInfo> devices) { addDevices(std::move(devices)); });
    job.failed = [this](const QString& sentence) { emit message(sentence); };
    m_runner.start(std::move(job));
}

/// They are ticked: somebody has just asked for them.
void Session::addDevices(std::vector<core::DeviceInfo> devices)
{
    if (devices.empty())
        return emit message(tr("This profile is open already."));
    std::vector<core::DeviceInfo> all = m_devices;
    all.insert(all.end(), devices.begin(), devices.end());
    m_setup = withDevices(std::move(m_setup), all);
    for (EngineSetup& engine : m_setup.engines)
        engine.ticked = engine.ticked || engine.id == devices.front().id;
    takeDevices(std::move(all));
}

} // namespace ui
