namespace MiniStack;

/// <summary>Norms of [batch, channels, …]: each channel over the batch, or groups of channels of each example.</summary>
public sealed partial class Tensor
{
    /// <summary>
    /// (x − mean)/√(variance + ε)·weight + bias for each channel: of the batch in training, of the running statistics afterwards.
    /// </summary>
    /// <param name="weight">[channels], or null for ones.</param>
    /// <param name="bias">[channels], or null for zeros.</param>
    /// <param name="runningMean">[channels], changed in place in training: (1 − momentum)·runningMean + momentum·mean; null for
    /// none.</param>
    /// <param name="runningVariance">[channels], the same with the variance divided by the number of elements less one.</param>
    /// <param name="training">Whether to use the statistics of this batch.</param>
    /// <param name="momentum">Share of this batch in the running statistics.</param>
    /// <param name="epsilon">Added to the variance, against division by zero.</param>
    /// <returns>This tensor's shape.</returns>
    /// <remarks>
    /// Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1. The variance within a batch is divided by the number of elements.
    /// </remarks>
    /// <exception cref="ShapeException">Fewer than two axes, other numbers of channels, or in training one element a channel.</exception>
    /// <exception cref="DTypeException">The dtype is not a float, or weight or bias have another.</exception>
    /// <exception cref="ConfigException">Evaluation without running statistics, or only one of the two.</exception>
    public Tensor BatchNorm(
        Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVariance, bool training, double momentum = 0.1,
        double epsilon = 1e-5) =>
        training
            ? BatchNorm(weight, bias, runningMean, runningVariance, momentum, epsilon, out _, out _)
            : BatchNormOf(weight, bias, runningMean, runningVariance, epsilon);

    /// <summary>
    /// As <see cref="BatchNorm(Tensor?, Tensor?, Tensor?, Tensor?, bool, double, double)"/> in training, with what its gradient needs.
    /// </summary>
    /// <param name="weight">[channels], or null for ones.</param>
    /// <param name="bias">[channels], or null for zeros.</param>
    /// <param name="runningMean">[channels], changed in place; null for none.</param>
    /// <param name="runningVariance">[channels], changed in place; null for none.</param>
    /// <param name="momentum">Share of this batch in the running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="mean">Each channel's mean, F64.</param>
    /// <param name="variance">Each channel's variance, divided by the number of elements; F64, where squares stay finite.</param>
    public Tensor BatchNorm(
        Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVariance, double momentum, double epsilon, out Tensor mean,
        out Tensor variance)
    {
        CheckChannels(weight, bias, runningMean, runningVariance, nameof(BatchNorm));
        long count = Shape[1] == 0 ? 0 : Count / Shape[1];
        if (count < 2)
        {
            throw new ShapeException(
                $"BatchNorm: x is {Shape}, {count} elements a channel, which have no variance. " +
                "Train on larger batches, or pass training: false.");
        }
        Tensor x = AsChannels(), y = x.EmptyLike();
        mean = Empty([Shape[1]], DType.F64, Device);
        variance = Empty([Shape[1]], DType.F64, Device);
        Backend.BatchNorm(x, weight, bias, epsilon, y, mean, variance);
        if (runningMean is not null)
        {
            Follow(runningMean, mean, momentum);
            Follow(runningVariance!, variance * (count / (count - 1.0)), momentum);
        }
        return y.FromChannels(Shape);
    }

    /// <summary>(x − mean)/√(variance + ε)·weight + bias over groups of neighbouring channels of each example.</summary>
    /// <param name="groups">Number of groups; it divides the channels.</param>
    /// <param name="weight">[channels], or null for ones.</param>
    /// <param name="bias">[channels], or null for zeros.</param>
    /// <param name="epsilon">Added to the variance, against division by zero.</param>
    /// <returns>This tensor's shape.</returns>
    /// <remarks>Wu and He 2018, arXiv:1803.08494.</remarks>
    /// <exception cref="ShapeException">Fewer than two axes, other numbers of channels, groups that do not divide them, or one element a
    /// group.</exception>
    /// <exception cref="DTypeException">The dtype is not a float, or weight or bias have another.</exception>
    public Tensor GroupNorm(int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5) =>
        GroupNorm(groups, weight, bias, epsilon, out _, out _);

