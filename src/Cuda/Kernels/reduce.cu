// Reductions over the trailing axes of x, seen as [rows, length], with any strides.
// A row is cut into chunks, each of which gives one partial result; a second launch reduces those.
#ifndef ENTRY
#include "axes.cuh"
#include "block.cuh"

/// Elements of a chunk, dealt to `shares` in turn; this is the part of one of them.
template <class Operator, class T>
__device__ T reduce_share(const T* row, const Axes& reduced, int64 length, int64 chunk, int share, int shares)
{
    int64 start = blockIdx.y * chunk, end = start + chunk < length ? start + chunk : length;
    T result = Operator::template identity<T>();
    for (int64 i = start + share; i < end; i += shares) result = Operator::apply(result, row[reduced.at(i)]);
    return result;
}

/// A block per row and chunk: for rows of neighbouring elements. y is [rows, chunks].
template <class Operator, class T>
__device__ void reduce_rows(const T* x, const Axes& kept, const Axes& reduced, T* y, int64 length, int64 chunk)
{
    const T* row = x + kept.at(blockIdx.x);
    T result = block_reduce<Operator>(reduce_share<Operator>(row, reduced, length, chunk, threadIdx.x, blockDim.x));
    if (threadIdx.x == 0) y[(int64)blockIdx.x * gridDim.y + blockIdx.y] = result;
}

/// A thread per row, and eight shares of each chunk: for neighbouring rows, which a warp reads together. y is [chunks, rows].
template <class Operator, class T>
static __device__ void reduce_columns(const T* x, const Axes& kept, const Axes& reduced, T* y, int64 rows, int64 length, int64 chunk)
{
    constexpr int Shares = 8;
    __shared__ T parts[Shares][WarpSize];
    int64 row = (int64)blockIdx.x * WarpSize + threadIdx.x;
    if (row < rows)
        parts[threadIdx.y][threadIdx.x] = reduce_share<Operator>(x + kept.at(row), reduced, length, chunk, threadIdx.y, Shares);
    __syncthreads();
    if (threadIdx.y > 0 || row >= rows) return;
    T result = parts[0][threadIdx.x];
    for (int share = 1; share < Shares; share++) result = Operator::apply(result, parts[share][threadIdx.x]);
    y[blockIdx.y * rows + row] = result;
}

/// An element and where it was.
template <class T>
struct Found
{
    T value;
    int64 at; // beyond every index: none yet
};

/// The larger one; of equal ones the first. A NaN counts as largest.
struct FirstLargest
{
    template <class T>
    static __device__ Found<T> apply(Found<T> a, Found<T> b)
    {
        bool nan_a = a.value != a.value, nan_b = b.value != b.value;
        bool equal = a.value == b.value || (nan_a && nan_b);
        bool second = equal ? b.at < a.at : nan_b || (!nan_a && b.value > a.value);
        return second ? b : a;
    }
};

#define KERNELS "reduce.cu"
#define FLOATS
#define INTEGERS
#include "dtypes.cuh"
#else

#define REDUCE(rows_entry, columns_entry, Operator) \
    extern "C" __global__ void rows_entry(const T* x, Axes kept, Axes reduced, T* y, int64, int64 length, int64 chunk) \
    { \
        reduce_rows<Operator>(x, kept, reduced, y, length, chunk); \
    } \
    extern "C" __global__ void columns_entry(const T* x, Axes kept, Axes reduced, T* y, int64 rows, int64 length, int64 chunk) \
    { \
        reduce_columns<Operator>(x, kept, reduced, y, rows, length, chunk); \
    }

REDUCE(ENTRY(sum_rows), ENTRY(sum_columns), Add)
REDUCE(ENTRY(max_rows), ENTRY(max_columns), Largest)
REDUCE(ENTRY(min_rows), ENTRY(min_columns), Smallest)

#undef REDUCE

/// y = position of the first largest element of each row; a block per row.
extern "C" __global__ void ENTRY(argmax_rows)(const T* x, Axes kept, Axes reduced, int64* y, int64, int64 length)
{
    const T* row = x + kept.at(blockIdx.x);
    Found<T> best = {Largest::least<T>(), length};
    for (int64 i = threadIdx.x; i < length; i += blockDim.x)
        best = FirstLargest::apply(best, Found<T>{row[reduced.at(i)], i});
    best = block_reduce<FirstLargest>(best);
    if (threadIdx.x == 0) y[blockIdx.x] = best.at;
}

#endif
