// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/functions_sequence.h"
#include "core/ops/rules.h"
#include "core/ops/types.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

/// DFT and STFT.
namespace core::ops {

Attributes parseDft(const OnnxAttributes& from)
{
    DftAttributes dft { .inverse = from.integer("inverse", 0) != 0,
        .oneSided = from.integer("onesided", 0) != 0 };
    if (from.version() < 20)
        dft.axis = from.integer("axis", 1);
    return dft;
}

Attributes parseStft(const OnnxAttributes& from)
{
    return DftAttributes { .oneSided = from.integer("onesided", 1) != 0 };
}

namespace {

using Complex = std::complex<double>;

/// Longer transforms than this are no signal's, and their tables no machine's.
constexpr std::int64_t kLongest = std::int64_t { 1 } << 31;

/// e^(-2 pi i k / length), with the other sign for the inverse.
std::vector<Complex> turnsOf(std::int64_t length, bool inverse)
{
    const double turn = (inverse ? 2 : -2) * std::numbers::pi / static_cast<double>(length);
    std::vector<Complex> turns;
    for (std::int64_t k = 0; k < length; ++k)
        turns.push_back(std::polar(1.0, turn * static_cast<double>(k)));
    return turns;
}

/// In place, not scaled; x is `stride` times shorter than `turns`. Halves as long as the length is even; what
/// is left is summed up term by term.
void transform(std::vector<Complex>& x, const std::vector<Complex>& turns, std::size_t stride = 1)
{
    const std::size_t length = x.size();
    if (length < 2)
        return;
    if (length % 2 == 0) {
        const std::size_t half = length / 2;
        std::vector<Complex> even(half), odd(half);
        for (std::size_t k = 0; k < half; ++k) {
            even[k] = x[2 * k];
            odd[k] = x[2 * k + 1];
        }
        transform(even, turns, 2 * stride);
        transform(odd, turns, 2 * stride);
        for (std::size_t k = 0; k < half; ++k) {
            const Complex turned = turns[k * stride] * odd[k];
            x[k] = even[k] + turned;
            x[k + half] = even[k] - turned;
        }
        return;
    }
    std::vector<Complex> sums(length);
    for (std::size_t k = 0; k < length; ++k)
        for (std::size_t n = 0, at = 0; n < length; ++n, at = (at + k) % length)
            sums[k] += x[n] * turns[at * stride];
    x.swap(sums);
}

std::int64_t scalar(const InferContext& context, std::size_t input, const char* what)
{
    const auto values = context.integers(input, what);
    if (values.size() != 1)
        throw Error("has {} numbers as its {}, expected one.", values.size(), what);
    return values[0];
}

std::int64_t scalar(const LoopContext& context, std::size_t input)
{
    return integersOf(context.inputs[input])[0];
}

std::size_t axisOf(std::int64_t axis, std::size_t rank)
{
    const std::size_t normal = normaliseAxis(axis, rank);
    if (normal + 1 == rank)
        throw Error("transforms the axis of real and imaginary parts.");
    return normal;
}

void requireSignal(const Shape& shape)
{
    if (shape.size() < 2 || (shape.back() != 1 && shape.back() != 2))
        throw Error("transforms {}, expected a last dimension of 1 or 2.", toString(shape));
}

} // namespace

void inferDft(InferContext& context)
{
    const auto& dft = std::get<DftAttributes>(context.node.attributes);
    Shape shape = context.inputs[0];
    requireType(context, 0, kFloats);
    requireSignal(shape);
    const std::int64_t given = dft.axis ? *dft.axis : context.has(2) ? scalar(context, 2, "axis") : -2;
    const std::size_t axis = axisOf(given, shape.size());
    const bool toReal = dft.inverse && dft.oneSided;
    if (dft.oneSided && (shape.back() == 1) == dft.inverse)
        throw Error("transforms {} one-sided, {}.", toString(shape),
            dft.inverse ? "expected complex numbers" : "expected real numbers");
    std::int64_t length = toReal ? 2 * (shape[axis] - 1) : shape[axis];
    if (context.has(1))
        length = scalar(context, 1, "length");
    if (length < 1 || length > kLongest)
        throw Error("transforms {} elements.", length);
    shape[axis] = dft.oneSided && !dft.inverse ? length / 2 + 1 : length;
    shape.back() = toReal ? 1 : 2;
    setOutput(context, 0, std::move(shape), context.types[0]);
}

namespace {

/// Reads `count` complex numbers, `stride` apart; what is behind `available` is 0.
template <typename T>
void readSignal(
    const T* x, std::int64_t stride, std::int64_t parts, std::int64_t available, std::vector<Complex>& to)
{
    const std::int64_t given = std::min<std::int64_t>(available, std::ssize(to));
    std::fill(to.begin(), to.end(), Complex {});
    for (std::int64_t i = 0; i < given; ++i)
        to[static_cast<std::size_t>(i)] = { static_cast<double>(x[i * stride]),
            parts == 2 ? static_cast<double>(x[i * stride + 1]) : 0.0 };
}

template <typename T>
void writeSignal(const std::vector<Complex>& from, T* y, std::int64_t stride, std::int64_t parts,
    std::int64_t count, double factor)
{
    for (std::int64_t i = 0; i < count; ++i) {
        const Complex value = from[static_cast<std::size_t>(i)] * factor;
        y[i * stride] = static_cast<T>(value.real());
        if (parts == 2)
            y[i * stride + 1] = static_cast<T>(value.imag());
    }
}

/// The second half of a real signal's spectrum mirrors the first.
void mirror(std::vector<Complex>& spectrum)
{
    for (std::size_t k = spectrum.size() / 2 + 1; k < spectrum.size(); ++k)
        spectrum[k] = std::conj(spectrum[spectrum.size() - k]);
}

} // namespace

void dftLoop(const LoopContext& context)
{
    const auto& dft = std::get<DftAttributes>(context.node.attributes);
    const Shape &from = context.inputs[0].shape, &to = context.outputs[0].shape();
    const std::size_t axis = axisOf(dft.axis ? *dft.axis
            : hasInput(context, 2)           ? scalar(context, 2)
                                             : -2,
        from.size());
    const auto at = static_cast<std::ptrdiff_t>(axis);
    const std::int64_t outer = elementCount(Shape(from.begin(), from.begin() + at));
    const std::int64_t inner = elementCount(Shape(from.begin() + at + 1, from.end() - 1));
    const bool halfSpectrum = dft.oneSided && !dft.inverse;
    std::int64_t length = to[axis];
    if (halfSpectrum)
        length = hasInput(context, 1) ? scalar(context, 1) : from[axis];
    const std::int64_t available
        = dft.inverse && dft.oneSided ? std::min(from[axis], length / 2 + 1) : from[axis];
    const double factor = dft.inverse ? 1 / static_cast<double>(length) : 1;
    const auto turns = turnsOf(length, dft.inverse);
    std::vector<Complex> line(static_cast<std::size_t>(length));
    dispatch(FloatTypes {}, context.inputs[0].type, [&]<typename T>() {
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t i = 0; i < inner; ++i) {
                const T* x = context.inputs[0].as<T>().data() + (o * from[axis] * inner + i) * from.back();
                T* y = context.outputs[0].as<T>().data() + (o * to[axis] * inner + i) * to.back();
                readSignal(x, inner * from.back(), from.back(), available, line);
                if (dft.inverse && dft.oneSided)
                    mirror(line);
                transform(line, turns);
                writeSignal(line, y, inner * to.back(), to.back(), to[axis], factor);
            }
    });
}

