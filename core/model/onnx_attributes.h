// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace core {

/// The attributes of one node as the file has them, before its operator's row gives them types.
/// Getters return the fallback when the attribute is missing and throw Error when it has another type.
class OnnxAttributes {
public:
    using Item = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>,
        std::vector<std::string>, std::shared_ptr<const Tensor>>;

    explicit OnnxAttributes(int version)
        : m_version(version)
    {
    }

    int version() const { return m_version; } // opset version of the node's domain
    void set(std::string name, Item item) { m_items.insert_or_assign(std::move(name), std::move(item)); }
    bool has(const std::string& name) const { return m_items.contains(name); }

    std::int64_t integer(const std::string& name, std::int64_t fallback) const;
    float real(const std::string& name, float fallback) const;
    std::string text(const std::string& name, const std::string& fallback) const;
    std::vector<std::int64_t> integers(const std::string& name) const; // empty when missing
    std::vector<float> reals(const std::string& name) const;
    std::vector<std::string> texts(const std::string& name) const;
    std::shared_ptr<const Tensor> tensor(const std::string& name) const; // null when missing

private:
    int m_version;
    std::map<std::string, Item> m_items;
};

} // namespace core
