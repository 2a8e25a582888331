// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decision_page.h"

#include "core/analyse/decision_charts.h"
#include "ui/chart.h"
#include "ui/decision_form.h"
#include "ui/decision_marks.h"
#include "ui/drawing_view.h"
#include "ui/elided.h"
#include "ui/facts.h"
#include "ui/format.h"
#include "ui/sentence_list.h"
#include "ui/session.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <algorithm>

namespace ui {
namespace {

constexpr int kFormWidth = 330;
constexpr int kTwoCharts = 900; // the lists' width from which on two charts stand beside each other
constexpr double kChartHeight = 250;

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

QStringList texts(const std::vector<std::string>& sentences)
{
    QStringList all;
    for (const std::string& sentence : sentences)
        all << text(sentence);
    return all;
}

QScrollArea* scrolling(QWidget* content, const char* name, QWidget* parent)
{
    auto* scroll = new QScrollArea(parent);
    scroll->setObjectName(QLatin1String(name));
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    content->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    return scroll;
}

} // namespace

DecisionPage::DecisionPage(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_theme(lightTheme())
    , m_answer(makeText("value", this))
    , m_warnings(makeText("warning", this))
    , m_nothing(makeText("muted", this))
    , m_command(new ElidedLabel(Qt::ElideMiddle, this))
    , m_copy(new QPushButton(tr("Copy"), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, kChartTitleHeight, 14, 8);
    column->setSpacing(8);
    m_answer->setObjectName(QStringLiteral("answer"));
    m_answer->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_warnings->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_answer);
    column->addWidget(m_warnings);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(18);
    auto* left = scrolling(new DecisionForm(session, this), "asked", this);
    left->setFixedWidth(kFormWidth);
    left->setFocusPolicy(Qt::NoFocus);
    columns->addWidget(left);
    auto* lists = new QWidget(this);
    auto* words = new QVBoxLayout(lists);
    words->setContentsMargins(0, 0, 8, 0);
    words->setSpacing(4);
    words->addWidget(m_nothing);
    words->addWidget(m_reasons = new SentenceList(tr("Why, and how sure"), lists));
    words->addWidget(m_changes = new SentenceList(tr("What would change the answer"), lists));
    m_overRate = new QBoxLayout(QBoxLayout::TopToBottom);
    m_overRate->setSpacing(8);
    m_overRate->addWidget(m_cost = new DrawingView(lists), 1);
    m_overRate->addWidget(m_energy = new DrawingView(lists), 1);
    words->addLayout(m_overRate);
    words->addWidget(m_tornado = new DrawingView(lists));
    words->addWidget(m_undrawn = makeText("muted", lists));
    words->addWidget(m_assumptions = new SentenceList(tr("Assumptions"), lists));
    words->addStretch();
    auto* right = scrolling(lists, "answers", this);
    right->setAccessibleName(tr("Reasons, what would change the answer, and assumptions"));
    columns->addWidget(right, 1);
    column->addLayout(columns, 1);
    auto* bottom = new QHBoxLayout;
    setRole(*m_command, "muted");
    bottom->addWidget(m_command, 1);
    setRole(*m_copy, "quiet");
    m_copy->setAccessibleName(tr("Copy the command that decides the same"));
    bottom->addWidget(m_copy);
    column->addLayout(bottom);
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(command()); });
    connect(&session, &Session::decisionChanged, this, &DecisionPage::refresh);
    connect(&session, &Session::wishChanged, this, &DecisionPage::refresh);
    connect(&session, &Session::stateChanged, this, &DecisionPage::refresh);
    connect(&session, &Session::progressChanged, this, &DecisionPage::refresh);
    connect(&session, &Session::saved, this, &DecisionPage::refresh); // the run may have a name now
    setAccessibleName(tr("Decision"));
    refresh();
}

void DecisionPage::setTheme(const Theme& theme)
{
    m_theme = theme;
    for (DrawingView* chart : { m_cost, m_energy, m_tornado })
        chart->setTheme(theme);
    update();
}

QString DecisionPage::answer() const
{
    return m_answer->text();
}

QStringList DecisionPage::warnings() const
{
    return m_warnings->isHidden() ? QStringList() : m_warnings->text().split(QLatin1Char('\n'));
}

