// Softmax, cross-entropy and the norms.
#include "checks.h"

template <class T>
static void test_softmax()
{
    const int64 N = 5, C = 300;
    Layout x = {{N, C}, {1, N}}, wide = {{N, C}, {2 * C, 2}};
    std::vector<T> xs = random_vector<T>(x.span(), -20, 20), ds = random_vector<T>(wide.span());
    for (int64 c = 0; c < C; c++)
    {
        xs[x.at(3 * C + c)] = c % 2 ? T(-Infinity) : 1;
        xs[x.at(4 * C + c)] = T(-Infinity);
    }
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

/// A mean that is large against the deviation: its rounding error must not show.
template <class T>
static void test_far_from_zero()
{
    const int64 C = 100;
    std::vector<T> xs = random_vector<T>(C, 9999, 10001);
    double mean = 0, squares = 0;
    for (T x : xs) mean += (double)x / C;
    for (T x : xs) squares += (x - mean) * (x - mean) / C;
    Buffer<T> from(xs), ones(std::vector<T>{1}), to(C), means(1), rstds(1);
    launch("layer_norm_" + suffix<T>(), {1}, {256},
        from.at, Layout{{1, C}, {C, 1}}.rows(), ones.at, (int64)0, CUdeviceptr(0), (int64)0, T(0), to.at, means.at, rstds.at, C);
    close<T>(to.read(), [&](int64 i) { return (xs[i] - mean) / std::sqrt(squares); }, std::is_same_v<T, float> ? 16 : 1e5, "layer_norm far from 0");
}

void test_rows()
{
    test_softmax<float>();
    test_softmax<double>();
    for (bool layer : {true, false})
    {
        test_norms<float>(layer);
        test_norms<double>(layer);
    }
    test_far_from_zero<float>();
    test_far_from_zero<double>();
}
