// Copies of strided views, with conversion between dtypes, and constants.
#include "axes.cuh"
#include "halves.cuh"
#include "math.cuh"

template <class A, class B> constexpr bool same = false;
template <class A> constexpr bool same<A, A> = true;
template <class T> constexpr bool is_half = same<T, Float16> || same<T, BFloat16>;
template <class T> constexpr bool is_float = same<T, float> || same<T, double>;

/// A number in another dtype: towards zero and saturating for integers (NaN gives 0), which among themselves keep their low bits;
/// rounded by way of F32 for 16-bit floats; "not zero" for Bool.
template <class D, class S>
__device__ D convert(S x)
{
    if constexpr (same<D, S>) return x;
    else if constexpr (is_half<S>) return convert<D>(widen(x));
    else if constexpr (is_half<D>) return narrow<D>(convert<float>(x));
    else if constexpr (same<D, bool>) return x != 0;
    else if constexpr (is_float<S> && !is_float<D>)
    {
        constexpr bool is_signed = D(-1) < 0;
        constexpr double bound = sizeof(D) == 8 ? 9223372036854775808. : sizeof(D) == 4 ? 2147483648. : 256;
        constexpr D least = is_signed ? D(uint64(1) << (8 * sizeof(D) - 1)) : 0;
        return x != x ? 0 : x >= bound ? ~least : x < (is_signed ? -bound : 0) ? least : (D)x;
    }
    else if constexpr (is_float<D>) return (D)(double)x; // an I64 becomes F32 by way of F64, as the reference does it
    else return (D)x;
}

// y = x. 16-bit floats become F32 and come from it; other dtypes meet them there.

#define COPY(to, D, from, S) \
    extern "C" __global__ void copy_##from##_##to(const S* x, Axes xs, D* y, Axes ys, int64 count) \
    { \
        FOR_EACH(i, count) y[ys.at(i)] = convert<D>(x[xs.at(i)]); \
    }

FOR_ALL(COPY, f32, float)
FOR_ALL(COPY, f64, double)
FOR_ALL(COPY, i32, int)
FOR_ALL(COPY, i64, int64)
FOR_ALL(COPY, u8, uint8)
FOR_ALL(COPY, bool, bool)

#define COPY_HALF(suffix, T) \
    COPY(suffix, T, suffix, T) \
    COPY(f32, float, suffix, T) \
    COPY(suffix, T, f32, float)

FOR_HALVES(COPY_HALF)

// y = value

#define FILL(suffix, T) \
    extern "C" __global__ void fill_##suffix(T* y, Axes ys, double value, int64 count) \
    { \
        FOR_EACH(i, count) y[ys.at(i)] = convert<T>(value); \
    }

FOR_ALL(FILL)
FOR_HALVES(FILL)