QStringList DecisionPage::reasons() const
{
    return m_reasons->sentences();
}

QString DecisionPage::command() const
{
    return decideCommand(m_session.wish(), m_session.run(), m_session.origin());
}

void DecisionPage::showAnswer(const QString& sentence, const char* role)
{
    if (m_answer->text() != sentence)
        m_answer->setText(sentence);
    m_answer->setAccessibleName(sentence);
    setRole(*m_answer, role);
}

QString DecisionPage::restingText() const
{
    const Progress& progress = m_session.progress();
    if (m_session.state() == State::Running)
        return progress.total > 0
            ? tr("The decision follows when the sweep has ended: %1 of %2 cells so far.")
                  .arg(progress.finished)
                  .arg(progress.total)
            : tr("The decision follows when the sweep has ended.");
    if (m_session.deciding())
        return tr("Deciding…");
    return m_session.state() == State::Loading
        ? tr("Opening.")
        : tr("Run a sweep, or open a run: it is then said here which device, which batch, and at what cost.");
}

void DecisionPage::refresh()
{
    const Decided* decided = m_session.decided();
    if (decided)
        showAnswer(text(decided->decision.recommendation), decided->decision.best ? "value" : "warning");
    else if (!m_session.decisionProblem().isEmpty())
        showAnswer(m_session.decisionProblem(), "bad");
    else
        showAnswer(restingText(), "muted");
    showLists();
    // What cannot be read here cannot be read there.
    const bool sayable = m_session.hasResults() && m_session.decisionProblem().isEmpty();
    m_command->setFullText(sayable ? command() : QString());
    m_command->setNote(tr("Decides the same without a window."));
    m_copy->setEnabled(sayable);
    m_copy->setVisible(m_session.hasResults());
}

void DecisionPage::showLists()
{
    const Decided* decided = m_session.decided();
    QStringList warnings;
    if (decided) {
        warnings = decisionWarnings(*decided);
        for (QString& line : warnings)
            line.prepend(QStringLiteral("! "));
    }
    m_warnings->setText(warnings.join(QLatin1Char('\n')));
    m_warnings->setVisible(!warnings.isEmpty());
    m_reasons->setSentences(decided ? texts(decided->decision.reasons) : QStringList());
    m_changes->setSentences(decided ? texts(decided->decision.wouldChange) : QStringList());
    m_assumptions->setSentences(decided ? texts(decided->decision.assumptions) : QStringList());
    showCharts();
    m_nothing->setVisible(!decided);
    m_nothing->setText(m_session.decisionProblem().isEmpty()
            ? tr("Targets on the left count for any run. A figure that nobody could measure never meets one.")
            : tr("Correct what is marked on the left, and the decision is made again."));
}

/// Over the rate where something is known of it, and the tornado where the answer hangs on something.
void DecisionPage::showCharts()
{
    for (DrawingView* chart : { m_cost, m_energy, m_tornado })
        chart->clear();
    const Decided* decided = m_session.decided();
    m_undrawn->setVisible(false);
    if (!decided)
        return;
    const core::Decision& decision = decided->decision;
    const std::vector<core::LineChart> charts
        = core::rateChartsOf(decision, *decided->run, decided->settings);
    if (!charts.empty()) {
        QStringList undrawn;
        for (const std::string& sentence : core::undrawn(decision, *decided->run, decided->settings))
            undrawn << text(sentence);
        m_undrawn->setText(undrawn.join(QLatin1Char('\n')));
        m_undrawn->setVisible(!undrawn.isEmpty());
    }
    for (std::size_t i = 0; i < charts.size(); ++i)
        (i == 0 ? m_cost : m_energy)->draw([chart = charts[i]](double width) mutable {
            chart.width = width;
            chart.height = kChartHeight;
            return core::drawingOf(chart);
        });
    m_tornado->draw([chart = core::tornadoOf(decision, decided->settings, 0)](double width) mutable {
        chart.width = width;
        return core::drawingOf(chart);
    });
}

void DecisionPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_overRate->setDirection(
        width() - kFormWidth < kTwoCharts ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void DecisionPage::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintChartCard(
        painter, rect(), m_theme, tr("Decision"), tr("which device, which batch, at what cost"), false);
}

} // namespace ui
