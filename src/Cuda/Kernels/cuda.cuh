// What the kernels need of the CUDA language, for clang without a CUDA toolkit. The emulator brings the same for a CPU.
#pragma once

#ifdef __CUDA__

#define __global__ __attribute__((global))
#define __device__ __attribute__((device, always_inline)) // a call would pass arrays through local memory
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

#include <__clang_cuda_builtin_vars.h>

/// The value of the lane whose number differs in the bits of mask. Every lane of the warp takes part.
__device__ inline int shuffle_xor(int value, int mask) { return __nvvm_shfl_sync_bfly_i32(0xFFFFFFFF, value, mask, 31); }

#else
#include "emulator.h"
#endif

using int64 = long long;
using uint64 = unsigned long long;
using uint32 = unsigned int;
using uint8 = unsigned char;

constexpr int WarpSize = 32;

/// A loop over an array in registers: they have no addresses, so that every index must be known to the compiler.
#define UNROLLED(i, count) _Pragma("unroll") for (int i = 0; i < (count); i++)

/// As above for any type, in pieces of 32 bits.
template <class T>
__device__ inline T shuffle_xor(T value, int mask)
{
    struct Words { int word[sizeof(T) / 4]; };
    Words words = __builtin_bit_cast(Words, value);
    for (int& word : words.word) word = shuffle_xor(word, mask);
    return __builtin_bit_cast(T, words);
}

/// An entry is operator_dtype. These write one line for each dtype.
#define FOR_FLOATS(kernel, ...) kernel(f32, float, ##__VA_ARGS__) kernel(f64, double, ##__VA_ARGS__)
#define FOR_INTEGERS(kernel, ...) kernel(i32, int, ##__VA_ARGS__) kernel(i64, int64, ##__VA_ARGS__)
#define FOR_NUMBERS(kernel, ...) FOR_FLOATS(kernel, ##__VA_ARGS__) FOR_INTEGERS(kernel, ##__VA_ARGS__)
#define FOR_HALVES(kernel, ...) kernel(f16, Float16, ##__VA_ARGS__) kernel(bf16, BFloat16, ##__VA_ARGS__)
/// All but the halves, which are not to be computed with.
#define FOR_ALL(kernel, ...) FOR_NUMBERS(kernel, ##__VA_ARGS__) kernel(u8, uint8, ##__VA_ARGS__) kernel(bool, bool, ##__VA_ARGS__)
/// Where elements are only moved, one dtype of each size does it for all.
#define FOR_SIZES(kernel, ...) \
    kernel(u8, uint8, ##__VA_ARGS__) kernel(f16, Float16, ##__VA_ARGS__) FOR_INTEGERS(kernel, ##__VA_ARGS__)
