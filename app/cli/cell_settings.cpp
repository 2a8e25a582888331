// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cell_settings.h"

#include "app/cli/context.h"
#include "core/measure/cell_settings.h"

namespace app {

core::CellKey settingsOf(const std::string& text)
{
    return asUsage([&] { return core::settingsFromText(text); });
}

} // namespace app
