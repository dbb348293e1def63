// The CUDA language for a CPU: what the kernels' cuda.cuh takes from clang elsewhere. No standard header is included here: the
// kernels have an exp and a sin of their own, and must not meet the system's.
#pragma once

#define __global__
#define __device__
#define __launch_bounds__(...)
// One copy a block: all threads of a block run on one thread of the system. threads.cpp fills the whole section before each block.
#define __shared__ static thread_local
#define __syncthreads() sync_threads(__FILE__, __LINE__)

struct Index
{
    unsigned x, y, z;
};

extern Index threadIdx, blockIdx, blockDim, gridDim;

void sync_threads(const char* file, int line);
int shuffle_xor(int value, int mask);
