// Softmax along the last axis, a block per row.
#include "rows.cuh"

using namespace ministack;

// y = eˣ / Σ eˣ

#define SOFTMAX(suffix, T) \
    extern "C" __global__ void softmax_##suffix(const T* x, Rows xs, T* y, int64 length) \
    { \
        Row<T> row(x, xs, blockIdx.x); \
        T largest, sum = exp_sum(row, length, largest), factor = 1 / sum; \
        y += blockIdx.x * length; \
        FOR_ROW(i, length) y[i] = exp(row[i] - largest) * factor; \
    }

FOR_FLOATS(SOFTMAX)

// y = x − ln Σ eˣ

#define LOG_SOFTMAX(suffix, T) \
    extern "C" __global__ void log_softmax_##suffix(const T* x, Rows xs, T* y, int64 length) \
    { \
        Row<T> row(x, xs, blockIdx.x); \
        T largest, log_sum = log(exp_sum(row, length, largest)); \
        y += blockIdx.x * length; \
        FOR_ROW(i, length) y[i] = row[i] - largest - log_sum; \
    }

FOR_FLOATS(LOG_SOFTMAX)

// dx = y·(dy − Σ dy·y)

#define SOFTMAX_BACKWARD(suffix, T) \
    extern "C" __global__ void softmax_backward_##suffix(const T* y, Rows ys, const T* dy, Rows dys, T* dx, int64 length) \
    { \
        Row<T> result(y, ys, blockIdx.x), gradient(dy, dys, blockIdx.x); \
        T dot = 0; \
        FOR_ROW(i, length) dot = fma(gradient[i], result[i], dot); \
        dot = block_reduce<Add>(dot); \
        dx += blockIdx.x * length; \
        FOR_ROW(i, length) dx[i] = result[i] * (gradient[i] - dot); \
    }

FOR_FLOATS(SOFTMAX_BACKWARD)
