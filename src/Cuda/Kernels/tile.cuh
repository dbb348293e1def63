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

/// Slices of a strided matrix, Width rows of Depth elements each, on their way to shared memory. A thread takes Count elements, which
/// lie at equal distances along a row or along a column: neighbouring threads then read neighbours, whichever way the matrix lies.
template <class T, int Width>
struct Slices
{
    static constexpr int Count = Depth * Width / Threads;
    T held[Count];
    const T* next;
    int64 step, slice;
    int row, k, distance;
    bool along; // threads go along the rows, and a thread's elements across them

    __device__ Slices(const T* x, int64 rowStride, int64 stride) : along(stride == 1)
    {
        int thread = threadIdx.x;
        row = along ? thread / Depth : thread % Width;
        k = along ? thread % Depth : thread / Width;
        distance = along ? Threads / Depth : Threads / Width;
        next = x + row * rowStride + k * stride;
        step = distance * (along ? rowStride : stride);
        slice = Depth * stride;
    }

    /// The next slice, from memory into registers; zero beyond what is left of the matrix.
    __device__ void load(int64 rows, int64 length)
    {
        int64 left = row >= rows || k >= length ? 0 : along ? rows - row : length - k;
        int inside = left < Width ? (int)left : Width;
        const T* x = next;
        UNROLLED(e, Count)
        {
            held[e] = e * distance < inside ? *x : T(0);
            x += step;
        }
        next += slice;
    }

    /// From registers into shared memory.
    __device__ void store(T (&tile)[Depth][Width + Pad]) const
    {
        T* to = &tile[k][row];
        int apart = along ? distance : distance * (Width + Pad);
        UNROLLED(e, Count) to[e * apart] = held[e];
    }
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
    Slices<T, R * Side> left(a, aRow, aStride);
    Slices<T, C * Side> right(b, bColumn, bStride);
    left.load(rows, length);
    right.load(columns, length);
    for (int64 k = 0; k < length; k += Depth)
    {
        __syncthreads(); // all have multiplied the slice before
        left.store(as);
        right.store(bs);
        __syncthreads();
        if (k + Depth < length) // the next slice is under way while this one is multiplied
        {
            left.load(rows, length - k - Depth);
            right.load(columns, length - k - Depth);
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
    Slices<T, C * Side> right(b, bColumn, bStride);
    for (int k = 0; k < R * Side && k < length; k += Depth)
    {
        right.load(columns, length - k);
        __syncthreads();
        right.store(bs);
        __syncthreads();
        multiply(sum, a + k, bs);
    }
    __syncthreads(); // a may be written again
}
