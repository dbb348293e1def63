namespace MiniStack.Data;

public static partial class TinyTales
{
    /// <summary>
    /// The least loss, in nats per character, that any model of this context can have on random windows: it predicts
    /// <paramref name="context"/> characters, the t-th from the t before it and from nothing else, so it must first
    /// find its place.
    /// </summary>
    /// <param name="context">How many characters a window predicts; one more, in front, is only shown.</param>
    /// <param name="windows">How many random windows to average over; at least 2.</param>
    /// <param name="rng">Draws the windows.</param>
    /// <remarks>
    /// H(X₁…Xₙ | X₀)/n: −ln p by Bayes' rule over every place of the grammar at which the window may begin and every
    /// identity of the actors. Falls to <see cref="EntropyPerCharacter"/> as windows grow; what it exceeds it by is
    /// the price of finding one's place plus the <see cref="AgreementGap"/>.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no character, or fewer than two windows.</exception>
    public static TaleEstimate WindowEntropy(int context, int windows, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        RequirePositive(context, nameof(WindowEntropy), nameof(context));
        RequireTwo(windows, nameof(WindowEntropy));

        // Windows apart by about a tale are nearly independent, which the standard error wants.
        int stride = context + (int)MeanTaleLength;
        string text = Generate(stride * (windows + 1), rng);
        int phase = rng.Next(stride);
        TaleReader reader = new(Automaton.Value);
        double[] losses = new double[windows];
        for (int i = 0; i < windows; i++)
        {
            ReadOnlySpan<char> window = text.AsSpan(phase + (i * stride), context + 1);
            reader.ReadFromAnywhere(window[..1]);
            double shown = reader.LogProbability;
            reader.ReadFromAnywhere(window);
            losses[i] = (shown - reader.LogProbability) / context;
        }

        return Average(losses);
    }

    /// <summary>
    /// What a predictor loses, in nats per character, because the window it sees does not show who a later mention of
    /// an actor must be: it has to guess where one that remembers the tale knows.
    /// </summary>
    /// <param name="context">Characters of a window. Windows do not overlap, and nothing of one is known in the
    /// next.</param>
    /// <param name="windows">How many windows to average over; at least 2.</param>
    /// <param name="rng">Draws the tales.</param>
    /// <remarks>
    /// <para>For each mention that does not introduce its actor: −ln of the share, by weight, of the identities that
    /// write it so, among those that agree with what the window has shown of this actor before. A pronoun thus costs
    /// the choice among pronouns and leaves the name a smaller choice; a name seen once makes all later mentions
    /// free.</para>
    /// <para>It is not the whole gap between <see cref="WindowEntropy"/> and <see cref="EntropyPerCharacter"/>: this
    /// predictor knows at which place of the grammar its window begins, which a real one must find out from the text.
    /// Approximate in one point: of a mention cut by the window's edge only the part inside counts, taken as the start
    /// or end of a form.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no character, or fewer than two windows.</exception>
    public static TaleEstimate AgreementGap(int context, int windows, Rng rng)
    {
        ArgumentNullException.ThrowIfNull(rng);
        RequirePositive(context, nameof(AgreementGap), nameof(context));
        RequireTwo(windows, nameof(AgreementGap));

        TaleTeller teller = new(Grammar, rng) { Mentions = [] };
        while (teller.Text.Length < (long)context * windows)
        {
            teller.TellOne();
        }

        double[] losses = new double[windows];
        Dictionary<TaleActor, int[]> candidates = [];
        int window = 0;
        foreach (ToldMention told in teller.Mentions)
        {
            TaleMention mention = told.Mention;
            int end = told.Start + mention.TextOf(told.Identity).Length;
            if (mention.Introduces)
            {
                candidates.Remove(mention.Actor);                // another tale, another hero
            }

            // A mention may reach over an edge, into the next window (or, if windows are tiny, several).
            for (int at = told.Start; at < end; at = (window + 1) * context)
            {
                if (at / context != window)
                {
                    window = at / context;
                    candidates.Clear();
                }

                if (window >= windows)
                {
                    return Average(losses);
                }

                int from = at - told.Start, to = Math.Min(end, (window + 1) * context) - told.Start;
                int[] before = candidates.GetValueOrDefault(mention.Actor)
                    ?? [.. Enumerable.Range(0, mention.Actor.Weights.Count)];
                int[] after = [.. before.Where(i => Agrees(mention, i, told.Identity, from, to))];
                candidates[mention.Actor] = after;
                if (!mention.Introduces)
                {
                    losses[window] += Math.Log(before.Sum(Weight) / after.Sum(Weight)) / context;
                }

                double Weight(int identity) => mention.Actor.Weights[identity];
            }
        }

        return Average(losses);
    }

    // Could characters from..to of the true form be that part of another identity's form?
    private static bool Agrees(TaleMention mention, int identity, int truth, int from, int to)
    {
        string form = mention.TextOf(identity), told = mention.TextOf(truth);
        string seen = told[from..to];
        return (from, to == told.Length) switch
        {
            (0, true) => form == told,
            (0, false) => form.StartsWith(seen, StringComparison.Ordinal),
            (_, true) => form.EndsWith(seen, StringComparison.Ordinal),
            _ => form.Contains(seen, StringComparison.Ordinal),
        };
    }

    private static TaleEstimate Average(double[] samples)
    {
        double mean = samples.Average();
        double variance = samples.Sum(s => (s - mean) * (s - mean)) / (samples.Length - 1);
        return new TaleEstimate(mean, Math.Sqrt(variance / samples.Length));
    }

    private static void RequireTwo(int windows, string operation)
    {
        if (windows < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(windows), windows,
                $"TinyTales.{operation}: a standard error needs at least 2 windows. Ask for some hundreds.");
        }
    }
}
