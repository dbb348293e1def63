namespace MiniStack;

/// <summary>How much each row of a loss of classes counts: the weight of its class, and nothing when it is ignored.</summary>
internal sealed class RowWeights
{
    private readonly Tensor? _ignored, _weights;
    private readonly DType _dtype;

    public RowWeights(Variable rows, Tensor targets, Tensor? classWeights, long? ignoreIndex, string operation)
    {
        Tensor values = rows.Value;
        if (targets.DType is not (DType.I64 or DType.I32))
            throw new DTypeException($"{operation}: indices must be I64 or I32, not {targets.DType}. Convert with To(DType.I64).");
        if (rows.Rank == 0 || targets.Shape != rows.Shape[..^1])
        {
            throw new ShapeException(
                $"{operation}: rows are {rows.Shape} and targets {targets.Shape}: " +
                "targets must have the shape of the rows without the last axis.");
        }
        int classes = rows.Shape[^1];
        if (classWeights is not null && classWeights.Shape != [classes])
            throw new ShapeException($"{operation}: class weights are {classWeights.Shape}; they must be ({classes}), one for each class.");
        foreach (long target in targets.To(DType.I64).ToArray<long>())
        {
            if ((target < 0 || target >= classes) && target != ignoreIndex)
                throw new IndexException($"{operation}: target {target} is outside 0 to {classes - 1}; there are {classes} classes.");
        }
        _dtype = values.DType;
        Targets = targets.To(values.Device);
        if (ignoreIndex is { } index)
        {
            _ignored = Targets.Equal(Targets.ScalarLike(index));
            Targets = Tensor.Where(_ignored, Targets.ScalarLike(0), Targets);
        }
        if (classWeights is not null) _weights = Of(classWeights.To(values.Device)).Reshape(classes, 1).Embedding(Targets).Squeeze(-1);
    }

    /// <summary>The targets, with a class for ignored rows too.</summary>
    public Tensor Targets { get; }

    /// <summary>Weights in the dtype of the rows.</summary>
    public Tensor Of(Tensor weights) => weights.To(_dtype);

    /// <summary>Losses of rows times their weights.</summary>
    public Variable Apply(Variable losses) => Mask(_weights is null ? losses : losses * _weights);

    /// <summary>0 for ignored rows.</summary>
    public Variable Mask(Variable losses) =>
        _ignored is null ? losses : Variable.Where(_ignored, Tensor.Scalar(0, _dtype, losses.Value.Device), losses);

    /// <summary>Weighted losses as one number; their mean is that by weight.</summary>
    public Variable Reduce(Variable losses, Reduction reduction)
    {
        if (reduction == Reduction.None) return losses;
        if (reduction == Reduction.Sum) return losses.Sum();
        if (_ignored is null && _weights is null) return losses.Mean();
        // The total in F64: as many rows as F16 cannot count may share it.
        Tensor total = Mask(_weights ?? Tensor.Ones(Targets.Shape, _dtype, losses.Value.Device)).Value.To(DType.F64).Sum();
        return (losses * (1 / total).To(_dtype)).Sum();
    }
}
