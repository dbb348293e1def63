using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack.Examples.Hardware;

/// <summary>The same blocks, sixteen columns at a time: one instruction multiplies and adds a whole vector.</summary>
/// <remarks>Without AVX-512 the runtime makes a Vector512 of two narrower ones.</remarks>
internal static class SimdRung
{
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int n)
    {
        c.Clear();
        for (int firstK = 0; firstK < n; firstK += BlockedRung.Rows)
        {
            int endK = Math.Min(firstK + BlockedRung.Rows, n);
            for (int firstJ = 0; firstJ < n; firstJ += BlockedRung.Columns)
            {
                int width = Math.Min(BlockedRung.Columns, n - firstJ);
                for (int i = 0; i < n; i++)
                {
                    Span<float> to = c.Slice(i * n + firstJ, width);
                    for (int k = firstK; k < endK; k++) AddRow(a[i * n + k], b.Slice(k * n + firstJ, width), to);
                }
            }
        }
    }

    /// <summary>to += x·row.</summary>
    private static void AddRow(float x, ReadOnlySpan<float> row, Span<float> to)
    {
        ref float from = ref MemoryMarshal.GetReference(row), at = ref MemoryMarshal.GetReference(to);
        Vector512<float> xs = Vector512.Create(x);
        int j = 0;
        for (; j <= row.Length - 16; j += 16)
            Vector512.FusedMultiplyAdd(xs, Vector512.LoadUnsafe(ref from, (nuint)j), Vector512.LoadUnsafe(ref at, (nuint)j)).StoreUnsafe(ref at, (nuint)j);
        for (; j < row.Length; j++) to[j] += x * row[j];
    }
}
