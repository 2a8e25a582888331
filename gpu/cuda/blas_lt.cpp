// SPDX-License-Identifier: GPL-3.0-or-later
#include "gpu/cuda/blas_lt.h"

#include "core/record/peaks_file.h"
#include "gpu/cuda/check.h"

#include <dlfcn.h>
#include <fmt/ranges.h>

#include <array>
#include <cstring>
#include <span>
#include <vector>

namespace gpu {

namespace {

constexpr std::size_t kWorkspace = 32 << 20; // what NVIDIA asks for on Hopper
constexpr int kCandidates = 8, kRounds = 5;

/// As cuBLASLt sees a row-major product: c transposed is b transposed times a transposed, column-major.
struct Types {
    cudaDataType_t data;
    cublasComputeType_t compute;
};

Types typesOf(Numbers numbers)
{
    switch (numbers) {
    case Numbers::Float32:
        return { CUDA_R_32F, CUBLAS_COMPUTE_32F };
    case Numbers::TensorFloat32:
        return { CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32 };
    case Numbers::Float16:
        return { CUDA_R_16F, CUBLAS_COMPUTE_32F };
    case Numbers::BFloat16:
        break;
    }
    return { CUDA_R_16BF, CUBLAS_COMPUTE_32F };
}

/// The largest power of two that an address is a multiple of, up to what allocations have.
std::uint32_t alignmentOf(const std::byte* pointer)
{
    const auto address = reinterpret_cast<std::uintptr_t>(pointer) | 256U;
    return static_cast<std::uint32_t>(address & (~address + 1));
}

/// All that the choice of an algorithm depends on beside the machine.
std::array<std::int64_t, 21> keyOf(const Product& p)
{
    return { static_cast<int>(p.numbers), p.batch, p.m, p.n, p.k, p.transposeA, p.transposeB, p.rowA, p.rowB,
        p.rowC, p.batchA, p.batchB, p.batchC, p.batchBias, p.bias != nullptr, p.residual != nullptr,
        static_cast<int>(p.activation), alignmentOf(p.a), alignmentOf(p.b), alignmentOf(p.c),
        alignmentOf(p.residual ? p.residual : p.c) };
}

} // namespace

/// The functions that are used, by their names in the header.
struct BlasLt::Library {
    void* handle = nullptr;
    decltype(&cublasLtCreate) create = nullptr;
    decltype(&cublasLtDestroy) destroy = nullptr;
    decltype(&cublasLtGetVersion) version = nullptr;
    decltype(&cublasLtMatmul) matmul = nullptr;
    decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic = nullptr;
    decltype(&cublasLtMatmulAlgoCheck) checkAlgorithm = nullptr;
    decltype(&cublasLtMatmulDescCreate) createDesc = nullptr;
    decltype(&cublasLtMatmulDescDestroy) destroyDesc = nullptr;
    decltype(&cublasLtMatmulDescSetAttribute) setDesc = nullptr;
    decltype(&cublasLtMatrixLayoutCreate) createLayout = nullptr;
    decltype(&cublasLtMatrixLayoutDestroy) destroyLayout = nullptr;
    decltype(&cublasLtMatrixLayoutSetAttribute) setLayout = nullptr;
    decltype(&cublasLtMatmulPreferenceCreate) createPreference = nullptr;
    decltype(&cublasLtMatmulPreferenceDestroy) destroyPreference = nullptr;
    decltype(&cublasLtMatmulPreferenceSetAttribute) setPreference = nullptr;

    template <typename Function> bool find(Function& function, const char* name)
    {
        function = reinterpret_cast<Function>(dlsym(handle, name));
        return function != nullptr;
    }
    bool findAll()
    {
        return find(create, "cublasLtCreate") && find(destroy, "cublasLtDestroy")
            && find(version, "cublasLtGetVersion") && find(matmul, "cublasLtMatmul")
            && find(heuristic, "cublasLtMatmulAlgoGetHeuristic")
            && find(checkAlgorithm, "cublasLtMatmulAlgoCheck") && find(createDesc, "cublasLtMatmulDescCreate")
            && find(destroyDesc, "cublasLtMatmulDescDestroy")
            && find(setDesc, "cublasLtMatmulDescSetAttribute")
            && find(createLayout, "cublasLtMatrixLayoutCreate")
            && find(destroyLayout, "cublasLtMatrixLayoutDestroy")
            && find(setLayout, "cublasLtMatrixLayoutSetAttribute")
            && find(createPreference, "cublasLtMatmulPreferenceCreate")
            && find(destroyPreference, "cublasLtMatmulPreferenceDestroy")
            && find(setPreference, "cublasLtMatmulPreferenceSetAttribute");
    }
};

struct BlasLt::Plan {
    const Library* library = nullptr;
    cublasLtMatmulDesc_t desc = nullptr;
    cublasLtMatrixLayout_t a = nullptr, b = nullptr, c = nullptr;
    cublasLtMatmulAlgo_t algorithm {};
    bool found = false;

