// The kernels of this build by name. The build writes a file for each module that includes its .cu file and lists its entries.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

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
