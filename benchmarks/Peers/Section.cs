namespace MiniStack.Benchmarks.Peers;

/// <summary>What is asked of a row, as a ratio to the peer and as a share of the limit.</summary>
/// <param name="Ratio">Peer's time over ours, at least.</param>
/// <param name="Percent">Share of the limit, at least; null for none.</param>
/// <param name="Either">Whether one of the two is enough.</param>
internal readonly record struct Asked(double? Ratio, double? Percent = null, bool Either = false);

/// <summary>One row before it is measured.</summary>
/// <param name="Op">Operator, by the name that the peer's script knows.</param>
/// <param name="Shape">Sizes, as the peer's script reads them.</param>
/// <param name="Make">Makes our half with its operands, in a scope that lives as long as the row.</param>
/// <param name="Limit">What would stop anybody.</param>
/// <param name="Asked">What we ask of ourselves.</param>
internal sealed record Contest(string Op, string Shape, Func<Case> Make, Limit? Limit, Asked Asked);

/// <summary>The operators against <c>peers/torch_ops.py</c>.</summary>
internal static class OperatorSection
{
    public static IEnumerable<Row> Run(IEnumerable<Contest> contests, Limits limits, int threads, double seconds)
    {
        using var peer = new Peer("torch_ops.py", threads);
        foreach (Contest contest in contests)
        {
            limits.Refresh();
            (double[] ours, double[] theirs) = Fight(contest, peer, seconds);
            yield return new Row(
                contest.Op, contest.Shape, threads, ours[0], theirs[0], ours[ours.Length / 2], theirs[theirs.Length / 2],
                contest.Limit?.Percent(limits, ours[0]), contest.Limit?.Name ?? "")
            {
                Asked = contest.Asked.Ratio,
                AskedPct = contest.Asked.Percent,
                EitherIsEnough = contest.Asked.Either,
            };
        }
    }

    private static (double[] Ours, double[] Peer) Fight(Contest contest, Peer peer, double seconds)
    {
        using MemoryScope operands = MemoryScope.Begin();
        return Duel.Fight(contest.Make(), slice => peer.Times(new { op = contest.Op, shape = contest.Shape, seconds = slice }), seconds);
    }
}
