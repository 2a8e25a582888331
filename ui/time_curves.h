// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/chart_data.h"
#include "ui/decimate.h"

/// What a run has over time, as curves: grows with the run, draws nothing.
namespace ui {

/// The rows of the view over time, from top to bottom.
enum class Track { Latency, Throughput, Power, Memory, Clock, Temperature, Lost };
inline constexpr std::array kTracks { Track::Latency, Track::Throughput, Track::Power, Track::Memory,
    Track::Clock, Track::Temperature, Track::Lost };

QString trackTitle(Track track);
/// What one value of it says, with its unit.
QString formatTrackValue(Track track, double value);
/// Shorter, beside the ticks.
QString formatTrackTick(Track track, double value);

struct TimeCurve {
    QString name;
    SeriesStyle style;
    const std::vector<TimePoint>* points = nullptr; // of the TimeCurves
};

struct TrackContent {
    Track track = Track::Latency;
    std::vector<TimeCurve> curves; // none: `none` says why
    QString none;
};

/// A cell while it was measured.
struct CellSpan {
    double begin = 0, end = 0; // seconds since the run's start
    QString name, shortName; // "CPU, batch 8", "8"
    QColor color;
    core::DeviceKind kind = core::DeviceKind::Cpu;
};

/// All points of a run. Copies what the run gains, so that the run may go away.
class TimeCurves {
public:
    /// Forgets everything; the next update() starts from the run's beginning.
    void clear();
    /// Takes in what `run` has gained since the last call.
    void update(const core::Run& run);

    /// Pointers in it are good until the next update() or clear().
    std::vector<TrackContent> tracks(const core::Run& run, const Theme& theme) const;
    std::vector<CellSpan> cells(const core::Run& run, const Theme& theme) const;
    /// From the first to the last point; nullopt without any.
    std::optional<std::pair<double, double>> span() const;

private:
    /// Of one cell; those of one series may be measured by turns.
    struct CellCurves {
        std::size_t taken = 0; // samples that are in
        double windowStart = 0, windowItems = 0; // the throughput window that is being filled
        std::vector<TimePoint> latency, throughput;
        std::vector<std::pair<double, double>> spans; // in which it was measured without a break
    };
    /// A curve of readings: a gap where there was none for long.
    struct Readings {
        std::vector<TimePoint> points;
        void add(double at, double value);
        void add(double at, const std::optional<double>& value);
    };
    void updateCell(const core::Cell& cell, CellCurves& curves);
    void add(const core::SensorReading& reading);
    void see(double at);

    std::vector<CellCurves> m_cells;
    std::size_t m_readings = 0;
    Readings m_cpuWatts, m_gpuWatts, m_systemWatts, m_resident, m_gpuMemory, m_cpuClock, m_gpuClock,
        m_cpuTemperature, m_gpuTemperature, m_lost;
    std::optional<std::pair<double, double>> m_span;
};

} // namespace ui
