// Floats of 16 bits as they are stored; kernels compute with them in F32. Integer arithmetic on the bits: the same on every GPU and in
// the emulator, whose compiler need not know such types.
#pragma once
#include "cuda.cuh"

/// IEEE 754: sign, 5 bits of exponent, 10 of fraction.
struct Float16
{
    unsigned short bits;
};

/// The upper half of an F32: sign, 8 bits of exponent, 7 of fraction.
struct BFloat16
{
    unsigned short bits;
};

/// The same number; a NaN becomes a quiet one, as processors do it.
__device__ inline float widen(Float16 x)
{
    uint32 sign = (uint32)(x.bits & 0x8000) << 16, rest = x.bits & 0x7FFF;
    if (rest >= 0x7C00) return __builtin_bit_cast(float, sign | 0x7F800000 | rest << 13 | (rest > 0x7C00 ? 0x400000 : 0));
    // 2^112 is the difference of the exponents' biases; a product, so that subnormal numbers become normal ones.
    return __builtin_bit_cast(float, sign | rest << 13) * 0x1p112f;
}

__device__ inline float widen(BFloat16 x) { return __builtin_bit_cast(float, (uint32)x.bits << 16); }

/// The nearest number, of two equally near ones the even one; from halfway behind the largest on, infinity. NaN stays NaN.
template <class Half> __device__ Half narrow(float x);

template <>
__device__ inline Float16 narrow<Float16>(float x)
{
    uint32 bits = __builtin_bit_cast(uint32, x), sign = bits >> 16 & 0x8000, rest = bits & 0x7FFFFFFF, y;
    if (rest > 0x7F800000) y = 0x7E00 | (rest >> 13 & 0x3FF); // a fraction of the last bits alone would be that of an infinity
    else if (rest < 0x38800000) // below 2⁻¹⁴: the sum with ½ is rounded at 2⁻²⁴, as subnormal numbers are
        y = __builtin_bit_cast(uint32, __builtin_bit_cast(float, rest) + 0.5f) - 0x3F000000;
    else
    {
        y = (rest - 0x38000000 + 0xFFF + (rest >> 13 & 1)) >> 13; // a carry into the exponent is right, too
        if (y > 0x7C00) y = 0x7C00;
    }
    return {(unsigned short)(sign | y)};
}

template <>
__device__ inline BFloat16 narrow<BFloat16>(float x)
{
    uint32 bits = __builtin_bit_cast(uint32, x);
    if (x != x) return {(unsigned short)(bits >> 16 | 0x40)};
    return {(unsigned short)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)};
}
