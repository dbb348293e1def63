// Copies of strided views, with conversion between dtypes, and constants.
#include "axes.cuh"
#include "math.cuh"

/// A number in another dtype: towards zero and saturating for integers (NaN gives 0), "not zero" for Bool.
template <class D, class S>
__device__ D convert(S x)
{
    constexpr bool from_float = S(0.5) != 0, to_float = D(0.5) != 0;
    if constexpr (sizeof(D) == 1) return x != 0;
    else if constexpr (from_float && !to_float)
    {
        constexpr double bound = sizeof(D) == 8 ? 9223372036854775808. : 2147483648.;
        constexpr D least = D(uint64(1) << (8 * sizeof(D) - 1));
        return x != x ? 0 : x >= bound ? ~least : x < -bound ? least : (D)x;
    }
    else if constexpr (to_float) return (D)(double)x; // an I64 becomes F32 by way of F64, as the reference does it
    else return (D)x;
}

// y = x

#define COPY(to, D, from, S) \
    extern "C" __global__ void copy_##from##_##to(const S* x, Axes xs, D* y, Axes ys, int64 count) \
    { \
        FOR_EACH(i, count) y[ys.at(i)] = convert<D>(x[xs.at(i)]); \
    }

FOR_ALL(COPY, f32, float)
FOR_ALL(COPY, f64, double)
FOR_ALL(COPY, i32, int)
FOR_ALL(COPY, i64, int64)
FOR_ALL(COPY, bool, bool)

// y = value

#define FILL(suffix, T) \
    extern "C" __global__ void fill_##suffix(T* y, Axes ys, double value, int64 count) \
    { \
        FOR_EACH(i, count) y[ys.at(i)] = convert<T>(value); \
    }

FOR_ALL(FILL)
