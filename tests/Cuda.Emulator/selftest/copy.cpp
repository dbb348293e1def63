// Copies, with every conversion, and constants. Bool and U8 are both unsigned char here, 16-bit floats uint16_t: names tell them apart.
#include <cstring>

#include "checks.h"

/// A number in a dtype of this name, as conversions between dtypes of whole numbers, F32 and F64 are to give it.
template <class D, class S>
static D converted(S x, const std::string& name)
{
    if (name == "bool") return x != 0;
    if constexpr (std::is_floating_point_v<S> && !std::is_floating_point_v<D>)
        return x != x ? 0 : x >= std::ldexp(1., std::numeric_limits<D>::digits) ? std::numeric_limits<D>::max()
            : x < (double)std::numeric_limits<D>::min() ? std::numeric_limits<D>::min() : (D)x;
    else if constexpr (std::is_floating_point_v<D>) return (D)(double)x;
    else return (D)x;
}

template <class T>
static void same_bits(T actual, T expected, const std::string& what)
{
    check(!memcmp(&actual, &expected, sizeof(T)) || (actual != actual && expected != expected), what);
}

/// Contiguous to written column by column.
template <class D, class S>
static std::vector<D> copy(const std::vector<S>& x, const std::string& from, const std::string& to)
{
    int64 n = x.size();
    Buffer<S> source(x);
    Buffer<D> destination(n);
    Layout transposed = {{n / 2, 2}, {1, n / 2}};
    launch("copy_" + from + "_" + to, flat(n), {256}, source.at, line(n), destination.at, transposed.axes(), n);
    std::vector<D> written = destination.read(), y;
    for (int64 i = 0; i < n; i++) y.push_back(written[transposed.at(i)]);
    return y;
}

template <class D, class S>
static void test_copy(const std::string& from, const std::string& to)
{
    std::vector<S> x;
    if (from == "bool") x = {0, 1, 1, 0};
    else if (from == "u8") for (int i = 0; i < 256; i++) x.push_back(i);
    else
    {
        x = random_vector<S>(24, -1000, 1000);
        x.insert(x.end(), {S(0), S(1), S(-1), S(254), S(255), S(256), S(2147483647)});
    }
    if constexpr (std::is_floating_point_v<S>)
        x.insert(x.end(), {S(NaN), S(Infinity), S(-Infinity), S(1e30), S(-3e9), S(3e9), S(0.25), S(-0.75), S(254.9), S(255.9), S(-1e30)});
    if constexpr (std::is_same_v<S, int64>) x.insert(x.end(), {(1ll << 62) + 1, -(1ll << 40) - 1, (1ll << 53) + 1});
    while (x.size() % 2) x.push_back(0);
    std::vector<D> y = copy<D>(x, from, to);
    for (size_t i = 0; i < x.size(); i++) same_bits(y[i], converted<D>(x[i], to), from + " to " + to + "[" + std::to_string(i) + "]");
}

template <class D>
static void test_copies(const std::string& to)
{
    test_copy<D, float>("f32", to);
    test_copy<D, double>("f64", to);
    test_copy<D, int>("i32", to);
    test_copy<D, int64>("i64", to);
    test_copy<D, unsigned char>("bool", to);
    test_copy<D, unsigned char>("u8", to);
    for (double value : {3.7, 300., -2.5, NaN, 0.})
    {
        Buffer<D> filled(12);
        Layout gaps = {{2, 3}, {6, 2}};
        succeed(cuMemsetD8_v2(filled.at, 0, 12 * sizeof(D)), "cuMemsetD8");
        launch("fill_" + to, flat(6), {256}, filled.at, gaps.axes(), value, (int64)6);
        close<D>(filled.read(), [&](int64 i) { return i % 2 ? 0 : (double)converted<D>(value, to); }, 0, "fill_" + to);
    }
}

/// A format of 16 bits by its exponent's and fraction's lengths, and its numbers as F64.
struct Format
{
    const char* name;
    int exponent, fraction;

    int bias() const { return (1 << (exponent - 1)) - 1; }
    uint16_t infinity() const { return ((1 << exponent) - 1) << fraction; }

