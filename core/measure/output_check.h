// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/measure/compare.h"

#include <functional>
#include <string>
#include <vector>

namespace core {

/// What cells of a sweep should put out: the reference engine's outputs on the graph as the file has it. One
/// run of that engine serves all cells of a batch.
class OutputCheck {
public:
    explicit OutputCheck(std::shared_ptr<const Graph> file)
        : m_file(std::move(file))
    {
    }

    /// Finds the outputs for `dims`; `inputs` is asked when they are not known yet. Why there are none, where
    /// there are none.
    std::string prepare(const DimBindings& dims, const std::function<std::vector<Tensor>()>& inputs);

    /// Runs the program once; the difference of its outputs from those, the worst of all. Throws Error when
    /// they are wrong: how fast they come is of no interest then. `graph` is what the program was compiled
    /// from, for `precision`.
    Difference difference(Program& program, const Graph& graph, Precision precision) const;

private:
    std::shared_ptr<const Graph> m_file;
    std::vector<Tensor> m_expected;
    std::int64_t m_batch = 0; // that they are for
};

} // namespace core
