namespace MiniStack.Examples.Data;

/// <summary>What the elements of a tensor are like.</summary>
/// <param name="Least">Smallest that is finite.</param>
/// <param name="Mean">Of the finite.</param>
/// <param name="Greatest">Largest that is finite.</param>
/// <param name="Deviation">Standard deviation of the finite.</param>
/// <param name="NotFinite">How many are not.</param>
internal readonly record struct TensorStatistics(double Least, double Mean, double Greatest, double Deviation, long NotFinite)
{
    private const int Piece = 1 << 20;

    /// <summary>Looks at all elements, a piece at a time: a tensor of 16 bits or bytes is never widened whole.</summary>
    public static TensorStatistics Of(Tensor tensor)
    {
        Tensor flat = tensor.Flatten();
        double least = double.PositiveInfinity, greatest = double.NegativeInfinity, mean = 0, squares = 0;
        long count = 0, notFinite = 0;
        for (int start = 0; start < flat.Count; start += Piece)
        {
            using MemoryScope scope = MemoryScope.Begin();
            foreach (double x in flat.Slice(0, start, (int)Math.Min(Piece, flat.Count - start)).To(DType.F64).AsReadOnlySpan<double>())
            {
                if (!double.IsFinite(x))
                {
                    notFinite++;
                    continue;
                }
                (least, greatest) = (Math.Min(least, x), Math.Max(greatest, x));
                // Welford 1962, doi:10.1080/00401706.1962.10490022: no difference of two large sums.
                double off = x - mean;
                mean += off / ++count;
                squares += off * (x - mean);
            }
        }
        return count == 0
            ? new TensorStatistics(double.NaN, double.NaN, double.NaN, double.NaN, notFinite)
            : new TensorStatistics(least, mean, greatest, Math.Sqrt(squares / count), notFinite);
    }
}
