// SPDX-License-Identifier: GPL-3.0-or-later
#include "cpu/weight_key.h"

#include "core/model/digest.h"
#include "core/ops/for_range.h"
#include "cpu/kernel_book.h"
#include "cpu/memory_block.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cpu {

namespace {

/// A build is told from the next by its file: who changes a packing should not have to remember a number.
std::string thisProgram()
{
    struct stat facts { };
    if (stat("/proc/self/exe", &facts) != 0)
        return "?";
    return fmt::format("{} {}.{}", facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
}

/// A weight in pieces, so that one large one keeps all threads busy.
struct Piece {
    std::span<const std::byte> bytes;
    std::string digest;
};

std::vector<Piece> piecesOf(const std::vector<PackJob>& jobs)
{
    constexpr std::size_t kPiece = 1 << 20;
    std::vector<Piece> pieces;
    for (const PackJob& job : jobs)
        for (std::size_t at = 0; at < job.source.bytes.size(); at += kPiece)
            pieces.push_back(
                { job.source.bytes.subspan(at, std::min(kPiece, job.source.bytes.size() - at)), {} });
    return pieces;
}

} // namespace

std::string weightKey(const Lowering& lowering, const core::Graph& graph, const core::Shapes& shapes)
{
    const FileMappings mappings;
    std::vector<Piece> pieces = piecesOf(lowering.packJobs());
    core::ops::forEach(static_cast<std::int64_t>(pieces.size()), 1 << 20, [&](std::int64_t index) {
        Piece& piece = pieces[static_cast<std::size_t>(index)];
        piece.digest = core::quickDigest(piece.bytes);
        mappings.release(piece.bytes);
    });
    const Settings& settings = lowering.settings();
    std::string text = fmt::format("{} {} {} {}\n", thisProgram(), programKey(graph, shapes, settings),
        sysconf(_SC_LEVEL2_CACHE_SIZE), sysconf(_SC_LEVEL3_CACHE_SIZE));
    for (const KernelChoice& choice : settings.choices)
        text += fmt::format("{}{}", static_cast<int>(choice.family), static_cast<int>(choice.layout));
    text += core::tuningName(settings.tuning);
    for (const PackJob& job : lowering.packJobs())
        text += fmt::format("\n{} {} {}", job.own ? "own" : "library", job.source.bytes.size(),
            lowering.tensor(job.target).desc.get_size());
    for (const Piece& piece : pieces)
        text += "\n" + piece.digest;
    return core::hexDigest(core::Digest::Sha256, { std::as_bytes(std::span(text)) }, core::Pages::Keep)
        .substr(0, 40);
}

} // namespace cpu
