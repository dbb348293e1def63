// Every kernel against plain loops, through the driver API: selftest FOLDER_OF_PTX. Prints what failed, and a checksum of all results,
// which must not depend on the order in which threads run.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

#include "checks.h"

static const double Infinity = HUGE_VAL, NaN = std::nan("");

template <class T> static double larger(T a, T b) { return a != a || b != b ? NaN : std::max<double>(a, b); }
template <class T> static double smaller(T a, T b) { return a != a || b != b ? NaN : std::min<double>(a, b); }
static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.)); }
static double bell(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); }

template <class T>
static void test_functions()
{
    struct Case
    {
        const char* name;
        double (*formula)(double);
        double low, high, roundings;
    };
    const Case cases[] = {
        {"negate", [](double x) { return -x; }, -9, 9, 0}, {"abs", [](double x) { return std::abs(x); }, -9, 9, 0},
        {"exp", [](double x) { return std::exp(x); }, -110, 92, 2}, {"log", [](double x) { return std::log(x); }, 0, 100, 2},
        {"sqrt", [](double x) { return std::sqrt(x); }, 0, 100, 1}, {"sin", [](double x) { return std::sin(x); }, -100, 100, 2},
        {"cos", [](double x) { return std::cos(x); }, -100, 100, 2}, {"tanh", [](double x) { return std::tanh(x); }, -12, 12, 4},
        {"sigmoid", sigmoid, -100, 100, 4}, {"erf", [](double x) { return std::erf(x); }, -5, 5, 4},
        {"relu", [](double x) { return x < 0 ? 0 : x; }, -9, 9, 0},
        {"gelu", [](double x) { return x == -Infinity ? NaN : x * cdf(x); }, -12, 12, 6},
        {"silu", [](double x) { return x == -Infinity ? NaN : x * sigmoid(x); }, -80, 80, 6},
    };
    for (const Case& c : cases)
    {
        std::vector<T> x = random_vector<T>(3000, c.low, c.high);
        std::vector<T> small = random_vector<T>(1000, c.low / 1e4, c.high / 1e4);
        x.insert(x.end(), small.begin(), small.end());
        x.insert(x.end(), {T(0), T(1), T(-1), T(NaN), T(1e-30), T(1e30), std::numeric_limits<T>::denorm_min()});
        if (strcmp(c.name, "sin") && strcmp(c.name, "cos")) x.insert(x.end(), {T(Infinity), T(-Infinity)});
        else x.erase(std::find(x.begin(), x.end(), T(1e30))); // beyond the promised range
        Buffer<T> from(x), to(x.size());
        launch(c.name + ("_" + suffix<T>()), flat(x.size()), {256}, from.at, line(x.size()), to.at, (int64)x.size());
        std::vector<T> y = to.read();
        double worst = 0;
        for (size_t i = 0; i < x.size(); i++)
        {
            // In units of the last place of T, for values that are normal numbers.
            double e = c.formula(x[i]), error = std::abs(y[i] - e) / (std::abs(e) * 2 * epsilon<T>);
            if (std::isfinite(e) && std::abs(e) > 1e-37 && std::abs(e) < 3e38) worst = std::max(worst, error);
        }
        if (getenv("VERBOSE")) printf("%-8s %s  %.2f units in the last place\n", c.name, suffix<T>().c_str(), worst);
        close<T>(y, [&](int64 i) { return (double)(T)c.formula(x[i]); }, c.roundings, c.name);
    }
}

/// Two inputs of every kind of stride: permuted, stretched, with gaps.
template <class T>
static void test_pair(const std::string& name, std::function<double(T, T)> formula, double roundings, bool specials = false, bool compares = false)
{
    Layout a = {{3, 5, 7}, {1, 21, 3}}, b = {{3, 5, 7}, {0, 2, 20}};
    std::vector<T> as = random_vector<T>(a.span(), -9, 9), bs = random_vector<T>(b.span(), -9, 9);
    for (size_t i = 0; i < as.size(); i += 5) as[i] = bs[i]; // some are equal
    if constexpr (std::is_floating_point_v<T>)
        if (specials) as[1] = as[4] = bs[2] = T(NaN), as[7] = T(Infinity), bs[20] = T(-Infinity);
    Buffer<T> from(as), other(bs), to(105);
    Buffer<unsigned char> truth(105);
    launch(name + "_" + suffix<T>(), flat(105), {256}, from.at, a.axes(), other.at, b.axes(), compares ? truth.at : to.at, (int64)105);
    auto expected = [&](int64 i) { return formula(as[a.at(i)], bs[b.at(i)]); };
    if (compares) close<unsigned char>(truth.read(), expected, 0, name);
    else close<T>(to.read(), expected, roundings, name + "_" + suffix<T>());
}

