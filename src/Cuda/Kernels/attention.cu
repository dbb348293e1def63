// Attention, softmax(scale·q·kᵀ)·v, in tiles: scores never reach memory.
// Dao et al. 2022, "FlashAttention", arXiv:2205.14135; the running maximum and sum are those of Milakov and Gimelshein 2018,
// arXiv:1805.02867. A block of 256 threads per tile of queries (or keys), batch and head; no block writes another's results.
#include "axes.cuh"
#include "block.cuh"
#include "tile.cuh"

using namespace ministack;

/// What all attention kernels know, and where this block works.
template <class T>
struct Problem
{
    int64 queries, keys, d, size;
    int causal;
    T scale;

    /// Tiles of 64, or 32 where numbers are twice as large; R rows and columns of scores a thread.
    static constexpr int Tile = is_double<T> ? 32 : 64, R = Tile / Side;

    /// This block's matrix [time, d].
    static __device__ int64 at(const Heads& x) { return blockIdx.z * x.batch + blockIdx.y * x.head; }

    /// This block's part of an array [batch, heads, queries].
    __device__ int64 rows() const { return ((int64)blockIdx.z * gridDim.y + blockIdx.y) * queries; }

    /// Causal, query i sees keys 0 … i + (keys − queries).
    __device__ bool sees(int64 query, int64 key) const
    {
        return query < queries && key < keys && (!causal || key <= query + keys - queries);
    }

    /// Keys that some query of a tile sees.
    __device__ int64 keys_seen(int64 firstQuery) const
    {
        int64 end = firstQuery + Tile + keys - queries;
        return causal && end < keys ? end : keys;
    }

    /// The first tile of queries that see some key of a tile.
    __device__ int64 first_query(int64 firstKey) const
    {
        int64 query = firstKey - (keys - queries);
        return causal && query > 0 ? query / Tile * Tile : 0;
    }
};

/// Results of a tile: sum[i][j]·factor(i) to y[first + row, column].
template <class T, int R, int C, class Factor>
__device__ void write_tile(const T (&sum)[R][C], T* y, const Heads& ys, int64 first, int64 rows, int64 columns, Factor factor)
{
    UNROLLED(i, R)
    {
        int64 row = first + place<R>(tile_y(), i);
        UNROLLED(j, C)
        {
            int column = place<C>(tile_x(), j);
            if (row < rows && column < columns) y[row * ys.time + column * ys.channel] = sum[i][j] * factor(i);
        }
    }
}

/// y = softmax(scale·q·kᵀ)·v and logSumExp = ln Σ e^(scale·q·kᵀ), a tile of queries.
template <class T, int Size>
static __device__ void attention(
    const Problem<T>& p, const T* q, const Heads& qs, const T* k, const Heads& ks, const T* v, const Heads& vs, T* y, const Heads& ys,
    T* logSumExp)
{
    constexpr int Tile = Problem<T>::Tile, R = Problem<T>::R;
    alignas(16) __shared__ T weights[Tile][Tile + Pad]; // [key, query]
    int64 query = (int64)blockIdx.x * Tile;
    T sum[R][Size / Side] = {}, largest[R], total[R];
    UNROLLED(i, R)
    {
        largest[i] = is_double<T> ? T(-1e300) : T(-1e38);
        total[i] = 0;
    }
    for (int64 key = 0; key < p.keys_seen(query); key += Tile)
    {
        T scores[R][R] = {};
        tile_product(
            scores, q + p.at(qs) + query * qs.time, qs.time, qs.channel, p.queries - query,
            k + p.at(ks) + key * ks.time, ks.time, ks.channel, p.keys - key, p.d);
        UNROLLED(i, R)
        {
            int row = place<R>(tile_y(), i);
            T best = largest[i];
            UNROLLED(j, R)
            {
                scores[i][j] = p.sees(query + row, key + place<R>(tile_x(), j)) ? p.scale * scores[i][j] : -infinity<T>;
                best = Largest::apply(best, scores[i][j]);
            }
            best = warp_reduce<Largest, Side>(best);
            // What was summed with another maximum is brought to this one.
            T factor = exp(largest[i] - best);
            largest[i] = best;
            total[i] *= factor;
            UNROLLED(j, Size / Side) sum[i][j] *= factor;
            UNROLLED(j, R)
            {
                T weight = exp(scores[i][j] - best);
                total[i] += weight;
                weights[place<R>(tile_x(), j)][row] = weight;
            }
        }
        tile_product(sum, weights, v + p.at(vs) + key * vs.time, vs.time, vs.channel, p.keys - key, p.size);
    }
    UNROLLED(i, R)
    {
        total[i] = warp_reduce<Add, Side>(total[i]);
        int64 row = query + place<R>(tile_y(), i);
        if (tile_x() == 0 && row < p.queries) logSumExp[p.rows() + row] = (total[i] > 0 ? largest[i] : 0) + log(total[i]);
    }
    write_tile(sum, y + p.at(ys), ys, query, p.queries, p.size, [&](int i) { return total[i] > 0 ? 1 / total[i] : 0; });
}

