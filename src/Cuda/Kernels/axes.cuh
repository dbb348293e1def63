// Where the elements of a strided tensor lie.
#pragma once
#include "cuda.cuh"

constexpr int MaxRank = 8;

/// Sizes and strides of some axes, counted in elements.
struct Axes
{
    int64 rank;
    int64 sizes[MaxRank];
    int64 strides[MaxRank];

    /// Where element i of row-major order lies, counted from the first.
    __device__ int64 at(int64 i) const
    {
        // Unsigned: clang then divides with 32 bits wherever the numbers fit. The first axis needs no division.
        uint64 index = i, position = 0;
#pragma unroll 1
        for (int axis = (int)rank - 1; axis > 0; axis--)
        {
            uint64 size = sizes[axis], next = index / size;
            position += (index - next * size) * strides[axis];
            index = next;
        }
        return position + index * strides[0];
    }
};

/// Rows of a tensor: where each starts, and the step along it.
struct Rows
{
    Axes starts;
    int64 stride;
};

/// One row, read along its stride.
template <class T>
struct Row
{
    const T* start;
    int64 stride;

    __device__ Row(const T* x, const Rows& rows, int64 row) : start(x + rows.starts.at(row)), stride(rows.stride) {}

    __device__ T operator[](int64 i) const { return start[i * stride]; }
};

/// Strides of [batch, heads, time, d].
struct Heads
{
    int64 batch, head, time, channel;
};

/// The elements of a flat launch: each thread takes one and then goes on by the number of threads.
#define FOR_EACH(i, count) \
    for (int64 i = (int64)blockIdx.x * blockDim.x + threadIdx.x; i < (count); i += (int64)gridDim.x * blockDim.x)
