// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decision_page.h"

#include "ui/chart.h"
#include "ui/decision_form.h"
#include "ui/decision_marks.h"
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
    m_nothing->setVisible(!decided);
    m_nothing->setText(m_session.decisionProblem().isEmpty()
            ? tr("Targets on the left count for any run. A figure that nobody could measure never meets one.")
            : tr("Correct what is marked on the left, and the decision is made again."));
}

void DecisionPage::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(font());
    paintChartCard(
        painter, rect(), m_theme, tr("Decision"), tr("which device, which batch, at what cost"), false);
}

} // namespace ui