    ~Plan()
    {
        for (cublasLtMatrixLayout_t layout : { a, b, c })
            if (layout)
                library->destroyLayout(layout);
        if (desc)
            library->destroyDesc(desc);
    }
};

/// With all its functions; null, and why, where it cannot be loaded.
std::unique_ptr<BlasLt::Library> BlasLt::open(std::string& reason)
{
    auto library = std::make_unique<Library>();
    for (const char* name : { "libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so" })
        if (!library->handle)
            library->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library->handle) {
        const char* text = dlerror();
        reason = text ? text : "libcublasLt.so is missing";
        return nullptr;
    }
    if (!library->findAll()) {
        reason = "libcublasLt.so lacks functions";
        return nullptr;
    }
    return library;
}

std::string BlasLt::nameOf(std::string& reason)
{
    const auto library = open(reason);
    if (!library)
        return {};
    const std::size_t version = library->version();
    return fmt::format("cuBLASLt {}.{}.{}", version / 10'000, version / 100 % 100, version % 100);
}

std::unique_ptr<BlasLt> BlasLt::load(const DeviceFacts& facts, std::string& reason)
{
    auto library = open(reason);
    if (!library)
        return nullptr;
    std::unique_ptr<BlasLt> blas(new BlasLt(std::move(library), facts));
    if (blas->m_library->create(&blas->m_handle) != CUBLAS_STATUS_SUCCESS) {
        reason = "cuBLASLt cannot be initialised";
        return nullptr;
    }
    return blas;
}

BlasLt::BlasLt(std::unique_ptr<Library> library, const DeviceFacts& facts)
    : m_library(std::move(library))
    , m_book(core::cacheFolder(),
          fmt::format("{}, {}, cuBLASLt {}", facts.uuid, facts.driver, m_library->version()))
{
    check(cudaMalloc(&m_workspace, kWorkspace), "Cannot allocate cuBLASLt's workspace");
}

BlasLt::~BlasLt()
{
    m_plans.clear();
    if (m_handle)
        m_library->destroy(m_handle);
    cudaFree(m_workspace);
}

bool BlasLt::takesActivation(const Product& product)
{
    return product.activation == Activation::None || product.activation == Activation::Relu
        || product.activation == Activation::GeluTanh;
}

std::unique_ptr<BlasLt::Plan> BlasLt::makePlan(const Product& product)
{
    const auto [data, compute] = typesOf(product.numbers);
    auto plan = std::make_unique<Plan>();
    plan->library = m_library.get();
    bool good = m_library->createDesc(&plan->desc, compute, CUDA_R_32F) == CUBLAS_STATUS_SUCCESS;
    const auto set = [&](cublasLtMatmulDescAttributes_t attribute, auto value) {
        good = good
            && m_library->setDesc(plan->desc, attribute, &value, sizeof(value)) == CUBLAS_STATUS_SUCCESS;
    };
    // The first factor is b, the second one a: both are seen transposed already.
    set(CUBLASLT_MATMUL_DESC_TRANSA, product.transposeB ? CUBLAS_OP_T : CUBLAS_OP_N);
    set(CUBLASLT_MATMUL_DESC_TRANSB, product.transposeA ? CUBLAS_OP_T : CUBLAS_OP_N);
    const bool relu = product.activation == Activation::Relu,
               gelu = product.activation == Activation::GeluTanh;
    cublasLtEpilogue_t epilogue = product.bias ? CUBLASLT_EPILOGUE_BIAS : CUBLASLT_EPILOGUE_DEFAULT;
    if (relu)
        epilogue = product.bias ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_RELU;
    if (gelu)
        epilogue = product.bias ? CUBLASLT_EPILOGUE_GELU_BIAS : CUBLASLT_EPILOGUE_GELU;
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue);
    if (product.bias) {
        set(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, data);
        set(CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE, product.batchBias);
    }
    const auto layout = [&](cublasLtMatrixLayout_t& made, std::int64_t rows, std::int64_t columns,
                            std::int64_t leading, std::int64_t stride) {
        good = good
            && m_library->createLayout(&made, data, static_cast<std::uint64_t>(rows),
                   static_cast<std::uint64_t>(columns), leading)
                == CUBLAS_STATUS_SUCCESS;
        const auto batch = static_cast<std::int32_t>(product.batch);
        good = good
            && m_library->setLayout(made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &batch, sizeof(batch))
                == CUBLAS_STATUS_SUCCESS
            && m_library->setLayout(
                   made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride, sizeof(stride))
                == CUBLAS_STATUS_SUCCESS;
    };
    layout(plan->a, product.transposeB ? product.k : product.n, product.transposeB ? product.n : product.k,
        product.rowB, product.batchB);
    layout(plan->b, product.transposeA ? product.m : product.k, product.transposeA ? product.k : product.m,
        product.rowA, product.batchA);
    layout(plan->c, product.n, product.m, product.rowC, product.batchC);
    return good ? std::move(plan) : nullptr;
}

