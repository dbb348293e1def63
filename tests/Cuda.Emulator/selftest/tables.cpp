// Embedding and optimizers.
#include "checks.h"

static const int64 Vocabulary = 11, C = 300, N = 600;
static const Layout picks = {{20, 30}, {1, 20}};

template <class I>
static std::vector<I> some_indices()
{
    std::vector<I> indices(N);
    for (int64 i = 0; i < N; i++) indices[i] = i < 20 ? 7 : generator() % (Vocabulary - 1); // the last row is never picked
    return indices;
}

/// Elements of this size, under the name of the dtype whose kernel moves them.
template <class T, class I>
static void test_embedding(const std::string& dtype)
{
    std::vector<T> table = random_vector<T>(Vocabulary * C, 0, 255);
    std::vector<I> indices = some_indices<I>();
    Buffer<T> rows(table), to(N * C);
    Buffer<I> is(indices);
    std::string name = "embedding_" + dtype + "_" + suffix<I>();
    launch(name, flat(N * C), {256}, rows.at, (int64)1, Vocabulary, is.at, picks.axes(), to.at, N, C); // a transposed table
    close<T>(to.read(), [&](int64 i) { return table[indices[picks.at(i / C)] + i % C * Vocabulary]; }, 0, name);
}

template <class I>
static void test_embeddings()
{
    test_embedding<unsigned char, I>("u8");
    test_embedding<uint16_t, I>("f16");
    test_embedding<int, I>("i32");
    test_embedding<int64, I>("i64");
}

template <class T, class I>
static void test_embedding_backward()
{
    Layout gradient = {{N, C}, {C, 1}};
    std::vector<T> ds = random_vector<T>(N * C);
    std::vector<I> indices = some_indices<I>();
    Buffer<T> dy(ds), dtable(Vocabulary * C);
    Buffer<I> is(indices);
    succeed(cuMemsetD8_v2(dtable.at, 0, Vocabulary * C * sizeof(T)), "cuMemsetD8");
    std::string name = "embedding_backward_" + suffix<T>() + "_" + suffix<I>();
    launch(name, {N, 2}, {256}, is.at, picks.axes(), dy.at, gradient.rows(), dtable.at, N, C);
    close<T>(dtable.read(), [&](int64 at)
    {
        T sum = 0; // in the same order, so that every bit is the same
        for (int64 i = 0; i < N; i++)
            if (indices[picks.at(i)] == at / C) sum += ds[i * C + at % C];
        return sum;
    }, 0, "embedding_backward");
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

void test_tables()
{
    test_embeddings<int>();
    test_embeddings<int64>();
    test_embedding_backward<float, int>();
    test_embedding_backward<float, int64>();
    test_embedding_backward<double, int>();
    test_embedding_backward<double, int64>();
    test_optimizers<float>();
    test_optimizers<double>();
}
