// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mark_field.h"

#include <QStyle>
#include <QVariant>
#include <QWidget>

namespace ui {

void markField(QWidget& field, bool wrong)
{
    if (field.property("invalid").toBool() == wrong)
        return;
    field.setProperty("invalid", wrong);
    field.style()->unpolish(&field);
    field.style()->polish(&field);
}

} // namespace ui
