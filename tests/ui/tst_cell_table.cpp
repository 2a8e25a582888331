// SPDX-License-Identifier: GPL-3.0-or-later
// How equal a cell's outputs are stands beside its speed, where somebody asked for it.
#include "core/record/run_file.h"
#include "tests/support/runs.h"
#include "tests/ui/window_support.h"
#include "ui/cell_table.h"
#include "ui/cell_table_model.h"

#include <QTableView>

using ui::CellTableModel;

class TstCellTable : public QObject {
    Q_OBJECT

    support::OwnSettings m_settings;
    QTemporaryDir m_folder;

    /// The example, its first cell compared as `off` says.
    QString saved(std::optional<core::Difference> off) const
    {
        core::Run run = support::exampleRun();
        for (core::Cell& cell : run.cells) {
            if (cell.finished)
                cell.finished->agreement.reset();
        }
        run.cells[0].finished->agreement = off;
        const QString path = m_folder.filePath(QStringLiteral("run.json"));
        core::writeRun(run, path.toStdString());
        return path;
    }

    static void open(ui::Session& session, const QString& path)
    {
        QSignalSpy opened(&session, &ui::Session::runOpened);
        session.openRun(path);
        QVERIFY(QTest::qWaitFor([&] { return !opened.isEmpty(); }, support::kPatience));
    }

private slots:
    void outputsStandBesideTheirSpeed()
    {
        ui::Session session(support::fakeEngines());
        ui::CellTable table(session);
        const auto* view = table.findChild<QTableView*>();
        const auto text = [&](int column, int role = Qt::DisplayRole) {
            return view->model()->index(0, column).data(role).toString();
        };
        open(session, saved(std::nullopt));
        QVERIFY(
            view->isColumnHidden(CellTableModel::LargestError) && view->isColumnHidden(CellTableModel::Top1));
        open(session, saved(core::Difference { .maxAbs = 1e-5, .maxRel = 3.24e-7, .cosine = 0.999999999 }));
        QVERIFY(!view->isColumnHidden(CellTableModel::LargestError));
        QVERIFY(view->isColumnHidden(CellTableModel::Top1)); // no classes
        QCOMPARE(text(CellTableModel::LargestError), QStringLiteral("3.2e-07"));
        open(session,
            saved(core::Difference { .maxAbs = 0.25, .maxRel = 0.125, .cosine = 0.995, .top1 = 0.875 }));
        QVERIFY(!view->isColumnHidden(CellTableModel::Top1));
        QCOMPARE(text(CellTableModel::Top1), QStringLiteral("87.5 %"));
        QCOMPARE(text(CellTableModel::LargestError, Qt::ToolTipRole),
            QStringLiteral(
                "Outputs against the reference engine on the same inputs, the worst of all: largest "
                "difference 2.50e-01, largest relative error 1.25e-01, cosine 0.995000000, the same "
                "largest element in 87.5 % of rows."));
        const QModelIndex other = view->model()->index(1, CellTableModel::LargestError);
        QVERIFY2(other.data().toString() != QStringLiteral("0"), "not compared is no zero");
        QVERIFY(other.data(Qt::ToolTipRole).toString().isEmpty());
    }
};

QTEST_MAIN(TstCellTable)
#include "tst_cell_table.moc"
