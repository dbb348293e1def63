namespace MiniStack;

/// <summary>What attention does beyond the plain softmax(q·kᵀ/√d)·v.</summary>
/// <remarks>Positions of queries count from the end of the keys: query i stands at key i + (keys − queries).</remarks>
public sealed record AttentionOptions
{
    /// <summary>When true, as by default, a query sees no key behind its own position.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>
    /// Broadcast to [batch, heads, queries, keys]: Bool, true where a query may see a key; or floats, which are added to the scores.
    /// </summary>
    public Tensor? Mask { get; init; }

    /// <summary>
    /// Sliding window: a query sees the last keys, this many with its own; without <see cref="Causal"/>, as many to the other side.
    /// </summary>
    /// <remarks>Beltagy et al. 2020, arXiv:2004.05150. What no query of a block sees is not computed.</remarks>
    public int? Window { get; init; }

    /// <summary>
    /// [heads], F32 or the queries' type: each head's scores sink by its slope with the distance; see <see cref="Alibi"/>.
    /// </summary>
    public Tensor? AlibiSlopes { get; init; }

    /// <summary>Probability that a probability is dropped (set to 0, the others growing accordingly); needs <see cref="Rng"/>.</summary>
    public double Dropout { get; init; }

    /// <summary>The stream that dropout takes its mask from; the gradient replays it.</summary>
    public Rng? Rng { get; init; }

    /// <summary>What products are multiplied with, above 0; null for 1/√d.</summary>
    public double? Scale { get; init; }

    /// <summary>True when the kernel in tiles, whose memory does not grow with queries·keys, does all of it.</summary>
    public bool IsPlain => Mask is null && Window is null && AlibiSlopes is null && Dropout == 0;

    /// <summary>
    /// The slopes of attention with linear biases: 2^(−8/n), 2^(−16/n), …; where n heads are no power of two, with those of every second of
    /// the next.
    /// </summary>
    /// <remarks>Press et al. 2021, arXiv:2108.12409, section 3, and its published code.</remarks>
    /// <param name="heads">Number of heads.</param>
    /// <returns>[heads], F32.</returns>
    /// <exception cref="ConfigException">There is no head.</exception>
    /// <exception cref="ShapeException">One tensor cannot hold so many.</exception>
    public static Tensor Alibi(int heads)
    {
        if (heads < 1) throw new ConfigException($"Alibi: the number of heads must be at least 1, not {heads}.");
        Tensor.CheckRoom([heads], nameof(Alibi));
        long power = 1;
        while (2 * power <= heads) power *= 2;
        float[] slopes = new float[heads];
        for (int i = 0; i < heads; i++)
            slopes[i] = (float)(i < power ? Math.Pow(2, -8.0 * (i + 1) / power) : Math.Pow(2, -4.0 * (2 * (i - power) + 1) / power));
        return Tensor.Wrap(slopes, [heads]);
    }

    /// <summary>Which queries meet which keys: all of them at once, or, where a window hides most, block by block.</summary>
    /// <param name="queries">All queries.</param>
    /// <param name="keys">All keys.</param>
    public IEnumerable<(int FirstQuery, int Queries, int FirstKey, int Keys)> Blocks(int queries, int keys)
    {
        // Small blocks waste little beside the window, and large ones less of what each costs.
        int window = Math.Min(Window ?? keys, keys), size = Math.Max(64, window / 2);
        if (queries <= size || keys <= 2 * ((long)size + window))
        {
            yield return (0, queries, 0, keys);
            yield break;
        }
        for (long first = 0; first < queries; first += size)
        {
            int count = (int)Math.Min(size, queries - first);
            long position = first + keys - queries;
            int start = (int)Math.Clamp(position - window + 1, 0, keys),
                end = (int)Math.Clamp(position + count + (Causal ? 0L : window - 1), start, keys);
            yield return ((int)first, count, start, end - start);
        }
    }