namespace {

enum StftInput : std::size_t { kSignal, kStep, kWindow, kLength };

} // namespace

void inferStft(InferContext& context)
{
    const Shape& signal = context.inputs[kSignal];
    const bool oneSided = std::get<DftAttributes>(context.node.attributes).oneSided;
    requireType(context, kSignal, kFloats);
    requireSignal(signal);
    if (signal.size() != 3)
        throw Error("transforms {}, expected [batch, length, parts].", toString(signal));
    if (oneSided && signal.back() == 2)
        throw Error("transforms {} one-sided, expected real numbers.", toString(signal));
    std::int64_t length = signal[1];
    if (context.has(kLength))
        length = scalar(context, kLength, "frame length");
    else if (context.has(kWindow))
        length = elementCount(context.inputs[kWindow]);
    if (context.has(kWindow)) {
        requireType(context, kWindow, kFloats);
        if (context.inputs[kWindow] != Shape { length })
            throw Error("has a window of {} for frames of {}.", toString(context.inputs[kWindow]), length);
    }
    const std::int64_t step = scalar(context, kStep, "frame step");
    if (length < 1 || length > signal[1] || step < 1)
        throw Error("takes frames of {} every {} elements out of {}.", length, step, signal[1]);
    setOutput(context, 0,
        { signal[0], (signal[1] - length) / step + 1, oneSided ? length / 2 + 1 : length, 2 },
        context.types[0]);
}

void stftLoop(const LoopContext& context)
{
    const Shape &from = context.inputs[kSignal].shape, &to = context.outputs[0].shape();
    const std::int64_t step = scalar(context, kStep), parts = from[2];
    const auto window
        = hasInput(context, kWindow) ? realsOf(context.inputs[kWindow]) : std::vector<double> {};
    const std::int64_t length = hasInput(context, kLength) ? scalar(context, kLength)
        : hasInput(context, kWindow)                       ? std::ssize(window)
                                                           : from[1];
    const auto turns = turnsOf(length, false);
    std::vector<Complex> frame(static_cast<std::size_t>(length));
    dispatch(FloatTypes {}, context.inputs[kSignal].type, [&]<typename T>() {
        T* y = context.outputs[0].as<T>().data();
        for (std::int64_t n = 0; n < to[0]; ++n)
            for (std::int64_t f = 0; f < to[1]; ++f, y += to[2] * 2) {
                const T* x = context.inputs[kSignal].as<T>().data() + (n * from[1] + f * step) * parts;
                readSignal(x, parts, parts, length, frame);
                for (std::size_t i = 0; i < window.size(); ++i)
                    frame[i] *= window[i];
                transform(frame, turns);
                writeSignal(frame, y, 2, 2, to[2], 1);
            }
    });
}

} // namespace core::ops