/// dots = Σ dy·y of each query, a warp per query.
template <class T>
__device__ void attention_dots(const T* y, const Heads& ys, const T* dy, const Heads& dys, T* dots, int64 queries, int64 size)
{
    Problem<T> p = {queries, 0, 0, size, 0, 0};
    int64 query = (int64)blockIdx.x * (Threads / WarpSize) + threadIdx.x / WarpSize;
    T sum = 0;
    if (query < queries)
        for (int64 i = threadIdx.x % WarpSize; i < size; i += WarpSize)
            sum = fma(y[p.at(ys) + query * ys.time + i * ys.channel], dy[p.at(dys) + query * dys.time + i * dys.channel], sum);
    sum = warp_reduce<Add>(sum);
    if (query < queries && threadIdx.x % WarpSize == 0) dots[p.rows() + query] = sum;
}

// With w = e^(scale·q·k − logSumExp), the weight of a key, and dw = dy·v:
// ds = scale·w·(dw − dot),  dq = Σ ds·k,  dk = Σ ds·q,  dv = Σ w·dy.

/// dq, a tile of queries.
template <class T, int Size>
static __device__ void attention_backward_queries(
    const Problem<T>& p, const T* q, const Heads& qs, const T* k, const Heads& ks, const T* v, const Heads& vs, const T* dy, const Heads& dys,
    const T* logSumExp, const T* dots, T* dq, const Heads& dqs)
{
    constexpr int Tile = Problem<T>::Tile, R = Problem<T>::R;
    alignas(16) __shared__ T slopes[Tile][Tile + Pad]; // [key, query]
    int64 query = (int64)blockIdx.x * Tile;
    T sum[R][Size / Side] = {};
    for (int64 key = 0; key < p.keys_seen(query); key += Tile)
    {
        T scores[R][R] = {}, dweights[R][R] = {};
        tile_product(
            scores, q + p.at(qs) + query * qs.time, qs.time, qs.channel, p.queries - query,
            k + p.at(ks) + key * ks.time, ks.time, ks.channel, p.keys - key, p.d);
        tile_product(
            dweights, dy + p.at(dys) + query * dys.time, dys.time, dys.channel, p.queries - query,
            v + p.at(vs) + key * vs.time, vs.time, vs.channel, p.keys - key, p.size);
        UNROLLED(i, R)
        {
            int64 row = query + place<R>(tile_y(), i);
            T logSum = row < p.queries ? logSumExp[p.rows() + row] : 0, dot = row < p.queries ? dots[p.rows() + row] : 0;
            UNROLLED(j, R)
            {
                int column = place<R>(tile_x(), j);
                T weight = p.sees(row, key + column) ? exp(p.scale * scores[i][j] - logSum) : 0;
                slopes[column][row - query] = p.scale * weight * (dweights[i][j] - dot);
            }
        }
        tile_product(sum, slopes, k + p.at(ks) + key * ks.time, ks.time, ks.channel, p.keys - key, p.d);
    }
    write_tile(sum, dq + p.at(dqs), dqs, query, p.queries, p.d, [](int) { return T(1); });
}

