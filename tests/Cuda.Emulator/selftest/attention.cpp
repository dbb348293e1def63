#include "checks.h"

template <class T>
static void test_case(int64 most, int64 queries, int64 keys, int64 d, int64 size, bool causal, bool low = false)
{
    // [batch, time, heads, d] in memory, with the time axis of k and v running along channels: any strides will do.
    const int64 B = 2, H = 2, Tile = sizeof(T) == 4 ? 64 : 32;
    Heads qs = {queries * H * d, d, H * d, 1}, ks = {H * d * keys, d * keys, 1, keys}, vs = {H * keys * size, keys * size, size, 1};
    Heads ys = {queries * H * size, size, H * size, 1};
    T scale = (T)(1 / std::sqrt((double)d));
    std::vector<T> q = random_vector<T>(B * H * queries * d, -3, 3), k = random_vector<T>(B * H * keys * d, -3, 3);
    std::vector<T> v = random_vector<T>(B * H * keys * size), dy = random_vector<T>(B * H * queries * size);
    if (low) // whole numbers whose scores are exact, and so low that eˣ of them is 0
    {
        for (T& x : q) x = 10;
        for (T& x : k) x = std::round(x / 3) - 6;
    }
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
    test_case<T>(64, 1, 1, 1, 1, true);
    test_case<T>(64, 70, 130, 33, 64, true);
    test_case<T>(64, 130, 70, 20, 40, false);
    test_case<T>(128, 65, 65, 128, 100, true);
    test_case<T>(64, 70, 71, 8, 8, true); // a tile ends one key behind its last query's own
    test_case<T>(64, 40, 70, 16, 8, false, true);
}

void test_attention()
{
    test_attentions<float>();
    test_attentions<double>();
}