    /// <summary>As <see cref="GroupNorm(int, Tensor?, Tensor?, double)"/>, with what its gradient needs.</summary>
    /// <param name="groups">Number of groups.</param>
    /// <param name="weight">[channels], or null for ones.</param>
    /// <param name="bias">[channels], or null for zeros.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="mean">[batch, groups], F64.</param>
    /// <param name="variance">[batch, groups], F64.</param>
    public Tensor GroupNorm(int groups, Tensor? weight, Tensor? bias, double epsilon, out Tensor mean, out Tensor variance)
    {
        CheckChannels(weight, bias, null, null, nameof(GroupNorm));
        if (groups < 1 || Shape[1] % groups != 0)
            throw new ShapeException($"GroupNorm: {groups} groups do not divide the {Shape[1]} channels of {Shape}. Choose a divisor.");
        return GroupNormOf(groups, weight, bias, epsilon, nameof(GroupNorm), out mean, out variance);
    }

    /// <summary>
    /// (x − mean)/√(variance + ε)·weight + bias over each channel of each example: a <see cref="GroupNorm(int, Tensor?, Tensor?, double)"/>
    /// of single channels.
    /// </summary>
    /// <inheritdoc cref="GroupNorm(int, Tensor?, Tensor?, double)" path="/param[@name!='groups']|/returns|/exception"/>
    /// <remarks>Ulyanov et al. 2016, arXiv:1607.08022.</remarks>
    public Tensor InstanceNorm(Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5) =>
        InstanceNorm(weight, bias, epsilon, out _, out _);

    /// <summary>As <see cref="InstanceNorm(Tensor?, Tensor?, double)"/>, with what its gradient needs.</summary>
    /// <param name="weight">[channels], or null for ones.</param>
    /// <param name="bias">[channels], or null for zeros.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="mean">[batch, channels].</param>
    /// <param name="variance">[batch, channels].</param>
    public Tensor InstanceNorm(Tensor? weight, Tensor? bias, double epsilon, out Tensor mean, out Tensor variance)
    {
        CheckChannels(weight, bias, null, null, nameof(InstanceNorm));
        return GroupNormOf(Shape[1], weight, bias, epsilon, nameof(InstanceNorm), out mean, out variance);
    }

    private Tensor GroupNormOf(
        int groups, Tensor? weight, Tensor? bias, double epsilon, string operation, out Tensor mean, out Tensor variance)
    {
        long sets = (long)Shape[0] * groups;
        if (sets > 0 && Count / sets < 2)
        {
            throw new ShapeException(
                $"{operation}: x is {Shape}, so that each of the {groups} groups has " +
                $"{Count / sets} element{(Count == sets ? "" : "s")} per example, too few for a variance. " +
                "Use fewer groups or larger inputs.");
        }
        Tensor x = Reshape(Shape[0], Shape[1], (int)Shape[2..].Count), y = x.EmptyLike();
        mean = Empty([Shape[0], groups], DType.F64, Device);
        variance = Empty([Shape[0], groups], DType.F64, Device);
        Backend.GroupNorm(x, groups, weight, bias, epsilon, y, mean, variance);
        return y.Reshape(Shape);
    }

    /// <summary>With given statistics it is a multiplication and an addition.</summary>
    private Tensor BatchNormOf(Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVariance, double epsilon)
    {
        CheckChannels(weight, bias, runningMean, runningVariance, nameof(BatchNorm));
        if (runningMean is null)
        {
            throw new ConfigException(
                "BatchNorm: evaluation needs runningMean and runningVariance. Pass those of training, or training: true.");
        }
        if (DType.IsHalf())
            return To(DType.F32).BatchNormOf(weight?.To(DType.F32), bias?.To(DType.F32), runningMean, runningVariance, epsilon).To(DType);
        Tensor scale = ScalarLike(1) / (runningVariance!.To(DType) + epsilon).Sqrt();
        if (weight is not null) scale *= weight;
        Tensor shift = runningMean.To(DType) * scale * -1;
        if (bias is not null) shift += bias;
        Shape perChannel = new int[Rank - 1].Select((_, axis) => axis == 0 ? Shape[1] : 1).ToArray();
        return this * scale.Reshape(perChannel) + shift.Reshape(perChannel);
    }

    /// <summary>
    /// [batch, channels, places]; a matrix [batch, channels] turned round, so that a channel's elements are neighbours: [1, channels,
    /// batch].
    /// </summary>
    internal Tensor AsChannels() => Rank == 2
        ? Transpose().Contiguous().Unsqueeze(0)
        : Reshape(Shape[0], Shape[1], (int)Shape[2..].Count);