template <class T>
static void test_pairs()
{
    test_pair<T>("add", [](T a, T b) { return (double)(T)(a + b); }, 0, true);
    test_pair<T>("subtract", [](T a, T b) { return (double)(T)(a - b); }, 0, true);
    test_pair<T>("multiply", [](T a, T b) { return (double)(T)(a * b); }, 0, true);
    test_pair<T>("maximum", [](T a, T b) { return larger(a, b); }, 0, true);
    test_pair<T>("minimum", [](T a, T b) { return smaller(a, b); }, 0, true);
    test_pair<T>("equal", [](T a, T b) { return a == b; }, 0, true, true);
    test_pair<T>("less", [](T a, T b) { return a < b; }, 0, true, true);
    test_pair<T>("less_or_equal", [](T a, T b) { return a <= b; }, 0, true, true);
    if constexpr (std::is_floating_point_v<T>)
    {
        test_pair<T>("divide", [](T a, T b) { return (double)(T)(a / b); }, 0, true);
        test_pair<T>("pow", [](T a, T b) { return (double)(T)std::pow((double)a, (double)b); }, 2000, true);
        test_pair<T>("tanh_backward", [](double y, double d) { return d * (1 - y * y); }, 4);
        test_pair<T>("sigmoid_backward", [](double y, double d) { return d * y * (1 - y); }, 4);
        test_pair<T>("relu_backward", [](double x, double d) { return x > 0 ? d : 0; }, 0);
        test_pair<T>("gelu_backward", [](double x, double d) { return d * (cdf(x) + x * bell(x)); }, 40);
        test_pair<T>("silu_backward", [](double x, double d) { return d * sigmoid(x) * (1 + x * (1 - sigmoid(x))); }, 40);

        std::vector<T> a, b, values = {0, T(-0.), 1, -1, 2, -2, 3, -3, T(0.5), T(-0.5), T(Infinity), T(-Infinity), T(NaN)};
        for (T x : values)
            for (T y : values) a.push_back(x), b.push_back(y);
        Buffer<T> from(a), other(b), to(a.size());
        launch("pow_" + suffix<T>(), flat(a.size()), {256}, from.at, line(a.size()), other.at, line(a.size()), to.at, (int64)a.size());
        close<T>(to.read(), [&](int64 i) { return std::pow((double)a[i], (double)b[i]); }, 8, "pow of special numbers");
    }
}

template <class T>
static void test_where()
{
    Layout layout = {{4, 6}, {1, 4}};
    std::vector<unsigned char> condition(24);
    for (size_t i = 0; i < 24; i++) condition[i] = i % 3 == 0;
    std::vector<T> a = random_vector<T>(24, -9, 9), b = random_vector<T>(1, -9, 9);
    Buffer<unsigned char> c(condition);
    Buffer<T> from(a), other(b), to(24);
    std::string dtype = sizeof(T) == 1 ? "bool" : suffix<T>();
    launch("where_" + dtype, flat(24), {256}, c.at, layout.axes(), from.at, line(24), other.at, line(24, 0), to.at, (int64)24);
    close<T>(to.read(), [&](int64 i) { return condition[layout.at(i)] ? a[i] : b[0]; }, 0, "where");
}

template <class D, class S>
static void test_copy()
{
    std::vector<S> x = sizeof(S) == 1 ? std::vector<S>{0, 1, 1, 0} : random_vector<S>(24, -1000, 1000);
    if (sizeof(S) > 1) x.insert(x.end(), {S(0), S(1), S(-1), S(2147483647)});
    if constexpr (std::is_floating_point_v<S>) x.insert(x.end(), {S(NaN), S(Infinity), S(-Infinity), S(1e30), S(-3e9), S(3e9)});
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

/// Philox 4×32-10 once more, as the paper writes it.
static std::vector<uint32_t> philox(uint64_t key, uint64_t counter)
{
    uint32_t c[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), 0, 0}, k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
    for (int round = 0; round < 10; round++)
    {
        uint64_t p0 = (uint64_t)0xD2511F53 * c[0], p1 = (uint64_t)0xCD9E8D57 * c[2];
        uint32_t next[4] = {(uint32_t)(p1 >> 32) ^ c[1] ^ k[0], (uint32_t)p1, (uint32_t)(p0 >> 32) ^ c[3] ^ k[1], (uint32_t)p0};
        std::copy(next, next + 4, c);
        k[0] += 0x9E3779B9;
        k[1] += 0xBB67AE85;
    }
    return {c, c + 4};
}

template <class T>
static void test_random()
{
    check(philox(0, 0) == std::vector<uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, "Philox is not the published one");
    const uint64_t Key = 0x123456789ABCDEF, Block = 0xFFFFFFFF; // the counter's carry too
    const int64 Count = 1003;
    auto word = [&](int64 i) { return philox(Key, Block + i / 4)[i % 4]; };
    auto unit = [&](int64 i) { return (word(i) >> 8) * (1.f / (1 << 24)); };

    Layout layout = {{17, 59}, {1, 17}};
    std::vector<T> x = random_vector<T>(Count);
    float p = 0.3f, scale = 1 / (1 - 0.3);
    Buffer<T> from(x), to(Count);
    launch("dropout_" + suffix<T>(), flat(251), {256}, from.at, layout.axes(), to.at, Count, p, scale, Key, Block);
    close<T>(to.read(), [&](int64 i) { return unit(i) >= p ? (double)(x[layout.at(i)] * scale) : 0; }, 0, "dropout");
    launch("uniform_" + suffix<T>(), flat(251), {256}, to.at, Count, -0.1, 0.7, Key, Block);
    close<T>(to.read(), [&](int64 i) { return (T)(-0.1 + (0.7 - -0.1) * unit(i)); }, 0, "uniform");
    launch("normal_" + suffix<T>(), flat(251), {256}, to.at, Count, 0.5, 2.0, Key, Block);
    close<T>(to.read(), [&](int64 i)
    {
        double u = (word(2 * i) + 1.) / 4294967296., v = word(2 * i + 1) / 4294967296.;
        return 0.5 + 2 * std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v);
    }, 8, "normal");
}

