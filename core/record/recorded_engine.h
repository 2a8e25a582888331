// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/recording.h"
#include "core/record/profile.h"

#include <memory>

namespace core {

/// A device of another machine, as its runs have it: answers sweeps from them and computes nothing.
class RecordedEngine final : public Engine, public Recording {
public:
    /// `device` is the id that it has in the profile's runs, one of devicesOf().
    RecordedEngine(std::string id, std::string device, std::shared_ptr<const Profile> profile);

    DeviceInfo device() const override { return m_info; }
    /// Every node, for the same reason.
    std::vector<Refusal> refusals(const Graph& graph) const override;
    /// Throws Error: `Cannot compile: NVIDIA H200, recorded on 2026-12-02, computes nothing: it has figures
    /// of runs alone.`
    std::unique_ptr<Program> compile(
        std::shared_ptr<const Graph> graph, const CompileOptions& options) override;

    /// A cell of the same model (by SHA-256; built-in ones also by name and parameters), dimensions and key.
    /// Where several runs have it, of the latest.
    RecordedCell find(const ModelSummary& model, const std::map<std::string, std::int64_t>& dims,
        const CellKey& key) const override;
    std::vector<std::string> warnings() const override;

    /// The models it has figures of, each once.
    std::vector<std::string> models() const;
    std::size_t cellCount() const;

private:
    std::string missingModel(const ModelSummary& model) const;
    std::string missingDims(const ModelSummary& model, const std::map<std::string, std::int64_t>& dims) const;

    std::string m_device;
    std::shared_ptr<const Profile> m_profile;
    std::vector<const Run*> m_runs; // those that have cells of this very device
    DeviceInfo m_info;
};

/// "NVIDIA H200, recorded on 2026-12-02, computes nothing: it has figures of runs alone".
std::string computesNothing(const DeviceInfo& device);

} // namespace core
