namespace MiniStack;

/// <summary>
/// How one axis becomes another: each output is the weighted sum of a few inputs next to each other. Pools and resizing are made of two of
/// these, one for the rows of images and one for their columns.
/// </summary>
/// <remarks>As a matrix [outputs, inputs] it is a band; the gradient of the sums is the <see cref="Transpose"/>.</remarks>
public sealed class Resampling
{
    /// <summary>Of every output that is one input, as it is.</summary>
    private static readonly double[] One = [1];

    private readonly int[] _starts;
    private readonly double[][] _weights;
    private Resampling? _transpose;
    private object? _taps;

    private Resampling(int inputs, int[] starts, double[][] weights)
    {
        Inputs = inputs;
        _starts = starts;
        _weights = weights;
    }

    /// <summary>Size of the axis before.</summary>
    public int Inputs { get; }

    /// <summary>Size of the axis after.</summary>
    public int Outputs => _starts.Length;

    /// <summary>Kernel, stride and padding where all windows are alike; otherwise null.</summary>
    internal (int Kernel, int Stride, int Padding)? Window { get; private init; }

    /// <summary>Every element by itself.</summary>
    /// <exception cref="ConfigException">The size is negative, or more than one axis of a tensor can have.</exception>
    public static Resampling Identity(int size) => Make(size, size, i => i, i => One);

    /// <summary>
    /// The average of <paramref name="kernel"/> elements, every <paramref name="stride"/> elements; the zeros of the padding count.
    /// </summary>
    /// <param name="size">Inputs.</param>
    /// <param name="kernel">Inputs of one output.</param>
    /// <param name="stride">Inputs from one output to the next.</param>
    /// <param name="padding">Zeros before the first and after the last input.</param>
    /// <exception cref="ConfigException">Kernel or stride are below 1, the size or the padding negative, or no kernel fits.</exception>
    public static Resampling Pool(int size, int kernel, int stride, int padding)
    {
        if (kernel < 1 || stride < 1 || padding < 0 || size < 0 || size + 2L * padding < kernel)
        {
            throw new ConfigException(
                $"Resampling.Pool: size {size}, kernel {kernel}, stride {stride} and padding {padding} do not fit: " +
                "kernel and stride must be at least 1, and the kernel not longer than size + 2·padding.");
        }
        Dictionary<int, double[]> known = []; // most windows are alike
        return Make(size, (size + 2L * padding - kernel) / stride + 1, First, Weights, (kernel, stride, padding));

        int First(int i) => (int)Math.Clamp((long)i * stride - padding, 0, size);

        double[] Weights(int i)
        {
            int length = (int)Math.Max(0, Math.Min(size, (long)i * stride - padding + kernel) - First(i));
            if (known.TryGetValue(length, out double[]? weights)) return weights;
            weights = new double[length];
            Array.Fill(weights, 1.0 / kernel);
            return known[length] = weights;
        }
    }

    /// <summary>The average of the inputs from i·size/outputs, rounded down, to (i + 1)·size/outputs, rounded up.</summary>
    /// <exception cref="ConfigException">A size is negative, or more than one axis of a tensor can have.</exception>
    public static Resampling Adaptive(int size, int outputs)
    {
        Dictionary<int, double[]> known = [];
        return Make(size, outputs, First, Weights);

        int First(int i) => (int)((long)i * size / outputs);

        double[] Weights(int i)
        {
            int end = (int)(((i + 1L) * size + outputs - 1) / outputs);
            int length = end - First(i);
            if (known.TryGetValue(length, out double[]? weights)) return weights;
            weights = new double[length];
            Array.Fill(weights, 1.0 / length);
            return known[length] = weights;
        }
    }

    /// <summary>The input at i·size/outputs, rounded down.</summary>
    /// <exception cref="ConfigException">A size is negative, or more than one axis of a tensor can have.</exception>
    public static Resampling Nearest(int size, int outputs) => Make(size, outputs, i => (int)((long)i * size / outputs), i => One);

