// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/tuning.h"

#include "core/error.h"

#include <array>
#include <tuple>

namespace core {

namespace {

constexpr std::array<std::string_view, 7> kSets { "all", "baseline", "avx2", "avx512", "vnni", "bf16",
    "amx" };

/// A word that sets one of the switches to what it is not by default.
struct Switch {
    std::string_view word;
    bool Tuning::*member;
};

constexpr std::array kSwitches { Switch { "nofusion", &Tuning::fuse }, Switch { "plain", &Tuning::plain },
    Switch { "rules", &Tuning::rules }, Switch { "nograph", &Tuning::graph },
    Switch { "notransfers", &Tuning::transfers } };

constexpr Tuning kFull;

void add(std::string& text, std::string_view word)
{
    text += text.empty() ? "" : "+";
    text += word;
}

/// One word of a name into the tuning; false when there is no such word.
bool takeWord(Tuning& tuning, std::string_view word)
{
    for (const auto& [known, member] : kSwitches) {
        if (word == known && tuning.*member == kFull.*member) {
            tuning.*member = !(kFull.*member);
            return true;
        }
    }
    for (std::size_t index = 1; index < kSets.size(); ++index) {
        if (kSets[index] == word && tuning.isa == InstructionSet::All) {
            tuning.isa = static_cast<InstructionSet>(index);
            return true;
        }
    }
    return false;
}

} // namespace

std::string_view instructionSetName(InstructionSet set)
{
    return kSets[static_cast<std::size_t>(set)];
}

InstructionSet instructionSetFromName(std::string_view name)
{
    for (std::size_t index = 0; index < kSets.size(); ++index) {
        if (kSets[index] == name)
            return static_cast<InstructionSet>(index);
    }
    throw Error(
        "Cannot use instruction set \"{}\": known are baseline, avx2, avx512, vnni, bf16 and amx.", name);
}

bool Tuning::operator<(const Tuning& other) const
{
    const auto all = [](const Tuning& one) {
        return std::tie(one.isa, one.fuse, one.plain, one.rules, one.graph, one.transfers);
    };
    return all(*this) < all(other);
}

std::string tuningName(const Tuning& tuning)
{
    std::string text;
    if (tuning.isa != InstructionSet::All)
        add(text, instructionSetName(tuning.isa));
    for (const auto& [word, member] : kSwitches) {
        if (tuning.*member != kFull.*member)
            add(text, word);
    }
    return text.empty() ? "full" : text;
}

Tuning tuningFromName(std::string_view name)
{
    if (name == "full")
        return {};
    Tuning tuning;
    for (std::string_view rest = name;;) {
        const auto end = rest.find('+');
        if (!takeWord(tuning, rest.substr(0, end)))
            throw Error("Cannot use tuning \"{}\": it is full, or words of nofusion, plain, rules, nograph, "
                        "notransfers and one of baseline, avx2, avx512, vnni, bf16 and amx, joined by +.",
                name);
        if (end == rest.npos)
            return tuning;
        rest.remove_prefix(end + 1);
    }
}

} // namespace core
