// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/check.h"

#include "gpu/engine/device.h"

namespace gpu {

namespace {

/// Nothing that the process does afterwards succeeds.
bool staysWithTheProcess(cudaError_t error)
{
    switch (error) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
        return true;
    default:
        return false;
    }
}

} // namespace

void check(cudaError_t error, const char* doing)
{
    if (error == cudaSuccess)
        return;
    cudaGetLastError(); // what does not stay with the process is forgotten here
    if (error == cudaErrorMemoryAllocation)
        throw core::OutOfMemory("{}: out of GPU memory.", doing);
    if (staysWithTheProcess(error))
        throw DeviceLost("The GPU is lost: {} ({}). Only a new worker process can use it again.",
            cudaGetErrorString(error), static_cast<int>(error));
    throw core::Error("{}: {} ({}).", doing, cudaGetErrorString(error), static_cast<int>(error));
}

} // namespace gpu
