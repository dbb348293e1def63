// The kernels of this build by name. The build writes a file for each module that includes its .cu file and lists its entries.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

// Where dtypes.cuh puts the kernels of each dtype; their names are different anyway.
namespace f32 {}
namespace f64 {}
namespace i32 {}
namespace i64 {}
namespace f32_i32 {}
namespace f32_i64 {}
namespace f64_i32 {}
namespace f64_i64 {}
using namespace f32;
using namespace f64;
using namespace i32;
using namespace i64;
using namespace f32_i32;
using namespace f32_i64;
using namespace f64_i32;
using namespace f64_i64;

struct Kernel
{
    void (*run)(void** parameters); // one thread, with the addresses of the parameters
    std::vector<size_t> sizes;      // of the parameters, in bytes
};

std::map<std::string, Kernel>& kernels();

template <auto* Function>
struct Registration;

template <class... Parameters, void (*Function)(Parameters...)>
struct Registration<Function>
{
    explicit Registration(const char* name)
    {
        kernels()[name] = {[](void** parameters) { call(parameters, std::index_sequence_for<Parameters...>()); }, {sizeof(Parameters)...}};
    }

    template <size_t... Index>
    static void call(void** parameters, std::index_sequence<Index...>)
    {
        Function(*(Parameters*)parameters[Index]...);
    }
};

#define KERNEL(name) static Registration<name> registration_##name(#name);
