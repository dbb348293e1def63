// Random numbers: the stream of Rng, Philox 4×32-10, word for word as on the CPU.
// Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", doi:10.1145/2063384.2063405.
#ifndef ENTRY
#include "axes.cuh"
#include "math.cuh"

struct Block
{
    uint32 words[4];
};

/// Four words: ten rounds of multiply, exchange and add a Weyl constant to the key.
static __device__ Block philox(uint64 key, uint64 counter)
{
    uint32 c0 = (uint32)counter, c1 = counter >> 32, c2 = 0, c3 = 0, k0 = (uint32)key, k1 = key >> 32;
    for (int round = 0; round < 10; round++)
    {
        uint64 product0 = uint64(0xD2511F53) * c0, product1 = uint64(0xCD9E8D57) * c2;
        c0 = uint32(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32)product1;
        c2 = uint32(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32)product0;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return {{c0, c1, c2, c3}};
}

/// A word as a number in [0, 1) with 24 bits: exact in F32, so equal on every device.
static __device__ float unit(uint32 word) { return (word >> 8) * (1.f / (1 << 24)); }

/// Words 4j … 4j + 3 of the stream decide about elements 4j … 4j + 3, of which the last may be missing.
template <class Element>
__device__ void for_each_unit(int64 count, uint64 key, uint64 block, Element element)
{
    FOR_EACH(j, (count + 3) / 4)
    {
        Block words = philox(key, block + j);
        UNROLLED(lane, 4)
            if (4 * j + lane < count) element(4 * j + lane, unit(words.words[lane]));
    }
}

#define KERNELS "random.cu"
#define FLOATS
#include "dtypes.cuh"
#else

using namespace ministack;

/// y = x·scale where number u of the stream is at least p, otherwise 0; scale = 1 / (1 − p)
extern "C" __global__ void ENTRY(dropout)(const T* x, Axes xs, T* y, int64 count, float p, float scale, uint64 key, uint64 block)
{
    for_each_unit(count, key, block, [&](int64 i, float u) { y[i] = u >= p ? x[xs.at(i)] * scale : 0; });
}

/// y = low + (high − low)·u
extern "C" __global__ void ENTRY(uniform)(T* y, int64 count, double low, double high, uint64 key, uint64 block)
{
    for_each_unit(count, key, block, [&](int64 i, float u) { y[i] = (T)(low + (high - low) * u); });
}

/// mean + std·√(−2 ln u)·cos(2πv): Box and Muller 1958, doi:10.1214/aoms/1177706645.
static __device__ T normal(uint32 first, uint32 second, double mean, double std)
{
    double u = (first + 1.) / 4294967296., v = second / 4294967296.; // u in (0, 1]: its logarithm is finite
    return (T)(mean + std * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

/// Normally distributed numbers: element i takes words 2i and 2i + 1.
extern "C" __global__ void ENTRY(normal)(T* y, int64 count, double mean, double std, uint64 key, uint64 block)
{
    FOR_EACH(j, (count + 1) / 2)
    {
        Block words = philox(key, block + j);
        y[2 * j] = normal(words.words[0], words.words[1], mean, std);
        if (2 * j + 1 < count) y[2 * j + 1] = normal(words.words[2], words.words[3], mean, std);
    }
}

#endif
