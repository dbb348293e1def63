#include "checks.h"

template <class T>
static void test_product(int64 tile, int64 m, int64 n, int64 k, bool transposed_a, bool transposed_b, bool bias, bool accumulate = false, bool gelu = false)
{
    std::vector<T> a = random_vector<T>(3 * m * k, -9, 9), b = random_vector<T>(m + k * n, -9, 9), biases = random_vector<T>(2 * n, -9, 9), was = random_vector<T>(3 * m * n, -9, 9);
    int64 aRow = transposed_a ? 1 : k, aColumn = transposed_a ? m : 1, bRow = transposed_b ? 1 : n, bColumn = transposed_b ? k : 1;
    Buffer<T> left(a), right(b), bs(biases), to(was), activated(was);
    launch("matmul_" + std::to_string(tile) + "_" + suffix<T>(), {(n + tile - 1) / tile, (m + tile - 1) / tile, 2}, {256},
        left.at, line(3, m * k), aRow, aColumn, right.at, line(3, 0), bRow, bColumn, bias ? bs.at : 0, (int64)2, to.at, (int64)3, m, n, k, (int64)accumulate, gelu ? activated.at : 0);
    close<T>(to.read(), [&](int64 i)
    {
        int64 batch = i / (m * n), row = i / n % m, column = i % n;
        double sum = accumulate ? (double)was[i] : bias ? (double)biases[2 * column] : 0;
        for (int64 p = 0; p < k; p++) sum += (double)a[batch * m * k + row * aRow + p * aColumn] * (double)b[p * bRow + column * bColumn];
        return sum;
    }, 1000, "matmul_" + std::to_string(tile) + "_" + suffix<T>());
    std::vector<T> sums = to.read();
    close<T>(activated.read(), [&](int64 i) { return gelu ? sums[i] * (0.5 + 0.5 * std::erf(sums[i] * M_SQRT1_2)) : (double)was[i]; }, 20,
        "gelu of matmul_" + std::to_string(tile) + "_" + suffix<T>());
}

template <class T>
static void test_matmuls(int64 tile)
{
    test_product<T>(tile, 1, 1, 1, false, false, false);
    test_product<T>(tile, 3, 130, 17, false, true, true);
    test_product<T>(tile, 66, 5, 40, true, false, false);
    test_product<T>(tile, 129, 65, 16, true, true, true);
    test_product<T>(tile, 4, 4, 0, false, false, true);
    test_product<T>(tile, 66, 70, 33, true, false, false, true);
    if constexpr (std::is_floating_point_v<T>)
    {
        test_product<T>(tile, 129, 67, 3, false, true, true, false, true);
        test_product<T>(tile, 5, 131, 0, false, true, true, false, true);
    }
}

void test_matmul()
{
    test_matmuls<float>(64);
    test_matmuls<float>(128);
    test_matmuls<double>(64);
    test_matmuls<int>(64);
    test_matmuls<int64>(64);
}
