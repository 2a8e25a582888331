// SPDX-License-Identifier: GPL-3.0-or-later
// How often two programs that are the same are called different, and how often one that is slower by a
// planted share is found:
//   false-alarms [COMPARISONS [PLANTED_PERCENT [MODEL [BATCH [ROUNDS [SECONDS]]]]]]
// Each comparison is one of `breakeven-cli ab`: rounds of both in random order, the verdict from the rounds'
// ratios. Not a test: figures depend on the machine.
#include "core/analyse/ratio.h"
#include "core/engine/inputs.h"
#include "core/error.h"
#include "core/measure/interleaved.h"
#include "core/measure/reference_outputs.h"
#include "core/model/model.h"
#include "core/model/passes.h"
#include "core/model/shape_inference.h"
#include "cpu/cpu_engine.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace {

/// Takes `percent` longer than the program inside, by spinning after each of its runs.
class Slowed final : public core::Program {
public:
    Slowed(std::unique_ptr<core::Program> program, double percent)
        : m_program(std::move(program))
        , m_share(percent / 100)
    {
    }
    void write(int input, std::span<const std::byte> bytes) override { m_program->write(input, bytes); }
    core::Tensor read(int output) override { return m_program->read(output); }
    core::MemoryUse memory() const override { return m_program->memory(); }
    core::Sample run(core::Trace* trace) override
    {
        core::Sample sample = m_program->run(trace);
        const auto begin = std::chrono::steady_clock::now();
        const std::chrono::duration<double> more = m_share * sample.host;
        auto now = begin;
        while (now - begin < more)
            now = std::chrono::steady_clock::now();
        if (m_share > 0)
            sample.host += now - begin;
        return sample;
    }

private:
    std::unique_ptr<core::Program> m_program;
    const double m_share;
};

std::unique_ptr<core::Program> compiled(core::Engine& engine, const core::Model& model, std::int64_t batch)
{
    const auto graph = core::optimise(*model.graph, {});
    const core::DimBindings dims { batch, {} };
    auto program = engine.compile(graph, { .dims = dims, .threads = 1 });
    core::writeInputs(*program, core::synthesiseInputs(*graph, core::inferShapes(*graph, dims), 1));
    return program;
}

void compare(
    int comparisons, double planted, const char* name, std::int64_t batch, core::InterleavedRule rule)
{
    const auto engine = cpu::makeEngine();
    const core::Model model = core::openModel(name);
    std::array<int, 4> verdicts {};
    for (int comparison = 0; comparison < comparisons; ++comparison) {
        rule.seed = static_cast<std::uint64_t>(comparison) + 1;
        const auto made = [&](double percent) {
            return
                [&, percent] { return std::make_unique<Slowed>(compiled(*engine, model, batch), percent); };
        };
        const auto ratios = core::ratiosOf(core::measureInterleaved(made(0), made(planted), rule, {}));
        std::size_t quiet = 0;
        for (const std::vector<double>& build : ratios)
            quiet += build.size();
        const auto ratio = core::ratioOverGroups(ratios);
        const bool enough = ratio && static_cast<int>(quiet) * 2 >= rule.rounds;
        const core::Verdict verdict = enough ? core::verdictOf(*ratio) : core::Verdict::Unclear;
        ++verdicts[static_cast<std::size_t>(verdict)];
        std::printf("%3d: %2zu of %d rounds quiet, ratio %.4f [%.4f, %.4f] %s\n", comparison + 1, quiet,
            rule.rounds, ratio ? ratio->value : 0, ratio ? ratio->low : 0, ratio ? ratio->high : 0,
            std::string(core::verdictName(verdict)).c_str());
        std::fflush(stdout);
    }
    std::printf("%s, batch %ld, 1 thread, planted %.1f %%, %d comparisons of %d rounds of 2 x %g s: "
                "%d FASTER, %d SLOWER, %d SAME, %d UNCLEAR\n",
        name, static_cast<long>(batch), planted, comparisons, rule.rounds, rule.time.count(), verdicts[0],
        verdicts[1], verdicts[2], verdicts[3]);
}

} // namespace

int main(int count, char** arguments)
{
    const auto number
        = [&](int at, double otherwise) { return count > at ? std::atof(arguments[at]) : otherwise; };
    core::InterleavedRule rule;
    rule.rounds = static_cast<int>(number(5, rule.rounds));
    rule.time = std::chrono::duration<double>(number(6, rule.time.count()));
    try {
        compare(static_cast<int>(number(1, 50)), number(2, 0), count > 3 ? arguments[3] : "zoo:mobilenetv2",
            static_cast<std::int64_t>(number(4, 1)), rule);
    } catch (const core::Error& error) {
        std::fprintf(stderr, "false-alarms: %s\n", error.what());
        return 1;
    }
}
