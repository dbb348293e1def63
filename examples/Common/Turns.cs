namespace MiniStack.Examples;

/// <summary>Times of several things side by side.</summary>
public static class Turns
{
    /// <summary>The shortest time of each, in milliseconds. They take turns, because a machine that others share is not as fast in one minute as in the next.</summary>
    /// <param name="rounds">What each is given, turn by turn.</param>
    /// <param name="cases">Each does its work and says how long it took.</param>
    public static double[] Shortest<TRound>(IEnumerable<TRound> rounds, IEnumerable<Func<TRound, TimeSpan>> cases)
    {
        Func<TRound, TimeSpan>[] all = [.. cases];
        double[] shortest = [.. all.Select(_ => double.PositiveInfinity)];
        foreach (TRound round in rounds)
            foreach ((int i, Func<TRound, TimeSpan> one) in all.Index()) shortest[i] = Math.Min(shortest[i], one(round).TotalMilliseconds);
        return shortest;
    }
}
