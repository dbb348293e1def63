namespace MiniStack.Nn;

/// <summary>
/// Many networks, of which a router chooses a few for each token: more parameters for the same computation. Only chosen ones compute.
/// </summary>
/// <remarks>
/// Shazeer et al. 2017, arXiv:1701.06538; Fedus et al. 2021, arXiv:2101.03961. Without capacities: every token reaches its experts.
/// </remarks>
public sealed class MixtureOfExperts : Layer
{
    private readonly int _channels, _chosen;
    private readonly bool _normalize;

    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="experts">What a token may be sent to, such as <see cref="SwiGlu"/>: each turns [tokens, channels] into the same
    /// shape.</param>
    /// <param name="rng">Source of the router's start values.</param>
    /// <param name="chosen">How many experts a token is sent to.</param>
    /// <param name="normalize">Whether the chosen experts' shares sum to 1, as in Mixtral, or are their probabilities among all, as in the
    /// Switch Transformer.</param>
    /// <exception cref="ConfigException">There are fewer experts than are chosen, or a number is below 1.</exception>
    public MixtureOfExperts(int channels, IEnumerable<Layer> experts, Rng rng, int chosen = 2, bool normalize = true)
    {
        Require.AtLeast(1, channels, nameof(MixtureOfExperts), nameof(channels));
        Require.AtLeast(1, chosen, nameof(MixtureOfExperts), nameof(chosen));
        ModuleList<Layer> list = new(experts);
        if (list.Count < chosen)
        {
            throw new ConfigException(
                $"MixtureOfExperts: {chosen} experts are to be chosen, but there are {list.Count}. Choose fewer, or give more.");
        }
        Gate = Register("gate", new Linear(channels, list.Count, rng, bias: false));
        Experts = Register("experts", list);
        (_channels, _chosen, _normalize) = (channels, chosen, normalize);
    }

    /// <summary>The router: [experts, channels].</summary>
    public Linear Gate { get; }

    /// <summary>What tokens are sent to.</summary>
    public ModuleList<Layer> Experts { get; }

    /// <summary>
    /// How unevenly the last call used the experts: N·Σ fᵢ·Pᵢ, with fᵢ the share of choices that fell on expert i and Pᵢ the mean
    /// probability the router gave it. 1 when all are used alike, N when one is used always. Add it, times about 0.01, to the loss of the
    /// same tape. Null before the first call, and after one without tokens.
    /// </summary>
    /// <remarks>Fedus et al. 2021, arXiv:2101.03961, eq. 4, without the factor α.</remarks>
    public Variable? BalanceLoss { get; private set; }

    /// <param name="x">[…, channels].</param>
    /// <returns>Shape of x.</returns>
    /// <exception cref="ShapeException">x has other channels.</exception>
    public override Variable Forward(Variable x)
    {
        if (x.Rank == 0 || x.Shape[^1] != _channels)
            throw new ShapeException($"MixtureOfExperts: x is {x.Shape}, but its last axis must have {_channels} channels.");
        int tokens = (int)(x.Value.Count / _channels);
        BalanceLoss = null;
        if (tokens == 0) return x;
        Variable rows = x.Reshape(tokens, _channels), probabilities = Gate.Call(rows).Softmax();
        (Variable shares, Tensor experts) = probabilities.TopK(_chosen);
        if (_normalize) shares = shares / shares.Sum([-1], keepDims: true);

        // All choices, [tokens·chosen], in the order of their experts; each token's row stands there once for each of its experts.
        long[] choices = experts.To(Device.Cpu).ToArray<long>();
        int[] counts = new int[Experts.Count], order = [.. Enumerable.Range(0, choices.Length).OrderBy(choice => choices[choice])];
        foreach (long expert in choices) counts[expert]++;
        BalanceLoss = Balance(probabilities, counts, choices.Length);
        if (!Tape.IsRecording) BalanceLoss.Value.Persist(); // a call that nobody records returns its memory at its end
        Tensor from = Numbers(order.Select(choice => choice / _chosen)), at = Numbers(order.Select(choice => choice));
        Variable[] sent = rows.IndexSelect(0, from).Split([.. counts.Where(count => count > 0)]);
        int next = 0;
        Variable[] answers = [.. Experts.Where((_, expert) => counts[expert] > 0).Select(expert => expert.Call(sent[next++]))];
        Variable weighted = Variable.Concat(answers) * shares.Reshape(-1, 1).IndexSelect(0, at);
        Variable zeros = Tensor.Zeros(rows.Shape, x.Value.DType, x.Value.Device);
        return zeros.ScatterAdd(0, from.Unsqueeze(1).Expand(weighted.Shape), weighted).Reshape(x.Shape);

        Tensor Numbers(IEnumerable<int> numbers) =>
            Tensor.CopyOf([.. numbers.Select(number => (long)number)], [order.Length], x.Value.Device);
    }

    private static Variable Balance(Variable probabilities, int[] counts, int choices)
    {
        Tensor fractions = Tensor.CopyOf([.. counts.Select(count => count / (double)choices)], [counts.Length], probabilities.Value.Device);
        return (probabilities.Mean([0]) * fractions.To(probabilities.Value.DType)).Sum() * counts.Length;
    }
}
