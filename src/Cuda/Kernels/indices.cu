// Checks of indices.
#ifndef ENTRY
#include "axes.cuh"
#include "block.cuh"
#define KERNELS "indices.cu"
#define INTEGERS
#include "dtypes.cuh"
#else

/// y = position and value of the first index that is negative or not below limit; position −1 when all fit. One block.
extern "C" __global__ void ENTRY(find_outside)(const T* x, Axes xs, int64 count, int64 limit, int64* y)
{
    int64 first = count;
    for (int64 i = threadIdx.x; i < count && first == count; i += blockDim.x)
        if ((uint64)(int64)x[xs.at(i)] >= (uint64)limit) first = i;
    first = block_reduce<Smallest>(first);
    if (threadIdx.x > 0) return;
    y[0] = first < count ? first : -1;
    y[1] = first < count ? x[xs.at(first)] : 0;
}

#endif