cublasStatus_t BlasLt::run(
    const Plan& plan, const Product& product, const cublasLtMatmulAlgo_t& algorithm, cudaStream_t stream)
{
    if (product.bias)
        m_library->setDesc(plan.desc, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &product.bias, sizeof(product.bias));
    const float beta = product.residual ? 1.0F : 0.0F;
    return m_library->matmul(m_handle, plan.desc, &product.alpha, product.b, plan.a, product.a, plan.b, &beta,
        product.residual ? product.residual : product.c, plan.c, product.c, plan.c, &algorithm, m_workspace,
        kWorkspace, stream);
}

/// Times what the library proposes on the product itself: its result is computed again afterwards, unless it
/// is summed onto what lies there.
void BlasLt::chooseAlgorithm(Plan& plan, const Product& product, cudaStream_t stream)
{
    cublasLtMatmulPreference_t preference = nullptr;
    if (m_library->createPreference(&preference) != CUBLAS_STATUS_SUCCESS)
        return;
    m_library->setPreference(
        preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &kWorkspace, sizeof(kWorkspace));
    const std::pair<cublasLtMatmulPreferenceAttributes_t, const std::byte*> pointers[] {
        { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, product.b },
        { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, product.a },
        { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, product.residual ? product.residual : product.c },
        { CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, product.c }
    };
    for (const auto& [attribute, pointer] : pointers) {
        const std::uint32_t alignment = alignmentOf(pointer);
        m_library->setPreference(preference, attribute, &alignment, sizeof(alignment));
    }
    std::array<cublasLtMatmulHeuristicResult_t, kCandidates> results {};
    int count = 0;
    m_library->heuristic(
        m_handle, plan.desc, plan.a, plan.b, plan.c, plan.c, preference, kCandidates, results.data(), &count);
    m_library->destroyPreference(preference);
    if (count == 0)
        return;
    plan.found = true;
    plan.algorithm = results[0].algo;
    if (product.residual == product.c)
        return;
    cudaEvent_t begin = nullptr, end = nullptr;
    check(cudaEventCreate(&begin), "Cannot time a product");
    check(cudaEventCreate(&end), "Cannot time a product");
    float best = 0;
    for (int i = 0; i < count; ++i) {
        const cublasLtMatmulAlgo_t& algorithm = results[static_cast<std::size_t>(i)].algo;
        if (run(plan, product, algorithm, stream) != CUBLAS_STATUS_SUCCESS)
            continue;
        cudaEventRecord(begin, stream);
        for (int round = 0; round < kRounds; ++round)
            run(plan, product, algorithm, stream);
        cudaEventRecord(end, stream);
        check(cudaEventSynchronize(end), "Cannot time a product");
        float milliseconds = 0;
        cudaEventElapsedTime(&milliseconds, begin, end);
        if (best == 0 || milliseconds < best) {
            best = milliseconds;
            plan.algorithm = algorithm;
        }
    }
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
}

/// What a file says is an algorithm only if the library agrees.
bool BlasLt::takeRemembered(Plan& plan, const std::string& question)
{
    const auto bytes = m_book.find(question);
    if (!bytes || bytes->size() != sizeof(plan.algorithm))
        return false;
    cublasLtMatmulAlgo_t algorithm {};
    std::memcpy(&algorithm, bytes->data(), bytes->size());
    cublasLtMatmulHeuristicResult_t result {};
    plan.found
        = m_library->checkAlgorithm(m_handle, plan.desc, plan.a, plan.b, plan.c, plan.c, &algorithm, &result)
            == CUBLAS_STATUS_SUCCESS
        && result.workspaceSize <= kWorkspace;
    if (plan.found)
        plan.algorithm = algorithm;
    return plan.found;
}

BlasLt::Plan* BlasLt::planFor(const Product& p, cudaStream_t stream)
{
    const Key key = keyOf(p);
    auto [place, isNew] = m_plans.try_emplace(key);
    if (isNew) {
        const std::string question = fmt::format("product {}", fmt::join(key, " "));
        place->second = makePlan(p);
        if (place->second && !takeRemembered(*place->second, question)) {
            chooseAlgorithm(*place->second, p, stream);
            if (place->second->found)
                m_book.keep(question, std::as_bytes(std::span(&place->second->algorithm, 1)));
        }
    }
    return place->second.get();
}

bool BlasLt::multiply(const Product& product, cudaStream_t stream)
{
    const Plan* plan = planFor(product, stream);
    return plan && plan->found && run(*plan, product, plan->algorithm, stream) == CUBLAS_STATUS_SUCCESS;
}

} // namespace gpu
