// What a module says about itself: enough of PTX to check that this build runs the same kernels as a GPU would.
#pragma once
#include <map>
#include <string>
#include <vector>

struct Entry
{
    std::vector<size_t> sizes; // of the parameters, in bytes
    size_t shared = 0;         // bytes of static shared memory
    int threads = 1024;        // most threads of a block
};

struct Module
{
    int version = 0; // of PTX: 10·major + minor
    std::map<std::string, Entry> entries;
    std::string error; // why a driver would refuse it; empty if it would not
};

Module parse_ptx(const std::string& text);
