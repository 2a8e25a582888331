// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace core {

/// A number somebody measured, or the reason why nobody could. Unknown is never zero.
struct Figure {
    std::optional<double> value; // unit as the field's name says
    std::string source; // "RAPL package-0, powercap"
    std::string unknown; // why there is no value: "/sys/class/powercap/...: permission denied"

    static Figure known(double value, std::string source) { return { value, std::move(source), {} }; }
    static Figure missing(std::string reason) { return { {}, {}, std::move(reason) }; }
    explicit operator bool() const { return value.has_value(); }
};

} // namespace core
