using System.Diagnostics;

namespace MiniStack.Benchmarks.Peers;

/// <summary>Both sides in turns, in slices of a tenth of a second, so that both see the same machine.</summary>
internal static class Duel
{
    /// <summary>Times of one call in microseconds, sorted: the first is the best, the middle one the median.</summary>
    public static (double[] Ours, double[] Peer) Fight(Case ours, Func<double, double[]>? peer, double seconds)
    {
        const int Rounds = 5;
        double slice = seconds / Rounds;
        List<double> our = [], their = [];
        Slice(ours, 0); // the first calls compile the code and fill the pool
        for (int round = 0; round < Rounds; round++)
        {
            if (peer is not null) their.AddRange(peer(slice));
            our.AddRange(Slice(ours, slice));
        }
        return ([.. our.Order()], [.. their.Order()]);
    }

    private static List<double> Slice(Case work, double seconds)
    {
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        // The first call of a slice finds cold caches and sleeping threads, as the peer's does: it is not counted either.
        while (times.Count <= 2 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            work.Prepare();
            long before = Stopwatch.GetTimestamp();
            work.Work();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
            work.Finish();
        }
        times.RemoveAt(0);
        return times;
    }
}