template <class T>
static void test_reduction(
    const std::string& name, const Layout& x, size_t kept, int64 chunk, std::vector<T> elements, const std::function<double(std::vector<double>)>& formula)
{
    int64 rows = 1, length = 1;
    for (size_t axis = 0; axis < x.sizes.size(); axis++) (axis < kept ? rows : length) *= x.sizes[axis];
    int64 chunks = (length + chunk - 1) / chunk;
    auto expected = [&](int64 row)
    {
        std::vector<double> values;
        for (int64 i = 0; i < length; i++) values.push_back((double)elements[x.at(row * length + i)]);
        return formula(values);
    };
    Buffer<T> from(elements), parts(rows * chunks), to(rows);
    std::string by_rows = name + "_rows_" + suffix<T>(), by_columns = name + "_columns_" + suffix<T>();
    launch(by_rows, {rows, chunks}, {256}, from.at, x.axes(0, kept), x.axes(kept), parts.at, rows, length, chunk);
    launch(by_rows, {rows}, {256}, parts.at, line(rows, chunks), line(chunks), to.at, rows, chunks, chunks);
    double roundings = name == "sum" ? 400 : 0; // the terms are larger than their sum
    close<T>(to.read(), expected, roundings, by_rows);
    launch(by_columns, {(rows + 31) / 32, chunks}, {32, 8}, from.at, x.axes(0, kept), x.axes(kept), parts.at, rows, length, chunk);
    launch(by_columns, {(rows + 31) / 32}, {32, 8}, parts.at, line(rows), line(chunks, rows), to.at, rows, chunks, chunks);
    close<T>(to.read(), expected, roundings, by_columns);
}

template <class T>
static void test_reductions()
{
    const Layout layouts[] = {{{1, 700}, {700, 1}}, {{35, 9}, {1, 35}}, {{40, 3, 50}, {3, 1, 120}}, {{2, 1}, {1, 1}}};
    for (const Layout& x : layouts)
        for (int64 chunk : {64, 1000})
        {
            std::vector<T> elements = random_vector<T>(x.span(), -9, 9);
            test_reduction<T>("sum", x, x.sizes.size() == 3 ? 2 : 1, chunk, elements,
                [](std::vector<double> v) { return std::accumulate(v.begin(), v.end(), 0.); });
            if constexpr (std::is_floating_point_v<T>) elements[elements.size() / 2] = T(NaN);
            test_reduction<T>("max", x, 1, chunk, elements, [](std::vector<double> v) { return std::accumulate(v.begin(), v.end(), v[0], larger<double>); });
            test_reduction<T>("min", x, 1, chunk, elements, [](std::vector<double> v) { return std::accumulate(v.begin(), v.end(), v[0], smaller<double>); });
        }

    Buffer<T> none(1), zero(1);
    launch("sum_rows_" + suffix<T>(), {1}, {256}, none.at, line(1), line(0), zero.at, (int64)1, (int64)0, (int64)1);
    close<T>(zero.read(), [](int64) { return 0; }, 0, "the sum of nothing");

    std::vector<T> x = random_vector<T>(6 * 300, -9, 9);
    x[5] = x[77] = x[290] = 100; // the first of equals
    x[300 + 299] = 100;
    x[600] = x[601] = -100;
    if constexpr (std::is_floating_point_v<T>)
    {
        x[900 + 40] = x[900 + 200] = T(NaN); // the first NaN
        for (int i = 0; i < 300; i++) x[1200 + i] = T(-Infinity);
    }
    Buffer<T> from(x);
    Buffer<int64> to(6);
    launch("argmax_rows_" + suffix<T>(), {6}, {256}, from.at, line(6, 300), line(300), to.at, (int64)6, (int64)300);
    close<int64>(to.read(), [&](int64 row)
    {
        int64 best = 0;
        for (int64 i = 1; i < 300; i++)
            if (T a = x[row * 300 + i], b = x[row * 300 + best]; a > b || (a != a && b == b)) best = i;
        return best;
    }, 0, "argmax");

    if constexpr (std::is_floating_point_v<T>)
    {
        Layout layout = {{30, 40}, {1, 30}};
        std::vector<T> values = random_vector<T>(1200);
        Buffer<T> squares(values);
        Buffer<double> parts(5), total(1);
        launch("sum_squares_" + suffix<T>(), {5}, {256}, squares.at, layout.axes(), parts.at, (int64)1200, (int64)257);
        launch("sum_rows_f64", {1}, {256}, parts.at, line(1), line(5), total.at, (int64)1, (int64)5, (int64)5);
        double sum = 0;
        for (T value : values) sum += (double)value * value;
        close<double>(total.read(), [&](int64) { return sum; }, 20, "sum_squares");
    }
    else
    {
        Layout layout = {{30, 40}, {1, 30}};
        std::vector<T> indices(1200, 3);
        Buffer<int64> found(2);
        for (T wrong : {T(0), T(7), T(-1)})
        {
            indices[layout.at(500)] = wrong;
            indices[layout.at(900)] = wrong * 2;
            Buffer<T> from(indices);
            launch("find_outside_" + suffix<T>(), {1}, {256}, from.at, layout.axes(), (int64)1200, (int64)7, found.at);
            close<int64>(found.read(), [&](int64 i) { return i == 0 ? (wrong == 0 ? -1 : 500) : wrong; }, 0, "find_outside");
        }
    }
}

