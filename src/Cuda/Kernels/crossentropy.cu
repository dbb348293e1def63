// Cross-entropy of logits with the number of the right class, a block per row. I is the dtype of the targets.
#ifndef ENTRY
#include "rows.cuh"
#define KERNELS "crossentropy.cu"
#define FLOATS_AND_INDICES
#include "dtypes.cuh"
#else

using namespace ministack;

/// losses = logSumExp − logits[target], logSumExp = ln Σ e^logits
extern "C" __global__ void ENTRY(cross_entropy)(
    const T* logits, Rows ls, const I* targets, Axes ts, T* losses, T* logSumExp, int64 length)
{
    Row<T> row(logits, ls, blockIdx.x);
    T largest, log_sum = log(exp_sum(row, length, largest));
    if (threadIdx.x > 0) return;
    logSumExp[blockIdx.x] = largest + log_sum;
    losses[blockIdx.x] = largest - row[targets[ts.at(blockIdx.x)]] + log_sum; // large numbers cancel first
}

/// dlogits = dlosses·(e^(logits − logSumExp) − [target])
extern "C" __global__ void ENTRY(cross_entropy_backward)(
    const T* logits, Rows ls, const I* targets, Axes ts, const T* logSumExp, Axes ss, const T* dlosses, Axes ds, T* dlogits, int64 length)
{
    Row<T> row(logits, ls, blockIdx.x);
    T sum = logSumExp[ss.at(blockIdx.x)], gradient = dlosses[ds.at(blockIdx.x)];
    int64 target = targets[ts.at(blockIdx.x)];
    dlogits += blockIdx.x * length;
    FOR_ROW(i, length) dlogits[i] = gradient * (exp(row[i] - sum) - (i == target ? 1 : 0));
}

#endif
