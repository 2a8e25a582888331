// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run_list_model.h"

#include "ui/run_text.h"
#include "ui/session.h"

#include <algorithm>

namespace ui {

RunListModel::RunListModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session)
{
    const auto chartsChanged = [this] {
        if (!m_rows.empty())
            emit dataChanged(index(0, Charts), index(rowCount() - 1, Charts));
    };
    connect(&session.library(), &RunLibrary::changed, this, &RunListModel::rebuild);
    connect(&session, &Session::runReplaced, this, chartsChanged);
    connect(&session, &Session::runFinished, this, chartsChanged);
    connect(&session, &Session::overlaysChanged, this, chartsChanged);
    connect(&session, &Session::baselineChanged, this, chartsChanged);
    rebuild();
}

void RunListModel::setSearch(RunSearch search)
{
    m_search = std::move(search);
    rebuild();
}

void RunListModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    for (const core::RunEntry& entry : m_session.library().runs()) {
        if (m_search.fits(entry))
            m_rows.push_back(entry);
    }
    sortRows();
    endResetModel();
}

void RunListModel::sort(int column, Qt::SortOrder order)
{
    beginResetModel();
    m_sortColumn = column;
    m_order = order;
    sortRows();
    endResetModel();
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

void RunListModel::sortRows()
{
    const auto sortBy = [this](const auto& keyOf) {
        using Key = decltype(keyOf(m_rows.front()));
        std::vector<std::pair<Key, std::size_t>> keys;
        for (std::size_t k = 0; k < m_rows.size(); ++k)
            keys.emplace_back(keyOf(m_rows[k]), k);
        std::stable_sort(keys.begin(), keys.end(), [this](const auto& a, const auto& b) {
            return m_order == Qt::AscendingOrder ? a.first < b.first : b.first < a.first;
        });
        std::vector<core::RunEntry> sorted;
        for (const auto& key : keys)
            sorted.push_back(std::move(m_rows[key.second]));
        m_rows = std::move(sorted);
    };
    if (m_sortColumn == Started)
        sortBy([](const core::RunEntry& entry) { return core::timeOfStamp(entry.startedAt); });
    else if (m_sortColumn == Cells)
        sortBy([](const core::RunEntry& entry) { return entry.kept; });
    else
        sortBy([this](const core::RunEntry& entry) { return text(entry, m_sortColumn).toLower(); });
}

int RunListModel::rowOf(const QString& id) const
{
    const auto found = std::ranges::find(m_rows, id.toStdString(), &core::RunEntry::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int RunListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RunListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const core::RunEntry& shown = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(shown, index.column());
    case Qt::EditRole:
        return index.column() == Name ? oneLine(shown.name) : text(shown, index.column());
    case Qt::ToolTipRole:
        return toolTip(shown);
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == Cells ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

QString RunListModel::text(const core::RunEntry& shown, int column) const
{
    switch (static_cast<Column>(column)) {
    case Name:
        return runLabel(shown);
    case Machine:
        return oneLine(shown.machine);
    case Started:
        return localTime(shown.startedAt);
    case Cells:
        return keptCellsText(shown);
    case Tags:
        return tagsText(shown.tags);
    case Charts:
        return chartsText(shown);
    case Id:
        return QString::fromStdString(shown.shortId);
    case ColumnCount:
        break;
    }
    return {};
}

/// What the run is in the charts, now.
QString RunListModel::chartsText(const core::RunEntry& shown) const
{
    const QString id = QString::fromStdString(shown.id);
    QStringList parts;
    if (m_session.origin().id == id)
        parts << tr("shown");
    for (const OpenedRun& overlay : m_session.overlays()) {
        if (overlay.origin.id == id)
            parts << tr("overlay");
    }
    if (m_session.baselineOrigin().id == id)
        parts << tr("baseline");
    return parts.join(QStringLiteral(", "));
}

QString RunListModel::toolTip(const core::RunEntry& shown) const
{
    QStringList lines { shortened(runLabel(shown), 120) };
    lines << tr("%1, %2").arg(shortened(oneLine(shown.machine), 80), shortened(oneLine(shown.cpu), 80));
    lines << (shown.finishedAt.empty() ? tr("started %1, without an end: it runs still, or was cut off")
                                       : tr("started %1, ended %2"))
                 .arg(localTime(shown.startedAt), localTime(shown.finishedAt));
    if (!shown.tags.empty())
        lines << tr("tags: %1").arg(shortened(tagsText(shown.tags), 120));
    lines << QStringLiteral("breakeven-cli runs show ") + QString::fromStdString(shown.shortId);
    for (QString& line : lines)
        line = line.toHtmlEscaped();
    return QStringLiteral("<p style='white-space:pre'>") + lines.join(QStringLiteral("<br>"));
}

bool RunListModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || !index.isValid() || index.row() >= rowCount())
        return false;
    const core::RunEntry& shown = entry(index.row());
    const QString written = value.toString();
    if (written == data(index, Qt::EditRole).toString())
        return false; // nothing was changed
    if (index.column() == Name)
        emit nameEdited(id(index.row()), written);
    else if (index.column() == Tags && tagsOfText(written) != shown.tags)
        emit tagsEdited(id(index.row()), tagsOfText(written));
    return false; // the list changes once the library has
}

Qt::ItemFlags RunListModel::flags(const QModelIndex& index) const
{
    const bool editable = index.column() == Name || index.column() == Tags;
    return QAbstractTableModel::flags(index) | (editable ? Qt::ItemIsEditable : Qt::NoItemFlags);
}

QVariant RunListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == Cells ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    static const char* const kNames[] = { QT_TR_NOOP("run"), QT_TR_NOOP("machine"), QT_TR_NOOP("started"),
        QT_TR_NOOP("cells"), QT_TR_NOOP("tags"), QT_TR_NOOP("in charts"), QT_TR_NOOP("id") };
    const QString mark = section != m_sortColumn ? QString()
        : m_order == Qt::AscendingOrder          ? QStringLiteral("▴ ")
                                                 : QStringLiteral("▾ ");
    return mark + tr(kNames[section]);
}

QString RunListModel::widestText(int column)
{
    static const char* const kWidest[] = { "", "workstation-17", "2026-12-28 20:58", "120 of 480",
        "nightly, before-update", "overlay, baseline", "0123abcd" };
    return QString::fromUtf8(kWidest[column]);
}

} // namespace ui