template <class T>
static void test_matmul(int64 tile, int64 m, int64 n, int64 k, bool transposed_a, bool transposed_b, bool bias)
{
    std::vector<T> a = random_vector<T>(3 * m * k, -9, 9), b = random_vector<T>(m + k * n, -9, 9), biases = random_vector<T>(2 * n, -9, 9);
    int64 aRow = transposed_a ? 1 : k, aColumn = transposed_a ? m : 1, bRow = transposed_b ? 1 : n, bColumn = transposed_b ? k : 1;
    Buffer<T> left(a), right(b), bs(biases), to(3 * m * n);
    launch("matmul_" + std::to_string(tile) + "_" + suffix<T>(), {(n + tile - 1) / tile, (m + tile - 1) / tile, 2}, {256},
        left.at, line(3, m * k), aRow, aColumn, right.at, line(3, 0), bRow, bColumn, bias ? bs.at : 0, (int64)2, to.at, (int64)3, m, n, k);
    close<T>(to.read(), [&](int64 i)
    {
        int64 batch = i / (m * n), row = i / n % m, column = i % n;
        double sum = bias ? (double)biases[2 * column] : 0;
        for (int64 p = 0; p < k; p++) sum += (double)a[batch * m * k + row * aRow + p * aColumn] * (double)b[p * bRow + column * bColumn];
        return sum;
    }, 1000, "matmul_" + std::to_string(tile) + "_" + suffix<T>());
}

template <class T>
static void test_matmuls(int64 tile)
{
    test_matmul<T>(tile, 1, 1, 1, false, false, false);
    test_matmul<T>(tile, 3, 130, 17, false, true, true);
    test_matmul<T>(tile, 66, 5, 40, true, false, false);
    test_matmul<T>(tile, 129, 65, 16, true, true, true);
    test_matmul<T>(tile, 4, 4, 0, false, false, true);
}

template <class T>
static void test_rows()
{
    const int64 N = 5, C = 300;
    Layout x = {{N, C}, {1, N}}, wide = {{N, C}, {2 * C, 2}};
    std::vector<T> xs = random_vector<T>(x.span(), -20, 20), ds = random_vector<T>(wide.span());
    for (int64 c = 0; c < C; c++) xs[x.at(3 * C + c)] = c % 2 ? T(-Infinity) : 1;
    auto row_sum = [&](int64 row, const std::function<double(int64)>& term)
    {
        double sum = 0;
        for (int64 c = 0; c < C; c++) sum += term(row * C + c);
        return sum;
    };
    auto X = [&](int64 i) { return (double)xs[x.at(i)]; };
    auto D = [&](int64 i) { return (double)ds[wide.at(i)]; };
    auto log_sum = [&](int64 row) { return std::log(row_sum(row, [&](int64 i) { return std::exp(X(i)); })); };
    auto softmax = [&](int64 i) { return std::exp(X(i) - log_sum(i / C)); };

    Buffer<T> from(xs), gradient(ds), to(N * C);
    launch("softmax_" + suffix<T>(), {N}, {256}, from.at, x.rows(), to.at, C);
    std::vector<T> y = to.read();
    close<T>(y, softmax, 8, "softmax");
    launch("log_softmax_" + suffix<T>(), {N}, {256}, from.at, x.rows(), to.at, C);
    close<T>(to.read(), [&](int64 i) { return X(i) - log_sum(i / C); }, 8, "log_softmax");
    Buffer<T> ys(y);
    launch("softmax_backward_" + suffix<T>(), {N}, {256}, ys.at, Rows{line(N, C), 1}, gradient.at, wide.rows(), to.at, C);
    std::vector<T> dx = to.read();
    std::vector<double> dots(N);
    for (int64 row = 0; row < N; row++) dots[row] = row_sum(row, [&](int64 i) { return y[i] * D(i); });
    close<T>(dx, [&](int64 i) { return y[i] * (D(i) - dots[i / C]); }, 8, "softmax_backward");

    std::vector<int> classes(2 * N);
    std::vector<int64> long_classes(2 * N);
    for (int64 i = 0; i < N; i++) classes[2 * i] = long_classes[2 * i] = (int)(i * 74 % C / 2 * 2);
    Buffer<int> targets(classes);
    Buffer<int64> long_targets(long_classes);
    Buffer<T> losses(N), sums(N), dlosses(std::vector<T>{T(0.25)});
    for (std::string index : {"i32", "i64"})
    {
        std::string dtypes = suffix<T>() + "_" + index;
        CUdeviceptr at = index == "i32" ? targets.at : long_targets.at;
        launch("cross_entropy_" + dtypes, {N}, {256}, from.at, x.rows(), at, line(N, 2), losses.at, sums.at, C);
        close<T>(losses.read(), [&](int64 row) { return log_sum(row) - X(row * C + classes[2 * row]); }, 8, "cross_entropy");
        close<T>(sums.read(), log_sum, 8, "logSumExp");
        launch("cross_entropy_backward_" + dtypes, {N}, {256},
            from.at, x.rows(), at, line(N, 2), sums.at, line(N), dlosses.at, line(N, 0), to.at, C);
        close<T>(to.read(), [&](int64 i) { return 0.25 * (softmax(i) - (i % C == classes[i / C * 2])); }, 8, "cross_entropy_backward");
    }
}