    /// <summary>What is added to the scores of some queries and keys: −∞ where a key is hidden. Null when nothing is.</summary>
    /// <param name="queries">All queries.</param>
    /// <param name="keys">All keys.</param>
    /// <param name="firstQuery">The first of the queries.</param>
    /// <param name="queryCount">How many of them.</param>
    /// <param name="firstKey">The first of the keys.</param>
    /// <param name="keyCount">How many of them.</param>
    /// <param name="dtype">Of the scores.</param>
    /// <param name="device">Of the scores.</param>
    /// <param name="blind">Bool […, queryCount, 1]: queries that see no key at all; nothing is hidden from them, so that softmax stays
    /// finite, and their results are to be replaced by 0. Null when there is none.</param>
    /// <returns>Broadcasts to [batch, heads, queryCount, keyCount].</returns>
    public Tensor? Bias(
        int queries, int keys, int firstQuery, int queryCount, int firstKey, int keyCount, DType dtype, Device device, out Tensor? blind)
    {
        Tensor? bias = Bias(queries, keys, firstQuery, queryCount, firstKey, keyCount, dtype, device);
        blind = null;
        if (bias is null || keyCount == 0 || (Mask is null && queries <= keys)) return bias;
        blind = bias.Max([-1], keepDims: true).Equal(Tensor.Scalar(double.NegativeInfinity, dtype, device));
        return Tensor.Where(blind, Tensor.Scalar(0, dtype, device), bias);
    }

    private Tensor? Bias(int queries, int keys, int firstQuery, int queryCount, int firstKey, int keyCount, DType dtype, Device device)
    {
        Tensor? bias = null;
        if (Causal || Window is not null || AlibiSlopes is not null)
        {
            // How far a key lies before its query.
            Tensor distance = Tensor.Arange(queryCount, DType.I32, device).Unsqueeze(1) - Tensor.Arange(keyCount, DType.I32, device)
                + (firstQuery + keys - queries - firstKey);
            if (AlibiSlopes is not null)
                bias = (distance.Abs().To(DType.F32) * AlibiSlopes.To(device).To(DType.F32).Reshape(-1, 1, 1)).Negate().To(dtype);
            if (Causal) bias = Hide(distance.Less(distance.ScalarLike(0)), bias, dtype);
            if (Window is { } window)
            {
                bias = Hide(distance.GreaterOrEqual(distance.ScalarLike(window)), bias, dtype);
                if (!Causal) bias = Hide(distance.LessOrEqual(distance.ScalarLike(-window)), bias, dtype);
            }
        }
        if (Mask is null) return bias;
        Tensor mask = Some(Some(Mask.To(device), -2, firstQuery, queryCount), -1, firstKey, keyCount);
        if (mask.DType == DType.Bool) return Hide(mask.Not(), bias, dtype);
        return bias is null ? mask.To(dtype) : mask.To(dtype) + bias;
    }

    /// <summary>Throws where the options cannot be followed.</summary>
    internal void Check(Shape scores)
    {
        if (Window is < 1) throw new ConfigException($"Attention: the window must be at least 1, not {Window}: a query sees its own key.");
        if (Dropout != 0 && Rng is null) throw new ConfigException("Attention: dropout needs random numbers. Set AttentionOptions.Rng.");
        if (AlibiSlopes is not null && (scores.Rank < 3 || AlibiSlopes.Shape != [scores[^3]]))
        {
            throw new ShapeException(
                $"Attention: ALiBi slopes are {AlibiSlopes.Shape}, the scores {scores}: give one slope for each head, [heads]. " +
                "AttentionOptions.Alibi makes them.");
        }
        if (Mask is null) return;
        if (Mask.DType != DType.Bool && !Mask.DType.IsFloat())
        {
            throw new DTypeException(
                $"Attention: the mask must be Bool (true: may see) or floats (added to the scores), not {Mask.DType}.");
        }
        bool fits = Mask.Rank >= 2 && Mask.Rank <= scores.Rank;
        for (int i = 1; fits && i <= Mask.Rank; i++) fits = Mask.Shape[^i] == 1 || Mask.Shape[^i] == scores[^i];
        if (!fits)
        {
            throw new ShapeException(
                $"Attention: the mask is {Mask.Shape}; it must broadcast to the scores, {scores}, with axes for queries and keys.");
        }
    }

    private static Tensor Hide(Tensor hidden, Tensor? bias, DType dtype) => Tensor.Where(
        hidden, Tensor.Scalar(double.NegativeInfinity, dtype, hidden.Device), bias ?? Tensor.Scalar(0, dtype, hidden.Device));

    private static Tensor Some(Tensor mask, int axis, int start, int count) =>
        mask.Shape[^-axis] == 1 ? mask : mask.Slice(axis, start, count);
}
