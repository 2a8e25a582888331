// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lab_live_page.h"

#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/figure_delegate.h"
#include "ui/format.h"
#include "ui/live_chart.h"
#include "ui/live_table_model.h"
#include "ui/live_trial.h"
#include "ui/mark_field.h"
#include "ui/session.h"
#include "ui/table_style.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <algorithm>
#include <cmath>

namespace ui {
namespace {

constexpr int kFieldWidth = 56, kFactsWidth = 200, kServersHeight = 54, kNotesHeight = 100, kRoomy = 340;
constexpr int kWidestPolicy = 190; // pixels of the table's column
constexpr int kColumnPadding = 12;

enum View { About, Watch, Results };

} // namespace

LabLivePage::LabLivePage(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_servers(new QPlainTextEdit(this))
    , m_start(new QPushButton(tr("Start"), this))
    , m_progress(new ElidedLabel(Qt::ElideRight, this))
    , m_stack(new QStackedWidget(this))
    , m_about(makeText("muted", this))
    , m_notes(makeText("muted", this))
    , m_chart(new LiveChart(session.live(), this))
    , m_facts(new Facts(this))
    , m_model(new LiveTableModel(session.live(), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeAsked());
    m_about->setText(tr("The open model is served by engines of this machine. Requests come in by the clock, "
                        "each of one item; "
                        "rate, arrivals, SLO, seed and policies are those on the left. Each policy is "
                        "preceded and followed by "
                        "a rehearsal, from whose times the simulator says what should come out."));
    m_about->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_stack->addWidget(m_about);
    m_stack->addWidget(makeWatch());
    m_stack->addWidget(makeResults());
    column->addWidget(m_stack, 1);
    LiveTrial& trial = session.live();
    connect(&trial, &LiveTrial::wishChanged, this, &LabLivePage::refreshAsked);
    connect(&trial, &LiveTrial::changed, this, &LabLivePage::refresh);
    connect(&trial, &LiveTrial::glanced, this, &LabLivePage::showGlance);
    connect(&session, &Session::stateChanged, this, &LabLivePage::refreshAsked);
    refresh();
}

QWidget* LabLivePage::makeAsked()
{
    auto* asked = new QWidget(this);
    auto* column = new QVBoxLayout(asked);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* first = new QHBoxLayout;
    first->setSpacing(14);
    auto* second = new QHBoxLayout;
    second->setSpacing(8);
    auto* holder = new QWidget(asked); // the style sheet has heights of its own for fields
    holder->setFixedHeight(kServersHeight);
    auto* held = new QVBoxLayout(holder);
    held->setContentsMargins(0, 0, 0, 0);
    held->addWidget(m_servers);
    m_servers->setObjectName(QStringLiteral("liveServers"));
    m_servers->setAccessibleName(tr("Servers, one a line"));
    m_servers->setTabChangesFocus(true);
    m_servers->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_servers->setToolTip(
        tr("A server a line, as cpu,threads=1,precision=bf16: each is a thread with cores of its own.\n"
           "recorded:NAME stands in with its recorded times.\n"
           "Left empty: the devices that are ticked, as far as their engines are here."));
    first->addWidget(holder, 1);
    m_load = addField(*second, tr("load %"), tr("Load in per cent"),
        tr("Requests come in at that share of what the servers do one by one,\n"
           "unless requests/s is set on the left."),
        "liveLoad");
    m_seconds
        = addField(*second, tr("seconds"), tr("Seconds of each policy"), tr("Of each policy"), "liveSeconds");
    m_rehearsal = addField(*second, tr("rehearsal"), tr("Seconds of each rehearsal"),
        tr("Seconds before and after each policy, with other requests"), "liveRehearsal");
    second->addSpacing(6);
    second->addWidget(m_progress, 1);
    m_start->setObjectName(QStringLiteral("liveStart"));
    first->addWidget(m_start, 0, Qt::AlignTop);
    column->addLayout(first);
    column->addLayout(second);
    connect(m_servers, &QPlainTextEdit::textChanged, this, &LabLivePage::apply);
    connect(m_start, &QPushButton::clicked, this, [this] {
        LiveTrial& trial = m_session.live();
        trial.running() ? trial.stop() : trial.start();
    });
    return asked;
}

QLineEdit* LabLivePage::addField(
    QHBoxLayout& row, const QString& name, const QString& accessible, const QString& tip, const char* object)
{
    auto* field = new QLineEdit(this);
    field->setObjectName(QLatin1String(object));
    field->setAccessibleName(accessible);
    field->setToolTip(tip);
    field->setFixedWidth(kFieldWidth);
    QLabel* label = makeText("muted", this);
    label->setWordWrap(false);
    label->setText(name);
    row.addWidget(label);
    row.addWidget(field);
    connect(field, &QLineEdit::textEdited, this, &LabLivePage::apply);
    return field;
}

QWidget* LabLivePage::makeWatch()
{
    auto* watch = new QWidget(this);
    auto* row = new QHBoxLayout(watch);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(14);
    row->addWidget(m_chart, 1);
    auto* beside = new QScrollArea(watch);
    auto* top = new QWidget(beside); // else rows stretch
    auto* facts = new QVBoxLayout(top);
    facts->setContentsMargins(0, 0, 0, 0);
    facts->addWidget(m_facts);
    facts->addStretch();
    beside->setWidget(top);
    beside->setWidgetResizable(true);
    beside->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    top->setAutoFillBackground(false);
    beside->viewport()->setAutoFillBackground(false);
    beside->setFixedWidth(kFactsWidth);
    beside->setFocusPolicy(Qt::NoFocus);
    row->addWidget(beside, 0);
    return watch;
}

QWidget* LabLivePage::makeResults()
{
    auto* results = new QWidget(this);
    auto* column = new QVBoxLayout(results);
    column->setContentsMargins(0, 0, 0, 0);
    m_table = new QTableView(results);
    m_table->setObjectName(QStringLiteral("liveTable"));
    m_table->setModel(m_model);
    styleTable(*m_table);
    m_table->setAccessibleName(tr("Policies on real engines"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    column->addWidget(m_table, 1);
    m_notes->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_notes->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* below = new QScrollArea(results);
    below->setWidget(m_notes);
    below->setWidgetResizable(true);
    below->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_notes->setAutoFillBackground(false);
    below->viewport()->setAutoFillBackground(false);
    below->setFixedHeight(kNotesHeight);
    column->addWidget(below);
    m_below = below;
    m_below->setVisible(isRoomy());
    return results;
}

void LabLivePage::setTheme(const Theme& theme)
{
    m_model->setTheme(theme);
    m_chart->setTheme(theme);
}

void LabLivePage::apply()
{
    if (m_filling)
        return;
    LiveWish wish = m_session.live().wish();
    wish.servers = m_servers->toPlainText();
    wish.load = m_load->text();
    wish.seconds = m_seconds->text();
    wish.rehearsal = m_rehearsal->text();
    m_session.live().ask(wish);
}

void LabLivePage::refreshAsked()
{
    const QScopedValueRollback filling(m_filling, true);
    const LiveTrial& trial = m_session.live();
    const bool running = trial.running();
    if (m_servers->toPlainText() != trial.wish().servers)
        m_servers->setPlainText(trial.wish().servers);
    m_servers->setPlaceholderText(trial.servers());
    const std::pair<QLineEdit*, QString> fields[] = { { m_load, trial.wish().load },
        { m_seconds, trial.wish().seconds }, { m_rehearsal, trial.wish().rehearsal } };
    for (const auto& [field, said] : fields) {
        if (field->text() != said)
            field->setText(said);
        field->setEnabled(!running);
    }
    m_servers->setReadOnly(running);
    m_load->setEnabled(!running && !trial.checked().load.rate);
    const auto isWrong = [&](LiveField field) {
        return std::ranges::find(trial.checked().wrong, field) != trial.checked().wrong.end();
    };
    markField(*m_servers, isWrong(LiveField::Servers));
    markField(*m_load, isWrong(LiveField::Load));
    markField(*m_seconds, isWrong(LiveField::Seconds));
    markField(*m_rehearsal, isWrong(LiveField::Rehearsal));
    m_start->setText(running ? tr("Stop") : tr("Start"));
    m_start->setAccessibleName(
        running ? tr("Stop the engines") : tr("Put policies in front of real engines"));
    m_start->setEnabled(running
            ? !trial.stopping()
            : enabledActions(m_session.state(), m_session.hasResults()).run && m_session.model());
    if (!running) {
        const bool sayable = m_session.model() && trial.checked().problem.isEmpty();
        m_progress->setFullText(sayable ? tr("%1 policies, about %2")
                                              .arg(trial.checked().load.policies.size())
                                              .arg(formatRemaining(trial.checked().seconds))
                                        : QString());
    }
    emit changed();
}

void LabLivePage::refresh()
{
    const LiveTrial& trial = m_session.live();
    refreshAsked();
    m_stack->setCurrentIndex(trial.running()                               ? Watch
            : trial.outcome() && !trial.outcome()->comparison.runs.empty() ? Results
                                                                           : About);
    m_notes->setText(notes().join(QLatin1Char('\n')));
    sizeColumns();
    showGlance();
    emit changed();
}

void LabLivePage::showGlance()
{
    m_facts->setFacts(state());
    if (m_session.live().running()) {
        m_progress->setFullText(progress());
        m_start->setEnabled(!m_session.live().stopping());
    }
    m_chart->update();
}

bool LabLivePage::isRoomy() const
{
    return height() >= kRoomy;
}

void LabLivePage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (m_below->isHidden() != isRoomy())
        return;
    m_below->setVisible(isRoomy());
    emit changed();
}

void LabLivePage::sizeColumns()
{
    const QFontMetricsF headers(font());
    QFont bold = m_table->font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetricsF wide(bold);
    for (int column = 0; column < LiveTableModel::ColumnCount; ++column) {
        double width = headers.horizontalAdvance(
            m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        for (int row = 0; row < m_model->rowCount(); ++row)
            width = std::max(width,
                tabularWidth(m_model->data(m_model->index(row, column), Qt::DisplayRole).toString(), wide));
        if (column == LiveTableModel::Policy)
            width = std::min<double>(width, kWidestPolicy);
        m_table->setColumnWidth(column, static_cast<int>(std::ceil(width)) + kColumnPadding);
    }
}

} // namespace ui