/// dk and dv, a tile of keys.
template <class T, int Size>
static __device__ void attention_backward_keys(
    const Problem<T>& p, const T* q, const Heads& qs, const T* k, const Heads& ks, const T* v, const Heads& vs, const T* dy, const Heads& dys,
    const T* logSumExp, const T* dots, T* dk, const Heads& dks, T* dv, const Heads& dvs)
{
    constexpr int Tile = Problem<T>::Tile, R = Problem<T>::R;
    alignas(16) __shared__ T tile[Tile][Tile + Pad]; // [query, key]: weights, then slopes
    int64 key = (int64)blockIdx.x * Tile;
    T sumK[R][Size / Side] = {}, sumV[R][Size / Side] = {};
    for (int64 query = p.first_query(key); query < p.queries; query += Tile)
    {
        T scores[R][R] = {}, dweights[R][R] = {};
        tile_product(
            scores, k + p.at(ks) + key * ks.time, ks.time, ks.channel, p.keys - key,
            q + p.at(qs) + query * qs.time, qs.time, qs.channel, p.queries - query, p.d);
        tile_product(
            dweights, v + p.at(vs) + key * vs.time, vs.time, vs.channel, p.keys - key,
            dy + p.at(dys) + query * dys.time, dys.time, dys.channel, p.queries - query, p.size);
        UNROLLED(j, R)
        {
            int64 column = query + place<R>(tile_x(), j);
            T logSum = column < p.queries ? logSumExp[p.rows() + column] : 0, dot = column < p.queries ? dots[p.rows() + column] : 0;
            UNROLLED(i, R)
            {
                int row = place<R>(tile_y(), i);
                T weight = p.sees(column, key + row) ? exp(p.scale * scores[i][j] - logSum) : 0;
                tile[column - query][row] = weight;
                scores[i][j] = p.scale * weight * (dweights[i][j] - dot);
            }
        }
        tile_product(sumV, tile, dy + p.at(dys) + query * dys.time, dys.time, dys.channel, p.queries - query, p.size);
        UNROLLED(i, R)
            UNROLLED(j, R) tile[place<R>(tile_x(), j)][place<R>(tile_y(), i)] = scores[i][j];
        tile_product(sumK, tile, q + p.at(qs) + query * qs.time, qs.time, qs.channel, p.queries - query, p.d);
    }
    write_tile(sumK, dk + p.at(dks), dks, key, p.keys, p.d, [](int) { return T(1); });
    write_tile(sumV, dv + p.at(dvs), dvs, key, p.keys, p.size, [](int) { return T(1); });
}

// Size bounds d and size: each thread holds Size / 16 columns of the results.

#define ATTENTION(suffix, T, Size) \
    extern "C" __global__ void __launch_bounds__(Threads) attention_##Size##_##suffix( \
        const T* q, Heads qs, const T* k, Heads ks, const T* v, Heads vs, T* y, Heads ys, T* logSumExp, \
        int64 queries, int64 keys, int64 d, int64 size, int causal, T scale) \
    { \
        attention<T, Size>({queries, keys, d, size, causal, scale}, q, qs, k, ks, v, vs, y, ys, logSumExp); \
    } \
    extern "C" __global__ void __launch_bounds__(Threads) attention_backward_queries_##Size##_##suffix( \
        const T* q, Heads qs, const T* k, Heads ks, const T* v, Heads vs, const T* dy, Heads dys, const T* logSumExp, const T* dots, \
        T* dq, Heads dqs, int64 queries, int64 keys, int64 d, int64 size, int causal, T scale) \
    { \
        attention_backward_queries<T, Size>( \
            {queries, keys, d, size, causal, scale}, q, qs, k, ks, v, vs, dy, dys, logSumExp, dots, dq, dqs); \
    } \
    extern "C" __global__ void __launch_bounds__(Threads) attention_backward_keys_##Size##_##suffix( \
        const T* q, Heads qs, const T* k, Heads ks, const T* v, Heads vs, const T* dy, Heads dys, const T* logSumExp, const T* dots, \
        T* dk, Heads dks, T* dv, Heads dvs, int64 queries, int64 keys, int64 d, int64 size, int causal, T scale) \
    { \
        attention_backward_keys<T, Size>( \
            {queries, keys, d, size, causal, scale}, q, qs, k, ks, v, vs, dy, dys, logSumExp, dots, dk, dks, dv, dvs); \
    }

FOR_FLOATS(ATTENTION, 64)
FOR_FLOATS(ATTENTION, 128)

#define ATTENTION_DOTS(suffix, T) \
    extern "C" __global__ void __launch_bounds__(Threads) attention_dots_##suffix( \
        const T* y, Heads ys, const T* dy, Heads dys, T* dots, int64 queries, int64 size) \
    { \
        attention_dots(y, ys, dy, dys, dots, queries, size); \
    }

FOR_FLOATS(ATTENTION_DOTS)
