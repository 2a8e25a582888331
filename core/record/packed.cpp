// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/record/packed.h"

#include "core/error.h"

#include <zlib.h>

#include <array>
#include <cstdint>

namespace core {

namespace {

constexpr std::size_t kColumns = 6; // at, latency and the four times on a device
using Row = std::array<std::int64_t, kColumns>;

Row rowOf(const TimedSample& sample)
{
    const DeviceTimes device = sample.device.value_or(DeviceTimes {});
    return { sample.at.count(), sample.latency.count(), device.enqueue.count(), device.copyIn.count(),
        device.compute.count(), device.copyOut.count() };
}

TimedSample sampleOf(const Row& row, bool onDevice)
{
    TimedSample sample { .at = Nanoseconds(row[0]), .latency = Nanoseconds(row[1]), .device = {} };
    if (onDevice)
        sample.device
            = { Nanoseconds(row[2]), Nanoseconds(row[3]), Nanoseconds(row[4]), Nanoseconds(row[5]) };
    return sample;
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
void putNumber(std::string& bytes, std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        bytes.push_back(static_cast<char>(number | 0x80));
    bytes.push_back(static_cast<char>(number));
}

/// Takes numbers from the front of bytes.
class Numbers {
public:
    explicit Numbers(std::string_view bytes)
        : m_bytes(bytes)
    {
    }

    bool atEnd() const { return m_at == m_bytes.size(); }

    std::uint64_t next()
    {
        std::uint64_t number = 0;
        for (int shift = 0; shift < 64 && !atEnd(); shift += 7) {
            const auto byte = static_cast<unsigned char>(m_bytes[m_at++]);
            number |= std::uint64_t { byte & 0x7fU } << shift;
            if (byte < 0x80)
                return number;
        }
        throw Error("its samples are damaged");
    }

private:
    std::string_view m_bytes;
    std::size_t m_at = 0;
};

/// Differences in both directions as small whole numbers: 0, -1, 1, -2 become 0, 1, 2, 3. Computed modulo
/// 2^64, so that no pair of times overflows.
std::uint64_t folded(std::int64_t before, std::int64_t now)
{
    const std::uint64_t difference = static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(before);
    return (difference << 1) ^ (difference >> 63 ? ~std::uint64_t { 0 } : 0);
}

std::int64_t unfolded(std::int64_t before, std::uint64_t number)
{
    const std::uint64_t difference = (number >> 1) ^ (number & 1 ? ~std::uint64_t { 0 } : 0);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(before) + difference);
}

} // namespace

std::string packSamples(std::span<const TimedSample> samples)
{
    std::string bytes;
    putNumber(bytes, samples.size());
    Row before {};
    for (const TimedSample& sample : samples) {
        const Row row = rowOf(sample);
        const std::size_t columns = sample.device ? kColumns : 2;
        putNumber(bytes, columns);
        for (std::size_t column = 0; column < columns; ++column)
            putNumber(bytes, folded(before[column], row[column]));
        std::copy_n(row.begin(), columns, before.begin());
    }
    return bytes;
}

std::vector<TimedSample> unpackSamples(std::string_view bytes)
{
    Numbers numbers(bytes);
    const std::uint64_t count = numbers.next();
    if (count > bytes.size() / 3) // a sample takes three bytes or more
        throw Error("its samples are damaged");
    std::vector<TimedSample> samples;
    samples.reserve(count);
    Row row {};
    for (std::uint64_t k = 0; k < count; ++k) {
        const std::uint64_t columns = numbers.next();
        if (columns != kColumns && columns != 2)
            throw Error("its samples are damaged");
        for (std::size_t column = 0; column < columns; ++column)
            row[column] = unfolded(row[column], numbers.next());
        samples.push_back(sampleOf(row, columns == kColumns));
    }
    if (!numbers.atEnd())
        throw Error("its samples are damaged");
    return samples;
}

std::string deflated(std::string_view text)
{
    uLongf length = compressBound(static_cast<uLong>(text.size()));
    std::string bytes(length, '\0');
    // Level 1: this runs between two cells of a sweep.
    const int result = compress2(reinterpret_cast<Bytef*>(bytes.data()), &length,
        reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()), 1);
    if (result != Z_OK)
        throw Error("zlib refused to compress it");
    bytes.resize(length);
    return bytes;
}

std::string inflated(std::string_view bytes, std::size_t length)
{
    std::string text(length, '\0');
    uLongf got = static_cast<uLongf>(length);
    const int result = uncompress(reinterpret_cast<Bytef*>(text.data()), &got,
        reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
    if (result != Z_OK || got != length)
        throw Error("its sensor readings are damaged");
    return text;
}

} // namespace core
