// Optimizer steps; the host computes the factors of a step in F64. The formulas round as the CPU's do.
#ifndef ENTRY
#include "axes.cuh"
#include "block.cuh"
#define KERNELS "optimizer.cu"
#define FLOATS
#include "dtypes.cuh"
#else

using namespace ministack;

struct AdamWFactors
{
    T gradientScale, keep, beta1, share1, beta2, share2, rate, rootFactor, epsilon;
};

/// m = β₁·m + (1 − β₁)·g,  v = β₂·v + (1 − β₂)·g²,  p = p·(1 − lr·decay) − lr·m̂ / (√v̂ + ε)
/// with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ): Loshchilov and Hutter 2017, arXiv:1711.05101.
extern "C" __global__ void ENTRY(adamw)(T* parameter, const T* gradient, Axes gs, T* m, T* v, AdamWFactors f, int64 count)
{
    FOR_EACH(i, count)
    {
        T g = gradient[gs.at(i)] * f.gradientScale;
        T mean = fma(f.beta1, m[i], f.share1 * g), square = fma(f.beta2, v[i], f.share2 * g * g);
        T root = sqrt(square * f.rootFactor) + f.epsilon;
        m[i] = mean;
        v[i] = square;
        parameter[i] = fma(parameter[i], f.keep, f.rate * mean / root);
    }
}

struct SgdFactors
{
    T gradientScale, weightDecay, rate, momentum, nesterov;
};

/// g = gradient + decay·p,  velocity = momentum·velocity + g,  p = p − lr·velocity; Nesterov moves by g + momentum·velocity,
/// without momentum there is no velocity and p moves by g.
extern "C" __global__ void ENTRY(sgd)(T* parameter, const T* gradient, Axes gs, T* velocity, SgdFactors f, int64 count)
{
    FOR_EACH(i, count)
    {
        T p = parameter[i], g = fma(gradient[gs.at(i)], f.gradientScale, f.weightDecay * p), move = g;
        if (velocity)
        {
            T next = fma(f.momentum, velocity[i], g);
            velocity[i] = next;
            move = f.nesterov != 0 ? fma(f.momentum, next, g) : next;
        }
        parameter[i] = fma(f.rate, move, p);
    }
}

/// Σ x² of each chunk, in F64: for clipping. A block per chunk.
extern "C" __global__ void ENTRY(sum_squares)(const T* x, Axes xs, double* y, int64 count, int64 chunk)
{
    int64 start = blockIdx.x * chunk, end = start + chunk < count ? start + chunk : count;
    double sum = 0;
    for (int64 i = start + threadIdx.x; i < end; i += blockDim.x)
    {
        double element = x[xs.at(i)];
        sum = fma(element, element, sum);
    }
    sum = block_reduce<Add>(sum);
    if (threadIdx.x == 0) y[blockIdx.x] = sum;
}

#endif
