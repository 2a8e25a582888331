// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_resample.h"
#include "core/ops/parse.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <array>
#include <cmath>

/// RoiAlign and MaxRoiPool: regions of images brought to one size.
namespace core::ops {
namespace {

constexpr std::int64_t kLargestOutput = std::int64_t { 1 } << 31;
constexpr std::int64_t kMostSamples = 1024; // along one side of a bin: beyond any use

void requireSizes(const RoiAttributes& roi)
{
    if (roi.height < 1 || roi.width < 1 || roi.height > kLargestOutput || roi.width > kLargestOutput)
        throw Error("makes regions of {} by {}.", roi.height, roi.width);
}

} // namespace

Attributes parseRoiAlign(const OnnxAttributes& from)
{
    const bool half = wordOf(from, "coordinate_transformation_mode", from.version() < 16 ? 1 : 0,
                          { "half_pixel", "output_half_pixel" })
        == 0;
    const RoiAttributes roi { .height = from.integer("output_height", 1),
        .width = from.integer("output_width", 1),
        .samples = from.integer("sampling_ratio", 0),
        .scale = from.real("spatial_scale", 1),
        .halfPixel = half,
        .maximum = wordOf(from, "mode", 0, { "avg", "max" }) == 1 };
    requireSizes(roi);
    if (roi.samples < 0 || roi.samples > kMostSamples)
        throw Error("has sampling_ratio {}, expected 0 to {}.", roi.samples, kMostSamples);
    return roi;
}

Attributes parseMaxRoiPool(const OnnxAttributes& from)
{
    const auto shape = from.integers("pooled_shape");
    if (shape.size() != 2)
        throw Error("has a \"pooled_shape\" of {} numbers, expected 2.", shape.size());
    const RoiAttributes roi { .height = shape[0], .width = shape[1], .scale = from.real("spatial_scale", 1) };
    requireSizes(roi);
    return roi;
}

namespace {

/// `width`: numbers per region.
void inferRegions(InferContext& context, std::int64_t width)
{
    const auto& roi = std::get<RoiAttributes>(context.node.attributes);
    const Shape &x = context.inputs[0], &regions = context.inputs[1];
    requireType(context, 0, kFloats);
    requireType(context, 1, kFloats);
    if (x.size() != 4 || regions.size() != 2 || regions[1] != width)
        throw Error("takes regions {} of {}, expected [regions, {}] and an image.", toString(regions),
            toString(x), width);
    setOutput(context, 0, { regions[0], x[1], roi.height, roi.width }, context.types[0]);
}

std::int64_t checkedImage(std::int64_t image, std::int64_t images)
{
    if (image < 0 || image >= images)
        throw Error("has a region of image {}, of {}.", image, images);
    return image;
}

/// How many samples a bin of this size takes, where the attribute leaves it open.
std::int64_t samplesOf(const RoiAttributes& roi, double bin, std::int64_t pixels)
{
    if (roi.samples > 0)
        return roi.samples;
    // A region beyond the image, however large, is not sampled finer than the image's pixels.
    return bin > 0 ? static_cast<std::int64_t>(std::ceil(std::min(bin, static_cast<double>(pixels)))) : 0;
}

/// The four neighbours of a sample, weights multiplied.
struct Sample {
    std::array<std::int64_t, 4> offsets {};
    std::array<double, 4> weights {}; // all 0 outside the image
};

/// Up to one pixel outside counts as on the border.
Sample sampleAt(double y, double x, std::int64_t height, std::int64_t width)
{
    Sample sample;
    if (!(y >= -1 && y <= static_cast<double>(height) && x >= -1 && x <= static_cast<double>(width)))
        return sample;
    const auto along = [](double place, std::int64_t size) {
        const double inside = std::clamp(place, 0.0, static_cast<double>(size - 1));
        const auto low = static_cast<std::int64_t>(inside);
        return std::tuple(low, std::min(low + 1, size - 1), inside - static_cast<double>(low));
    };
    const auto [top, bottom, down] = along(y, height);
    const auto [left, right, aside] = along(x, width);
    sample.offsets
        = { top * width + left, top * width + right, bottom * width + left, bottom * width + right };
    sample.weights = { (1 - down) * (1 - aside), (1 - down) * aside, down * (1 - aside), down * aside };
    return sample;
}

struct Bin {
    std::vector<Sample> samples;

    template <typename T> double average(const T* plane) const
    {
        double sum = 0;
        for (const Sample& sample : samples)
            for (std::size_t k = 0; k < 4; ++k)
                sum += sample.weights[k] * plane[sample.offsets[k]];
        return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
    }

    /// Of the weighted neighbours, as ONNX's own examples have it, not of the interpolated samples.
    template <typename T> double maximum(const T* plane) const
    {
        double best = samples.empty() ? 0 : -std::numeric_limits<double>::infinity();
        for (const Sample& sample : samples)
            for (std::size_t k = 0; k < 4; ++k)
                best = std::max(best, sample.weights[k] * plane[sample.offsets[k]]);
        return best;
    }
};

/// One region in the image's coordinates, cut into bins.
struct Region {
    double top, left, binHeight, binWidth;
    std::int64_t rows, columns; // samples per bin

