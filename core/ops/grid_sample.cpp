// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/for_range.h"
#include "core/ops/functions_resample.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"
#include "core/ops/window.h"

#include <algorithm>
#include <cmath>

/// GridSample and AffineGrid: images read at places that a tensor gives, in coordinates from -1 to 1.
namespace core::ops {

Attributes parseGridSample(const OnnxAttributes& from)
{
    // The older words and the newer, in pairs.
    const std::size_t mode
        = wordOf(from, "mode", 0, { "linear", "bilinear", "nearest", "nearest", "cubic", "bicubic" });
    return GridSampleAttributes { .mode = static_cast<GridSampleAttributes::Mode>(mode / 2),
        .padding = static_cast<GridSampleAttributes::Padding>(
            wordOf(from, "padding_mode", 0, { "zeros", "border", "reflection" })),
        .alignCorners = from.integer("align_corners", 0) != 0 };
}

Attributes parseAffineGrid(const OnnxAttributes& from)
{
    return GridSampleAttributes { .alignCorners = from.integer("align_corners", 0) != 0 };
}

void inferGridSample(InferContext& context)
{
    const Shape &x = context.inputs[0], &grid = context.inputs[1];
    requireType(context, 0, kNumbers);
    requireType(context, 1, kFloats);
    const bool fits
        = x.size() >= 3 && grid.size() == x.size() && grid[0] == x[0] && grid.back() == std::ssize(x) - 2;
    if (!fits)
        throw Error("samples {} at {}.", toString(x), toString(grid));
    Shape output { x[0], x[1] };
    output.insert(output.end(), grid.begin() + 1, grid.end() - 1);
    if (elementCount(output) > 0 && elementCount(x) == 0)
        throw Error("samples {}, which has no elements.", toString(x));
    setOutput(context, 0, std::move(output), context.types[0]);
}

namespace {

using Mode = GridSampleAttributes::Mode;
using Padding = GridSampleAttributes::Padding;

/// Mirrors x at both borders as often as it takes.
double reflected(double x, double lowest, double highest)
{
    const double range = highest - lowest;
    if (!(range > 0))
        return lowest;
    double distance = std::fmod(std::abs(x - lowest), 2 * range);
    if (distance > range)
        distance = 2 * range - distance;
    return lowest + distance;
}

/// Where along one dimension a sample reads, and how much each neighbour counts; index -1: zero.
struct Line {
    std::array<std::int64_t, 4> index {};
    std::array<double, 4> weight {};
    std::size_t count = 1;
};

struct Borders {
    double lowest, highest;

