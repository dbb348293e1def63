// What the threads of a block know together. Every result is formed in one fixed order, so that it is the same in every launch.
#pragma once
#include "cuda.cuh"
#include "math.cuh"

struct Add
{
    template <class T> static __device__ T identity() { return T(0); }
    template <class T> static __device__ T apply(T a, T b) { return a + b; }
};

struct Largest
{
    template <class T> static __device__ T identity() { return least<T>(); }
    template <class T> static __device__ T apply(T a, T b) { return a > b || a != a ? a : b; } // a NaN wins

    /// −∞, or the smallest integer.
    template <class T> static __device__ T least()
    {
        if constexpr (T(0.5) != 0) return -ministack::infinity<T>;
        else return T(uint64(1) << (8 * sizeof(T) - 1));
    }
};

struct Smallest
{
    template <class T> static __device__ T identity()
    {
        if constexpr (T(0.5) != 0) return ministack::infinity<T>;
        else return ~Largest::least<T>();
    }
    template <class T> static __device__ T apply(T a, T b) { return a < b || a != a ? a : b; }
};

/// One value from each of some neighbouring lanes, a power of two, combined by halves; each of them gets the result.
template <class Operator, int Lanes = WarpSize, class T>
__device__ T warp_reduce(T value)
{
    // Both partners put the smaller lane's value first, so that all lanes agree on the bits.
    for (int mask = Lanes / 2; mask > 0; mask /= 2)
    {
        T other = shuffle_xor(value, mask);
        value = threadIdx.x & mask ? Operator::apply(other, value) : Operator::apply(value, other);
    }
    return value;
}

/// One value from each thread of a block of whole warps, (blockDim.x, 1); every thread gets the result.
template <class Operator, class T>
static __device__ T block_reduce(T value)
{
    __shared__ T warps[WarpSize];
    value = warp_reduce<Operator>(value);
    if (threadIdx.x % WarpSize == 0) warps[threadIdx.x / WarpSize] = value;
    __syncthreads();
    value = warps[0];
    for (int warp = 1; warp < (int)blockDim.x / WarpSize; warp++) value = Operator::apply(value, warps[warp]);
    __syncthreads(); // the next reduction writes the same places
    return value;
}
