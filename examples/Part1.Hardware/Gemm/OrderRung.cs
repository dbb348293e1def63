using System.Runtime.CompilerServices;

namespace MiniStack.Examples.Hardware;

/// <summary>The same multiplications in another order: the innermost loop walks along rows of b and c, where neighbours are neighbours.</summary>
internal static class OrderRung
{
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int n)
    {
        c.Clear();
        for (int i = 0; i < n; i++)
        {
            Span<float> to = c.Slice(i * n, n);
            for (int k = 0; k < n; k++) AddRow(a[i * n + k], b.Slice(k * n, n), to);
        }
    }

    /// <summary>to += x·row. Not inlined, so that this rung and the next run the very same instructions.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AddRow(float x, ReadOnlySpan<float> row, Span<float> to)
    {
        to = to[..row.Length]; // one check here, and none in the loop
        for (int j = 0; j < row.Length; j++) to[j] += x * row[j];
    }
}
