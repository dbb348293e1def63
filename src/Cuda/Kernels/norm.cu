// Layer norm (Ba et al. 2016, arXiv:1607.06450) and RMS norm (Zhang and Sennrich 2019, arXiv:1910.07467) along the last axis.
// RMS norm is layer norm without bias and with a mean of 0: mean is null.
#ifndef ENTRY
#include "rows.cuh"
#define KERNELS "norm.cu"
#define FLOATS
#include "dtypes.cuh"
#else

using namespace ministack;

/// y = (x − mean)·rstd·weight + bias, rstd = 1/√(average of (x − mean)² + epsilon); a block per row.
static __device__ void norm(
    const T* x, const Rows& xs, const T* weight, int64 weightStride, const T* bias, int64 biasStride, T epsilon,
    T* y, T* means, T* rstds, int64 length)
{
    Row<T> row(x, xs, blockIdx.x);
    T mean = 0, rest = 0, squares = 0; // rest: what rounding took from the mean, which counts where it is large against the deviation
    if (means)
    {
        FOR_ROW(i, length) mean += row[i];
        mean = block_reduce<Add>(mean) / length;
    }
    FOR_ROW(i, length)
    {
        rest += row[i] - mean;
        squares = fma(row[i] - mean, row[i] - mean, squares);
    }
    rest = means ? block_reduce<Add>(rest) / length : 0;
    T rstd = 1 / sqrt(fma(-rest, rest, block_reduce<Add>(squares) / length) + epsilon);
    y += blockIdx.x * length;
    FOR_ROW(i, length) y[i] = fma((row[i] - mean - rest) * rstd, weight[i * weightStride], bias ? bias[i * biasStride] : 0);
    if (threadIdx.x > 0) return;
    if (means) means[blockIdx.x] = mean + rest;
    rstds[blockIdx.x] = rstd;
}

/// With n = (x − mean)·rstd and g = dy·weight: dx = rstd·(g − average(g) − n·average(g·n)), without average(g) where there is
/// no mean; a block per row.
static __device__ void norm_backward(
    const T* x, const Rows& xs, const T* weight, int64 weightStride, const T* means, const T* rstds, const T* dy, const Rows& dys,
    T* dx, int64 length)
{
    Row<T> row(x, xs, blockIdx.x), gradient(dy, dys, blockIdx.x);
    T mean = means ? means[blockIdx.x] : 0, rstd = rstds[blockIdx.x], averageG = 0, averageGn = 0;
    FOR_ROW(i, length)
    {
        T n = (row[i] - mean) * rstd, g = gradient[i] * weight[i * weightStride];
        averageG += g;
        averageGn = fma(g, n, averageGn);
    }
    averageG = means ? block_reduce<Add>(averageG) / length : 0;
    averageGn = block_reduce<Add>(averageGn) / length;
    dx += blockIdx.x * length;
    FOR_ROW(i, length)
    {
        T n = (row[i] - mean) * rstd, g = gradient[i] * weight[i * weightStride];
        dx[i] = rstd * (g - averageG - n * averageGn);
    }
}

/// dweight = Σ dy·n and dbias = Σ dy over a chunk of rows: a thread per column and eight shares of the rows.
static __device__ void norm_backward_weight(
    const T* x, const Rows& xs, const T* means, const T* rstds, const T* dy, const Rows& dys, T* dweight, T* dbias,
    int64 rows, int64 length, int64 chunk)
{
    constexpr int Shares = 8;
    __shared__ T weights[Shares][WarpSize], biases[Shares][WarpSize];
    int64 column = (int64)blockIdx.x * WarpSize + threadIdx.x;
    int64 start = blockIdx.y * chunk, end = start + chunk < rows ? start + chunk : rows;
    T weight = 0, bias = 0;
    if (column < length)
    {
        for (int64 i = start + threadIdx.y; i < end; i += Shares)
        {
            T g = Row<T>(dy, dys, i)[column], mean = means ? means[i] : 0;
            weight = fma(g, (Row<T>(x, xs, i)[column] - mean) * rstds[i], weight);
            bias += g;
        }
    }
    weights[threadIdx.y][threadIdx.x] = weight;
    biases[threadIdx.y][threadIdx.x] = bias;
    __syncthreads();
    if (threadIdx.y > 0 || column >= length) return;
    for (int share = 1; share < Shares; share++)
    {
        weight += weights[share][threadIdx.x];
        bias += biases[share][threadIdx.x];
    }
    dweight[blockIdx.y * length + column] = weight;
    if (dbias) dbias[blockIdx.y * length + column] = bias;
}

extern "C" __global__ void ENTRY(layer_norm)(
    const T* x, Rows xs, const T* weight, int64 weightStride, const T* bias, int64 biasStride, T epsilon,
    T* y, T* mean, T* rstd, int64 length)
{
    norm(x, xs, weight, weightStride, bias, biasStride, epsilon, y, mean, rstd, length);
}

extern "C" __global__ void ENTRY(layer_norm_backward)(
    const T* x, Rows xs, const T* weight, int64 weightStride, const T* mean, const T* rstd, const T* dy, Rows dys,
    T* dx, int64 length)
{
    norm_backward(x, xs, weight, weightStride, mean, rstd, dy, dys, dx, length);
}

extern "C" __global__ void ENTRY(layer_norm_backward_weight)(
    const T* x, Rows xs, const T* mean, const T* rstd, const T* dy, Rows dys, T* dweight, T* dbias,
    int64 rows, int64 length, int64 chunk)
{
    norm_backward_weight(x, xs, mean, rstd, dy, dys, dweight, dbias, rows, length, chunk);
}

extern "C" __global__ void ENTRY(rms_norm)(
    const T* x, Rows xs, const T* weight, int64 weightStride, T epsilon, T* y, T* rstd, int64 length)
{
    norm(x, xs, weight, weightStride, nullptr, 0, epsilon, y, nullptr, rstd, length);
}

extern "C" __global__ void ENTRY(rms_norm_backward)(
    const T* x, Rows xs, const T* weight, int64 weightStride, const T* rstd, const T* dy, Rows dys, T* dx, int64 length)
{
    norm_backward(x, xs, weight, weightStride, nullptr, rstd, dy, dys, dx, length);
}

extern "C" __global__ void ENTRY(rms_norm_backward_weight)(
    const T* x, Rows xs, const T* rstd, const T* dy, Rows dys, T* dweight, int64 rows, int64 length, int64 chunk)
{
    norm_backward_weight(x, xs, nullptr, rstd, dy, dys, dweight, nullptr, rows, length, chunk);
}

#endif
