// Exponential, logarithm, error function, angles and their relatives. NVIDIA's device library would bring them; these are a page, link
// nothing, and give the same bits on the GPU and in the emulator. The formulas and coefficients of exp, tanh, erf, atan and sinh are those
// of the CPU's VectorMath, which coefficients.py beside it computes. F32 and F64 differ in the number of terms.
#pragma once
#include "cuda.cuh"

namespace ministack
{
template <class T> constexpr bool is_double = sizeof(T) == 8;
template <class T> constexpr T infinity = T(__builtin_inf());
template <class T> constexpr T nan = T(__builtin_nan(""));

__device__ inline float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
__device__ inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
__device__ inline int fma(int a, int b, int c) { return (int)((uint32)a * (uint32)b + (uint32)c); }
__device__ inline int64 fma(int64 a, int64 b, int64 c) { return (int64)((uint64)a * (uint64)b + (uint64)c); }
__device__ inline float round(float x) { return __builtin_rintf(x); }
__device__ inline double round(double x) { return __builtin_rint(x); }
__device__ inline float floor(float x) { return __builtin_floorf(x); }
__device__ inline double floor(double x) { return __builtin_floor(x); }
__device__ inline float ceiling(float x) { return __builtin_ceilf(x); }
__device__ inline double ceiling(double x) { return __builtin_ceil(x); }
__device__ inline float sqrt(float x) { return __builtin_sqrtf(x); }
__device__ inline double sqrt(double x) { return __builtin_sqrt(x); }
__device__ inline float copy_sign(float x, float sign) { return __builtin_copysignf(x, sign); }
__device__ inline double copy_sign(double x, double sign) { return __builtin_copysign(x, sign); }
template <class T> __device__ T abs(T x) { return x < 0 ? -x : x == 0 ? T(0) : x; }

/// −1, 0 or 1; NaN for NaN.
template <class T> __device__ T sign(T x) { return x > 0 ? T(1) : x < 0 ? T(-1) : x == 0 ? T(0) : x; }

/// ((p·x + next)·x + …): a polynomial from its highest power down.
template <class T, class... Rest>
__device__ T horner(T x, T p, Rest... next)
{
    ((p = fma(p, x, T(next))), ...);
    return p;
}

/// 2ⁿ for exponents of normal numbers.
template <class T>
__device__ T two_to_the(int n)
{
    if constexpr (is_double<T>) return __builtin_bit_cast(double, (int64)(n + 1023) << 52);
    else return __builtin_bit_cast(float, (n + 127) << 23);
}

/// x·2ⁿ in two steps: 2ⁿ alone may be out of range.
template <class T>
__device__ T scaled(T x, int n)
{
    return x * two_to_the<T>(n / 2) * two_to_the<T>(n - n / 2);
}

/// q with eˣ = 2ⁿ·(1 + q), n whole and |q| below 0.42.
template <class T>
__device__ T reduced_exp(T x, int& n)
{
    T whole = round(x * T(1.4426950408889634)), r, p;
    n = (int)whole;
    // ln 2 in two parts, or n·ln 2 would lose the low bits of r = x − n·ln 2; then p(r) = (eʳ − 1 − r) / r².
    if constexpr (is_double<T>)
    {
        r = fma(whole, -2.3190468138462996e-17, fma(whole, -0.6931471805599453, x));
        p = horner(r, 2.5100375832561234e-08, 2.7620075879983367e-07, 2.7557268480310024e-06, 2.4801521322368692e-05,
            0.00019841269863040545, 0.0013888888917196719, 0.008333333333330065, 0.041666666666624164, 0.16666666666666669, 0.5);
    }
    else
    {
        r = fma(whole, 1.9046542999577671e-9f, fma(whole, -0.693147182464599609375f, x));
        p = horner(r, 0.001392617612f, 0.008363173075, 0.04166655466, 0.1666657703, 0.5);
    }
    return fma(r * r, p, r);
}

/// eˣ; 0 and ∞ where it leaves the range, gradually through the subnormal numbers.
template <class T>
__device__ T exp(T x)
{
    constexpr T least = is_double<T> ? -746 : -104, most = is_double<T> ? 710 : 89;
    int n;
    T q = reduced_exp(x < least ? least : x > most ? most : x, n);
    return scaled(1 + q, n);
}

/// ln x = e·ln 2 + ln m with x = 2ᵉ·m and m from √½ to √2.
/// With f = m − 1 and s = f / (2 + f), ln m = 2·artanh s = f − s·(f − 2·(s²/3 + s⁴/5 + …)).
template <class T>
__device__ T log(T x)
{
    if (!(x > 0)) return x == 0 ? -infinity<T> : nan<T>;
    if (x == infinity<T>) return x;
    int e = 0;
    if (x < two_to_the<T>(is_double<T> ? -1022 : -126)) // subnormal
    {
        x *= two_to_the<T>(64);
        e = -64;
    }
    T m;
    if constexpr (is_double<T>)
    {
        int64 bits = __builtin_bit_cast(int64, x);
        e += (int)(bits >> 52) - 1023;
        m = __builtin_bit_cast(double, (bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
    }
    else
    {
        int bits = __builtin_bit_cast(int, x);
        e += (bits >> 23) - 127;
        m = __builtin_bit_cast(float, (bits & 0x7FFFFF) | 0x3F800000);
    }
    if (m > T(1.4142135623730951))
    {
        m /= 2;
        e++;
    }
    T f = m - 1, s = f / (2 + f), z = s * s, p;
    if constexpr (is_double<T>)
        p = horner(z, 2. / 23, 2. / 21, 2. / 19, 2. / 17, 2. / 15, 2. / 13, 2. / 11, 2. / 9, 2. / 7, 2. / 5, 2. / 3);
    else
        p = horner(z, 2.f / 11, 2. / 9, 2. / 7, 2. / 5, 2. / 3);
    // ln 2 in two parts; the first has zeros at its end, so that e times it is exact.
    constexpr T high = is_double<T> ? 0.69314718055989033 : 0.693145751953125;
    constexpr T low = is_double<T> ? 5.4979230187083712e-14 : 1.4286068203094172e-6;
    return fma(T(e), high, f + fma(-s, f - z * p, e * low));
}

/// tanh x = m / (m + 2) with m = e^2|x| − 1, and the sign of x.
template <class T>
__device__ T tanh(T x)
{
    constexpr T most = is_double<T> ? 20 : 10; // beyond, tanh rounds to 1
    T t = abs(x);
    int n;
    T q = reduced_exp(t > most ? 2 * most : 2 * t, n), scale = two_to_the<T>(n), m = fma(scale, q, scale - 1);
    return copy_sign(m / (m + 2), x);
}

/// eˣ / 2 for x ≥ 0, which is finite a little longer than eˣ.
template <class T>
__device__ T half_exp(T x)
{
    constexpr T most = is_double<T> ? 712 : 91;
    int n;
    T q = reduced_exp(x > most ? most : x, n);
    return scaled(1 + q, n - 1);
}

/// x + x³·P(x²) for |x| below 1, where eˣ − e⁻ˣ would cancel; further out (e − 1/e) / 2 with e = e^|x|.
template <class T>
__device__ T sinh(T x)
{
    T t = abs(x), s = x * x;
    if (!(t < 1))
    {
        T half = half_exp(t);
        return copy_sign(half - T(0.25) / half, x);
    }
    if constexpr (is_double<T>)
        return fma(x * s, horner(s, 7.746178593018827e-13, 1.6057679623801638e-10, 2.5052117695907823e-08, 2.7557319191381816e-06,
            0.00019841269841324198, 0.008333333333333299, 0.16666666666666666), x);
    else return fma(x * s, horner(s, 2.806280258e-06f, 0.0001983810197, 0.008333339676, 0.1666666665), x);
}

/// (e + 1/e) / 2 with e = e^|x|.
template <class T>
__device__ T cosh(T x)
{
    T half = half_exp(abs(x));
    return half + T(0.25) / half;
}

/// The arc tangent. |x| is brought below √2 − 1: beyond it by atan t = π/4 + atan((t − 1) / (t + 1)), beyond √2 + 1 by π/2 − atan(1/t).
template <class T>
__device__ T atan(T x)
{
    T t = abs(x), start = 0, r = t, p;
    if (t > T(2.4142135623730949))
    {
        start = T(1.5707963267948966);
        r = -1 / t;
    }
    else if (!(t < T(0.41421356237309503)))
    {
        start = T(0.78539816339744831);
        r = (t - 1) / (t + 1);
    }
    T s = r * r;
    if constexpr (is_double<T>)
        p = horner(s, -0.01917688711906226, 0.03923165829558719, -0.0508544973794026, 0.0585814891280221, -0.06664511447381948,
            0.07692183190826087, -0.09090904578123903, 0.11111111015256361, -0.14285714284666542, 0.1999999999999552, -0.3333333333333333);
    else p = horner(s, -0.06451928208f, 0.1074373149, -0.142639556, 0.1999954048, -0.3333333176);
    // The angle is added last, so that its rounding is the only one of its size.
    return copy_sign(start + fma(r * s, p, r), x);
}

/// x / √(1 − x²) is the tangent of the angle whose sine is x; NaN outside [−1, 1].
template <class T> __device__ T asin(T x) { return atan(x / sqrt((1 - x) * (1 + x))); }

/// √((1 − x) / (1 + x)) is the tangent of half the angle whose cosine is x; NaN outside [−1, 1].
template <class T> __device__ T acos(T x) { return 2 * atan(sqrt((1 - x) / (1 + x))); }

/// 1 / (1 + e⁻ˣ), from e^−|x|, which never overflows.
template <class T>
__device__ T sigmoid(T x)
{
    T e = exp(-abs(x));
    return (x < 0 ? e : 1) / (1 + e);
}

/// erfcx t = e^(t²)·(1 − erf t) for t ≥ 0, from w = 1 / (t + k) and a polynomial in 1 − 2kw, which lies in [−1, 1].
template <class T>
__device__ T scaled_erfc(T t)
{
    if constexpr (is_double<T>)
    {
        T w = 1 / (t + 4.5), v = fma(-9., w, 1.);
        return w * horner(v, -2.449954156755164e-09, -3.6930606025315146e-09, 2.7148376367140015e-08, 1.838295056488647e-08,
            -2.3528489814811555e-07, 1.8041176395139675e-07, 1.6066520316799186e-06, -4.842719750781172e-06, -2.7391684180039975e-06,
            5.29836050452512e-05, -0.00014249063952797693, -2.6846002697067697e-05, 0.0017034199049945097, -0.008209020097672126,
            0.02619896721017897, -0.06614072529323951, 0.14074148035815748, -0.26052397656815884, 0.427280277488718,
            -0.6281259956147479, 0.8339512420846492, -1.0049269806415524, 1.1023632384645727);
    }
    else
    {
        T w = 1 / (t + 2), v = fma(-4.f, w, 1.f);
        return w * horner(v, -0.0004688500399f, -0.0007674106657, 0.002980084248, 0.006447337585, -0.02148166468, -0.03643751227,
            0.2794691713, -0.6871608315, 1.021582755);
    }
}

/// The error function: x·P(x²) for |x| below 1, 1 − e^(−x²)·erfcx|x| further out.
template <class T>
__device__ T erf(T x)
{
    T t = abs(x), s = x * x;
    if (!(t < 1)) return copy_sign(1 - exp(-s) * scaled_erfc(t), x);
    if constexpr (is_double<T>)
        return x * horner(s, 5.957176147748911e-11, -1.1372848856791674e-09, 1.4659775274047436e-08, -1.6350312701054695e-07,
            1.6461000484121368e-06, -1.4925595266831182e-05, 0.0001205533111164271, -0.000854832698083379, 0.0052239776248180145,
            -0.026866170645076792, 0.11283791670954879, -0.3761263890318375, 1.1283791670955126);
    else
        return x * horner(s, 7.875875063e-05f, -0.0008016864287, 0.005189087423, -0.02685421201, 0.1128359472, -0.3761262667,
            1.1283791670955126);
}

/// Φ(x), the normal distribution function, and e^(−x²/2), which its derivative φ(x) = e^(−x²/2) / √(2π) needs.
template <class T>
__device__ T normal_cdf(T x, T& bell)
{
    bell = exp(T(-0.5) * x * x);
    T tail = T(0.5) * bell * scaled_erfc(abs(x) * T(0.70710678118654752));
    return x < 0 ? tail : 1 - tail;
}

/// x, but between −1000 and 1000, where every e^−|x| is 0 already: ∞·0 would be NaN.
template <class T> __device__ T far_out(T x) { return x < -1000 ? T(-1000) : x > 1000 ? T(1000) : x; }

/// x·Φ(x): Hendrycks and Gimpel 2016, arXiv:1606.08415.
template <class T>
__device__ T gelu(T x)
{
    T bell, cdf = normal_cdf(x, bell);
    return (x < -1000 ? T(-1000) : x) * cdf;
}

/// sin of x + quarters·π/2, in F64: x = n·π/2 + r with |r| ≤ π/4, then the series of sine or cosine by the quarter.
__device__ inline double sine(double x, int quarters)
{
    double n = round(x * 0.63661977236758138);
    double r = fma(-n, 6.123233995736766e-17, fma(-n, 1.5707963267948966, x)), s = r * r; // π/2 in two parts
    quarters += (int)((int64)n & 3);
    double y = quarters & 1
        ? horner(s, 4.779477332387385e-14, -1.1470745597729725e-11, 2.08767569878681e-09, -2.755731922398589e-07, 2.48015873015873e-05,
            -0.001388888888888889, 0.041666666666666664, -0.5, 1.)
        : r + r * s * horner(s, 2.8114572543455206e-15, -7.647163731819816e-13, 1.6059043836821613e-10, -2.505210838544172e-08,
            2.7557319223985893e-06, -0.0001984126984126984, 0.008333333333333333, -0.16666666666666666);
    return quarters & 2 ? -y : y;
}

// To |x| of about 10⁹ in F64. F32 goes through F64: correct to the last bit, and no model here is slowed by it.
template <class T> __device__ T sin(T x) { return (T)sine(x, 0); }
template <class T> __device__ T cos(T x) { return (T)sine(x, 1); }
template <class T> __device__ T tan(T x) { return (T)(sine(x, 0) / sine(x, 1)); }

/// aᵇ = e^(b·ln a), in F64 also for F32; a negative base has powers with whole exponents only.
template <class T>
__device__ T pow(T a, T b)
{
    if (b == 0 || a == 1) return 1;
    if (a != a || b != b) return nan<T>;
    double base = abs((double)a), exponent = b, half = exponent * 0.5;
    bool infinite = base == infinity<double> || abs(exponent) == infinity<double>;
    bool whole = round(exponent) == exponent, odd = whole && round(half) != half;
    double power;
    if (base == 1) power = 1;                                       // (−1)^±∞ is 1
    else if (base == 0 || infinite) power = (base > 1) == (exponent > 0) ? infinity<double> : 0;
    else power = exp(exponent * log(base));
    if (a < 0 && !whole && !infinite) return nan<T>;
    // 1 / −0 is −∞: how the sign of a zero base is seen.
    return (T)(odd && (a < 0 || (a == 0 && 1 / a < 0)) ? -power : power);
}
}
