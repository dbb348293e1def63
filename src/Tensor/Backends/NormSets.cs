namespace MiniStack;

/// <summary>
/// Which rows of [batch, channels, places] are normalized together: the rows of one channel, or those of neighbouring channels of one
/// example.
/// </summary>
/// <param name="Sets">How many sets there are.</param>
/// <param name="Rows">Rows of a set.</param>
/// <param name="Step">From one row of a set to the next.</param>
/// <param name="Spread">From the first row of a set to the first of the next.</param>
/// <param name="Channels">Channels: row r is of channel r modulo this.</param>
/// <param name="Length">Places, the elements of a row.</param>
internal readonly record struct NormSets(int Sets, int Rows, int Step, int Spread, int Channels, int Length)
{
    /// <summary>Elements of a set.</summary>
    public long Size => (long)Rows * Length;

    /// <summary>A set for each channel.</summary>
    public static NormSets Batch(Shape x) => new(x[1], x[0], x[1], 1, x[1], x[2]);

    /// <summary>A set for each group of channels of each example; none where there are no channels.</summary>
    public static NormSets Groups(Shape x, int groups)
    {
        int channels = groups == 0 ? 0 : x[1] / groups;
        return new NormSets(x[0] * groups, channels, 1, channels, x[1], x[2]);
    }

    /// <summary>Row <paramref name="index"/> of a set, counted over the whole tensor.</summary>
    public int Row(int set, int index) => set * Spread + index * Step;
}
