#include <algorithm>
#include <numeric>

#include "checks.h"

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

void test_reduce()
{
    test_reductions<float>();
    test_reductions<double>();
    test_reductions<int>();
    test_reductions<int64>();
}