    /// <summary>Between the two nearest inputs, by distance.</summary>
    /// <param name="size">Inputs.</param>
    /// <param name="outputs">Outputs.</param>
    /// <param name="alignCorners">The first and last outputs are the first and last inputs; otherwise their outer edges coincide.</param>
    /// <exception cref="ConfigException">A size is negative, or more than one axis of a tensor can have.</exception>
    public static Resampling Linear(int size, int outputs, bool alignCorners)
    {
        return Make(size, outputs, i => (int)Place(i), Weights);

        double Place(int i) => alignCorners
            ? (outputs > 1 ? i * (size - 1.0) / (outputs - 1) : 0)
            : Math.Max(0, (i + 0.5) * size / outputs - 0.5);

        double[] Weights(int i)
        {
            double beyond = Place(i) - (int)Place(i);
            return beyond == 0 || (int)Place(i) == size - 1 ? One : [1 - beyond, beyond];
        }
    }

    /// <summary>The way back: each input gets from every output what it gave to it.</summary>
    public Resampling Transpose() => _transpose ??= MakeTranspose();

    /// <summary>The inputs of an output: the first, and the weight of each.</summary>
    internal (int Start, double[] Weights) this[int output] => (_starts[output], _weights[output]);

    /// <summary>The inputs of all outputs as numbers of <typeparamref name="T"/>.</summary>
    internal Taps<T> Taps<T>() where T : unmanaged
    {
        if (_taps is Taps<T> made) return made;
        Taps<T> taps = new(this);
        _taps = taps;
        return taps;
    }

    private Resampling MakeTranspose()
    {
        int[] starts = new int[Inputs];
        List<double>[] weights = [.. Enumerable.Range(0, Inputs).Select(_ => new List<double>())];
        for (int output = 0; output < Outputs; output++)
        {
            for (int tap = 0; tap < _weights[output].Length; tap++)
            {
                int input = _starts[output] + tap;
                if (weights[input].Count == 0) starts[input] = output;
                weights[input].Add(_weights[output][tap]);
            }
        }
        return new Resampling(Outputs, starts, [.. weights.Select(list => list.ToArray())]) { _transpose = this };
    }

    private static Resampling Make(
        int size, long outputs, Func<int, int> first, Func<int, double[]> weights, (int Kernel, int Stride, int Padding)? window = null)
    {
        if (size < 0 || outputs < 0 || Math.Max(size, outputs) > Array.MaxLength || (size == 0 && outputs > 0))
        {
            throw new ConfigException(
                $"Resampling: {size} inputs cannot become {outputs} outputs: " +
                $"both must be from 0 to {Array.MaxLength}, and what becomes something must not be nothing.");
        }
        int[] starts = new int[outputs];
        double[][] all = new double[outputs][];
        for (int i = 0; i < outputs; i++) (starts[i], all[i]) = (first(i), weights(i));
        return new Resampling(size, starts, all) { Window = window };
    }
}

/// <summary>A <see cref="Resampling"/> as a kernel reads it: input and weight number k of each output, one k after the other.</summary>
internal sealed class Taps<T> where T : unmanaged
{
    public Taps(Resampling resampling)
    {
        int outputs = resampling.Outputs;
        for (int i = 0; i < outputs; i++) Most = Math.Max(Most, resampling[i].Weights.Length);
        Inputs = new int[Most * outputs];
        Weights = new T[Most * outputs];
        ArePicks = Enumerable.Range(0, outputs).All(i => resampling[i].Weights is [1]);
        // Where an output has fewer inputs than others, the element behind the last input stands in for them: a zero.
        Array.Fill(Inputs, resampling.Inputs);
        for (int i = 0; i < outputs; i++)
        {
            (int start, double[] weights) = resampling[i];
            for (int k = 0; k < weights.Length; k++)
                (Inputs[k * outputs + i], Weights[k * outputs + i]) = (start + k, Sums.FromDouble<T>(weights[k]));
        }
    }

    /// <summary>Inputs of an output at most.</summary>
    public int Most { get; }

    /// <summary>Whether every output is one input, as it is.</summary>
    public bool ArePicks { get; }

    public int[] Inputs { get; }

    public T[] Weights { get; }
}
