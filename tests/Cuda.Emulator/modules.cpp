// Modules and launches.
#include <cstdio>
#include <cstring>
#include <memory>

#include "kernel.h"
#include "ptx.h"
#include "threads.h"
#include "work.h"

struct Function
{
    std::string name;
    const Kernel* kernel;
    Entry entry;
};

struct LoadedModule
{
    std::map<std::string, std::unique_ptr<Function>> functions;
};

std::map<std::string, Kernel>& kernels()
{
    static std::map<std::string, Kernel> all;
    return all;
}

// Modules: the code is in this library; the PTX must agree with it.

API cuModuleLoadData(CUmodule* module, const void* image)
{
    CALL();
    Module ptx = parse_ptx((const char*)image);
    // PTX 7.0 came with CUDA 11.0, 8.0 with 12.0: both count on alike.
    REQUIRE(ptx.version / 10 + 4 <= setting("MINISTACK_EMULATOR_DRIVER", DriverVersion) / 1000, CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
    auto loaded = std::make_unique<LoadedModule>();
    for (auto& [name, entry] : ptx.entries)
    {
        auto kernel = kernels().find(name);
        if (kernel == kernels().end()) ptx.error = name + " is in the PTX, but not in the emulator";
        else if (kernel->second.sizes != entry.sizes) ptx.error = name + " has other parameters in the PTX than in the emulator";
        else loaded->functions[name].reset(new Function{name, &kernel->second, entry});
    }
    if (!ptx.error.empty())
    {
        fprintf(stderr, "emulator: cuModuleLoadData: %s\n", ptx.error.c_str());
        return CUDA_ERROR_INVALID_PTX;
    }
    *module = loaded.release();
    return CUDA_SUCCESS;
}

API cuModuleUnload(CUmodule module)
{
    CALL();
    finish_all();
    delete module;
    return CUDA_SUCCESS;
}

API cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name)
{
    CALL();
    auto found = module->functions.find(name);
    REQUIRE(found != module->functions.end(), CUDA_ERROR_NOT_FOUND);
    *function = found->second.get();
    return CUDA_SUCCESS;
}

API cuFuncGetAttribute(int* value, int attribute, CUfunction function)
{
    switch (attribute)
    {
        case 0: *value = function->entry.threads; break;
        case 1: *value = (int)function->entry.shared; break;
        case 4: *value = 32; break; // registers: nobody counted
        default: *value = 0; break;
    }
    return CUDA_SUCCESS;
}

API cuFuncSetAttribute(CUfunction, int, int) { return CUDA_ERROR_NOT_SUPPORTED; }

// Launches.

API cuLaunchKernel(
    CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
    unsigned sharedBytes, CUstream stream, void** parameters, void** extra)
{
    CALL();
    REQUIRE(function && known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(gridX && gridY && gridZ && blockX && blockY && blockZ, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(gridX <= 0x7FFFFFFF && gridY <= 0xFFFF && gridZ <= 0xFFFF, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(blockX <= 1024 && blockY <= 1024 && blockZ <= 64, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(blockX * blockY * blockZ <= (unsigned)function->entry.threads, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(function->entry.shared + sharedBytes <= 48 << 10, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
    REQUIRE(!extra && (parameters || function->entry.sizes.empty()), CUDA_ERROR_NOT_SUPPORTED);

    // The parameters are copied now: the caller may change them as soon as this returns.
    std::vector<std::vector<uint64_t>> values;
    for (size_t i = 0; i < function->entry.sizes.size(); i++)
    {
        values.emplace_back((function->entry.sizes[i] + 7) / 8);
        memcpy(values[i].data(), parameters[i], function->entry.sizes[i]);
    }
    return submit(stream, [=]() mutable
    {
        std::vector<void*> addresses;
        for (auto& value : values) addresses.push_back(value.data());
        LaunchFailure failure = run_grid(
            {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, function->entry.shared > 0, [&] { function->kernel->run(addresses.data()); });
        if (failure.code == 0) return;
        fprintf(stderr, "emulator: %s: %s\n", function->name.c_str(), failure.message.c_str());
        broken = failure.code;
    });
}
