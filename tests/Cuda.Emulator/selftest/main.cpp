// Every kernel against plain loops, through the driver API: selftest FOLDER_OF_PTX. Prints what failed, and a checksum of all results,
// which must not depend on the order in which threads run.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checks.h"

static std::string read_file(const std::filesystem::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

int main(int, char** arguments)
{
    CUdevice device;
    CUcontext context;
    succeed(cuInit(0), "cuInit");
    succeed(cuDeviceGet(&device, 0), "cuDeviceGet");
    succeed(cuDevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
    succeed(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    for (const auto& file : std::filesystem::directory_iterator(arguments[1]))
    {
        if (file.path().extension() != ".ptx") continue;
        std::string text = read_file(file.path());
        CUmodule module = nullptr;
        succeed(cuModuleLoadData(&module, text.c_str()), file.path().c_str());
        for (size_t at = 0; module && (at = text.find(".entry ", at)) != std::string::npos;)
        {
            at += strlen(".entry ");
            std::string name = text.substr(at, text.find('(', at) - at);
            succeed(cuModuleGetFunction(&functions[name], module, name.c_str()), name.c_str());
        }
    }

    test_elementwise();
    test_all_copies();
    test_random();
    test_reduce();
    test_matmul();
    test_rows();
    test_attention();
    test_tables();

    for (const auto& [name, function] : functions) check(launched[name] > 0, name + " was never tested");
    uint64_t sum = checksum;
    if (failures == 0) test_driver();
    printf("%zu kernels, %d checks, %d failed, checksum %016llx\n", functions.size(), comparisons, failures, (unsigned long long)sum);
    return failures > 0;
}