template <class T>
static void test_norms(bool layer)
{
    const int64 N = 21, C = 70, Chunk = 8, Chunks = 3;
    const double Epsilon = 1e-5;
    Layout x = {{3, 7, C}, {C, 3 * C, 1}}, gaps = {{N, C}, {2 * C, 2}};
    std::vector<T> xs = random_vector<T>(x.span(), -1, 3), ws = random_vector<T>(2 * C), bs = random_vector<T>(3 * C), ds = random_vector<T>(gaps.span());
    auto X = [&](int64 i) { return (double)xs[x.at(i)]; };
    auto D = [&](int64 i) { return (double)ds[gaps.at(i)]; };
    std::vector<double> mean(N), rstd(N), averageG(N), averageGn(N), dweight(C), dbias(C);
    auto n = [&](int64 i) { return (X(i) - mean[i / C]) * rstd[i / C]; };
    auto g = [&](int64 i) { return D(i) * ws[2 * (i % C)]; };
    for (int64 row = 0; row < N; row++)
    {
        double squares = 0;
        for (int64 i = row * C; layer && i < (row + 1) * C; i++) mean[row] += X(i) / C;
        for (int64 i = row * C; i < (row + 1) * C; i++) squares += (X(i) - mean[row]) * (X(i) - mean[row]);
        rstd[row] = 1 / std::sqrt(squares / C + Epsilon);
        for (int64 i = row * C; i < (row + 1) * C; i++)
        {
            averageG[row] += layer ? g(i) / C : 0;
            averageGn[row] += g(i) * n(i) / C;
            dweight[i % C] += D(i) * n(i);
            dbias[i % C] += D(i);
        }
    }

    std::string name = (layer ? "layer_norm" : "rms_norm"), end = "_" + suffix<T>();
    Buffer<T> from(xs), weight(ws), bias(bs), gradient(ds), to(N * C), means(N), rstds(N), parts(Chunks * C), more_parts(Chunks * C), sum(C);
    if (layer)
        launch(name + end, {N}, {256}, from.at, x.rows(), weight.at, (int64)2, bias.at, (int64)3, (T)Epsilon, to.at, means.at, rstds.at, C);
    else launch(name + end, {N}, {256}, from.at, x.rows(), weight.at, (int64)2, (T)Epsilon, to.at, rstds.at, C);
    close<T>(to.read(), [&](int64 i) { return n(i) * ws[2 * (i % C)] + (layer ? (double)bs[3 * (i % C)] : 0); }, 16, name);
    if (layer) close<T>(means.read(), [&](int64 row) { return mean[row]; }, 8, "mean");
    close<T>(rstds.read(), [&](int64 row) { return rstd[row]; }, 8, "rstd");
    if (layer)
    {
        launch(name + end, {N}, {256}, from.at, x.rows(), weight.at, (int64)2, CUdeviceptr(0), (int64)0, (T)Epsilon, to.at, means.at, rstds.at, C);
        close<T>(to.read(), [&](int64 i) { return n(i) * ws[2 * (i % C)]; }, 16, name + " without bias");
        launch(name + "_backward" + end, {N}, {256},
            from.at, x.rows(), weight.at, (int64)2, means.at, rstds.at, gradient.at, gaps.rows(), to.at, C);
        launch(name + "_backward_weight" + end, {(C + 31) / 32, Chunks}, {32, 8},
            from.at, x.rows(), means.at, rstds.at, gradient.at, gaps.rows(), parts.at, more_parts.at, N, C, Chunk);
        launch("sum_columns" + end, {(C + 31) / 32}, {32, 8}, more_parts.at, line(C), line(Chunks, C), sum.at, C, Chunks, Chunks);
        close<T>(sum.read(), [&](int64 c) { return dbias[c]; }, 20, name + " dbias");
    }
    else
    {
        launch(name + "_backward" + end, {N}, {256}, from.at, x.rows(), weight.at, (int64)2, rstds.at, gradient.at, gaps.rows(), to.at, C);
        launch(name + "_backward_weight" + end, {(C + 31) / 32, Chunks}, {32, 8},
            from.at, x.rows(), rstds.at, gradient.at, gaps.rows(), parts.at, N, C, Chunk);
    }
    close<T>(to.read(), [&](int64 i) { return rstd[i / C] * (g(i) - averageG[i / C] - n(i) * averageGn[i / C]); }, 40, name + "_backward");
    launch("sum_columns" + end, {(C + 31) / 32}, {32, 8}, parts.at, line(C), line(Chunks, C), sum.at, C, Chunks, Chunks);
    close<T>(sum.read(), [&](int64 c) { return dweight[c]; }, 40, name + " dweight");
}

