namespace MiniStack;

/// <summary>Norms of [batch, channels, …].</summary>
public partial class Variable
{
    /// <summary>Each channel normalized over the batch, or by its running statistics; see
    /// <see cref="Tensor.BatchNorm(Tensor?, Tensor?, Tensor?, Tensor?, bool, double, double)"/>.</summary>
    public Variable BatchNorm(
        Variable? weight, Variable? bias, Tensor? runningMean, Tensor? runningVariance, bool training, double momentum = 0.1,
        double epsilon = 1e-5)
    {
        if (!training)
        {
            Tensor value = Value.BatchNorm(weight?.Value, bias?.Value, runningMean, runningVariance, training, momentum, epsilon);
            DType wide = Value.DType.Wide();
            return Record(value, new FixedNormNode(this, weight, bias, runningMean!.To(wide), runningVariance!.To(wide), epsilon));
        }
        // The forward pass that a Checkpoint repeats has moved them already.
        if (Tape.IsRecomputing) (runningMean, runningVariance) = (null, null);
        Tensor y = Value.BatchNorm(
            weight?.Value, bias?.Value, runningMean, runningVariance, momentum, epsilon, out Tensor mean, out Tensor variance);
        return Record(y, new BatchNormNode(this, weight, bias, epsilon, mean, variance));
    }

    /// <summary>Groups of channels of each example normalized; see <see cref="Tensor.GroupNorm(int, Tensor?, Tensor?, double)"/>.</summary>
    public Variable GroupNorm(int groups, Variable? weight = null, Variable? bias = null, double epsilon = 1e-5)
    {
        Tensor y = Value.GroupNorm(groups, weight?.Value, bias?.Value, epsilon, out Tensor mean, out Tensor variance);
        return Record(y, new GroupNormNode(this, groups, weight, bias, epsilon, mean, variance));
    }

    /// <summary>Each channel of each example normalized; see <see cref="Tensor.InstanceNorm(Tensor?, Tensor?, double)"/>.</summary>
    public Variable InstanceNorm(Variable? weight = null, Variable? bias = null, double epsilon = 1e-5)
    {
        Tensor y = Value.InstanceNorm(weight?.Value, bias?.Value, epsilon, out Tensor mean, out Tensor variance);
        return Record(y, new GroupNormNode(this, Shape[1], weight, bias, epsilon, mean, variance));
    }

    /// <summary>This, one number a channel, in the shape that broadcasts against [batch, channels, …] of so many axes.</summary>
    private Variable PerChannel(int rank)
    {
        int[] sizes = new int[rank - 1];
        Array.Fill(sizes, 1);
        sizes[0] = Shape[0];
        return Reshape(sizes);
    }

    /// <summary>What the norms' gradients share: x, weight and bias, and the formula in operators.</summary>
    private abstract class ChannelNormNode(Variable x, Variable? weight, Variable? bias) : GradNode(
        [.. new[] { x, weight, bias }.OfType<Variable>()])
    {
        protected Variable X => x;

        protected Variable? Weight => weight;

        /// <summary>Adds the gradients that a kernel computed.</summary>
        protected void AddGrads((Tensor Dx, Tensor Dweight, Tensor Dbias) gradients)
        {
            x.AddGrad(gradients.Dx);
            weight?.AddGrad(gradients.Dweight);
            bias?.AddGrad(gradients.Dbias);
        }

        /// <summary>
        /// With n = (x − mean)·rstd and g = dy·weight: dx = rstd·(g − average(g) − n·average(g·n)), averages over the given axes of x in
        /// the given shape.
        /// </summary>
        protected void AddGrads(Variable dy, double epsilon, Shape shape, int[] axes)
        {
            dy = dy.Wide();
            Variable values = x.Wide().Reshape(shape), centered = values - values.Mean(axes, keepDims: true);
            Variable rstd = 1 / ((centered * centered).Mean(axes, keepDims: true) + epsilon).Sqrt(), n = centered * rstd;
            Variable g = (weight is null ? dy : dy * weight.Wide().PerChannel(dy.Rank)).Reshape(shape);
            Variable dx = rstd * (g - g.Mean(axes, keepDims: true) - n * (g * n).Mean(axes, keepDims: true));
            if (x.NeedsGrad) x.AddWideGrad(dx.Reshape(x.Shape));
            AddAffineGrads(dy, n.Reshape(x.Shape));
        }

        /// <summary>dweight = Σ dy·n and dbias = Σ dy over all but the channels.</summary>
        protected void AddAffineGrads(Variable dy, Variable n)
        {
            if (weight is { NeedsGrad: true }) weight.AddWideGrad((dy * n).Sum(AllButChannels()));
            if (bias is { NeedsGrad: true }) bias.AddWideGrad(dy.Sum(AllButChannels()));
        }

        protected int[] AllButChannels() => [0, .. Enumerable.Range(2, x.Rank - 2)];
    }

