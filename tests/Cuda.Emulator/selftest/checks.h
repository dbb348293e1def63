// What the self-test is written with: device buffers, launches by name, and comparison with plain loops in F64.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "../driver.h"

using int64 = int64_t;

// The structures of the contract, written down once more, as the C# side does it.
struct Axes
{
    int64 rank, sizes[8], strides[8];
};

struct Rows
{
    Axes starts;
    int64 stride;
};

struct Heads
{
    int64 batch, head, time, channel;
};

struct Grid
{
    int64 x, y = 1, z = 1;
};

const double Infinity = HUGE_VAL, NaN = std::nan("");

inline int failures, comparisons;
inline uint64_t checksum = 14695981039346656037u; // of everything read back: FNV-1a
inline std::mt19937 generator(1);
inline std::map<std::string, CUfunction> functions;
inline std::map<std::string, int> launched;

inline void check(bool holds, const std::string& what)
{
    comparisons++;
    if (holds) return;
    printf("FAILED: %s\n", what.c_str());
    if (++failures < 20) return;
    printf("More than enough: the rest is not tried.\n");
    exit(1);
}

inline void succeed(CUresult result, const char* what) { check(result == 0, std::string(what) + " gave error " + std::to_string(result)); }

template <class T> std::string suffix()
{
    if constexpr (std::is_same_v<T, float>) return "f32";
    else if constexpr (std::is_same_v<T, double>) return "f64";
    else if constexpr (std::is_same_v<T, int>) return "i32";
    else if constexpr (std::is_same_v<T, int64>) return "i64";
    else return "bool";
}

/// Device memory. A vector of bool has no address, so Bool is unsigned char here.
template <class T>
struct Buffer
{
    CUdeviceptr at = 0;
    size_t count;

    explicit Buffer(size_t count) : count(count) { succeed(cuMemAlloc_v2(&at, (count ? count : 1) * sizeof(T)), "cuMemAlloc"); }
    Buffer(const std::vector<T>& from) : Buffer(from.size()) { succeed(cuMemcpyHtoD_v2(at, from.data(), count * sizeof(T)), "cuMemcpyHtoD"); }
    Buffer(const Buffer&) = delete;
    ~Buffer() { cuMemFree_v2(at); }

    std::vector<T> read() const
    {
        std::vector<T> to(count);
        succeed(cuMemcpyDtoH_v2(to.data(), at, count * sizeof(T)), "cuMemcpyDtoH");
        for (size_t i = 0; i < count * sizeof(T); i++) checksum = (checksum ^ ((unsigned char*)to.data())[i]) * 1099511628211u;
        return to;
    }
};

/// Parameters must have the exact types of the contract: int64 for sizes, CUdeviceptr for pointers.
template <class... P>
void launch(const std::string& name, Grid grid, Grid block, P... parameters)
{
    void* addresses[] = {&parameters...};
    launched[name]++;
    if (!functions.count(name)) return check(false, "there is no kernel " + name);
    succeed(cuLaunchKernel(functions[name], grid.x, grid.y, grid.z, block.x, block.y, block.z, 0, nullptr, addresses, nullptr), name.c_str());
}

inline Grid flat(int64 count) { return {std::min<int64>((count + 255) / 256, 3)}; } // few blocks, so that threads take several

template <class T>
std::vector<T> random_vector(size_t count, double low = -2, double high = 2)
{
    std::vector<T> to(count);
    for (T& x : to) x = (T)std::uniform_real_distribution<double>(low, high)(generator);
    return to;
}

inline std::string digits(double x)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", x);
    return text;
}

template <class T> constexpr double epsilon = std::is_same_v<T, float> ? 6e-8 : std::is_same_v<T, double> ? 1.2e-16 : 0;

/// |actual − expected| ≤ roundings·epsilon·(1 + |expected|); equal infinities and two NaNs are close too.
template <class T>
void close(const std::vector<T>& actual, const std::function<double(int64)>& expected, double roundings, const std::string& what)
{
    for (size_t i = 0; i < actual.size(); i++)
    {
        double a = (double)actual[i], e = expected(i);
        bool same = a == e || (a != a && e != e) || std::abs(a - e) <= roundings * epsilon<T> * (1 + std::abs(e));
        if (same) comparisons++; // no text for each of a million checks
        else check(false, what + "[" + std::to_string(i) + "]: " + digits(a) + " instead of " + digits(e));
    }
}

/// A layout: sizes, strides and the elements it spans.
struct Layout
{
    std::vector<int64> sizes, strides;

    int64 count() const
    {
        int64 product = 1;
        for (int64 size : sizes) product *= size;
        return product;
    }

    int64 span() const
    {
        int64 last = 0;
        for (size_t axis = 0; axis < sizes.size(); axis++) last += (sizes[axis] - 1) * strides[axis];
        return last + 1;
    }

    int64 at(int64 i) const
    {
        int64 position = 0;
        for (size_t axis = sizes.size(); axis-- > 0; i /= sizes[axis]) position += i % sizes[axis] * strides[axis];
        return position;
    }

    Axes axes(size_t first = 0, size_t end = 99) const
    {
        Axes result = {0, {}, {}};
        for (size_t axis = first; axis < end && axis < sizes.size(); axis++)
        {
            result.sizes[result.rank] = sizes[axis];
            result.strides[result.rank++] = strides[axis];
        }
        if (result.rank == 0) result = {1, {1}, {0}};
        return result;
    }

    Rows rows() const { return {axes(0, sizes.size() - 1), strides.back()}; }
};

/// Elements one after the other.
inline Axes line(int64 count, int64 stride = 1) { return {1, {count}, {stride}}; }

template <class T> double larger(T a, T b) { return a != a || b != b ? NaN : std::max<double>(a, b); }
template <class T> double smaller(T a, T b) { return a != a || b != b ? NaN : std::min<double>(a, b); }

// The tests, each in a file of its own.
void test_elementwise();
void test_all_copies();
void test_random();
void test_reduce();
void test_matmul();
void test_rows();
void test_attention();
void test_tables();
void test_driver();