template <class T, class I>
static void test_embedding()
{
    const int64 Vocabulary = 11, C = 300, N = 600;
    Layout picks = {{20, 30}, {1, 20}}, gradient = {{N, C}, {C, 1}};
    std::vector<T> table = random_vector<T>(Vocabulary * C), ds = random_vector<T>(N * C);
    std::vector<I> indices(N);
    for (int64 i = 0; i < N; i++) indices[i] = i < 20 ? 7 : generator() % (Vocabulary - 1); // the last row is never picked
    Buffer<T> rows(table), dy(ds), to(N * C), dtable(Vocabulary * C);
    Buffer<I> is(indices);
    std::string dtypes = suffix<T>() + "_" + suffix<I>();
    launch("embedding_" + dtypes, flat(N * C), {256}, rows.at, (int64)1, Vocabulary, is.at, picks.axes(), to.at, N, C); // a transposed table
    close<T>(to.read(), [&](int64 i) { return table[indices[picks.at(i / C)] + i % C * Vocabulary]; }, 0, "embedding");
    succeed(cuMemsetD8_v2(dtable.at, 0, Vocabulary * C * sizeof(T)), "cuMemsetD8");
    launch("embedding_backward_" + dtypes, {N, 2}, {256}, is.at, picks.axes(), dy.at, gradient.rows(), dtable.at, N, C);
    close<T>(dtable.read(), [&](int64 at)
    {
        T sum = 0; // in the same order, so that every bit is the same
        for (int64 i = 0; i < N; i++)
            if (indices[picks.at(i)] == at / C) sum += ds[i * C + at % C];
        return sum;
    }, 0, "embedding_backward");
}

template <class T>
static void test_attention(int64 most, int64 queries, int64 keys, int64 d, int64 size, bool causal)
{
    // [batch, time, heads, d] in memory, with the time axis of k and v running along channels: any strides will do.
    const int64 B = 2, H = 2, Tile = sizeof(T) == 4 ? 64 : 32;
    Heads qs = {queries * H * d, d, H * d, 1}, ks = {H * d * keys, d * keys, 1, keys}, vs = {H * keys * size, keys * size, size, 1};
    Heads ys = {queries * H * size, size, H * size, 1};
    T scale = (T)(1 / std::sqrt((double)d));
    std::vector<T> q = random_vector<T>(B * H * queries * d, -3, 3), k = random_vector<T>(B * H * keys * d, -3, 3);
    std::vector<T> v = random_vector<T>(B * H * keys * size), dy = random_vector<T>(B * H * queries * size);
    auto at = [](const Heads& x, int64 item, int64 time, int64 channel) { return item / 2 * x.batch + item % 2 * x.head + time * x.time + channel * x.channel; };

    std::vector<double> y(B * H * queries * size), sums(B * H * queries), dq(q.size()), dk(k.size()), dv(v.size());
    for (int64 item = 0; item < B * H; item++)
    {
        for (int64 i = 0; i < queries; i++)
        {
            int64 seen = causal ? i + 1 + keys - queries : keys;
            std::vector<double> w(seen);
            double total = 0, dot = 0;
            for (int64 j = 0; j < seen; j++)
            {
                for (int64 c = 0; c < d; c++) w[j] += (double)q[at(qs, item, i, c)] * k[at(ks, item, j, c)];
                total += w[j] = std::exp(scale * w[j]);
            }
            sums[item * queries + i] = std::log(total);
            for (int64 c = 0; c < size; c++)
            {
                double& result = y[at(ys, item, i, c)];
                for (int64 j = 0; j < seen; j++) result += w[j] / total * v[at(vs, item, j, c)];
                dot += result * dy[at(ys, item, i, c)];
            }
            for (int64 j = 0; j < seen; j++)
            {
                double weight = w[j] / total, dweight = 0;
                for (int64 c = 0; c < size; c++)
                {
                    dweight += (double)dy[at(ys, item, i, c)] * v[at(vs, item, j, c)];
                    dv[at(vs, item, j, c)] += weight * dy[at(ys, item, i, c)];
                }
                double slope = scale * weight * (dweight - dot);
                for (int64 c = 0; c < d; c++)
                {
                    dq[at(qs, item, i, c)] += slope * k[at(ks, item, j, c)];
                    dk[at(ks, item, j, c)] += slope * q[at(qs, item, i, c)];
                }
            }
        }
    }

    Buffer<T> Q(q), K(k), V(v), DY(dy), Y(y.size()), S(sums.size()), dots(sums.size()), DQ(q.size()), DK(k.size()), DV(v.size());
    std::string end = "_" + std::to_string(most) + "_" + suffix<T>(), what = "attention" + end + (causal ? " causal " : " ");
    int flag = causal;
    Grid by_queries = {(queries + Tile - 1) / Tile, H, B}, by_keys = {(keys + Tile - 1) / Tile, H, B};
    launch("attention" + end, by_queries, {256}, Q.at, qs, K.at, ks, V.at, vs, Y.at, ys, S.at, queries, keys, d, size, flag, scale);
    close<T>(Y.read(), [&](int64 i) { return y[i]; }, 200, what + "y");
    close<T>(S.read(), [&](int64 i) { return sums[i]; }, 100, what + "logSumExp");
    launch("attention_dots_" + suffix<T>(), {(queries + 7) / 8, H, B}, {256}, Y.at, ys, DY.at, ys, dots.at, queries, size);
    launch("attention_backward_queries" + end, by_queries, {256},
        Q.at, qs, K.at, ks, V.at, vs, DY.at, ys, S.at, dots.at, DQ.at, qs, queries, keys, d, size, flag, scale);
    launch("attention_backward_keys" + end, by_keys, {256},
        Q.at, qs, K.at, ks, V.at, vs, DY.at, ys, S.at, dots.at, DK.at, ks, DV.at, vs, queries, keys, d, size, flag, scale);
    close<T>(DQ.read(), [&](int64 i) { return dq[i]; }, 1000, what + "dq");
    close<T>(DK.read(), [&](int64 i) { return dk[i]; }, 1000, what + "dk");
    close<T>(DV.read(), [&](int64 i) { return dv[i]; }, 1000, what + "dv");
}

