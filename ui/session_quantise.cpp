// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session.h"

#include <algorithm>

namespace ui {
namespace {

/// The first device that is there; the reference engine, which is slow, only where it is alone.
std::string engineFor(const std::vector<core::DeviceInfo>& devices)
{
    std::string id;
    for (const core::DeviceInfo& device : devices)
        if (device.absent.empty() && (id.empty() || id == "reference"))
            id = device.id;
    return id;
}

} // namespace

void Session::quantise(QuantiseRequest request)
{
    if (!enabledActions(m_state, hasResults()).open || !m_model)
        return;
    if (!m_devicesKnown)
        return emit quantiseFailed(tr("Cannot quantise: still looking for devices."));
    JobRunner::Job job = quantiseJob(
        std::move(request), m_model->model, m_checked.spec.dims, engineFor(m_devices), m_engines,
        [this](const core::QuantiseProgress& progress) { emit quantiseProgressed(progress); },
        [this](const QuantiseOutcome& outcome) { emit quantised(outcome); });
    job.done = [this] { setState(State::Ready); };
    job.failed = [this](const QString& sentence) {
        setState(restingState());
        emit quantiseFailed(sentence);
    };
    setState(State::Quantising);
    m_runner.start(std::move(job));
}

} // namespace ui
