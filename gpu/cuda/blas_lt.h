// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gpu/engine/choice_book.h"
#include "gpu/engine/device.h"

#include <cublasLt.h>

#include <array>
#include <map>
#include <memory>
#include <string>

namespace gpu {

/// Products by cuBLASLt, which is loaded when the first is made: it has half a gigabyte, and not every
/// machine has it. The fastest of the algorithms it proposes is found by a clock, once for each shape on a
/// machine.
class BlasLt {
public:
    /// Null where the library cannot be loaded; `reason` then says why. Takes memory of the device, which
    /// `facts` are of.
    static std::unique_ptr<BlasLt> load(const DeviceFacts& facts, std::string& reason);
    /// "cuBLASLt 13.1.0"; empty where it cannot be loaded. Takes none.
    static std::string nameOf(std::string& reason);
    ~BlasLt();

    /// Whether it computes the product with all that it ends with; else the activation is left to the caller.
    static bool takesActivation(const Product& product);
    /// False where it knows no algorithm for such a product. May not be recorded before it has run once.
    bool multiply(const Product& product, cudaStream_t stream);

private:
    struct Library;
    struct Plan;
    using Key = std::array<std::int64_t, 21>;

    BlasLt(std::unique_ptr<Library> library, const DeviceFacts& facts);
    static std::unique_ptr<Library> open(std::string& reason);
    Plan* planFor(const Product& product, cudaStream_t stream);
    std::unique_ptr<Plan> makePlan(const Product& product);
    void chooseAlgorithm(Plan& plan, const Product& product, cudaStream_t stream);
    bool takeRemembered(Plan& plan, const std::string& question);
    cublasStatus_t run(
        const Plan& plan, const Product& product, const cublasLtMatmulAlgo_t& algorithm, cudaStream_t stream);

    std::unique_ptr<Library> m_library;
    cublasLtHandle_t m_handle = nullptr;
    void* m_workspace = nullptr;
    std::map<Key, std::unique_ptr<Plan>> m_plans;
    ChoiceBook m_book;
};

} // namespace gpu
