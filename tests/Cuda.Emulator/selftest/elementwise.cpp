#include <algorithm>
#include <cstring>

#include "checks.h"

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.)); }
static double bell(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); }

static double cross_entropy(double x, double t)
{
    double weight = x < 0 ? t : 1 - t;
    return (weight == 0 ? 0 : std::abs(x) * weight) + std::log1p(std::exp(-std::abs(x)));
}

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
        {"tan", [](double x) { return std::tan(x); }, -100, 100, 4}, {"asin", [](double x) { return std::asin(x); }, -1.1, 1.1, 6},
        {"acos", [](double x) { return std::acos(x); }, -1.1, 1.1, 6}, {"atan", [](double x) { return std::atan(x); }, -9, 9, 4},
        {"sinh", [](double x) { return std::sinh(x); }, -93, 93, 6}, {"cosh", [](double x) { return std::cosh(x); }, -93, 93, 6},
        {"floor", [](double x) { return std::floor(x); }, -9, 9, 0}, {"ceiling", [](double x) { return std::ceil(x); }, -9, 9, 0},
        {"round", [](double x) { return std::nearbyint(x); }, -9, 9, 0},
        {"sign", [](double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }, -9, 9, 0},
        {"relu", [](double x) { return x < 0 ? 0 : x; }, -9, 9, 0},
        {"gelu", [](double x) { return x == -Infinity ? 0 : x * cdf(x); }, -12, 12, 6},
        {"silu", [](double x) { return x == -Infinity ? 0 : x * sigmoid(x); }, -80, 80, 6},
    };
    for (const Case& c : cases)
    {
        std::vector<T> x = random_vector<T>(3000, c.low, c.high);
        std::vector<T> small = random_vector<T>(1000, c.low / 1e4, c.high / 1e4);
        x.insert(x.end(), small.begin(), small.end());
        x.insert(x.end(), {T(0.5), T(1.5), T(2.5), T(-0.5), T(-1.5), T(2), T(-3)});
        x.insert(x.end(), {T(0), T(1), T(-1), T(NaN), T(1e-30), T(1e30), std::numeric_limits<T>::denorm_min()});
        if (strcmp(c.name, "sin") && strcmp(c.name, "cos") && strcmp(c.name, "tan")) x.insert(x.end(), {T(Infinity), T(-Infinity)});
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
        // Also of small results every digit counts. GELU far below 0 is e to the power of a number that was rounded.
        check(worst < (strcmp(c.name, "gelu") ? 3 : 200), c.name + (" loses digits: " + digits(worst)) + " units in the last place");
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
    as[2] = 0;
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
        test_pair<T>("binary_cross_entropy_with_logits", cross_entropy, 6);
        test_pair<T>("tanh_backward", [](double y, double d) { return d * (1 - y * y); }, 4);
        test_pair<T>("sigmoid_backward", [](double y, double d) { return d * y * (1 - y); }, 4);
        test_pair<T>("relu_backward", [](double x, double d) { return x > 0 ? d : 0; }, 0);
        test_pair<T>("gelu_backward", [](double x, double d) { return d * (cdf(x) + x * bell(x)); }, 40);
        test_pair<T>("silu_backward", [](double x, double d) { return d * sigmoid(x) * (1 + x * (1 - sigmoid(x))); }, 40);

        std::vector<T> a, b, values = {0, T(-0.), 1, -1, 2, -2, 3, -3, T(0.5), T(-0.5), T(Infinity), T(-Infinity), T(NaN)};
        for (T x : values)
            for (T y : values) a.push_back(x), b.push_back(y);
        // Logits so sure that hardly anything is lost: what is left must have all its digits, and not be NaN.
        std::vector<T> logits = {20, -20, 35, -35, 80, -80, T(Infinity), T(-Infinity), T(Infinity), T(NaN)};
        std::vector<T> targets = {1, 0, 1, 0, 1, 0, 1, 0, 0, 1};
        Buffer<T> x(logits), t(targets), losses(10);
        launch("binary_cross_entropy_with_logits_" + suffix<T>(), {1}, {256}, x.at, line(10), t.at, line(10), losses.at, (int64)10);
        std::vector<T> found = losses.read();
        for (int i = 0; i < 10; i++)
        {
            double e = cross_entropy(logits[i], targets[i]);
            check(found[i] == e || (found[i] != found[i] && e != e) || std::abs(found[i] - e) <= 8 * epsilon<T> * std::abs(e),
                "cross-entropy of a sure logit: " + digits(found[i]) + " instead of " + digits(e));
        }

        Buffer<T> from(a), other(b), to(a.size());
        launch("pow_" + suffix<T>(), flat(a.size()), {256}, from.at, line(a.size()), other.at, line(a.size()), to.at, (int64)a.size());
        close<T>(to.read(), [&](int64 i) { return std::pow((double)a[i], (double)b[i]); }, 8, "pow of special numbers");
    }
}

/// Elements of this size, under the name of the dtype whose kernel moves them.
template <class T>
static void test_where(const std::string& name)
{
    Layout layout = {{4, 6}, {1, 4}};
    std::vector<unsigned char> condition(24);
    for (size_t i = 0; i < 24; i++) condition[i] = i % 3 == 0;
    std::vector<T> a = random_vector<T>(24, 0, 100), b = random_vector<T>(1, 100, 200);
    Buffer<unsigned char> c(condition);
    Buffer<T> from(a), other(b), to(24);
    launch(name, flat(24), {256}, c.at, layout.axes(), from.at, line(24), other.at, line(24, 0), to.at, (int64)24);
    close<T>(to.read(), [&](int64 i) { return condition[layout.at(i)] ? a[i] : b[0]; }, 0, "where");
}

/// Integers of negate, abs and sign, not, and Bool's equality.
static void test_others()
{
    Buffer<int> i(std::vector<int>{3, -4}), j(2);
    Buffer<int64> k(std::vector<int64>{3, -4}), l(2);
    Buffer<unsigned char> b(std::vector<unsigned char>{0, 1}), c(2);
    for (std::string name : {"negate", "abs", "sign"})
    {
        launch(name + "_i32", {1}, {256}, i.at, line(2), j.at, (int64)2);
        launch(name + "_i64", {1}, {256}, k.at, line(2), l.at, (int64)2);
        auto expected = [&](int64 n) { return name == "abs" ? 3 + n : name == "sign" ? 1 - 2 * n : n ? 4 : -3; };
        close<int>(j.read(), expected, 0, name);
        close<int64>(l.read(), expected, 0, name);
    }
    launch("not_bool", {1}, {256}, b.at, line(2), c.at, (int64)2);
    close<unsigned char>(c.read(), [](int64 n) { return 1 - n; }, 0, "not");
    launch("equal_bool", {1}, {256}, b.at, line(2), b.at, line(2, 0), c.at, (int64)2);
    close<unsigned char>(c.read(), [](int64 n) { return 1 - n; }, 0, "equal_bool");
}

void test_elementwise()
{
    test_functions<float>();
    test_functions<double>();
    test_pairs<float>();
    test_pairs<double>();
    test_pairs<int>();
    test_pairs<int64>();
    test_where<unsigned char>("where_u8");
    test_where<uint16_t>("where_f16");
    test_where<int>("where_i32");
    test_where<int64>("where_i64");
    test_others();
}
