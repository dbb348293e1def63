namespace MiniStack.Optim;

/// <summary>Lets any optimizer train F16 and BF16 parameters: it updates F32 copies of them, the masters, and rounds those back.</summary>
/// <remarks>
/// Micikevicius et al. 2018, arXiv:1710.03740: a step of 1e-4 of a weight is lost in 16 bits, but not in its master, and the loss is scaled
/// (<see cref="LossScaler"/>). It is an optimizer itself: <c>tape.Backward(optimizer.Scale(loss)); optimizer.ClipGradNorm(1);
/// optimizer.Step();</c>. Norms and limits are those of the unscaled gradients; a step whose gradients are not finite is skipped and not
/// counted. F16 ends at 65504, so with the default scaler the first steps of an F16 loss are skipped until the factor fits. Parameters in
/// F32 and F64 are their own masters. Change weights before this optimizer is made: later changes from outside do not reach the masters.
/// </remarks>
public sealed class MixedPrecision : Optimizer
{
    private readonly Parameter[] _masters;
    private double _lossScale = 1; // of the gradients at hand

    /// <param name="parameters">What to optimize; convert them with <see cref="Parameter.ConvertTo"/> first.</param>
    /// <param name="optimizer">Makes the optimizer of all the masters, which have the parameters' names.</param>
    /// <param name="scaler">The loss's factor; null for a new one with its defaults.</param>
    /// <exception cref="ConfigException">The optimizer is of other parameters than the masters.</exception>
    public MixedPrecision(IEnumerable<Parameter> parameters, Func<IReadOnlyList<Parameter>, Optimizer> optimizer, LossScaler? scaler = null)
        : base(parameters, learningRate: 0)
    {
        _masters = [.. Parameters.Select(MasterOf)];
        Inner = optimizer(_masters);
        if (!Inner.Parameters.SequenceEqual(_masters))
        {
            throw new ConfigException(
                "MixedPrecision: the inner optimizer has other parameters than the masters. " +
                "Make it of the list that the function is given.");
        }
        LearningRate = Inner.LearningRate;
        Scaler = scaler ?? new LossScaler();
    }

    /// <summary>What updates the masters.</summary>
    public Optimizer Inner { get; }

    /// <summary>The factor on the loss.</summary>
    public LossScaler Scaler { get; }

    /// <summary>The F32 values of the parameters, in their order.</summary>
    public IReadOnlyList<Parameter> Masters => _masters;

    /// <inheritdoc/>
    public override bool SkipsNonFinite => true;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State =>
        [.. Named([.. _masters.Select((m, i) => IsRounded(i) ? m.Value : null)], "master"), .. Inner.State, .. Scaler.State];

    /// <inheritdoc/>
    public override Variable Scale(Variable loss)
    {
        _lossScale = Scaler.Scale;
        // A scale beyond F32 overflows like a gradient does: the step is skipped, and the scale falls.
        return loss * (_lossScale > float.MaxValue ? double.PositiveInfinity : _lossScale);
    }

    /// <inheritdoc/>
    private protected override double LossUnscale => 1 / _lossScale;

    /// <inheritdoc/>
    private protected override bool Accepts()
    {
        bool finite = double.IsFinite(SquaredGradNorm());
        Scaler.Report(finite);
        return finite;
    }

    /// <inheritdoc/>
    protected override void UpdateAll(ReadOnlySpan<int> indices, double learningRate, double gradientScale)
    {
        foreach (int i in indices)
        {
            if (!IsRounded(i)) continue;
            using MemoryScope scope = MemoryScope.Begin();
            _masters[i].AddGrad(Parameters[i].Grad!.To(DType.F32));
        }
        Inner.StepScaled(learningRate, gradientScale);
        foreach (int i in indices)
            if (IsRounded(i)) Update(i, Parameters[i].Value, _masters[i].Value, learningRate, gradientScale);
    }

    /// <summary>Rounds the master.</summary>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale) =>
        parameter.CopyFrom(gradient);

    internal override void Treat(IReadOnlyList<ParameterGroup> groups)
    {
        base.Treat(groups);
        Dictionary<Parameter, Parameter> masterOf = Parameters.Zip(_masters).ToDictionary(pair => pair.First, pair => pair.Second);
        Inner.Treat([.. groups.Select(group => new ParameterGroup(group.Parameters.Select(p => masterOf[p]))
        {
            LearningRateFactor = group.LearningRateFactor,
            WeightDecay = group.WeightDecay,
        })]);
    }

    /// <inheritdoc/>
    private protected override void OnCleared() => Inner.ClearGradients();

    internal override bool IsCount(Tensor tensor) => Inner.IsCount(tensor);

    private protected override void OnLoaded(IReadOnlyDictionary<string, Tensor> state)
    {
        Inner.Steps = Steps;
        Inner.LoadCounts(state);
    }

    private bool IsRounded(int index) => _masters[index] != Parameters[index];

    private static Parameter MasterOf(Parameter parameter) => parameter.Value.DType.IsHalf()
        ? new Parameter(parameter.Value.To(DType.F32)) { Name = parameter.Name }
        : parameter;
}