template <class T>
static void test_attentions()
{
    test_attention<T>(64, 1, 1, 1, 1, true);
    test_attention<T>(64, 70, 130, 33, 64, true);
    test_attention<T>(64, 130, 70, 20, 40, false);
    test_attention<T>(128, 65, 65, 128, 100, true);
}

template <class T>
static void test_optimizers()
{
    const int64 N = 1000;
    Layout layout = {{25, 40}, {1, 25}};
    std::vector<T> p = random_vector<T>(N), g = random_vector<T>(N), m = random_vector<T>(N), v = random_vector<T>(N, 0, 1);
    struct AdamW { T scale, keep, beta1, share1, beta2, share2, rate, rootFactor, epsilon; };
    struct Sgd { T scale, decay, rate, momentum, nesterov; };
    AdamW a = {T(0.5), T(0.99), T(0.9), T(0.1), T(0.95), T(0.05), T(-0.01), T(3), T(1e-8)};
    Buffer<T> P(p), G(g), M(m), V(v);
    launch("adamw_" + suffix<T>(), flat(N), {256}, P.at, G.at, layout.axes(), M.at, V.at, a, N);
    auto mean = [&](int64 i) { return (double)a.beta1 * m[i] + (double)a.share1 * g[layout.at(i)] * a.scale; };
    auto square = [&](int64 i) { return (double)a.beta2 * v[i] + (double)a.share2 * std::pow((double)g[layout.at(i)] * a.scale, 2); };
    close<T>(P.read(), [&](int64 i) { return (double)p[i] * a.keep + a.rate * mean(i) / (std::sqrt(square(i) * a.rootFactor) + a.epsilon); }, 4, "adamw");
    close<T>(M.read(), mean, 4, "adamw m");
    close<T>(V.read(), square, 4, "adamw v");

    for (int kind = 0; kind < 3; kind++) // without momentum, with it, with Nesterov's
    {
        Sgd s = {T(0.5), T(0.01), T(-0.1), T(0.9), T(kind == 2)};
        Buffer<T> P(p), velocity(m);
        launch("sgd_" + suffix<T>(), flat(N), {256}, P.at, G.at, layout.axes(), kind ? velocity.at : 0, s, N);
        auto gradient = [&](int64 i) { return (double)g[layout.at(i)] * s.scale + (double)s.decay * p[i]; };
        auto next = [&](int64 i) { return kind ? s.momentum * (double)m[i] + gradient(i) : (double)m[i]; };
        auto move = [&](int64 i) { return kind == 0 ? gradient(i) : kind == 1 ? next(i) : gradient(i) + s.momentum * next(i); };
        close<T>(P.read(), [&](int64 i) { return p[i] + s.rate * move(i); }, 4, "sgd");
        close<T>(velocity.read(), next, 4, "sgd velocity");
    }
}

/// The driver itself: what it must refuse, and when work is done.
static void test_driver()
{
    CUdeviceptr at = 0;
    setenv("MINISTACK_EMULATOR_MEMORY", "1000000", 1);
    check(cuMemAlloc_v2(&at, 2000000) == CUDA_ERROR_OUT_OF_MEMORY, "more memory than there is");
    unsetenv("MINISTACK_EMULATOR_MEMORY");

    setenv("MINISTACK_EMULATOR_LAZY", "1", 1);
    {
        CUstream first, second;
        CUevent event, later;
        cuStreamCreate(&first, 1);
        cuStreamCreate(&second, 1);
        cuEventCreate(&event, 0);
        cuEventCreate(&later, 0);
        Buffer<float> x(std::vector<float>(4, 1.f));
        float* host;
        succeed(cuMemHostAlloc((void**)&host, 16, 0), "cuMemHostAlloc");
        host[0] = 0;
        cuMemsetD32Async(x.at, 0x40000000, 4, first); // 2.0
        cuEventRecord(event, first);
        cuStreamWaitEvent(second, event, 0);
        cuMemcpyDtoHAsync_v2(host, x.at, 16, second);
        cuEventRecord(later, second);
        check(host[0] == 0 && cuEventQuery(event) == CUDA_ERROR_NOT_READY, "work was done before anyone waited");
        succeed(cuEventSynchronize(later), "cuEventSynchronize");
        check(host[0] == 2 && cuEventQuery(event) == CUDA_SUCCESS, "an event did not wait for another stream");
        float milliseconds;
        succeed(cuEventElapsedTime(&milliseconds, event, later), "cuEventElapsedTime");

        CUgraph graph, executable;
        cuStreamBeginCapture_v2(first, 0);
        cuMemsetD32Async(x.at, 0x40400000, 4, first); // 3.0
        cuStreamEndCapture(first, &graph);
        cuGraphInstantiateWithFlags(&executable, graph, 0);
        succeed(cuStreamSynchronize(first), "cuStreamSynchronize");
        check(x.read()[0] == 2, "capturing ran the work");
        succeed(cuGraphLaunch(executable, first), "cuGraphLaunch");
        succeed(cuStreamSynchronize(first), "cuStreamSynchronize");
        check(x.read()[0] == 3, "a graph did not run");
        cuGraphDestroy(graph);
        cuGraphExecDestroy(executable);
        cuEventDestroy_v2(event);
        cuEventDestroy_v2(later);
        cuStreamDestroy_v2(first);
        cuStreamDestroy_v2(second);
        cuMemFreeHost(host);
    }
    unsetenv("MINISTACK_EMULATOR_LAZY");

    fprintf(stderr, "The next four messages are expected.\n");
    CUmodule module;
    check(cuModuleLoadData(&module, ".version 7.0\n.visible .entry add_f32(\n\t.param .u64 a\n)\n{\n}\n") == CUDA_ERROR_INVALID_PTX, "other parameters");
    check(cuModuleLoadData(&module, ".version 7.0\n.visible .entry none()\n{\n}\n") == CUDA_ERROR_INVALID_PTX, "a kernel that is not there");
    check(cuModuleLoadData(&module, ".version 9.0\n") == CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "PTX that is too new");

    // An error of a kernel is reported by the next call and by all that follow, until the context is left.
    CUdevice device;
    CUcontext context;
    cuDeviceGet(&device, 0);
    auto fails_with = [&](int error, const std::string& what)
    {
        check(cuCtxSynchronize() == error, what);
        check(cuMemAlloc_v2(&at, 4) == error, what + ", remembered");
        cuDevicePrimaryCtxRelease_v2(device);
        cuDevicePrimaryCtxRetain(&context, device);
    };
    Buffer<float> x(1024), y(1024);
    launch("negate_f32", {5}, {256}, x.at, line(1024), y.at, (int64)1025);
    fails_with(CUDA_ERROR_ILLEGAL_ADDRESS, "an element behind the end");
    launch("sum_rows_f32", {1}, {16}, x.at, line(1), line(1024), y.at, (int64)1, (int64)1024, (int64)1024);
    fails_with(CUDA_ERROR_LAUNCH_FAILED, "a shuffle with half a warp");
    void* none[32] = {};
    check(cuLaunchKernel(functions["matmul_64_f32"], 1, 1, 1, 512, 1, 1, 0, nullptr, none, nullptr) == CUDA_ERROR_INVALID_VALUE, "too many threads");
}