    Region(const RoiAttributes& roi, const double* box, std::int64_t height, std::int64_t width)
    {
        const double offset = roi.halfPixel ? 0.5 : 0;
        left = box[0] * roi.scale - offset;
        top = box[1] * roi.scale - offset;
        double regionWidth = box[2] * roi.scale - offset - left,
               regionHeight = box[3] * roi.scale - offset - top;
        if (!roi.halfPixel) { // earlier versions make every region at least a pixel large
            regionWidth = std::max(regionWidth, 1.0);
            regionHeight = std::max(regionHeight, 1.0);
        }
        binHeight = regionHeight / static_cast<double>(roi.height);
        binWidth = regionWidth / static_cast<double>(roi.width);
        rows = samplesOf(roi, binHeight, height);
        columns = samplesOf(roi, binWidth, width);
    }

    void fill(Bin& bin, std::int64_t row, std::int64_t column, std::int64_t height, std::int64_t width) const
    {
        bin.samples.clear();
        const auto middle = [](std::int64_t i, std::int64_t count) {
            return (static_cast<double>(i) + 0.5) / static_cast<double>(count);
        };
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j)
                bin.samples.push_back(sampleAt(top + (static_cast<double>(row) + middle(i, rows)) * binHeight,
                    left + (static_cast<double>(column) + middle(j, columns)) * binWidth, height, width));
    }
};

} // namespace

void inferRoiAlign(InferContext& context)
{
    inferRegions(context, 4);
    requireType(context, 2, kIndices);
    if (context.inputs[2] != Shape { context.inputs[1][0] })
        throw Error(
            "has {} image indices for {} regions.", toString(context.inputs[2]), context.inputs[1][0]);
}

void roiAlignLoop(const LoopContext& context)
{
    const auto& roi = std::get<RoiAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const auto boxes = realsOf(context.inputs[1]);
    const auto images = integersOf(context.inputs[2]);
    const std::int64_t plane = shape[2] * shape[3], bins = roi.height * roi.width;
    if (context.outputs[0].count() == 0 || plane == 0) {
        std::ranges::fill(context.outputs[0].bytes(), std::byte { 0 });
        return;
    }
    Bin bin;
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        T* y = context.outputs[0].as<T>().data();
        for (std::size_t r = 0; r < images.size(); ++r, y += shape[1] * bins) {
            const Region region(roi, boxes.data() + 4 * r, shape[2], shape[3]);
            const T* x
                = context.inputs[0].as<T>().data() + checkedImage(images[r], shape[0]) * shape[1] * plane;
            for (std::int64_t b = 0; b < bins; ++b) {
                region.fill(bin, b / roi.width, b % roi.width, shape[2], shape[3]);
                for (std::int64_t c = 0; c < shape[1]; ++c)
                    y[c * bins + b] = static_cast<T>(
                        roi.maximum ? bin.maximum(x + c * plane) : bin.average(x + c * plane));
            }
        }
    });
}

void inferMaxRoiPool(InferContext& context)
{
    inferRegions(context, 5);
}

namespace {

/// The pixels of one bin along a dimension: begin to end, inside the image.
struct Range {
    std::int64_t begin, end;
};

Range binRange(double first, double last, std::int64_t bin, std::int64_t bins, std::int64_t size)
{
    const double length = std::max(last - first + 1, 1.0) / static_cast<double>(bins);
    const auto inside = [&](double place) {
        return place > 0 ? static_cast<std::int64_t>(std::min(place, static_cast<double>(size))) : 0;
    };
    return { inside(first + std::floor(static_cast<double>(bin) * length)),
        inside(first + std::ceil(static_cast<double>(bin + 1) * length)) };
}

} // namespace

void maxRoiPoolLoop(const LoopContext& context)
{
    const auto& roi = std::get<RoiAttributes>(context.node.attributes);
    const Shape& shape = context.inputs[0].shape;
    const auto boxes = realsOf(context.inputs[1]);
    const std::int64_t plane = shape[2] * shape[3];
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        T* y = context.outputs[0].as<T>().data();
        for (std::size_t r = 0; r < boxes.size(); r += 5) {
            const std::int64_t image = checkedImage(fromReal<std::int64_t>(boxes[r]), shape[0]);
            const auto edge = [&](std::size_t k) { return std::round(boxes[r + k] * roi.scale); };
            for (std::int64_t c = 0; c < shape[1]; ++c) {
                const T* x = context.inputs[0].as<T>().data() + (image * shape[1] + c) * plane;
                for (std::int64_t b = 0; b < roi.height * roi.width; ++b) {
                    const Range rows = binRange(edge(2), edge(4), b / roi.width, roi.height, shape[2]);
                    const Range columns = binRange(edge(1), edge(3), b % roi.width, roi.width, shape[3]);
                    const bool empty = rows.begin >= rows.end || columns.begin >= columns.end;
                    T best = empty ? T {} : std::numeric_limits<T>::lowest();
                    for (std::int64_t i = rows.begin; i < rows.end; ++i)
                        for (std::int64_t j = columns.begin; j < columns.end; ++j)
                            best = std::max(best, x[i * shape[3] + j]);
                    *y++ = best;
                }
            }
        }
    });
}

} // namespace core::ops
