// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/cuda_device.h"

#include "gpu/cuda/blas_lt.h"
#include "gpu/cuda/check.h"
#include "gpu/cuda/tables.h"
#include "gpu/engine/own_product.h"

#include <fmt/format.h>

#include <map>

namespace gpu {

std::span<const CudaKernel> cudaTable(Family family)
{
    switch (family) {
    case Family::Elementwise:
        return elementwiseTable();
    case Family::Movement:
        return movementTable();
    case Family::Rows:
        return rowTable();
    case Family::Windows:
        return windowTable();
    case Family::Convolution:
        return convolutionTable();
    case Family::Attention:
        return attentionTable();
    case Family::Integers:
        return integerTable();
    case Family::Tiles:
        break;
    }
    return tileTable();
}

namespace {

std::string version(int number)
{
    return fmt::format("{}.{}", number / 1000, number % 1000 / 10);
}

/// As the driver's tools print it: "GPU-" and five groups of hexadecimal digits.
std::string uuidText(const cudaUUID_t& uuid)
{
    std::string text = "GPU";
    for (std::size_t i = 0; i < sizeof uuid.bytes; ++i) {
        const bool group = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
        text += fmt::format("{}{:02x}", group ? "-" : "", static_cast<unsigned char>(uuid.bytes[i]));
    }
    return text;
}

class CudaDevice final : public Device {
public:
    CudaDevice();
    ~CudaDevice() override;

    const DeviceFacts& facts() const override { return m_facts; }
    std::byte* allocate(std::size_t bytes) override;
    void release(std::byte* memory) noexcept override { cudaFree(memory); }
    std::byte* allocatePinned(std::size_t bytes) override;
    void releasePinned(std::byte* memory) noexcept override { cudaFreeHost(memory); }
    std::size_t freeMemory() override;
    void copyIn(std::byte* device, const std::byte* host, std::size_t bytes) override;
    void copyOut(std::byte* host, const std::byte* device, std::size_t bytes) override;
    void copy(std::byte* to, const std::byte* from, std::size_t bytes) override;
    void launch(
        Family family, std::size_t id, const void* body, std::size_t bytes, std::int64_t count) override;
    void multiply(const Product& product) override;
    std::string multiplierOf(const Product&) const override { return m_blas ? "cublasLt" : "own:product"; }
    void beginRecording() override;
    int endRecording() override;
    void replay(int recording) override;
    void forget(int recording) noexcept override;
    void mark(int event) override
    {
        check(cudaEventRecord(m_events[event], m_stream), "Cannot note the GPU's time");
    }
    double between(int from, int to) override;
    void finish() override { check(cudaStreamSynchronize(m_stream), "Cannot compute on the GPU"); }

private:
    void start();

