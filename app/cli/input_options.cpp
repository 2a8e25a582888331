// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/input_options.h"

#include "app/cli/context.h"

#include <fmt/format.h>

namespace app {

void InputOptions::addTo(CLI::App& command)
{
    command.add_option("-i,--input", files, "Tensor from .npy or .pb, or a .npz of them (repeat)")
        ->type_name("NAME=FILE")
        ->allow_extra_args(false);
    command.add_option("--inputs", folder, "Folder with input_0.pb or NAME.npy and so on, or a .npz")
        ->type_name("DIR");
}

std::vector<std::string> InputOptions::all() const
{
    for (const std::string& file : files)
        if (file.find('=') == file.npos && !file.ends_with(".npz"))
            throw UsageError(
                fmt::format("Cannot read --input: \"{}\" is neither NAME=FILE nor a .npz file.", file));
    std::vector<std::string> list = files;
    if (!folder.empty())
        list.push_back(folder);
    return list;
}

} // namespace app