static std::string read_file(const std::filesystem::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

int main(int, char** arguments)
{
    CUdevice device;
    CUcontext context;
    succeed(cuInit(0), "cuInit");
    succeed(cuDeviceGet(&device, 0), "cuDeviceGet");
    succeed(cuDevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
    succeed(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    for (const auto& file : std::filesystem::directory_iterator(arguments[1]))
    {
        if (file.path().extension() != ".ptx") continue;
        std::string text = read_file(file.path());
        CUmodule module = nullptr;
        succeed(cuModuleLoadData(&module, text.c_str()), file.path().c_str());
        for (size_t at = 0; module && (at = text.find(".entry ", at)) != std::string::npos;)
        {
            at += strlen(".entry ");
            std::string name = text.substr(at, text.find('(', at) - at);
            succeed(cuModuleGetFunction(&functions[name], module, name.c_str()), name.c_str());
        }
    }

    test_functions<float>();
    test_functions<double>();
    test_pairs<float>();
    test_pairs<double>();
    test_pairs<int>();
    test_pairs<int64>();
    test_where<float>();
    test_where<double>();
    test_where<int>();
    test_where<int64>();
    test_where<unsigned char>();
    test_copies<float>();
    test_copies<double>();
    test_copies<int>();
    test_copies<int64>();
    test_copies<unsigned char>();
    test_random<float>();
    test_random<double>();
    test_reductions<float>();
    test_reductions<double>();
    test_reductions<int>();
    test_reductions<int64>();
    test_matmuls<float>(64);
    test_matmuls<float>(128);
    test_matmuls<double>(64);
    test_matmuls<int>(64);
    test_matmuls<int64>(64);
    test_rows<float>();
    test_rows<double>();
    for (bool layer : {true, false}) test_norms<float>(layer), test_norms<double>(layer);
    test_embedding<float, int>();
    test_embedding<float, int64>();
    test_embedding<double, int>();
    test_embedding<double, int64>();
    test_attentions<float>();
    test_attentions<double>();
    test_optimizers<float>();
    test_optimizers<double>();

    // The rest of the kernels: integers of negate and abs, not, and Bool's equality.
    Buffer<int> i(std::vector<int>{3, -4}), j(2);
    Buffer<int64> k(std::vector<int64>{3, -4}), l(2);
    Buffer<unsigned char> b(std::vector<unsigned char>{0, 1}), c(2);
    for (std::string name : {"negate", "abs"})
    {
        launch(name + "_i32", {1}, {256}, i.at, line(2), j.at, (int64)2);
        launch(name + "_i64", {1}, {256}, k.at, line(2), l.at, (int64)2);
        auto expected = [&](int64 n) { return name == "abs" ? 3 + n : n ? 4 : -3; };
        close<int>(j.read(), expected, 0, name);
        close<int64>(l.read(), expected, 0, name);
    }
    launch("not_bool", {1}, {256}, b.at, line(2), c.at, (int64)2);
    close<unsigned char>(c.read(), [](int64 n) { return 1 - n; }, 0, "not");
    launch("equal_bool", {1}, {256}, b.at, line(2), b.at, line(2, 0), c.at, (int64)2);
    close<unsigned char>(c.read(), [](int64 n) { return 1 - n; }, 0, "equal_bool");

    for (const auto& [name, function] : functions) check(launched[name] > 0, name + " was never tested");
    uint64_t sum = checksum;
    test_driver();
    printf("%zu kernels, %d checks, %d failed, checksum %016llx\n", functions.size(), comparisons, failures, (unsigned long long)sum);
    return failures > 0;
}
