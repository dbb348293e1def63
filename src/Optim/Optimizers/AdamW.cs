using System.Runtime.InteropServices;

namespace MiniStack.Optim;

/// <summary>Adam with decoupled weight decay.</summary>
/// <remarks>
/// Loshchilov and Hutter 2019, arXiv:1711.05101. Decay is for matrices: biases, norms and other vectors are not decayed
/// unless <c>decays</c> or a group says so, as in GPT-2 and nanoGPT.
/// </remarks>
public sealed class AdamW : Optimizer
{
    private readonly Tensor[] _m, _v;
    private readonly List<(int Treatment, long Steps)> _kinds = []; // in which parameters of a step differ; filled and emptied by UpdateAll
    private readonly List<List<AdamWTensors>> _alike = []; // by kind
    private readonly double _beta1, _beta2, _epsilon;

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
        : base(parameters, learningRate, weightDecay, decays ?? (p => p.Rank >= 2))
    {
        (_beta1, _beta2) = CheckBetas(beta1, beta2);
        _epsilon = CheckNotNegative(epsilon, "epsilon");
        _m = ZerosLikeParameters();
        _v = ZerosLikeParameters();
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => [.. Named(_m, "m"), .. Named(_v, "v"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale) =>
        Fused.AdamW(parameter, gradient, _m[index], _v[index], StepOf(learningRate, WeightDecayOf(index), gradientScale, StepsOf(index)));

    /// <summary>In one go for all parameters that are treated alike and have made as many steps, where all lie on one device.</summary>
    protected override void UpdateAll(ReadOnlySpan<int> indices, double learningRate, double gradientScale)
    {
        bool together = true;
        int kind = -1;
        foreach (int i in indices)
        {
            Parameter parameter = Parameters[i];
            kind = KindOf(i, kind);
            _alike[kind].Add(new AdamWTensors(parameter.Value, parameter.Grad!, _m[i], _v[i]));
            together &= parameter.Value.Device == Parameters[indices[0]].Value.Device;
        }
        for (int place = 0; together && place < _kinds.Count; place++)
        {
            (double rateFactor, double weightDecay) = Treatment(_kinds[place].Treatment);
            Fused.AdamW(
                CollectionsMarshal.AsSpan(_alike[place]),
                StepOf(learningRate * rateFactor, weightDecay, gradientScale, _kinds[place].Steps));
        }
        _kinds.Clear();
        foreach (List<AdamWTensors> alike in _alike) alike.Clear();
        if (!together) base.UpdateAll(indices, learningRate, gradientScale);
    }

    /// <summary>The place of a parameter's kind; mostly that of the parameter before.</summary>
    private int KindOf(int index, int before)
    {
        (int Treatment, long Steps) kind = (TreatmentOf(index), StepsOf(index));
        if (before >= 0 && _kinds[before] == kind) return before;
        int place = _kinds.IndexOf(kind);
        if (place >= 0) return place;
        _kinds.Add(kind);
        if (_alike.Count < _kinds.Count) _alike.Add([]);
        return _kinds.Count - 1;
    }

    private AdamWStep StepOf(double learningRate, double weightDecay, double gradientScale, long steps) =>
        new(learningRate, _beta1, _beta2, _epsilon, weightDecay, gradientScale, steps);
}