    /// <summary>The way back from <see cref="AsChannels"/>.</summary>
    internal Tensor FromChannels(Shape shape) => shape.Rank == 2 ? Squeeze(0).Transpose() : Reshape(shape);

    private static void Follow(Tensor running, Tensor now, double momentum) =>
        running.CopyFrom(running.To(running.DType.Wide()) * (1 - momentum) + now.To(running.DType.Wide()) * momentum);

    private void CheckChannels(Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVariance, string operation)
    {
        CheckFloat(operation);
        if (Rank < 2) throw new ShapeException($"{operation}: x must be [batch, channels, …], not {Shape}. See Unsqueeze.");
        if (runningMean is null != runningVariance is null)
            throw new ConfigException($"{operation}: runningMean and runningVariance belong together. Pass both, or neither.");
        Check(weight, nameof(weight));
        Check(bias, nameof(bias));
        Check(runningMean, nameof(runningMean), running: true);
        Check(runningVariance, nameof(runningVariance), running: true);

        void Check(Tensor? given, string name, bool running = false)
        {
            if (given is null) return;
            CheckSameDevice(this, given, operation);
            if (running ? !given.DType.IsFloat() : given.DType != DType)
                throw new DTypeException($"{operation}: {name} is {given.DType}, and x is {DType}. Convert with To(DType.{DType}).");
            if (given.Rank != 1 || given.Shape[0] != Shape[1])
            {
                throw new ShapeException(
                    $"{operation}: {name} is {given.Shape}, but x of {Shape} has {Shape[1]} channels: give one element for each.");
            }
        }
    }

    /// <summary>(x − mean) / √(variance + ε) · weight + bias over the last axis.</summary>
    /// <remarks>Ba et al. 2016, arXiv:1607.06450. The variance is that of the row, divided by its length.</remarks>
    /// <exception cref="ShapeException">weight or bias are not [channels].</exception>
    public Tensor LayerNorm(Tensor weight, Tensor? bias = null, double epsilon = 1e-5) =>
        LayerNorm(weight, bias, epsilon, out _, out _);

    /// <summary>
    /// As <see cref="LayerNorm(Tensor, Tensor?, double)"/>, with what its gradient needs: each row's mean and 1/√(variance + ε).
    /// </summary>
    public Tensor LayerNorm(Tensor weight, Tensor? bias, double epsilon, out Tensor mean, out Tensor rstd)
    {
        CheckNorm(weight, bias, nameof(LayerNorm), "weight and bias");
        Tensor y = EmptyLike();
        mean = Empty(Shape[..^1], DType.Wide(), Device);
        rstd = Empty(mean.Shape, mean.DType, Device);
        Backend.LayerNorm(this, weight, bias, epsilon, y, mean, rstd);
        return y;
    }

    /// <summary>x / √(average of x² + ε) · weight over the last axis: layer norm without mean and shift.</summary>
    /// <remarks>Zhang and Sennrich 2019, arXiv:1910.07467.</remarks>
    /// <exception cref="ShapeException">weight is not [channels].</exception>
    public Tensor RmsNorm(Tensor weight, double epsilon = 1e-6) => RmsNorm(weight, epsilon, out _);

    /// <summary>As <see cref="RmsNorm(Tensor, double)"/>, with what its gradient needs: each row's 1/√(average of x² + ε).</summary>
    public Tensor RmsNorm(Tensor weight, double epsilon, out Tensor rstd)
    {
        CheckNorm(weight, bias: null, nameof(RmsNorm), "weight");
        Tensor y = EmptyLike();
        rstd = Empty(Shape[..^1], DType.Wide(), Device);
        Backend.RmsNorm(this, weight, epsilon, y, rstd);
        return y;
    }

    private void CheckNorm(Tensor weight, Tensor? bias, string operation, string parameters)
    {
        CheckFloat(operation);
        CheckSame(this, weight, operation);
        if (bias is not null) CheckSame(this, bias, operation);
        if (Rank == 0 || weight.Shape != [Shape[^1]] || (bias is not null && bias.Shape != weight.Shape))
        {
            throw new ShapeException(
                $"{operation}: x is {Shape}, weight is {weight.Shape}{(bias is null ? "" : $", bias is {bias.Shape}")}: " +
                $"{parameters} must have one element for each channel of x's last axis.");
        }
    }
}
