// Cross-entropy of logits with the number of the right class, a block per row. I is the dtype of the targets.
#include "rows.cuh"

using namespace ministack;

// losses = logSumExp − logits[target], logSumExp = ln Σ e^logits

#define CROSS_ENTROPY(suffix, T, index, I) \
    extern "C" __global__ void cross_entropy_##suffix##_##index( \
        const T* logits, Rows ls, const I* targets, Axes ts, T* losses, T* logSumExp, int64 length) \
    { \
        Row<T> row(logits, ls, blockIdx.x); \
        T largest, log_sum = log(exp_sum(row, length, largest)); \
        if (threadIdx.x > 0) return; \
        logSumExp[blockIdx.x] = largest + log_sum; \
        losses[blockIdx.x] = largest - row[targets[ts.at(blockIdx.x)]] + log_sum; /* large numbers cancel first */ \
    }

FOR_FLOATS(CROSS_ENTROPY, i32, int)
FOR_FLOATS(CROSS_ENTROPY, i64, int64)

// dlogits = dlosses·(e^(logits − logSumExp) − [target])

#define CROSS_ENTROPY_BACKWARD(suffix, T, index, I) \
    extern "C" __global__ void cross_entropy_backward_##suffix##_##index( \
        const T* logits, Rows ls, const I* targets, Axes ts, const T* logSumExp, Axes ss, const T* dlosses, Axes ds, \
        T* dlogits, int64 length) \
    { \
        Row<T> row(logits, ls, blockIdx.x); \
        T sum = logSumExp[ss.at(blockIdx.x)], gradient = dlosses[ds.at(blockIdx.x)]; \
        int64 target = targets[ts.at(blockIdx.x)]; \
        dlogits += blockIdx.x * length; \
        FOR_ROW(i, length) dlogits[i] = gradient * (exp(row[i] - sum) - (i == target ? 1 : 0)); \
    }

FOR_FLOATS(CROSS_ENTROPY_BACKWARD, i32, int)
FOR_FLOATS(CROSS_ENTROPY_BACKWARD, i64, int64)
