// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

namespace core {

/// The oracle: plain loops of the operator table, one thread, no fusion of its own, for any graph whose
/// operators have a row. Slow on purpose. Device id "reference".
class ReferenceEngine final : public Engine {
public:
    DeviceInfo device() const override;
    std::vector<Refusal> refusals(const Graph& graph) const override;
    std::unique_ptr<Program> compile(
        std::shared_ptr<const Graph> graph, const CompileOptions& options) override;
};

} // namespace core
