// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/context.h"
#include "core/measure/stop_rule.h"
#include "core/measure/sweep_spec.h"
#include "core/model/zoo.h"
#include "core/record/profile_list.h"

#include <fmt/ranges.h>

namespace app {

namespace {

/// "--batch --csv --engine ...": what a command takes.
std::string optionsOf(const CLI::App& command)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return fmt::format("{}", fmt::join(names, " "));
}

/// Commands for people: those of a group without a name are hidden.
std::vector<const CLI::App*> shown(const CLI::App& app)
{
    return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

std::string subcommandsOf(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* command : shown(app))
        names.push_back(command->get_name());
    return fmt::format("{}", fmt::join(names, " "));
}

std::string zooNames(std::string_view prefix)
{
    std::vector<std::string> names;
    for (const core::ZooEntry& entry : core::zooEntries())
        names.push_back(std::string(prefix) + entry.name);
    return fmt::format("{}", fmt::join(names, " "));
}

std::string engineIds(Context& context)
{
    std::vector<std::string> ids;
    for (core::Engine* engine : context.engines())
        ids.push_back(engine->device().id);
    return fmt::format("{}", fmt::join(ids, " "));
}

/// Names of recorded profiles that can be used, without what stands before each of them. One that a shell
/// would take apart cannot be completed.
std::string profileNames(Context& context)
{
    std::vector<std::string> names;
    for (core::Engine* engine : context.recorded()) {
        const core::DeviceInfo device = engine->device();
        std::string name = device.id.substr(core::kRecordedPrefix.size());
        if (device.recordedOn && core::shellQuoted(name) == name)
            names.push_back(std::move(name));
    }
    return fmt::format("{}", fmt::join(names, " "));
}

/// One `case` line for each command: its options, or its own commands.
std::string cases(const CLI::App& app)
{
    std::string text;
    for (const CLI::App* command : shown(app)) {
        const std::string own = subcommandsOf(*command);
        text += fmt::format("        {}) words=\"{}\" ;;\n", command->get_name(),
            own.empty() ? optionsOf(*command) : own + " " + optionsOf(*command));
    }
    return text;
}

constexpr const char* kScript = R"(# Completion for breakeven-cli: source <(breakeven-cli completion bash)
_breakeven_cli() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words=""
    # bash takes zoo:NAME and recorded:NAME for three words
    [[ $word == : ]] && word="" && before+=:
    [[ $before == : ]] && before=${{COMP_WORDS[COMP_CWORD-2]}}:
    if [[ $before == *recorded: ]]; then
        COMPREPLY=($(compgen -W "{profiles}" -- "$word"))
        return
    fi
    if [[ ${{COMP_WORDS[COMP_CWORD-1]}} == : || ${{COMP_WORDS[COMP_CWORD]}} == : ]]; then
        COMPREPLY=($(compgen -W "{zoo}" -- "$word"))
        return
    fi
    case $before in
        -e|--engine) COMPREPLY=($(compgen -W "{engines} recorded:" -- "$word")); return ;;
        --preset) COMPREPLY=($(compgen -W "{presets}" -- "$word")); return ;;
        --precision) COMPREPLY=($(compgen -W "{precisions}" -- "$word")); return ;;
        --format) COMPREPLY=($(compgen -W "npy npz pb" -- "$word")); return ;;
        export) [[ ${{COMP_WORDS[1]}} == zoo ]] && COMPREPLY=($(compgen -W "{zoo}" -- "$word")) && return ;;
        completion) COMPREPLY=($(compgen -W "bash" -- "$word")); return ;;
    esac
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "{commands} --help --version" -- "$word"))
        return
    fi
    case ${{COMP_WORDS[1]}} in
{cases}    esac
    if [[ $word == -* || ${{COMP_WORDS[1]}} == zoo ]] || [[ ${{COMP_WORDS[1]}} == runs && COMP_CWORD -eq 2 ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$word"))
    else
        COMPREPLY=($(compgen -W "{zooPaths}" -- "$word") $(compgen -f -- "$word"))
    fi
}}
complete -o filenames -F _breakeven_cli breakeven-cli
)";

int printBash(const CLI::App& app, Context& context)
{
    using fmt::arg;
    print(fmt::format(kScript, arg("zoo", zooNames("")), arg("zooPaths", zooNames("zoo:")),
        arg("engines", engineIds(context)), arg("profiles", profileNames(context)),
        arg("presets", fmt::format("{}", fmt::join(core::stopRulePresets(), " "))),
        arg("precisions", "model fp32 tf32 fp16 bf16 int8"), arg("commands", subcommandsOf(app)),
        arg("cases", cases(app))));
    return kOk;
}

} // namespace

void addCompletion(CLI::App& app, Context& context)
{
    CLI::App* command = addCommand(app, "completion", "Print a script that completes commands in a shell");
    auto shell = std::make_shared<std::string>();
    command->add_option("SHELL", *shell, "bash")
        ->type_name("")
        ->required()
        ->check(silent(CLI::IsMember({ "bash" })));
    command->footer("Example: source <(breakeven-cli completion bash)");
    command->callback(
        [&app, &context, shell] { context.command = [&app, &context] { return printBash(app, context); }; });
}

} // namespace app
