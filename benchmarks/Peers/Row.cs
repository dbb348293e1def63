using System.Text.Json.Serialization;

namespace MiniStack.Benchmarks.Peers;

/// <summary>One line of the comparison; times are of one call, in microseconds.</summary>
internal sealed record Row(
    [property: JsonPropertyName("op")] string Op,
    [property: JsonPropertyName("shape")] string Shape,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("ours_us")] double OursUs,
    [property: JsonPropertyName("peer_us")] double PeerUs,
    [property: JsonPropertyName("ours_median_us")] double OursMedianUs,
    [property: JsonPropertyName("peer_median_us")] double PeerMedianUs,
    [property: JsonPropertyName("limit_pct")] double? LimitPct,
    [property: JsonIgnore] string LimitName)
{
    /// <summary>Peer's best time over ours: above 1 we are faster.</summary>
    [JsonPropertyName("ratio")]
    public double Ratio => PeerUs / OursUs;

    /// <summary>The same of the medians.</summary>
    [JsonPropertyName("median_ratio")]
    public double MedianRatio => PeerMedianUs / OursMedianUs;

    /// <summary>The ratio that the project asks of itself; null where it asks none.</summary>
    [JsonPropertyName("asked")]
    public double? Asked { get; init; }

    /// <summary>Share of the limit, in percent, that is enough too, or that is asked besides the ratio.</summary>
    [JsonIgnore]
    public double? AskedPct { get; init; }

    /// <summary>True where reaching either of the two is enough.</summary>
    [JsonIgnore]
    public bool EitherIsEnough { get; init; }

    /// <summary>Whether the row reaches what is asked of it.</summary>
    [JsonIgnore]
    public bool Reached
    {
        get
        {
            bool ratio = Asked is not { } asked || Ratio >= asked, limit = AskedPct is not { } percent || LimitPct >= percent;
            return EitherIsEnough ? ratio || limit : ratio && limit;
        }
    }
}
