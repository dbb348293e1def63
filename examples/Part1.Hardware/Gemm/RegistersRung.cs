using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniStack.Examples.Hardware;

/// <summary>Four rows by two vectors of c at a time, whose sums stay in eight registers until they are finished.</summary>
/// <remarks>The library's micro kernel is this loop with 12 rows instead of four: see MatMulMicroKernel.cs.</remarks>
internal static class RegistersRung
{
    private const int Rows = 4, Columns = 32;

    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int n)
    {
        int endI = n - n % Rows, endJ = n - n % Columns;
        // Columns outside: 32 of them, all the way down, are what the rows of a meet again and again.
        for (int j = 0; j < endJ; j += Columns)
            for (int i = 0; i < endI; i += Rows) Tile(in a[i * n], in b[j], ref c[i * n + j], n);
        Edge(a, b, c, n, 0, endI, endJ, n);
        Edge(a, b, c, n, endI, n, 0, n);
    }

    // <listing>
    private static void Tile(in float a, in float b, ref float c, int n)
    {
        Vector512<float> left0 = default, left1 = default, left2 = default, left3 = default;
        Vector512<float> right0 = default, right1 = default, right2 = default, right3 = default;
        for (int k = 0; k < n; k++)
        {
            ref readonly float row = ref Unsafe.Add(ref Unsafe.AsRef(in b), k * n);
            Vector512<float> left = Vector512.LoadUnsafe(in row), right = Vector512.LoadUnsafe(in row, 16);
            Vector512<float> x = Vector512.Create(Unsafe.Add(ref Unsafe.AsRef(in a), k));
            left0 = Vector512.FusedMultiplyAdd(x, left, left0);
            right0 = Vector512.FusedMultiplyAdd(x, right, right0);
            x = Vector512.Create(Unsafe.Add(ref Unsafe.AsRef(in a), n + k));
            left1 = Vector512.FusedMultiplyAdd(x, left, left1);
            right1 = Vector512.FusedMultiplyAdd(x, right, right1);
            x = Vector512.Create(Unsafe.Add(ref Unsafe.AsRef(in a), 2 * n + k));
            left2 = Vector512.FusedMultiplyAdd(x, left, left2);
            right2 = Vector512.FusedMultiplyAdd(x, right, right2);
            x = Vector512.Create(Unsafe.Add(ref Unsafe.AsRef(in a), 3 * n + k));
            left3 = Vector512.FusedMultiplyAdd(x, left, left3);
            right3 = Vector512.FusedMultiplyAdd(x, right, right3);
        }
        Store(left0, right0, ref c);
        Store(left1, right1, ref Unsafe.Add(ref c, n));
        Store(left2, right2, ref Unsafe.Add(ref c, 2 * n));
        Store(left3, right3, ref Unsafe.Add(ref c, 3 * n));
    }
    // </listing>

    private static void Store(Vector512<float> left, Vector512<float> right, ref float c)
    {
        left.StoreUnsafe(ref c);
        right.StoreUnsafe(ref c, 16);
    }

    /// <summary>Rows and columns that fill no tile.</summary>
    private static void Edge(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int n, int firstI, int endI, int firstJ, int endJ)
    {
        for (int i = firstI; i < endI; i++)
        {
            for (int j = firstJ; j < endJ; j++)
            {
                float sum = 0;
                for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
                c[i * n + j] = sum;
            }
        }
    }
}
