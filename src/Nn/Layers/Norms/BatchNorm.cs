namespace MiniStack.Nn;

/// <summary>
/// Each channel to mean 0 and variance 1 over the batch, then scaled and shifted; afterwards by running statistics of the training.
/// </summary>
/// <remarks>
/// Ioffe and Szegedy 2015, arXiv:1502.03167. PyTorch's BatchNorm1d, 2d and 3d in one: x has any number of axes from two on.
/// </remarks>
public sealed class BatchNorm : Layer
{
    private readonly double? _momentum;
    private readonly double _epsilon;

    /// <summary>A layer that starts with weight 1 and bias 0, running mean 0 and running variance 1.</summary>
    /// <param name="channels">Size of x's second axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of a batch in the running statistics; null for the plain average over all batches so far.</param>
    /// <param name="affine">Whether to scale and shift.</param>
    /// <param name="trackRunningStats">Whether there are running statistics; without them, evaluation uses those of its batch too.</param>
    /// <exception cref="ConfigException">channels is below 1, or the momentum not in [0, 1].</exception>
    public BatchNorm(int channels, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true)
    {
        Require.AtLeast(1, channels, nameof(BatchNorm), nameof(channels));
        if (momentum is not (null or (>= 0 and <= 1)))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"BatchNorm: the momentum must be from 0 to 1, or null for an average, not {momentum}."));
        }
        (_momentum, _epsilon) = (momentum, epsilon);
        if (affine)
        {
            Weight = Register("weight", Tensor.Ones([channels]));
            Bias = Register("bias", Tensor.Zeros([channels]));
        }
        if (!trackRunningStats) return;
        RunningMean = RegisterBuffer("running_mean", Tensor.Zeros([channels]));
        RunningVariance = RegisterBuffer("running_var", Tensor.Ones([channels]));
        BatchesTracked = RegisterBuffer("num_batches_tracked", Tensor.Zeros([], DType.I64));
    }

    /// <summary>[channels], or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>[channels], or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>[channels], or null.</summary>
    public ModuleBuffer? RunningMean { get; }

    /// <summary>[channels], or null; each batch's variance is divided by its number of elements less one.</summary>
    public ModuleBuffer? RunningVariance { get; }

    /// <summary>How many batches the running statistics have seen; a scalar of I64, or null.</summary>
    public ModuleBuffer? BatchesTracked { get; }

    /// <param name="x">[batch, channels, …].</param>
    /// <returns>Shape of x.</returns>
    /// <exception cref="ShapeException">x has other channels, or, in training, one element a channel.</exception>
    public override Variable Forward(Variable x)
    {
        bool byBatch = IsTraining || RunningMean is null;
        if (!byBatch || RunningMean is null)
            return x.BatchNorm(Weight, Bias, RunningMean?.Value, RunningVariance?.Value, byBatch, epsilon: _epsilon);
        // A plain average gives the n-th batch a share of 1/n.
        double momentum = _momentum ?? 1 / (BatchesTracked!.Value.Item() + 1);
        Variable y = x.BatchNorm(Weight, Bias, RunningMean.Value, RunningVariance!.Value, byBatch, momentum, _epsilon);
        if (!Tape.IsRecomputing) BatchesTracked!.Value.AddInPlace(BatchesTracked.Value.ScalarLike(1));
        return y;
    }
}
