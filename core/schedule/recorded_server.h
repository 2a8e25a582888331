// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/recording.h"
#include "core/schedule/live.h"
#include "core/schedule/random.h"

#include <map>

namespace core {

/// Stands in for a device that isn't here: computes nothing, and takes for each batch a time that the device
/// took for it where it was recorded. What a CPU would do to feed it is not done.
class RecordedServer final : public LiveServer {
public:
    /// Times are drawn with `seed`.
    RecordedServer(ServiceTime time, std::uint64_t seed);

    /// Sleeps until shortly before the time is over, and spins from there on.
    void run(std::int64_t items) override;

private:
    const ServiceTime m_time;
    Random m_random;
};

/// The times of batches of 1 to `most` items, as many sizes as were recorded; `key`'s batch means nothing.
/// Throws Error, with what there is instead, when there is none.
ServiceTime recordedTimes(const Recording& recording, const ModelSummary& model,
    const std::map<std::string, std::int64_t>& dims, CellKey key, int most);

} // namespace core
