// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_data.h"

#include <QCoreApplication>

namespace ui {
namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::chart", text);
}

QString howToMove()
{
    return tr("<p>Drag a box to zoom, turn the wheel to zoom at the cursor, drag with Shift to move, "
              "double-click to see "
              "everything. The context menu switches each axis between linear and logarithmic. With the "
              "keyboard: arrows move "
              "the cursor, plus and minus zoom, Home shows everything.</p>");
}

QString explainByBatch(Quantity quantity)
{
    switch (quantity) {
    case Quantity::Latency:
        return tr("<p><b>Latency.</b> How long one run of the model takes at each batch size. The line is "
                  "the median, the band "
                  "reaches from the 5th to the 95th percentile. The read-out gives the median with half the "
                  "width of its "
                  "95&nbsp;% confidence interval.</p><p>A curve that stays flat means the device had room to "
                  "spare: a larger "
                  "batch costs no more time.</p>");
    case Quantity::Throughput:
        return tr("<p><b>Throughput.</b> Items per second: the batch size divided by the median latency. "
                  "Where the curve stops "
                  "rising the device is saturated, and a larger batch only adds waiting.</p>");
    case Quantity::Memory:
        return tr("<p><b>Memory.</b> What the engine planned for a batch size: weights as packed for the "
                  "device, activations "
                  "and scratch space. The table's tooltip tells the parts.</p>");
    case Quantity::Power:
        return tr("<p><b>Power.</b> Mean watts while a cell was measured, from the device's energy counter. "
                  "Where there is no "
                  "counter, or no right to read it, the chart says so; unknown is never drawn as zero.</p>");
    }
    return {};
}

QString explainDecision()
{
    return tr(
        "<p>The ring is the cell that the decision recommends; smaller, paler points miss a target, or "
        "cannot tell. A dotted level is a target. In latency and throughput a dotted upright is where one "
        "device overtakes another, the band its 95&nbsp;% interval.</p>");
}

} // namespace

QString chartTitle(Quantity quantity)
{
    switch (quantity) {
    case Quantity::Latency:
        return tr("Latency");
    case Quantity::Throughput:
        return tr("Throughput");
    case Quantity::Memory:
        return tr("Memory");
    case Quantity::Power:
        return tr("Power");
    }
    return {};
}

QString chartSubtitle(Quantity quantity)
{
    switch (quantity) {
    case Quantity::Latency:
        return tr("median with p5–p95 band, per batch");
    case Quantity::Throughput:
        return tr("items per second");
    case Quantity::Memory:
        return tr("planned by the engine");
    case Quantity::Power:
        return tr("mean over the cell");
    }
    return {};
}

QString chartExplanation(Quantity quantity)
{
    return explainByBatch(quantity) + explainDecision() + howToMove();
}

} // namespace ui
