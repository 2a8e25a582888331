// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gpu/faults.h"

#include <vector>

namespace {

__global__ void writeBeyond(int* memory)
{
    memory[std::size_t { 1 } << 40] = 1;
}

__global__ void spin()
{
    while (true)
        __nanosleep(1000);
}

std::vector<void*> taken;

} // namespace

namespace support {

void launchIllegal()
{
    int* memory = nullptr;
    cudaMalloc(&memory, sizeof(int));
    writeBeyond<<<1, 1>>>(memory);
    cudaDeviceSynchronize();
}

void launchEndless()
{
    spin<<<1, 1>>>();
    cudaDeviceSynchronize();
}

void takeAllMemory()
{
    std::size_t free = 0, total = 0;
    cudaMemGetInfo(&free, &total);
    void* memory = nullptr;
    for (; free > (1 << 20); free /= 2)
        while (cudaMalloc(&memory, free) == cudaSuccess)
            taken.push_back(memory);
    cudaGetLastError();
}

void releaseMemory()
{
    for (void* memory : taken)
        cudaFree(memory);
    taken.clear();
}

} // namespace support
