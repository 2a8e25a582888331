// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

namespace core {

/// The place of a device that is not there: its card says why, nothing can be compiled for it.
class AbsentEngine final : public Engine {
public:
    /// `info.absent` holds the reason: "No CUDA driver: ...".
    explicit AbsentEngine(DeviceInfo info);

    DeviceInfo device() const override { return m_info; }
    /// Every node, for the device's reason.
    std::vector<Refusal> refusals(const Graph& graph) const override;
    /// Throws Error with the device's reason.
    std::unique_ptr<Program> compile(
        std::shared_ptr<const Graph> graph, const CompileOptions& options) override;

private:
    DeviceInfo m_info;
};

} // namespace core
