// Matrix products: a block of 256 threads per tile of c.
#include "axes.cuh"
#include "tile.cuh"

/// GELU of the elements of c that this thread has written. The loops stay loops: the polynomials unrolled R·R times would fill the cache of
/// instructions.
template <int R, class T>
__device__ void activate(const T* c, T* to, int64 row, int64 column, int64 m, int64 n)
{
    if constexpr (T(0.5) != 0) // not for integers
    {
#pragma unroll 1
        for (int at = 0; at < R * R; at++)
        {
            int64 y = row + place<R>(tile_y(), at / R), x = column + place<R>(tile_x(), at % R);
            if (y < m && x < n) to[y * n + x] = ministack::gelu(c[y * n + x]);
        }
    }
}

/// c[…, m, n] = a[…, m, k]·b[…, k, n] + bias[n], or c += a·b to accumulate; a and b lie in memory any way, c row by row.
/// activated, if there is one, gets GELU(c); it lies as c does, and may be c.
template <class T, int Tile>
__device__ void matmul(
    const T* a, const Axes& aBatch, int64 aRow, int64 aColumn, const T* b, const Axes& bBatch, int64 bRow, int64 bColumn,
    const T* bias, int64 biasStride, T* c, int64 batches, int64 m, int64 n, int64 k, int64 accumulate, T* activated)
{
    constexpr int R = Tile / Side;
    int64 row = (int64)blockIdx.y * Tile, column = (int64)blockIdx.x * Tile;
    for (int64 batch = blockIdx.z; batch < batches; batch += gridDim.z)
    {
        T sum[R][R] = {};
        tile_product(
            sum, a + aBatch.at(batch) + row * aRow, aRow, aColumn, m - row,
            b + bBatch.at(batch) + column * bColumn, bColumn, bRow, n - column, k);
        UNROLLED(i, R)
        {
            UNROLLED(j, R)
            {
                int64 y = row + place<R>(tile_y(), i), x = column + place<R>(tile_x(), j);
                if (y >= m || x >= n) continue;
                T& cell = c[(batch * m + y) * n + x];
                cell = accumulate ? cell + sum[i][j] : bias ? sum[i][j] + bias[x * biasStride] : sum[i][j];
            }
        }
        if (activated) activate<R>(c + batch * m * n, activated + batch * m * n, row, column, m, n);
    }
}

#define MATMUL(suffix, T, Tile) \
    extern "C" __global__ void __launch_bounds__(Threads) matmul_##Tile##_##suffix( \
        const T* a, Axes aBatch, int64 aRow, int64 aColumn, const T* b, Axes bBatch, int64 bRow, int64 bColumn, \
        const T* bias, int64 biasStride, T* c, int64 batches, int64 m, int64 n, int64 k, int64 accumulate, T* activated) \
    { \
        matmul<T, Tile>(a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn, bias, biasStride, c, batches, m, n, k, accumulate, activated); \
    }

FOR_NUMBERS(MATMUL, 64)
MATMUL(f32, float, 128)
