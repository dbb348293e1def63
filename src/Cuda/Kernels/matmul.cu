// Matrix products: a block of 256 threads per tile of c.
#include "axes.cuh"
#include "tile.cuh"

/// c[…, m, n] = a[…, m, k]·b[…, k, n] + bias[n], or c += a·b to accumulate; a and b lie in memory any way, c row by row.
template <class T, int Tile>
__device__ void matmul(
    const T* a, const Axes& aBatch, int64 aRow, int64 aColumn, const T* b, const Axes& bBatch, int64 bRow, int64 bColumn,
    const T* bias, int64 biasStride, T* c, int64 batches, int64 m, int64 n, int64 k, int64 accumulate)
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
    }
}

#define MATMUL(suffix, T, Tile) \
    extern "C" __global__ void __launch_bounds__(Threads) matmul_##Tile##_##suffix( \
        const T* a, Axes aBatch, int64 aRow, int64 aColumn, const T* b, Axes bBatch, int64 bRow, int64 bColumn, \
        const T* bias, int64 biasStride, T* c, int64 batches, int64 m, int64 n, int64 k, int64 accumulate) \
    { \
        matmul<T, Tile>(a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn, bias, biasStride, c, batches, m, n, k, accumulate); \
    }

FOR_NUMBERS(MATMUL, 64)
MATMUL(f32, float, 128)
