// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/absent_engine.h"

#include "core/error.h"

#include <cassert>

namespace core {

AbsentEngine::AbsentEngine(DeviceInfo info)
    : m_info(std::move(info))
{
    assert(!m_info.absent.empty());
}

std::vector<Refusal> AbsentEngine::refusals(const Graph& graph) const
{
    std::vector<Refusal> refusals;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        refusals.push_back({ static_cast<int>(i), graph.nodes[i].name, graph.nodes[i].type, m_info.absent });
    return refusals;
}

std::unique_ptr<Program> AbsentEngine::compile(std::shared_ptr<const Graph>, const CompileOptions&)
{
    throw Error("Cannot use device \"{}\": {}", m_info.id, m_info.absent);
}

} // namespace core
