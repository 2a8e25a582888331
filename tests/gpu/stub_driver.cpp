// SPDX-License-Identifier: GPL-3.0-or-later
// Stands where the CUDA driver would, for a plug-in that does not ask it for anything.
extern "C" int breakevenStubDriver()
{
    return 0;
}