    private sealed class BatchNormNode : ChannelNormNode
    {
        private readonly double _epsilon;
        private readonly Tensor _mean, _variance;

        public BatchNormNode(Variable x, Variable? weight, Variable? bias, double epsilon, Tensor mean, Tensor variance)
            : base(x, weight, bias) => (_epsilon, _mean, _variance) = (epsilon, Save(mean, "the mean"), Save(variance, "the variance"));

        public override void Backward(Variable dy)
        {
            if (Tape.CreatesGraph) AddGrads(dy, _epsilon, X.Shape, AllButChannels());
            else AddGrads(Fused.BatchNormBackward(X.Value, Weight?.Value, _epsilon, _mean, _variance, dy.Value));
        }
    }

    private sealed class GroupNormNode : ChannelNormNode
    {
        private readonly int _groups;
        private readonly double _epsilon;
        private readonly Tensor _mean, _variance;

        public GroupNormNode(Variable x, int groups, Variable? weight, Variable? bias, double epsilon, Tensor mean, Tensor variance)
            : base(x, weight, bias) =>
            (_groups, _epsilon, _mean, _variance) = (groups, epsilon, Save(mean, "the mean"), Save(variance, "the variance"));

        public override void Backward(Variable dy)
        {
            if (!Tape.CreatesGraph)
            {
                AddGrads(Fused.GroupNormBackward(X.Value, _groups, Weight?.Value, _epsilon, _mean, _variance, dy.Value));
                return;
            }
            long sets = (long)X.Shape[0] * _groups;
            AddGrads(dy, _epsilon, [X.Shape[0], _groups, sets == 0 ? 0 : (int)(X.Value.Count / sets)], [2]);
        }
    }

    /// <summary>By given statistics, which are constants: y = (x − mean)·rstd·weight + bias.</summary>
    private sealed class FixedNormNode : ChannelNormNode
    {
        private readonly Tensor _mean, _variance;
        private readonly double _epsilon;

        public FixedNormNode(Variable x, Variable? weight, Variable? bias, Tensor mean, Tensor variance, double epsilon)
            : base(x, weight, bias) =>
                (_mean, _variance, _epsilon) = (Save(mean, "the running mean"), Save(variance, "the running variance"), epsilon);

        // dx = dy·rstd·weight
        public override void Backward(Variable dy)
        {
            dy = dy.Wide();
            Variable rstd = (1 / (new Variable(_variance) + _epsilon).Sqrt()).PerChannel(dy.Rank);
            if (X.NeedsGrad) X.AddWideGrad(dy * (Weight is null ? rstd : rstd * Weight.Wide().PerChannel(dy.Rank)));
            if (Inputs.Count > 1) AddAffineGrads(dy, (X.Wide() - new Variable(_mean).PerChannel(dy.Rank)) * rstd);
        }
    }

