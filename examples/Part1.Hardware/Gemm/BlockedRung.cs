namespace MiniStack.Examples.Hardware;

/// <summary>The same order in blocks: 64 rows by 256 columns of b are 64 KiB, which stay in a near cache while all rows of a use them.</summary>
internal static class BlockedRung
{
    public const int Rows = 64, Columns = 256;

    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int n)
    {
        c.Clear();
        for (int firstK = 0; firstK < n; firstK += Rows)
        {
            int endK = Math.Min(firstK + Rows, n);
            for (int firstJ = 0; firstJ < n; firstJ += Columns)
            {
                int width = Math.Min(Columns, n - firstJ);
                for (int i = 0; i < n; i++)
                {
                    Span<float> to = c.Slice(i * n + firstJ, width);
                    for (int k = firstK; k < endK; k++) OrderRung.AddRow(a[i * n + k], b.Slice(k * n + firstJ, width), to);
                }
            }
        }
    }
}
