// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/decision_pdf.h"

#include "core/analyse/decision_charts.h"
#include "ui/cell_text.h"
#include "ui/chart_data.h"
#include "ui/decision_marks.h"
#include "ui/drawing_view.h"
#include "ui/format.h"
#include "ui/render.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPageLayout>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>
#include <QUrl>

namespace ui {
namespace {

constexpr int kDotsPerInch = 300;
constexpr double kMarginMm = 16;
constexpr double kWidth = 672; // units of the document across the page: about 0.26 mm each
constexpr int kTextSize = 12; // units

QString tr(const char* text)
{
    return QCoreApplication::translate("ui::decisionPdf", text);
}

QString escaped(const QString& text)
{
    return text.toHtmlEscaped();
}

QString listOf(const QString& title, const std::vector<std::string>& sentences)
{
    if (sentences.empty())
        return {};
    QString html = QStringLiteral("<h3>%1</h3><ul>").arg(escaped(title));
    for (const std::string& sentence : sentences)
        html += QStringLiteral("<li>%1</li>").arg(escaped(QString::fromStdString(sentence)));
    return html + QStringLiteral("</ul>");
}

QString rowOf(const QStringList& cells, const char* tag)
{
    QString html = QStringLiteral("<tr>");
    for (const QString& cell : cells)
        html += QStringLiteral("<%1 align=\"left\">%2</%1>").arg(QLatin1String(tag), escaped(cell));
    return html + QStringLiteral("</tr>");
}

QString tableOf(const Decided& decided)
{
    const core::Run& run = *decided.run;
    QString html = QStringLiteral("<h3>%1</h3><table cellpadding=\"3\" width=\"100%\">").arg(tr("Cells"));
    html += rowOf({ tr("engine"), tr("batch"), tr("median ms"), tr("p99 ms"), tr("items/s"), tr("power W"),
                      tr("decision") },
        "th");
    for (std::size_t i = 0; i < decided.decision.candidates.size(); ++i) {
        const core::Cell& cell = run.cells[decided.decision.candidates[i].cell];
        html += rowOf({ seriesName(run, seriesKeyOf(run, cell.key)), batchText(cell.key), medianText(cell),
                          p99Text(cell), rateText(cell), powerText(cell), decisionText(decided, i) },
            "td");
    }
    return html + QStringLiteral("</table>");
}

/// Charts over the rate, then the tornado; all of a page's width.
std::vector<core::Drawing> drawingsOf(const Decided& decided)
{
    constexpr double kChartHeight = 230;
    std::vector<core::Drawing> drawings;
    for (core::LineChart& chart : core::rateChartsOf(decided.decision, *decided.run, decided.settings)) {
        chart.width = kWidth;
        chart.height = kChartHeight;
        drawings.push_back(core::drawingOf(chart));
    }
    drawings.push_back(core::drawingOf(core::tornadoOf(decided.decision, decided.settings, kWidth)));
    std::erase_if(drawings, [](const core::Drawing& drawing) { return drawing.shapes.empty(); });
    return drawings;
}

QString imageName(std::size_t drawing)
{
    return QStringLiteral("drawing%1").arg(drawing);
}

QImage imageOf(const core::Drawing& drawing)
{
    constexpr double kScale = 3; // pixels a unit: sharp on paper
    QImage image((QSizeF(drawing.width, drawing.height) * kScale).toSize(), QImage::Format_RGB32);
    image.fill(lightTheme().card);
    QPainter painter(&image);
    painter.scale(kScale, kScale);
    paintDrawing(painter, drawing, lightTheme());
    return image;
}

QString bodyOf(const Decided& decided, std::size_t drawings)
{
    const core::Decision& decision = decided.decision;
    const core::Run& run = *decided.run;
    QString html = QStringLiteral("<p>%1<br><span style=\"color:%2\">%3</span></p><h2>%4</h2>")
                       .arg(escaped(runTitle(run)), lightTheme().muted.name(), escaped(runMachine(run)),
                           escaped(QString::fromStdString(decision.recommendation)));
    for (const QString& warning : decisionWarnings(decided))
        html += QStringLiteral("<p style=\"color:%1\">! %2</p>")
                    .arg(lightTheme().warning.name(), escaped(warning));
    html += listOf(tr("Why, and how sure"), decision.reasons);
    html += listOf(tr("What would change the answer"), decision.wouldChange);
    html += QStringLiteral("<p><img src=\"charts\" width=\"%1\"></p>").arg(kWidth);
    for (std::size_t i = 0; i < drawings; ++i)
        html += QStringLiteral("<p><img src=\"%1\" width=\"%2\"></p>").arg(imageName(i)).arg(kWidth);
    html += tableOf(decided);
    html += listOf(tr("Assumptions"), decision.assumptions);
    return html;
}

} // namespace

std::string decisionPdf(const Decided& decided, const core::Run& run, const Company& company)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(kDotsPerInch);
        writer.setTitle(runTitle(run));
        writer.setCreator(QString::fromStdString(run.header.environment.program));
        writer.setPageLayout(QPageLayout(QPageSize(QPageSize::A4), QPageLayout::Portrait,
            QMarginsF(kMarginMm, kMarginMm, kMarginMm, kMarginMm), QPageLayout::Millimeter));
        QTextDocument document;
        QFont font = document.defaultFont();
        font.setPixelSize(kTextSize); // the same on any screen
        document.setDefaultFont(font);
        document.setDocumentMargin(0);
        const QSizeF page = writer.pageLayout().paintRect(QPageLayout::Point).size();
        document.setPageSize({ kWidth, kWidth * page.height() / page.width() });
        document.addResource(QTextDocument::ImageResource, QUrl(QStringLiteral("charts")),
            renderRun(run, company, lightTheme(), XAxis::Batch, kPictureSize, 2));
        const std::vector<core::Drawing> drawings = drawingsOf(decided);
        for (std::size_t i = 0; i < drawings.size(); ++i)
            document.addResource(QTextDocument::ImageResource, QUrl(imageName(i)), imageOf(drawings[i]));
        document.setHtml(bodyOf(decided, drawings.size()));
        document.print(&writer);
    }
    return bytes.toStdString();
}

} // namespace ui
