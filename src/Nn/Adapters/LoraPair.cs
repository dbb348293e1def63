namespace MiniStack.Nn;

/// <summary>The two factors of a layer's change: W stays as it is, and α/r·B·A is added to it, without ever being written down.</summary>
/// <remarks>
/// Hu et al. 2021, arXiv:2106.09685, eq. 3. B starts at zero (of embeddings: A), so that an adapter that has learned nothing changes
/// nothing.
/// </remarks>
internal sealed class LoraPair : LoraPart
{
    private readonly Parameter _base;
    private readonly double _scale, _dropout;
    private readonly bool _embeds;
    private readonly Rng _rng;

    /// <param name="config">Rank, scale and dropout.</param>
    /// <param name="base">The layer's weight: [outputs, inputs] of a product, [rows, channels] of an embedding.</param>
    /// <param name="embeds">Whether it is an embedding's.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    public LoraPair(LoraConfig config, Parameter @base, bool embeds, Rng rng)
    {
        (_base, _scale, _dropout, _rng, _embeds) = (@base, config.Scale, config.Dropout, rng, embeds);
        (int inputs, int outputs) = embeds ? (@base.Shape[0], @base.Shape[1]) : (@base.Shape[1], @base.Shape[0]);
        Tensor value = @base.Value;
        A = Register(
            "A",
            (embeds ? Tensor.Zeros([config.Rank, inputs]) : Init.KaimingUniform([config.Rank, inputs], rng))
                .To(value.DType).To(value.Device));
        B = Register(
            "B",
            (embeds ? Init.Normal([outputs, config.Rank], rng, std: 1) : Tensor.Zeros([outputs, config.Rank]))
                .To(value.DType).To(value.Device));
    }

    /// <summary>[rank, inputs]; of an embedding [rank, rows].</summary>
    public Parameter A { get; }

    /// <summary>[outputs, rank]; of an embedding [channels, rank].</summary>
    public Parameter B { get; }

    public override IEnumerable<(string Name, Parameter Parameter)> Saved =>
        _embeds ? [("lora_embedding_A", A), ("lora_embedding_B", B)] : [("lora_A.weight", A), ("lora_B.weight", B)];

    /// <summary>y + α/r·(x·Aᵀ)·Bᵀ: what passes between the factors has rank numbers only.</summary>
    /// <param name="y">[…, outputs]: x·Wᵀ.</param>
    /// <param name="x">[…, inputs].</param>
    public Variable AddTo(Variable y, Variable x)
    {
        if (IsTraining && _dropout > 0) x = x.Dropout(_dropout, _rng);
        return y + (x.Linear(A) * _scale).Linear(B);
    }

    /// <summary>The change of some rows of a table.</summary>
    /// <param name="columns">Of A, one for each row: [rank, count].</param>
    /// <returns>[count, channels].</returns>
    public Variable OfColumns(Variable columns) => (columns.Transpose() * _scale).Linear(B);

    /// <summary>The change of the rows that indices name.</summary>
    /// <param name="indices">Row numbers, of any shape.</param>
    /// <returns>[…indices, channels].</returns>
    public Variable OfRows(Tensor indices) => (A.Transpose().Embedding(indices) * _scale).Linear(B);

    /// <summary>The change of scores against every row: α/r·(x·B)·A.</summary>
    /// <param name="x">[…, channels].</param>
    /// <returns>[…, rows].</returns>
    public Variable Against(Variable x) => (x.MatMul(B) * _scale).MatMul(A);

    /// <summary>
    /// The weight with the change written into it, computed in F64 and rounded once: the nearest there is to what both give side by side.
    /// </summary>
    public override IEnumerable<(Parameter Own, Tensor Value)> Merged()
    {
        Tensor change = B.Value.To(DType.F64).MatMul(A.Value.To(DType.F64)) * _scale;
        yield return (_base, (_base.Value.To(DType.F64) + (_embeds ? change.Transpose() : change)).To(_base.Value.DType));
    }
}
