#include <cstring>

#include "checks.h"

template <class D, class S>
static void test_copy()
{
    std::vector<S> x = sizeof(S) == 1 ? std::vector<S>{0, 1, 1, 0} : random_vector<S>(24, -1000, 1000);
    if (sizeof(S) > 1) x.insert(x.end(), {S(0), S(1), S(-1), S(2147483647)});
    if constexpr (std::is_floating_point_v<S>) x.insert(x.end(), {S(NaN), S(Infinity), S(-Infinity), S(1e30), S(-3e9), S(3e9), S(0.25)});
    if constexpr (std::is_same_v<S, int64>) x.insert(x.end(), {(1ll << 62) + 1, -(1ll << 40) - 1, (1ll << 53) + 1});
    while (x.size() % 2) x.push_back(0);
    int64 n = x.size();
    Buffer<S> from(x);
    Buffer<D> to(n);
    std::string name = "copy_" + (sizeof(S) == 1 ? "bool" : suffix<S>()) + "_" + (sizeof(D) == 1 ? "bool" : suffix<D>());
    Layout transposed = {{n / 2, 2}, {1, n / 2}}; // written column by column
    launch(name, flat(n), {256}, from.at, line(n), to.at, transposed.axes(), n);
    std::vector<D> y = to.read();
    for (int64 i = 0; i < n; i++)
    {
        D expected;
        if constexpr (sizeof(D) == 1) expected = x[i] != 0;
        else if constexpr (std::is_floating_point_v<S> && !std::is_floating_point_v<D>)
            expected = x[i] != x[i] ? 0 : x[i] >= std::ldexp(1., 8 * sizeof(D) - 1) ? std::numeric_limits<D>::max()
                : x[i] < -std::ldexp(1., 8 * sizeof(D) - 1) ? std::numeric_limits<D>::min() : (D)x[i];
        else if constexpr (std::is_floating_point_v<D>) expected = (D)(double)x[i];
        else expected = (D)x[i];
        D actual = y[transposed.at(i)];
        check(!memcmp(&actual, &expected, sizeof(D)) || (actual != actual && expected != expected), name + "[" + std::to_string(i) + "]");
    }
}

template <class D>
static void test_copies()
{
    test_copy<D, float>();
    test_copy<D, double>();
    test_copy<D, int>();
    test_copy<D, int64>();
    test_copy<D, unsigned char>();
    Buffer<D> to(12);
    Layout gaps = {{2, 3}, {6, 2}};
    succeed(cuMemsetD8_v2(to.at, 0, 12 * sizeof(D)), "cuMemsetD8");
    launch("fill_" + (sizeof(D) == 1 ? "bool" : suffix<D>()), flat(6), {256}, to.at, gaps.axes(), 3.7, (int64)6);
    double value = sizeof(D) == 1 ? 1 : std::is_floating_point_v<D> ? (double)(D)3.7 : 3;
    close<D>(to.read(), [&](int64 i) { return i % 2 ? 0 : value; }, 0, "fill");
}

void test_all_copies()
{
    test_copies<float>();
    test_copies<double>();
    test_copies<int>();
    test_copies<int64>();
    test_copies<unsigned char>();
}
