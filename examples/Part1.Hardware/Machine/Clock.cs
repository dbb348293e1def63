using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MiniStack.Machine;

/// <summary>How fast one step follows another when each needs the result of the one before.</summary>
internal static class Clock
{
    private const int Steps = 200_000;

    /// <summary>10⁹ cycles a second: a chain of integer additions does one a cycle.</summary>
    public static double Gigahertz(int rounds = 20) => Best(rounds, Integers);

    /// <summary>10⁹ additions a second in a chain of F32 additions: the clock divided by the adder's latency.</summary>
    public static double GigaAdditions(int rounds = 20) => Best(rounds, Floats);

    private static double Best(int rounds, Func<int, int> chain)
    {
        double best = 0;
        for (int round = 0; round < rounds; round++)
        {
            long before = Stopwatch.GetTimestamp();
            int done = chain(round);
            best = Math.Max(best, done / Stopwatch.GetElapsedTime(before).TotalSeconds / 1e9);
        }
        return best;
    }

    // The value that is added changes with the round and the exclusive or in between keeps two additions from becoming one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Integers(int seed)
    {
        int x = seed, y = seed | 1;
        for (int step = 0; step < Steps; step += 8)
        {
            x = (x + y) ^ y;
            x = (x + y) ^ y;
            x = (x + y) ^ y;
            x = (x + y) ^ y;
        }
        return x == int.MinValue ? 1 : Steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Floats(int seed)
    {
        float x = seed, y = 1f / (seed + 1);
        for (int step = 0; step < Steps; step += 8)
        {
            x += y;
            x += y;
            x += y;
            x += y;
            x += y;
            x += y;
            x += y;
            x += y;
        }
        return float.IsNaN(x) ? 1 : Steps;
    }
}