    DeviceFacts m_facts;
    cudaStream_t m_stream = nullptr;
    cudaEvent_t m_events[kEvents] {};
    std::unique_ptr<BlasLt> m_blas;
    std::map<int, cudaGraphExec_t> m_recordings;
    int m_next = 0;
};

CudaDevice::CudaDevice()
{
    int count = 0;
    if (const cudaError_t error = cudaGetDeviceCount(&count); error != cudaSuccess || count == 0)
        throw core::Error(
            "No GPU: CUDA says \"{}\".", error == cudaSuccess ? "no device" : cudaGetErrorString(error));
    cudaDeviceProp properties {};
    check(cudaGetDeviceProperties(&properties, 0), "Cannot use the GPU");
    int driver = 0, runtime = 0;
    cudaDriverGetVersion(&driver);
    cudaRuntimeGetVersion(&runtime);
    m_facts.name = properties.name;
    m_facts.uuid = uuidText(properties.uuid);
    m_facts.driver = "CUDA " + version(driver);
    std::string why;
    const std::string blas = BlasLt::nameOf(why);
    m_facts.library = fmt::format(
        "CUDA runtime {}, {}", version(runtime), blas.empty() ? "own products, for " + why : blas);
    m_facts.memoryBytes = properties.totalGlobalMem;
    m_facts.architecture = properties.major * 10 + properties.minor;
    m_facts.multiprocessors = properties.multiProcessorCount;
    m_facts.halves = m_facts.architecture >= 70;
    m_facts.tensorFloat = m_facts.bfloats = m_facts.architecture >= 80;
}

/// What takes memory of the device waits until somebody computes: a window that measures in other processes
/// shall not hold a part of it.
void CudaDevice::start()
{
    if (m_stream)
        return;
    check(cudaSetDevice(0), "Cannot use the GPU");
    check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "Cannot use the GPU");
    for (cudaEvent_t& event : m_events)
        check(cudaEventCreate(&event), "Cannot use the GPU");
    std::string why; // which the facts say already
    m_blas = BlasLt::load(m_facts, why);
}

CudaDevice::~CudaDevice()
{
    if (!m_stream)
        return;
    m_blas.reset();
    for (const auto& [number, graph] : m_recordings)
        cudaGraphExecDestroy(graph);
    for (cudaEvent_t event : m_events)
        cudaEventDestroy(event);
    cudaStreamDestroy(m_stream);
}

std::byte* CudaDevice::allocate(std::size_t bytes)
{
    start();
    void* memory = nullptr;
    check(cudaMalloc(&memory, bytes), "Cannot allocate memory");
    return static_cast<std::byte*>(memory);
}

std::byte* CudaDevice::allocatePinned(std::size_t bytes)
{
    start();
    void* memory = nullptr;
    check(cudaMallocHost(&memory, bytes), "Cannot allocate pinned memory");
    return static_cast<std::byte*>(memory);
}

std::size_t CudaDevice::freeMemory()
{
    start();
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "Cannot ask for the GPU's memory");
    return free;
}

void CudaDevice::copyIn(std::byte* device, const std::byte* host, std::size_t bytes)
{
    check(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, m_stream), "Cannot copy to the GPU");
}

void CudaDevice::copyOut(std::byte* host, const std::byte* device, std::size_t bytes)
{
    check(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, m_stream), "Cannot copy from the GPU");
}

void CudaDevice::copy(std::byte* to, const std::byte* from, std::size_t bytes)
{
    check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, m_stream), "Cannot copy on the GPU");
}

void CudaDevice::launch(Family family, std::size_t id, const void* body, std::size_t, std::int64_t count)
{
    check(cudaTable(family)[id](body, count, m_stream), "Cannot launch a kernel");
}

/// What cuBLASLt has no ending for follows as an elementwise pass; what it cannot compute is computed by own
/// tiles.
void CudaDevice::multiply(const Product& product)
{
    if (product.m == 0 || product.n == 0 || product.batch == 0)
        return;
    if (m_blas && BlasLt::takesActivation(product) && m_blas->multiply(product, m_stream))
        return;
    if (m_blas && !BlasLt::takesActivation(product)) {
        Product linear = product;
        linear.activation = Activation::None;
        if (m_blas->multiply(linear, m_stream)) {
            activate(*this, product);
            return;
        }
    }
    multiplyByTiles(*this, product);
}

void CudaDevice::beginRecording()
{
    check(cudaStreamBeginCapture(m_stream, cudaStreamCaptureModeThreadLocal), "Cannot record a CUDA graph");
}

int CudaDevice::endRecording()
{
    cudaGraph_t graph = nullptr;
    check(cudaStreamEndCapture(m_stream, &graph), "Cannot record a CUDA graph");
    cudaGraphExec_t executable = nullptr;
    const cudaError_t error = cudaGraphInstantiate(&executable, graph, 0);
    cudaGraphDestroy(graph);
    check(error, "Cannot instantiate a CUDA graph");
    m_recordings.emplace(++m_next, executable);
    return m_next;
}

void CudaDevice::replay(int recording)
{
    check(cudaGraphLaunch(m_recordings.at(recording), m_stream), "Cannot launch a CUDA graph");
}

void CudaDevice::forget(int recording) noexcept
{
    if (const auto found = m_recordings.find(recording); found != m_recordings.end()) {
        cudaGraphExecDestroy(found->second);
        m_recordings.erase(found);
    }
}

double CudaDevice::between(int from, int to)
{
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, m_events[from], m_events[to]), "Cannot tell the GPU's time");
    return milliseconds;
}

} // namespace

std::unique_ptr<Device> makeCudaDevice()
{
    return std::make_unique<CudaDevice>();
}

} // namespace gpu