    double value(uint16_t bits) const
    {
        int power = bits >> fraction & ((1 << exponent) - 1), digits = bits & ((1 << fraction) - 1);
        double size = (bits & 0x7FFF) > infinity() ? NaN : (bits & 0x7FFF) == infinity() ? Infinity
            : power == 0 ? std::ldexp(digits, 1 - bias() - fraction) : std::ldexp(digits + (1 << fraction), power - bias() - fraction);
        return bits & 0x8000 ? -size : size;
    }
};

static bool is_nan(const Format& format, uint16_t bits) { return (bits & 0x7FFF) > format.infinity(); }

/// All numbers to F32; and back those, what lies half way between neighbours, and right beside that.
static void test_halves(const Format& format)
{
    std::string name = format.name;
    std::vector<uint16_t> all(65536);
    for (size_t i = 0; i < all.size(); i++) all[i] = i;
    std::vector<float> wide = copy<float>(all, name, "f32");
    for (uint16_t bits : all) same_bits(wide[bits], (float)format.value(bits), name + " to f32 of " + std::to_string(bits));

    std::vector<float> x;
    std::vector<uint16_t> expected, moved = copy<uint16_t>(all, name, name);
    check(moved == all, "copy of " + name);
    for (int bits : all)
    {
        bool is_finite = (bits & 0x7FFF) < format.infinity();
        x.push_back(wide[bits]);
        expected.push_back(bits);
        if (!is_finite) continue;
        // Behind the largest number comes infinity, as if it were the next one.
        double next = (bits & 0x7FFF) + 1 < format.infinity() ? format.value(bits + 1) : format.value(bits) * 2 - format.value(bits - 1);
        float half = (float)((format.value(bits) + next) / 2), size = bits & 0x8000 ? -Infinity : Infinity;
        for (float beside : {std::nextafterf(half, -size), half, std::nextafterf(half, size)})
        {
            x.push_back(beside);
            expected.push_back(std::abs(beside) > std::abs(half) || (beside == half && bits % 2) ? bits + 1 : bits);
        }
    }
    for (float special : {3e38f, -3e38f, 1e-44f, -1e-44f}) // the last ones are nothing but 0 in both
    {
        x.push_back(special);
        double near = std::abs(special) < 1 ? 0 : name == "f16" ? format.infinity() : 0x7F62;
        expected.push_back((special < 0 ? 0x8000 : 0) + near);
    }
    uint32_t last = 0x7F800001, lastBelow = 0xFF800001; // a NaN whose one digit is the last
    float nan, nanBelow;
    memcpy(&nan, &last, 4), memcpy(&nanBelow, &lastBelow, 4);
    x.insert(x.end(), {nan, nanBelow});
    expected.insert(expected.end(), {0x7FFF, 0xFFFF});
    std::vector<uint16_t> narrow = copy<uint16_t>(x, "f32", name);
    for (size_t i = 0; i < x.size(); i++)
    {
        bool both = is_nan(format, narrow[i]) && is_nan(format, expected[i]) && (narrow[i] ^ expected[i]) < 0x8000;
        std::string numbers = digits(x[i]) + ": " + std::to_string(narrow[i]) + " instead of " + std::to_string(expected[i]);
        check(both || narrow[i] == expected[i], "f32 to " + name + " of " + numbers);
    }

    for (double value : {3.7, 1e30, -1e30, NaN, 0.1})
    {
        Buffer<uint16_t> filled(6);
        launch("fill_" + name, flat(6), {256}, filled.at, line(6), value, (int64)6);
        std::vector<uint16_t> wanted = copy<uint16_t>(std::vector<float>{(float)value, 0}, "f32", name);
        check(filled.read() == std::vector<uint16_t>(6, wanted[0]), "fill_" + name);
    }
}

void test_all_copies()
{
    test_copies<float>("f32");
    test_copies<double>("f64");
    test_copies<int>("i32");
    test_copies<int64>("i64");
    test_copies<unsigned char>("bool");
    test_copies<unsigned char>("u8");
    test_halves({"f16", 5, 10});
    test_halves({"bf16", 8, 7});
}
