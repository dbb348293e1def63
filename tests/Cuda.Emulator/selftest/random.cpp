#include <algorithm>

#include "checks.h"

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
static void test_streams()
{
    check(philox(0, 0) == std::vector<uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, "Philox is not the published one");
    const uint64_t Key = 0x123456789ABCDEF, Block = 0xFFFFFFFF; // the counter's carry too
    const int64 Count = 1002; // F64 ends at the guard page then, in the middle of a block of the stream
    auto word = [&](int64 i) { return philox(Key, Block + i / 4)[i % 4]; };
    auto unit = [&](int64 i) { return (word(i) >> 8) * (1.f / (1 << 24)); };

    Layout layout = {{6, 167}, {1, 6}};
    std::vector<T> x = random_vector<T>(Count);
    float p = unit(5), scale = 1 / (1 - p); // element 5 is just kept
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

void test_random()
{
    test_streams<float>();
    test_streams<double>();
}
