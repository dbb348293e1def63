// Functions of one, two or three numbers, element by element. Inputs have any strides, outputs are contiguous.
#include "axes.cuh"
#include "halves.cuh"
#include "math.cuh"

using namespace ministack;

// One number: x is the element, T its type.

#define UNARY(suffix, Type, name, formula) \
    extern "C" __global__ void name##_##suffix(const Type* x_, Axes xs, Type* y, int64 count) \
    { \
        using T = Type; \
        FOR_EACH(i, count) \
        { \
            T x = x_[xs.at(i)]; \
            y[i] = formula; \
        } \
    }

FOR_NUMBERS(UNARY, negate, -x)
FOR_NUMBERS(UNARY, abs, abs(x))
FOR_NUMBERS(UNARY, sign, sign(x))
FOR_FLOATS(UNARY, floor, floor(x))
FOR_FLOATS(UNARY, ceiling, ceiling(x))
FOR_FLOATS(UNARY, round, round(x)) // halves to the even one
FOR_FLOATS(UNARY, exp, exp(x))
FOR_FLOATS(UNARY, log, log(x))
FOR_FLOATS(UNARY, sqrt, sqrt(x))
FOR_FLOATS(UNARY, sin, sin(x))
FOR_FLOATS(UNARY, cos, cos(x))
FOR_FLOATS(UNARY, tan, tan(x))
FOR_FLOATS(UNARY, asin, asin(x))
FOR_FLOATS(UNARY, acos, acos(x))
FOR_FLOATS(UNARY, atan, atan(x))
FOR_FLOATS(UNARY, sinh, sinh(x))
FOR_FLOATS(UNARY, cosh, cosh(x))
FOR_FLOATS(UNARY, tanh, tanh(x))
FOR_FLOATS(UNARY, sigmoid, sigmoid(x))
FOR_FLOATS(UNARY, erf, erf(x))
FOR_FLOATS(UNARY, gelu, gelu(x))
FOR_FLOATS(UNARY, relu, x < 0 ? T(0) : x) // NaN stays NaN
UNARY(bool, bool, not, !x)

// x·σ(x): Elfwing et al. 2017, arXiv:1702.03118.
FOR_FLOATS(UNARY, silu, (x < -1000 ? T(-1000) : x) / (1 + exp(-x)))

// Two numbers, a and b of type T; the result has the type Y.

#define BINARY(suffix, Type, name, Y, formula) \
    extern "C" __global__ void name##_##suffix(const Type* a_, Axes as, const Type* b_, Axes bs, Y* y, int64 count) \
    { \
        using T = Type; \
        FOR_EACH(i, count) \
        { \
            T a = a_[as.at(i)], b = b_[bs.at(i)]; \
            y[i] = formula; \
        } \
    }
#define ARITHMETIC(suffix, Type, name, formula) BINARY(suffix, Type, name, Type, formula)
#define COMPARISON(suffix, Type, name, formula) BINARY(suffix, Type, name, bool, formula)

FOR_NUMBERS(ARITHMETIC, add, a + b)
FOR_NUMBERS(ARITHMETIC, subtract, a - b)
FOR_NUMBERS(ARITHMETIC, multiply, a * b)
FOR_NUMBERS(ARITHMETIC, maximum, a > b || a != a ? a : b) // NaN if either is
FOR_NUMBERS(ARITHMETIC, minimum, a < b || a != a ? a : b)
FOR_FLOATS(ARITHMETIC, divide, a / b)
FOR_FLOATS(ARITHMETIC, pow, pow(a, b))

// |x|·w + ln(1 + e^−|x|) of the logit x and the target t, w = t where x is below 0, else 1 − t. Where w is 0, so is the product.
template <class T> __device__ T binary_cross_entropy(T x, T t)
{
    T e = exp(-abs(x)), sum = 1 + e, lost = sum - 1, w = x < 0 ? t : 1 - t;
    // ln(1 + e) keeps its relative accuracy for small e (Kahan): what 1 + e lost divides out.
    return (abs(w) > 0 ? abs(x) * w : w) + (lost > 0 ? log(sum) * e / lost : e);
}
FOR_FLOATS(ARITHMETIC, binary_cross_entropy_with_logits, binary_cross_entropy(a, b))

FOR_NUMBERS(COMPARISON, equal, a == b)
COMPARISON(bool, bool, equal, a == b)
FOR_NUMBERS(COMPARISON, less, a < b)
FOR_NUMBERS(COMPARISON, less_or_equal, a <= b)

// Gradients from the result, a = y and b = dy.

FOR_FLOATS(ARITHMETIC, tanh_backward, b * fma(-a, a, T(1)))    // dy·(1 − y²)
FOR_FLOATS(ARITHMETIC, sigmoid_backward, b * a * (1 - a))      // dy·y·(1 − y)

// Gradients from the input, a = x and b = dy.

FOR_FLOATS(ARITHMETIC, relu_backward, a > 0 ? b : T(0))        // dy where x > 0, otherwise 0

// dy·(Φ(x) + x·φ(x)), φ(x) = e^(−x²/2) / √(2π)
template <class T> __device__ T gelu_backward(T x, T dy)
{
    x = far_out(x);
    T bell, cdf = normal_cdf(x, bell);
    return dy * fma(x * T(0.39894228040143268), bell, cdf);
}
FOR_FLOATS(ARITHMETIC, gelu_backward, gelu_backward(a, b))

// dy·σ(x)·(1 + x·(1 − σ(x)))
template <class T> __device__ T silu_backward(T x, T dy)
{
    x = far_out(x);
    T s = sigmoid(x);
    return dy * s * fma(x, 1 - s, T(1));
}
FOR_FLOATS(ARITHMETIC, silu_backward, silu_backward(a, b))

// y = a where condition, else b.

#define WHERE(suffix, T) \
    extern "C" __global__ void where_##suffix( \
        const bool* condition, Axes cs, const T* a, Axes as, const T* b, Axes bs, T* y, int64 count) \
    { \
        FOR_EACH(i, count) y[i] = condition[cs.at(i)] ? a[as.at(i)] : b[bs.at(i)]; \
    }

FOR_SIZES(WHERE)
