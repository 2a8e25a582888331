// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/onnx_attributes.h"

#include "core/error.h"

namespace core {
namespace {

/// The attribute's value when it is there; a predicate as Error, for the caller to add the node, when it is
/// no T.
template <typename T>
const T* find(
    const std::map<std::string, OnnxAttributes::Item>& items, const std::string& name, const char* expected)
{
    const auto found = items.find(name);
    if (found == items.end())
        return nullptr;
    if (const T* value = std::get_if<T>(&found->second))
        return value;
    throw Error("has an attribute \"{}\" of the wrong type, expected {}.", name, expected);
}

} // namespace

std::int64_t OnnxAttributes::integer(const std::string& name, std::int64_t fallback) const
{
    const auto* value = find<std::int64_t>(m_items, name, "an integer");
    return value ? *value : fallback;
}

float OnnxAttributes::real(const std::string& name, float fallback) const
{
    const auto* value = find<float>(m_items, name, "a number");
    return value ? *value : fallback;
}

std::string OnnxAttributes::text(const std::string& name, const std::string& fallback) const
{
    const auto* value = find<std::string>(m_items, name, "a string");
    return value ? *value : fallback;
}

std::vector<std::int64_t> OnnxAttributes::integers(const std::string& name) const
{
    const auto* value = find<std::vector<std::int64_t>>(m_items, name, "integers");
    return value ? *value : std::vector<std::int64_t> {};
}

std::vector<float> OnnxAttributes::reals(const std::string& name) const
{
    const auto* value = find<std::vector<float>>(m_items, name, "numbers");
    return value ? *value : std::vector<float> {};
}

std::vector<std::string> OnnxAttributes::texts(const std::string& name) const
{
    const auto* value = find<std::vector<std::string>>(m_items, name, "strings");
    return value ? *value : std::vector<std::string> {};
}

std::shared_ptr<const Tensor> OnnxAttributes::tensor(const std::string& name) const
{
    const auto* value = find<std::shared_ptr<const Tensor>>(m_items, name, "a tensor");
    return value ? *value : nullptr;
}

} // namespace core
