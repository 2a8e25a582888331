// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart_data.h"

#include <map>

/// The curves over time, kept up to date while samples stream in. Memory and work stay bounded however many
/// come.
namespace ui {

/// A curve that keeps its shape in few points: neighbours share a bucket that remembers its lowest and
/// highest value, so that no outlier is lost. Points are added with rising x.
class ThinnedCurve {
public:
    explicit ThinnedCurve(std::size_t mostBuckets = 2000);

    void add(double x, double y);
    /// A break: the curve does not connect what was added before with what comes after.
    void breakLine();
    std::vector<Point> points() const;

private:
    struct Bucket {
        double lowX, low, highX, high;
        std::size_t count;
        bool startsAfterBreak;
    };
    void halve();

    std::size_t m_most;
    std::size_t m_perBucket = 1;
    std::vector<Bucket> m_buckets;
    bool m_broken = false;
};

/// All curves over time of one run.
class TimeTracks {
public:
    /// Forgets everything; the next update() starts from the run's beginning.
    void clear();
    /// Takes in what `run` has gained since the last call.
    void update(const core::Run& run);
    std::vector<Series> series(const core::Run& run, Quantity quantity, const Theme& theme) const;

private:
    struct CellProgress {
        std::size_t taken = 0; // samples already drawn
        double windowStart = 0, windowItems = 0; // the throughput window that is being filled
        bool begun = false;
    };
    struct Curves {
        ThinnedCurve latency, throughput;
    };
    void updateCell(const core::Cell& cell, CellProgress& progress, Curves& curves);

    std::vector<CellProgress> m_cells;
    std::map<SeriesKey, Curves> m_curves;
    std::size_t m_readings = 0;
    ThinnedCurve m_resident, m_cpuWatts, m_gpuWatts;
};

} // namespace ui
