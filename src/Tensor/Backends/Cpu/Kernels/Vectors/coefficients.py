"""Prints the polynomial coefficients of VectorMath and their relative errors: python3 coefficients.py

Interpolation at Chebyshev nodes in 60-digit arithmetic, turned into powers of x. Needs nothing but Python.
"""

from decimal import Decimal as D, getcontext

getcontext().prec = 60
PI = D("3.14159265358979323846264338327950288419716939937510582097494459")


def cos(x):
    total = term = D(1)
    n = 0
    while abs(term) > D(10) ** -58:
        n += 2
        term = -term * x * x / (n * (n - 1))
        total += term
    return total


def erf(x):
    term = total = x
    n = 0
    while abs(term) > D(10) ** -78 * abs(total):
        n += 1
        term = term * 2 * x * x / (2 * n + 1)
        total += term
    return total * 2 / PI.sqrt() * (-x * x).exp()


def erfcx(x):
    """e^(x*x) * (1 - erf x)."""
    if x < 3:
        getcontext().prec = 80
        result = (1 - erf(x)) * (x * x).exp()
        getcontext().prec = 60
        return +result
    tail = x
    for n in range(max(60, int(4000 / float(x))), 0, -1):
        tail = x + D(n) / 2 / tail
    return 1 / (tail * PI.sqrt())


def exp_tail(r):
    """(e^r - 1 - r) / r^2."""
    total, term, n = D(0), D(1) / 2, 2
    while abs(term) > D(10) ** -58:
        total += term
        n += 1
        term = term * r / n
    return total


def erf_over_x(s):
    return erf(s.sqrt()) / s.sqrt() if s > 0 else 2 / PI.sqrt()


def scaled_erfc(k):
    """erfcx(t) * (t + k) as a function of v = (t - k) / (t + k)."""

    def function(v):
        t = k * (1 + v) / (1 - v)
        return erfcx(t) * (t + k)

    return function


def atan_tail(s):
    """(atan t - t) / t^3 as a function of s = t^2."""
    total, power, n = D(0), D(1), 3
    while power > D(10) ** -58:
        total += (-1) ** (n // 2) * power / n
        power *= s
        n += 2
        if s == 0:
            break
    return total


def sinh_tail(s):
    """(sinh t - t) / t^3 as a function of s = t^2."""
    total, term, n = D(0), D(1) / 6, 3
    while abs(term) > D(10) ** -58:
        total += term
        n += 2
        term = term * s / (n * (n - 1))
    return total


def fit(function, low, high, degree):
    n = degree + 1
    nodes = [cos(PI * (2 * i + 1) / (2 * n)) for i in range(n)]
    c = [function((low + high) / 2 + (high - low) / 2 * x) for x in nodes]
    for j in range(1, n):  # Newton's divided differences
        for i in range(n - 1, j - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (nodes[i] - nodes[i - j])
    scaled = [D(0)] * n
    for i in range(n - 1, -1, -1):
        scaled = [(scaled[k - 1] if k else c[i]) - nodes[i] * scaled[k] for k in range(n)]
    a, b = 2 / (high - low), -(low + high) / (high - low)
    powers = [D(0)] * n
    for i in range(n - 1, -1, -1):
        powers = [(a * powers[k - 1] if k else scaled[i]) + b * powers[k] for k in range(n)]
    return powers


def report(name, function, low, high, degree):
    powers = fit(function, low, high, degree)
    error = D(0)
    for i in range(201):
        x = low + (high - low) * i / 200
        value = D(0)
        for p in reversed(powers):
            value = value * x + p
        error = max(error, abs(value / function(x) - 1))
    print(f"{name}: relative error {error:.1e}, highest power first")
    for p in reversed(powers):
        print("   ", repr(float(p)))


half = D(2).ln() / 2
report("exp F32 (r^2 times this, so 0.06 of its error)", exp_tail, -half, half, 4)
report("exp F64 (likewise)", exp_tail, -half, half, 9)
report("erf F32", erf_over_x, D(0), D(1), 6)
report("erf F64", erf_over_x, D(0), D(1), 12)
for name, k, end, degree in (("F32", D(2), D("10.5"), 8), ("F64", D("4.5"), D("27.5"), 22)):
    report(f"erfcx {name}", scaled_erfc(k), D(-1), (end - k) / (end + k), degree)
edge = (D(2).sqrt() - 1) ** 2
report("atan F32 (t^2 times this, so 0.06 of its error)", atan_tail, D(0), edge, 4)
report("atan F64 (likewise)", atan_tail, D(0), edge, 10)
report("sinh F32 (t^2 times this, so a seventh of its error)", sinh_tail, D(0), D(1), 3)
report("sinh F64 (likewise)", sinh_tail, D(0), D(1), 6)
