// Products of matrices in tiles, by 256 threads seen as 16 × 16: thread (tx, ty) holds R × C elements of the tile of results.
// Each element that a thread reads from shared memory takes part in R or C products: that is what keeps the multipliers busy.
#pragma once
#include "math.cuh"

constexpr int Threads = 256, Side = 16;
constexpr int Depth = 16; // of the slices of both factors that shared memory holds at a time
constexpr int Pad = 4;    // elements between rows: a column of a tile then lies in different banks, and rows stay aligned

/// Which row (column) of the tile the i-th of a thread's R rows is: runs of up to four neighbours, which one instruction loads.
template <int R>
__device__ int place(int thread, int i)
{
    constexpr int Run = R < 4 ? R : 4;
    return i / Run * Run * Side + thread * Run + i % Run;
}

__device__ inline int tile_x() { return threadIdx.x % Side; }
__device__ inline int tile_y() { return threadIdx.x / Side; }

/// A slice of a strided matrix, Width rows of Depth elements each, on its way to shared memory.
template <class T, int Width>
struct Slice
{
    static constexpr int Count = Depth * Width / Threads;
    T held[Count];
    bool along; // neighbouring threads go along the rows: they read neighbouring elements, whichever way the matrix lies

    /// From memory into registers; zero beyond the matrix.
    __device__ void load(const T* x, int64 rowStride, int64 stride, int64 rows, int64 length)
    {
        along = stride == 1;
        UNROLLED(e, Count)
        {
            int row = row_of(e), k = depth_of(e);
            held[e] = row < rows && k < length ? x[row * rowStride + k * stride] : T(0);
        }
    }

    /// From registers into shared memory.
    __device__ void store(T (&tile)[Depth][Width + Pad]) const
    {
        UNROLLED(e, Count) tile[depth_of(e)][row_of(e)] = held[e];
    }

private:
    __device__ int row_of(int e) const { return along ? (threadIdx.x + e * Threads) / Depth : (threadIdx.x + e * Threads) % Width; }
    __device__ int depth_of(int e) const { return along ? (threadIdx.x + e * Threads) % Depth : (threadIdx.x + e * Threads) / Width; }
};

/// The elements of a row of a tile that are a thread's, 16 bytes at a time.
template <class T, int R>
__device__ void load(T (&to)[R], const T* row, int thread)
{
    typedef T Vector __attribute__((vector_size(16), may_alias));
    constexpr int Lanes = 16 / sizeof(T);
    UNROLLED(i, R / Lanes)
    {
        Vector vector = *(const Vector*)(row + place<R>(thread, i * Lanes));
        UNROLLED(lane, Lanes) to[i * Lanes + lane] = vector[lane];
    }
}

/// sum[row, column] += Σ a[k, row]·b[k, column] over one slice in shared memory.
template <class T, int R, int C>
__device__ void multiply(T (&sum)[R][C], const T (*a)[R * Side + Pad], const T (*b)[C * Side + Pad])
{
#pragma unroll 4
    for (int k = 0; k < Depth; k++)
    {
        T left[R], right[C];
        load(left, a[k], tile_y());
        load(right, b[k], tile_x());
        UNROLLED(i, R)
            UNROLLED(j, C) sum[i][j] = ministack::fma(left[i], right[j], sum[i][j]);
    }
}

/// sum[row, column] += Σ a[row, k]·b[column, k], both strided and in memory. a and b point to the tile's first row and column;
/// `rows` and `columns` are what is left of the matrices from there. The sum goes along k in order, whatever the tile.
template <class T, int R, int C>
static __device__ void tile_product(
    T (&sum)[R][C], const T* a, int64 aRow, int64 aStride, int64 rows, const T* b, int64 bColumn, int64 bStride, int64 columns, int64 length)
{
    alignas(16) __shared__ T as[Depth][R * Side + Pad], bs[Depth][C * Side + Pad];
    Slice<T, R * Side> left;
    Slice<T, C * Side> right;
    left.load(a, aRow, aStride, rows, length);
    right.load(b, bColumn, bStride, columns, length);
    for (int64 k = 0; k < length; k += Depth)
    {
        __syncthreads(); // all have multiplied the slice before
        left.store(as);
        right.store(bs);
        __syncthreads();
        if (k + Depth < length) // the next slice is under way while this one is multiplied
        {
            left.load(a + (k + Depth) * aStride, aRow, aStride, rows, length - k - Depth);
            right.load(b + (k + Depth) * bStride, bColumn, bStride, columns, length - k - Depth);
        }
        multiply(sum, as, bs);
    }
}

/// sum[row, column] += Σ a[k, row]·b[k, column] with a whole tile a in shared memory, written just before, and b in memory.
template <class T, int R, int C>
static __device__ void tile_product(
    T (&sum)[R][C], const T (&a)[R * Side][R * Side + Pad], const T* b, int64 bStride, int64 bColumn, int64 length, int64 columns)
{
    alignas(16) __shared__ T bs[Depth][C * Side + Pad];
    Slice<T, C * Side> right;
    for (int k = 0; k < R * Side && k < length; k += Depth)
    {
        right.load(b + k * bStride, bColumn, bStride, columns, length - k);
        __syncthreads();
        right.store(bs);
        __syncthreads();
        multiply(sum, a + k, bs);
    }
    __syncthreads(); // a may be written again
}
