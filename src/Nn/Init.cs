namespace MiniStack.Nn;

/// <summary>Start values of parameters: large enough that signals survive the layers, small enough that they do not grow.</summary>
/// <remarks>
/// A weight is [outputs, inputs, kernel…]: each output sums over inputs·kernel numbers (fan-in) and each input is seen by
/// outputs·kernel sums (fan-out), so variances of 1/fan-in and 1/fan-out keep the signal forward and the gradient backward.
/// </remarks>
public static class Init
{
    /// <summary>Gain for ReLU, which halves the mean square: √2.</summary>
    public static readonly double ReluGain = Math.Sqrt(2);

    /// <summary>Gain for tanh, as PyTorch recommends: 5/3.</summary>
    public const double TanhGain = 5.0 / 3;

    /// <summary>Normal with mean 0.</summary>
    public static Tensor Normal(Shape shape, Rng rng, double std) => Tensor.Normal(shape, rng, 0, std);

    /// <summary>Uniform in ±bound.</summary>
    public static Tensor Uniform(Shape shape, Rng rng, double bound) => Tensor.Uniform(shape, rng, -bound, bound);

    /// <summary>Normal, cut off: numbers further than <paramref name="cut"/> deviations from 0 are drawn again.</summary>
    /// <param name="shape">Any.</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <param name="std">Deviation before the cut.</param>
    /// <param name="cut">In deviations.</param>
    /// <exception cref="ConfigException">The cut is not above 0.</exception>
    public static Tensor TruncatedNormal(Shape shape, Rng rng, double std, double cut = 2)
    {
        if (!(cut > 0))
            throw new ConfigException(FormattableString.Invariant($"TruncatedNormal: the cut must be above 0 deviations, not {cut}."));
        Tensor result = Tensor.Empty(shape);
        using MemoryScope scope = MemoryScope.Begin();
        Tensor numbers = Tensor.Normal(shape, rng);
        while (numbers.Abs().Greater(Tensor.Scalar(cut)) is { } outside && outside.To(DType.I64).Sum().Item() > 0)
            numbers = Tensor.Where(outside, Tensor.Normal(shape, rng), numbers);
        result.CopyFrom(numbers * std);
        return result;
    }

    /// <summary>Uniform in ±1/√fan-in, PyTorch's start for <see cref="Linear"/> and convolutions.</summary>
    /// <param name="shape">[outputs, inputs, kernel…].</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <remarks>He et al. 2015, arXiv:1502.01852, with the gain √(1/3) that PyTorch takes for Linear.</remarks>
    public static Tensor KaimingUniform(Shape shape, Rng rng) => KaimingUniform(shape, rng, Math.Sqrt(1.0 / 3));

    /// <summary>Uniform with deviation gain/√fan-in: keeps the signal's size going forward.</summary>
    /// <param name="shape">[outputs, inputs, kernel…].</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <param name="gain">What makes up for the activation, such as <see cref="ReluGain"/>.</param>
    /// <remarks>He et al. 2015, arXiv:1502.01852, eq. 10.</remarks>
    public static Tensor KaimingUniform(Shape shape, Rng rng, double gain) => Uniform(shape, rng, gain * Math.Sqrt(3.0 / FanIn(shape)));

    /// <summary>Normal with deviation gain/√fan-in, or gain/√fan-out.</summary>
    /// <param name="shape">[outputs, inputs, kernel…].</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <param name="gain">What makes up for the activation, such as <see cref="ReluGain"/>.</param>
    /// <param name="fanOut">Keeps the gradient's size going backward instead of the signal's going forward.</param>
    /// <remarks>He et al. 2015, arXiv:1502.01852, eq. 10 and 14.</remarks>
    public static Tensor KaimingNormal(Shape shape, Rng rng, double gain, bool fanOut = false) =>
        Normal(shape, rng, gain / Math.Sqrt(fanOut ? FanOut(shape) : FanIn(shape)));

    /// <summary>Uniform with deviation gain·√(2/(fan-in + fan-out)): a compromise between signal and gradient.</summary>
    /// <param name="shape">[outputs, inputs, kernel…].</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <param name="gain">What makes up for the activation, such as <see cref="TanhGain"/>.</param>
    /// <remarks>Glorot and Bengio 2010, AISTATS, eq. 16.</remarks>
    public static Tensor XavierUniform(Shape shape, Rng rng, double gain = 1) =>
        Uniform(shape, rng, gain * Math.Sqrt(6.0 / (FanIn(shape) + FanOut(shape))));

    /// <summary>Normal with deviation gain·√(2/(fan-in + fan-out)).</summary>
    /// <param name="shape">[outputs, inputs, kernel…].</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <param name="gain">What makes up for the activation, such as <see cref="TanhGain"/>.</param>
    /// <remarks>Glorot and Bengio 2010, AISTATS, eq. 12.</remarks>
    public static Tensor XavierNormal(Shape shape, Rng rng, double gain = 1) =>
        Normal(shape, rng, gain * Math.Sqrt(2.0 / (FanIn(shape) + FanOut(shape))));

    /// <summary>Rows that are orthogonal and of length <paramref name="gain"/>; columns, where there are more rows than columns.</summary>
    /// <param name="shape">[outputs, inputs, kernel…], taken as a matrix of <c>outputs</c> rows.</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <param name="gain">Length of the rows or columns.</param>
    /// <remarks>Saxe et al. 2014, arXiv:1312.6120. Gram and Schmidt's process on a normal matrix, twice over: once loses digits.</remarks>
    /// <exception cref="ShapeException">The shape has fewer than two axes.</exception>
    public static Tensor Orthogonal(Shape shape, Rng rng, double gain = 1)
    {
        CheckMatrix(shape);
        int rows = shape[0], columns = (int)(shape.Count / Math.Max(rows, 1));
        (int count, int length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        double[] all = new double[shape.Count];
        using (MemoryScope scope = MemoryScope.Begin())
        {
            double[][] vectors = [.. Tensor.Normal([count, length], rng, dtype: DType.F64).ToArray<double>().Chunk(Math.Max(length, 1))];
            for (int i = 0; i < count; i++)
            {
                for (int pass = 0; pass < 2; pass++)
                    for (int j = 0; j < i; j++) Subtract(vectors[i], vectors[j], Dot(vectors[i], vectors[j]));
                double norm = Math.Sqrt(Dot(vectors[i], vectors[i]));
                for (int k = 0; k < length; k++)
                    all[rows <= columns ? i * columns + k : k * columns + i] = gain * (vectors[i][k] /= norm);
            }
        }
        return Tensor.CopyOf(all, shape).To(DType.F32);
    }

    /// <summary>How many numbers an output sums over.</summary>
    private static double FanIn(Shape shape)
    {
        CheckMatrix(shape);
        return Math.Max(shape.Count / (double)Math.Max(shape[0], 1), 1);
    }

    /// <summary>How many sums an input is in.</summary>
    private static double FanOut(Shape shape)
    {
        CheckMatrix(shape);
        return Math.Max(shape.Count / (double)Math.Max(shape[1], 1), 1);
    }

    private static void CheckMatrix(Shape shape)
    {
        if (shape.Rank < 2)
        {
            throw new ShapeException(
                $"Init: the start values depend on inputs and outputs; a weight is [outputs, inputs, kernel…], not {shape}.");
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void Subtract(double[] from, double[] vector, double factor)
    {
        for (int i = 0; i < from.Length; i++) from[i] -= factor * vector[i];
    }
}
