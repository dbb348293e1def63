// Softmax along the last axis, a block per row.
#ifndef ENTRY
#include "rows.cuh"
#define KERNELS "softmax.cu"
#define FLOATS
#include "dtypes.cuh"
#else

using namespace ministack;

/// y = eˣ / Σ eˣ
extern "C" __global__ void ENTRY(softmax)(const T* x, Rows xs, T* y, int64 length)
{
    Row<T> row(x, xs, blockIdx.x);
    T largest, sum = exp_sum(row, length, largest), factor = 1 / sum;
    y += blockIdx.x * length;
    FOR_ROW(i, length) y[i] = exp(row[i] - largest) * factor;
}

/// y = x − ln Σ eˣ
extern "C" __global__ void ENTRY(log_softmax)(const T* x, Rows xs, T* y, int64 length)
{
    Row<T> row(x, xs, blockIdx.x);
    T largest, log_sum = log(exp_sum(row, length, largest));
    y += blockIdx.x * length;
    FOR_ROW(i, length) y[i] = row[i] - largest - log_sum;
}

/// dx = y·(dy − Σ dy·y)
extern "C" __global__ void ENTRY(softmax_backward)(const T* y, Rows ys, const T* dy, Rows dys, T* dx, int64 length)
{
    Row<T> result(y, ys, blockIdx.x), gradient(dy, dys, blockIdx.x);
    T dot = 0;
    FOR_ROW(i, length) dot = fma(gradient[i], result[i], dot);
    dot = block_reduce<Add>(dot);
    dx += blockIdx.x * length;
    FOR_ROW(i, length) dx[i] = result[i] * (gradient[i] - dot);
}

#endif