    /// <summary>
    /// (x − mean) / √(variance + ε) · weight + bias over the last axis; see <see cref="Tensor.LayerNorm(Tensor, Tensor?, double)"/>.
    /// </summary>
    public Variable LayerNorm(Variable weight, Variable? bias = null, double epsilon = 1e-5)
    {
        Tensor y = Value.LayerNorm(weight.Value, bias?.Value, epsilon, out Tensor mean, out Tensor rstd);
        return Record(y, new LayerNormNode(this, weight, bias, epsilon, mean, rstd));
    }

    private sealed class LayerNormNode : GradNode
    {
        private readonly Variable _x, _weight;
        private readonly Variable? _bias;
        private readonly double _epsilon;
        private readonly Tensor _mean, _rstd;

        public LayerNormNode(Variable x, Variable weight, Variable? bias, double epsilon, Tensor mean, Tensor rstd)
            : base(bias is null ? [x, weight] : [x, weight, bias]) =>
            (_x, _weight, _bias, _epsilon, _mean, _rstd) = (x, weight, bias, epsilon, Save(mean, "the mean"), Save(rstd, "the deviation"));

        // With n = (x − mean)·rstd and g = dy·weight: dx = rstd·(g − average(g) − n·average(g·n)),
        // dweight = Σ dy·n and dbias = Σ dy over all rows.
        public override void Backward(Variable dy)
        {
            if (Tape.CreatesGraph)
            {
                Variable x = _x.Wide(), wide = dy.Wide(), centred = x - x.Mean([-1], keepDims: true);
                Variable rstd = 1 / ((centred * centred).Mean([-1], keepDims: true) + _epsilon).Sqrt();
                Variable n = centred * rstd, g = wide * _weight.Wide();
                _x.AddWideGrad(rstd * (g - g.Mean([-1], keepDims: true) - n * (g * n).Mean([-1], keepDims: true)));
                _weight.AddWideGrad(wide * n);
                _bias?.AddGrad(dy);
                return;
            }
            (Tensor dx, Tensor dweight, Tensor? dbias) =
                Fused.LayerNormBackward(_x.Value, _weight.Value, _bias is not null, _mean, _rstd, dy.Value);
            _x.AddGrad(dx);
            _weight.AddGrad(dweight);
            _bias?.AddGrad(dbias!);
        }
    }

    /// <summary>x / √(average of x² + ε) · weight over the last axis; see <see cref="Tensor.RmsNorm(Tensor, double)"/>.</summary>
    public Variable RmsNorm(Variable weight, double epsilon = 1e-6)
    {
        Tensor y = Value.RmsNorm(weight.Value, epsilon, out Tensor rstd);
        return Record(y, new RmsNormNode(this, weight, epsilon, rstd));
    }

    private sealed class RmsNormNode : GradNode
    {
        private readonly Variable _x, _weight;
        private readonly double _epsilon;
        private readonly Tensor _rstd;

        public RmsNormNode(Variable x, Variable weight, double epsilon, Tensor rstd)
            : base(x, weight) => (_x, _weight, _epsilon, _rstd) = (x, weight, epsilon, Save(rstd, "the deviation"));

        // With n = x·rstd and g = dy·weight: dx = rstd·(g − n·average(g·n)), and dweight = Σ dy·n over all rows.
        public override void Backward(Variable dy)
        {
            if (Tape.CreatesGraph)
            {
                Variable x = _x.Wide(), wide = dy.Wide();
                Variable rstd = 1 / ((x * x).Mean([-1], keepDims: true) + _epsilon).Sqrt(), n = x * rstd, g = wide * _weight.Wide();
                _x.AddWideGrad(rstd * (g - n * (g * n).Mean([-1], keepDims: true)));
                _weight.AddWideGrad(wide * n);
                return;
            }
            (Tensor dx, Tensor dweight) = Fused.RmsNormBackward(_x.Value, _weight.Value, _rstd, dy.Value);
            _x.AddGrad(dx);
            _weight.AddGrad(dweight);
        }
    }
}
