// Rows of a table picked by index. I is the dtype of the indices.
#ifndef ENTRY
#include "axes.cuh"
#include "halves.cuh"

/// y[i, :] = table[indices[i], :]
template <class T, class I>
__device__ void pick(
    const T* table, int64 rowStride, int64 columnStride, const I* indices, const Axes& is, T* y, int64 count, int64 channels)
{
    FOR_EACH(i, count * channels)
    {
        int64 row = i / channels;
        y[i] = table[indices[is.at(row)] * rowStride + (i - row * channels) * columnStride];
    }
}

#define EMBEDDING(suffix, T, indexSuffix, I) \
    extern "C" __global__ void embedding_##suffix##_##indexSuffix( \
        const T* table, int64 rowStride, int64 columnStride, const I* indices, Axes is, T* y, int64 count, int64 channels) \
    { \
        pick(table, rowStride, columnStride, indices, is, y, count, channels); \
    }

FOR_SIZES(EMBEDDING, i32, int)
FOR_SIZES(EMBEDDING, i64, int64)

#define KERNELS "embedding.cu"
#define FLOATS_AND_INDICES
#include "dtypes.cuh"
#else

/// dtable[indices[i], :] = Σ dy[j, :] over all j with the same index, in their order; dtable was zeroed.
/// A block per index and 256 channels, a thread per channel. The block of an index's first occurrence sums all of them, the
/// others leave: no two blocks write one row, so that no atomics are needed and the order of the sum is fixed.
extern "C" __global__ void __launch_bounds__(256) ENTRY(embedding_backward)(
    const I* indices, Axes is, const T* dy, Rows dys, T* dtable, int64 count, int64 channels)
{
    constexpr int Tile = 256;
    __shared__ I tile[Tile];
    __shared__ bool seen;
    int64 first = blockIdx.x, channel = (int64)blockIdx.y * Tile + threadIdx.x;
    I index = indices[is.at(first)];
    if (threadIdx.x == 0) seen = false;
    __syncthreads();
    for (int64 i = threadIdx.x; i < first; i += Tile)
        if (indices[is.at(i)] == index) seen = true; // whoever writes, writes the same
    __syncthreads();
    if (seen) return;

    T sum = 0;
    for (int64 start = first; start < count; start += Tile)
    {
        if (start + threadIdx.x < count) tile[threadIdx.x] = indices[is.at(start + threadIdx.x)];
        __syncthreads();
        int64 end = count - start < Tile ? count - start : Tile;
        if (channel < channels)
            for (int i = 0; i < end; i++)
                if (tile[i] == index) sum += Row<T>(dy, dys, start + i)[channel];
        __syncthreads();
    }
    if (channel < channels) dtable[index * channels + channel] = sum;
}

#endif
