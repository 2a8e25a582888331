# SPDX-License-Identifier: GPL-3.0-or-later
# Fails when DOCUMENT is not what COMMAND (a list) prints. usage: cmake -DCOMMAND=... -DDOCUMENT=... -P this
execute_process(COMMAND ${COMMAND} OUTPUT_VARIABLE printed RESULT_VARIABLE status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${COMMAND} ended with ${status}.")
endif()
file(READ ${DOCUMENT} written)
if(NOT printed STREQUAL written)
    string(REPLACE ";" " " line "${COMMAND}")
    message(FATAL_ERROR "${DOCUMENT} is out of date: write it anew with ${line} > ${DOCUMENT}.")
endif()
