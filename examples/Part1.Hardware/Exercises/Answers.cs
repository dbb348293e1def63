namespace MiniStack.Examples.Hardware;

/// <summary>Yours to write: each answer is null until you do. The demo <c>grade</c> says which are right.</summary>
internal static class Answers
{
    /// <summary>1. FLOP for each byte at which the slanted roof meets the flat one.</summary>
    public static double? RidgePoint(double gigaflops, double gigabytesPerSecond) => null;

    /// <summary>2. FLOP for each byte of [m, k]·[k, n] in F32 when a, b and c cross the memory once each.</summary>
    public static double? ProductIntensity(long m, long k, long n) => null;

    /// <summary>3. The nearest bf16 to a finite number, to even on a tie, as a float. No tables and no Math.Round: only its bits.</summary>
    public static float? RoundToBf16(float x) => null;

    /// <summary>4. The register tile with the most multiply-adds for each load. A tile of some rows by some vectors needs rows·vectors registers
    /// for sums, one for each vector of b and one for an element of a, and loads rows + vectors times a step.</summary>
    public static (int Rows, int Vectors)? BestTile(int registers) => null;
}