    Borders(std::int64_t size, bool alignCorners)
        : lowest(alignCorners ? 0 : -0.5)
        , highest(static_cast<double>(size) - (alignCorners ? 1 : 0.5))
    {
    }
};

std::int64_t paddedIndex(double place, std::int64_t size, const GridSampleAttributes& attributes)
{
    const double last = static_cast<double>(size - 1);
    if (place >= 0 && place <= last)
        return static_cast<std::int64_t>(place);
    if (attributes.padding == Padding::Zeros)
        return -1;
    if (attributes.padding == Padding::Reflection) {
        const Borders borders(size, attributes.alignCorners);
        place = std::trunc(reflected(place, borders.lowest, borders.highest));
    }
    return static_cast<std::int64_t>(std::clamp(place, 0.0, last));
}

/// Catmull and Rom's weights with a = -0.75 of the neighbours at -1, 0, 1 and 2.
std::array<double, 4> cubicWeights(double t)
{
    constexpr double a = -0.75;
    const auto far = [](double x) { return a * (((x - 5) * x + 8) * x - 4); };
    const auto near = [](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
    return { far(t + 1), near(t), near(1 - t), far(2 - t) };
}

Line lineAt(double normal, std::int64_t size, const GridSampleAttributes& attributes)
{
    const auto length = static_cast<double>(size);
    double place
        = attributes.alignCorners ? (normal + 1) / 2 * (length - 1) : ((normal + 1) * length - 1) / 2;
    if (!std::isfinite(place))
        place = -1e9; // some place far outside: what the data asks for has no meaning
    if (attributes.mode == Mode::Nearest)
        place = std::nearbyint(place);
    const Borders borders(size, attributes.alignCorners);
    if (place < borders.lowest || place > borders.highest) {
        if (attributes.padding == Padding::Border && attributes.mode != Mode::Cubic)
            place = std::clamp(place, 0.0, length - 1);
        else if (attributes.padding == Padding::Reflection)
            place = reflected(place, borders.lowest, borders.highest);
    }
    Line line;
    if (attributes.mode == Mode::Nearest) {
        line.index[0] = paddedIndex(place, size, attributes);
        line.weight[0] = 1;
        return line;
    }
    const double base = std::floor(place), t = place - base;
    const bool cubic = attributes.mode == Mode::Cubic;
    line.count = cubic ? 4 : 2;
    line.weight = cubic ? cubicWeights(t) : std::array<double, 4> { 1 - t, t, 0, 0 };
    for (std::size_t k = 0; k < line.count; ++k)
        line.index[k] = paddedIndex(base + static_cast<double>(k) - (cubic ? 1 : 0), size, attributes);
    return line;
}

/// All neighbours of one sample: offsets in the plane and weights, products of those of the lines.
struct Neighbours {
    std::vector<std::int64_t> offsets;
    std::vector<double> weights;

    void combine(const std::vector<Line>& lines, const Shape& plane)
    {
        offsets.assign(1, 0);
        weights.assign(1, 1.0);
        for (std::size_t d = 0; d < lines.size(); ++d) {
            const std::size_t before = offsets.size();
            for (std::size_t k = 1; k < lines[d].count; ++k)
                for (std::size_t i = 0; i < before; ++i) {
                    offsets.push_back(next(offsets[i], lines[d].index[k], plane[d]));
                    weights.push_back(weights[i] * lines[d].weight[k]);
                }
            for (std::size_t i = 0; i < before; ++i) {
                offsets[i] = next(offsets[i], lines[d].index[0], plane[d]);
                weights[i] *= lines[d].weight[0];
            }
        }
    }

    static std::int64_t next(std::int64_t offset, std::int64_t index, std::int64_t size)
    {
        return offset < 0 || index < 0 ? -1 : offset * size + index;
    }

    template <typename T> double of(const T* plane) const
    {
        double sum = 0;
        for (std::size_t i = 0; i < offsets.size(); ++i)
            if (offsets[i] >= 0)
                sum += weights[i] * static_cast<double>(plane[offsets[i]]);
        return sum;
    }
};

} // namespace

void gridSampleLoop(const LoopContext& context)
{
    const auto& attributes = std::get<GridSampleAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const Shape plane = spatial(shape);
    if (context.outputs[0].count() == 0)
        return;
    const std::int64_t samples = elementCount(spatial(context.outputs[0].shape())),
                       size = elementCount(plane);
    const auto grid = realsOf(context.inputs[1]);
    dispatch(NumberTypes {}, context.inputs[0].type, [&]<typename T>() {
        const T* x = context.inputs[0].as<T>().data();
        T* y = context.outputs[0].as<T>().data();
        forRange(shape[0] * samples, 16 * shape[1], [&](std::int64_t begin, std::int64_t end) {
            std::vector<Line> lines(plane.size());
            Neighbours neighbours;
            for (std::int64_t i = begin; i < end; ++i) {
                const double* place = grid.data() + i * std::ssize(plane);
                for (std::size_t d = 0; d < lines.size(); ++d) // the grid has the innermost dimension first
                    lines[d] = lineAt(place[lines.size() - 1 - d], plane[d], attributes);
                neighbours.combine(lines, plane);
                const std::int64_t image = i / samples * shape[1];
                for (std::int64_t c = 0; c < shape[1]; ++c)
                    y[(image + c) * samples + i % samples]
                        = fromReal<T>(neighbours.of(x + (image + c) * size));
            }
        });
    });
}

void inferAffineGrid(InferContext& context)
{
    requireType(context, 0, kFloats);
    const Shape size = context.integers(1, "size");
    const Shape& theta = context.inputs[0];
    const std::int64_t rank = std::ssize(size) - 2;
    const bool fits = (rank == 2 || rank == 3) && theta == Shape { size[0], rank, rank + 1 };
    if (!fits || std::any_of(size.begin(), size.end(), [](std::int64_t dim) { return dim < 0; }))
        throw Error("makes a grid for {} from {}.", toString(size), toString(theta));
    Shape output { size[0] };
    output.insert(output.end(), size.begin() + 2, size.end());
    output.push_back(rank);
    setOutput(context, 0, std::move(output), context.types[0]);
}

namespace {

/// The coordinate of a pixel: -1 and 1 are the first and last pixels' middles, or their outer borders.
double normalPlace(std::int64_t index, std::int64_t size, bool alignCorners)
{
    if (alignCorners)
        return size > 1 ? -1 + 2 * static_cast<double>(index) / static_cast<double>(size - 1) : -1;
    return (2 * static_cast<double>(index) + 1) / static_cast<double>(size) - 1;
}

} // namespace

void affineGridLoop(const LoopContext& context)
{
    const bool alignCorners = std::get<GridSampleAttributes>(context.node.attributes).alignCorners;
    const Shape& shape = context.outputs[0].shape();
    const Shape plane(shape.begin() + 1, shape.end() - 1);
    const std::size_t rank = plane.size();
    if (context.outputs[0].count() == 0)
        return;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        T* y = context.outputs[0].as<T>().data();
        for (std::int64_t n = 0; n < shape[0]; ++n) {
            const T* theta
                = context.inputs[0].as<T>().data() + n * static_cast<std::int64_t>(rank * (rank + 1));
            Shape at(rank, 0);
            do
                for (std::size_t row = 0; row < rank; ++row) {
                    const T* factors = theta + row * (rank + 1);
                    double sum = factors[rank];
                    for (std::size_t d = 0; d < rank; ++d) // the innermost dimension first
                        sum += factors[d] * normalPlace(at[rank - 1 - d], plane[rank - 1 - d], alignCorners);
                    *y++ = static_cast<T>(sum);
                }
            while (advance(at, plane));
        }
    });
}

} // namespace core::ops
