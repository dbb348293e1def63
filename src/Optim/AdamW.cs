using System.Runtime.InteropServices;

namespace MiniStack.Optim;

/// <summary>Adam with decoupled weight decay.</summary>
/// <remarks>
/// Loshchilov and Hutter 2019, arXiv:1711.05101. Decay is for matrices: biases, norms and other vectors are not decayed
/// unless <c>decays</c> says so, as in GPT-2 and nanoGPT.
/// </remarks>
public sealed class AdamW : Optimizer
{
    private readonly Tensor[] _m, _v;
    private readonly bool[] _decays;
    private readonly List<AdamWTensors> _decayed = [], _others = []; // filled and emptied by UpdateAll
    private readonly double _beta1, _beta2, _epsilon, _weightDecay;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="beta1">Decay of the mean of gradients, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the mean of squared gradients, from 0 to below 1.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">Share of a decayed parameter taken away per unit of learning rate.</param>
    /// <param name="decays">Which parameters decay; null for those with two or more axes.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public AdamW(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double epsilon = 1e-8, double weightDecay = 0.01, Func<Parameter, bool>? decays = null)
        : base(parameters, learningRate)
    {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1))
            throw new ConfigException(FormattableString.Invariant($"AdamW: the betas must be at least 0 and below 1, not {beta1} and {beta2}."));
        (_beta1, _beta2, _epsilon) = (beta1, beta2, CheckNotNegative(epsilon, "epsilon"));
        _weightDecay = CheckNotNegative(weightDecay, "weight decay");
        _decays = [.. Parameters.Select(decays ?? (p => p.Rank >= 2))];
        _m = ZerosLikeParameters();
        _v = ZerosLikeParameters();
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => [.. Named(_m, "m"), .. Named(_v, "v")];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale) =>
        Fused.AdamW(parameter, gradient, _m[index], _v[index], StepOf(_decays[index], learningRate, gradientScale));

    /// <summary>In two goes, the parameters that decay and the others, where all lie on one device.</summary>
    protected override void UpdateAll(ReadOnlySpan<int> indices, double learningRate, double gradientScale)
    {
        _decayed.Clear();
        _others.Clear();
        bool together = true;
        foreach (int i in indices)
        {
            Parameter parameter = Parameters[i];
            (_decays[i] ? _decayed : _others).Add(new AdamWTensors(parameter.Value, parameter.Grad!, _m[i], _v[i]));
            together &= parameter.Value.Device == Parameters[indices[0]].Value.Device;
        }
        if (together)
        {
            Fused.AdamW(CollectionsMarshal.AsSpan(_decayed), StepOf(decays: true, learningRate, gradientScale));
            Fused.AdamW(CollectionsMarshal.AsSpan(_others), StepOf(decays: false, learningRate, gradientScale));
        }
        else
        {
            base.UpdateAll(indices, learningRate, gradientScale);
        }
        _decayed.Clear();
        _others.Clear();
    }

    private AdamWStep StepOf(bool decays, double learningRate, double gradientScale) => new(
        learningRate, _beta1, _beta2, _epsilon, decays ? _weightDecay : 0, gradientScale, Steps);
}
