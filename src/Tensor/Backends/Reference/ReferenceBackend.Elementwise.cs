namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Negate(Tensor x, Tensor y) => Map(x, y, v => -v, i => -i);

    /// <inheritdoc/>
    public override void Abs(Tensor x, Tensor y) => Map(x, y, Math.Abs, i => i < 0 ? -i : i);

    /// <inheritdoc/>
    public override void Exp(Tensor x, Tensor y) => Map(x, y, Math.Exp);

    /// <inheritdoc/>
    public override void Log(Tensor x, Tensor y) => Map(x, y, Math.Log);

    /// <inheritdoc/>
    public override void Sqrt(Tensor x, Tensor y) => Map(x, y, Math.Sqrt);

    /// <inheritdoc/>
    public override void Sin(Tensor x, Tensor y) => Map(x, y, Math.Sin);

    /// <inheritdoc/>
    public override void Cos(Tensor x, Tensor y) => Map(x, y, Math.Cos);

    /// <inheritdoc/>
    public override void Tanh(Tensor x, Tensor y) => Map(x, y, Math.Tanh);

    /// <inheritdoc/>
    public override void Sigmoid(Tensor x, Tensor y) => Map(x, y, Logistic);

    /// <inheritdoc/>
    public override void Erf(Tensor x, Tensor y) => Map(x, y, ErrorFunction.Erf);

    /// <inheritdoc/>
    public override void Relu(Tensor x, Tensor y) => Map(x, y, v => v < 0 ? 0 : v);

    /// <inheritdoc/>
    public override void Gelu(Tensor x, Tensor y) => Map(x, y, v => Share(v, NormalCdf(v)));

    /// <inheritdoc/>
    public override void Silu(Tensor x, Tensor y) => Map(x, y, v => Share(v, Logistic(v)));

    /// <inheritdoc/>
    public override void TanhBackward(Tensor y, Tensor dy, Tensor dx) => Map(y, dy, dx, (v, d) => d * (1 - v * v));

    /// <inheritdoc/>
    public override void SigmoidBackward(Tensor y, Tensor dy, Tensor dx) => Map(y, dy, dx, (v, d) => d * v * (1 - v));

    /// <inheritdoc/>
    public override void ReluBackward(Tensor x, Tensor dy, Tensor dx) => Map(x, dy, dx, (v, d) => v > 0 ? d : 0);

    /// <inheritdoc/>
    public override void SiluBackward(Tensor x, Tensor dy, Tensor dx) =>
        Map(x, dy, dx, (v, d) => d * Logistic(v) * (1 + Share(v, Logistic(v) == 0 ? 0 : 1 - Logistic(v))));

    /// <inheritdoc/>
    public override void GeluBackward(Tensor x, Tensor dy, Tensor dx) =>
        Map(x, dy, dx, (v, d) => d * (NormalCdf(v) + Share(v, Math.Exp(-v * v / 2)) / Math.Sqrt(2 * Math.PI)));

    /// <inheritdoc/>
    public override void Add(Tensor a, Tensor b, Tensor y) => Map(a, b, y, (p, q) => p + q, (p, q) => p + q);

    /// <inheritdoc/>
    public override void Subtract(Tensor a, Tensor b, Tensor y) => Map(a, b, y, (p, q) => p - q, (p, q) => p - q);

    /// <inheritdoc/>
    public override void Multiply(Tensor a, Tensor b, Tensor y) => Map(a, b, y, (p, q) => p * q, (p, q) => p * q);

    /// <inheritdoc/>
    public override void Divide(Tensor a, Tensor b, Tensor y) => Map(a, b, y, (p, q) => p / q);

    /// <inheritdoc/>
    public override void Pow(Tensor a, Tensor b, Tensor y) => Map(a, b, y, Math.Pow);

    /// <inheritdoc/>
    public override void Maximum(Tensor a, Tensor b, Tensor y) => Map(a, b, y, Math.Max, Math.Max);

    /// <inheritdoc/>
    public override void Minimum(Tensor a, Tensor b, Tensor y) => Map(a, b, y, Math.Min, Math.Min);

    /// <inheritdoc/>
    public override void Equal(Tensor a, Tensor b, Tensor y) => Compare(a, b, y, (p, q) => p == q, (p, q) => p == q);

    /// <inheritdoc/>
    public override void Less(Tensor a, Tensor b, Tensor y) => Compare(a, b, y, (p, q) => p < q, (p, q) => p < q);

    /// <inheritdoc/>
    public override void LessOrEqual(Tensor a, Tensor b, Tensor y) => Compare(a, b, y, (p, q) => p <= q, (p, q) => p <= q);

    /// <inheritdoc/>
    public override void Not(Tensor x, Tensor y) => Map(x, y, v => v == 0 ? 1 : 0);

    /// <inheritdoc/>
    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        Cells conditions = new(condition), whenTrue = new(a), whenFalse = new(b), to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            if (y.DType.IsFloat()) to[i] = conditions[i] != 0 ? whenTrue[i] : whenFalse[i];
            else to.SetInteger(i, conditions[i] != 0 ? whenTrue.Integer(i) : whenFalse.Integer(i));
        }
    }

    /// <summary>x·share, and nothing of a share of 0, also where x is infinite.</summary>
    private static double Share(double x, double share) => share == 0 ? 0 : x * share;

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private static double NormalCdf(double x) => 0.5 * (1 + ErrorFunction.Erf(x / Math.Sqrt(2)));

    private static void Map(Tensor x, Tensor y, Func<double, double> f, Func<long, long>? whole = null)
    {
        Cells from = new(x), to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            if (whole is not null && y.DType.IsInteger()) to.SetInteger(i, whole(from.Integer(i)));
            else to[i] = f(from[i]);
        }
    }

    private static void Map(
        Tensor a, Tensor b, Tensor y, Func<double, double, double> f, Func<long, long, long>? whole = null)
    {
        Cells left = new(a), right = new(b), to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            if (whole is not null && y.DType.IsInteger()) to.SetInteger(i, whole(left.Integer(i), right.Integer(i)));
            else to[i] = f(left[i], right[i]);
        }
    }

    private static void Compare(Tensor a, Tensor b, Tensor y, Func<double, double, bool> f, Func<long, long, bool> whole)
    {
        Cells left = new(a), right = new(b), to = new(y);
        for (long i = 0; i < to.Count; i++)
            to[i] = (a.DType.IsFloat() ? f(left[i], right[i]) : whole(left.Integer(i), right.Integer(i))) ? 1 : 0;
    }
}
