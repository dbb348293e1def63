// Optimizer steps; the host computes the factors of a step in F64. The formulas round as the CPU's do.
#include "axes.cuh"
#include "math.cuh"

using namespace ministack;

template <class T>
struct AdamWFactors
{
    T gradientScale, keep, beta1, share1, beta2, share2, rate, rootFactor, epsilon;
};

// m = β₁·m + (1 − β₁)·g,  v = β₂·v + (1 − β₂)·g²,  p = p·(1 − lr·decay) − lr·m̂ / (√v̂ + ε)
// with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ): Loshchilov and Hutter 2017, arXiv:1711.05101.

#define ADAMW(suffix, T) \
    extern "C" __global__ void adamw_##suffix( \
        T* parameter, const T* gradient, Axes gs, T* m, T* v, AdamWFactors<T> f, int64 count) \
    { \
        FOR_EACH(i, count) \
        { \
            T g = gradient[gs.at(i)] * f.gradientScale; \
            T mean = fma(f.beta1, m[i], f.share1 * g), square = fma(f.beta2, v[i], f.share2 * g * g); \
            T root = sqrt(square * f.rootFactor) + f.epsilon; \
            m[i] = mean; \
            v[i] = square; \
            parameter[i] = fma(parameter[i], f.keep, f.rate * mean / root); \
        } \
    }

FOR_FLOATS(ADAMW)

template <class T>
struct SgdFactors
{
    T gradientScale, weightDecay, rate, momentum, nesterov;
};

// g = gradient + decay·p,  velocity = momentum·velocity + g,  p = p − lr·velocity; Nesterov moves by g + momentum·velocity,
// without momentum there is no velocity and p moves by g.

#define SGD(suffix, T) \
    extern "C" __global__ void sgd_##suffix(T* parameter, const T* gradient, Axes gs, T* velocity, SgdFactors<T> f, int64 count) \
    { \
        FOR_EACH(i, count) \
        { \
            T p = parameter[i], g = fma(gradient[gs.at(i)], f.gradientScale, f.weightDecay * p), move = g; \
            if (velocity) \
            { \
                T next = fma(f.momentum, velocity[i], g); \
                velocity[i] = next; \
                move = f.nesterov != 0 ? fma(f.momentum, next, g) : next; \
            } \
            parameter[i] = fma(f.rate, move, p); \
        } \
    }

FOR_FLOATS(SGD)
