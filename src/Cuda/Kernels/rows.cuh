// What kernels with a block per row share.
#pragma once
#include "axes.cuh"
#include "block.cuh"

/// The elements of a row that this thread of the block takes.
#define FOR_ROW(i, length) for (int64 i = threadIdx.x; i < (length); i += blockDim.x)

/// Σ e^(x − largest) of a row, and its largest element: 0 instead of −∞, so that x − largest is a number.
template <class T>
__device__ T exp_sum(const Row<T>& x, int64 length, T& largest)
{
    largest = Largest::least<T>();
    FOR_ROW(i, length) largest = Largest::apply(largest, x[i]);
    largest = block_reduce<Largest>(largest);
    if (largest == -ministack::infinity<T>) largest = 0;
    T sum = 0;
    FOR_ROW(i, length) sum += ministack::exp(x[i] - largest);
    return block_reduce<Add>(sum);
}
