// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/engine/choice_book.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using gpu::ChoiceBook;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values)
{
    std::vector<std::byte> made;
    for (const int value : values)
        made.push_back(static_cast<std::byte>(value));
    return made;
}

} // namespace

class TstGpuChoices : public QObject {
    Q_OBJECT

    std::filesystem::path folder() const { return m_folder.filePath("cache").toStdString(); }
    void overwrite(const std::filesystem::path& path, const QByteArray& text) const
    {
        QFile file(QString::fromStdString(path.string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    QTemporaryDir m_folder;

private slots:
    void areKept()
    {
        ChoiceBook book(folder(), "GPU-1, driver 13.0");
        QVERIFY(!book.find("product 1 2 3"));
        book.keep("product 1 2 3", bytes({ 0, 255, 16 }));
        book.keep("product 4 5 6", bytes({ 7 }));
        book.keep("product 4 5 6", bytes({ 8 })); // the later one
        const ChoiceBook next(folder(), "GPU-1, driver 13.0");
        QVERIFY(next.find("product 1 2 3") == bytes({ 0, 255, 16 }));
        QVERIFY(next.find("product 4 5 6") == bytes({ 8 }));
        QVERIFY(!ChoiceBook(folder(), "GPU-1, driver 13.1").find("product 1 2 3"));
    }

    void ofSeveralProcesses()
    {
        ChoiceBook one(folder(), "shared"), other(folder(), "shared");
        one.keep("a", bytes({ 1 }));
        other.keep("b", bytes({ 2 }));
        const ChoiceBook both(folder(), "shared");
        QVERIFY(both.find("a") == bytes({ 1 }) && both.find("b") == bytes({ 2 }));
    }

    void damage()
    {
        ChoiceBook book(folder(), "damaged");
        book.keep("a", bytes({ 1 }));
        overwrite(book.path(), "no equals sign\nodd = 123\nletters = xy\n = \n\xff\xfe = 00\ngood = 0a0b");
        const ChoiceBook read(folder(), "damaged");
        QVERIFY(!read.find("a") && !read.find("odd") && !read.find("letters"));
        QVERIFY(read.find("good") == bytes({ 10, 11 }));
        overwrite(book.path(), QByteArray(5 << 20, 'x') + "\na = 01\n");
        QVERIFY(!ChoiceBook(folder(), "damaged").find("a"));
    }

    void nowhereToKeepThem()
    {
        ChoiceBook nowhere({}, "machine");
        nowhere.keep("a", bytes({ 1 }));
        QVERIFY(nowhere.find("a") == bytes({ 1 }));
        overwrite(m_folder.filePath("file").toStdString(), "not a folder");
        ChoiceBook blocked(m_folder.filePath("file").toStdString(), "machine");
        blocked.keep("a", bytes({ 1 }));
        blocked.keep("b", bytes({ 2 }));
        QVERIFY(blocked.find("b") == bytes({ 2 }));
    }
};

QTEST_GUILESS_MAIN(TstGpuChoices)
#include "tst_gpu_choices.moc"
