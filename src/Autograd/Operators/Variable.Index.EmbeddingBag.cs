namespace MiniStack;

public partial class Variable
{
    /// <summary>
    /// Rows of this table summed, averaged or maximised bag by bag; see
    /// <see cref="Tensor.EmbeddingBag(Tensor, Tensor, EmbeddingBagMode, Tensor?)"/>.
    /// </summary>
    /// <param name="indices">[count] row numbers, I64 or I32, one bag after the other.</param>
    /// <param name="offsets">[bags], I64 or I32: where each bag starts.</param>
    /// <param name="mode">What becomes of the rows in a bag.</param>
    /// <param name="weights">[count], factors of the rows in a sum; null for 1.</param>
    public Variable EmbeddingBag(Tensor indices, Tensor offsets, EmbeddingBagMode mode = EmbeddingBagMode.Mean, Variable? weights = null)
    {
        Tensor y = Value.EmbeddingBag(indices, offsets, mode, weights?.Value, out Tensor bags, out Tensor? factors);
        return Record(y, new EmbeddingBagNode(this, weights, indices, bags, factors));
    }

    private sealed class EmbeddingBagNode : GradNode
    {
        private readonly Variable _table;
        private readonly Variable? _weights;
        private readonly Tensor _indices, _bags;
        private readonly Tensor? _factors;

        public EmbeddingBagNode(Variable table, Variable? weights, Tensor indices, Tensor bags, Tensor? factors)
            : base(weights is null ? [table] : [table, weights]) =>
            (_table, _weights, _indices, _bags, _factors) = (table, weights, Save(indices, "the indices"), bags, factors);

        // y[bag] = Σ f·table[index]  ⇒  dtable[index] += f·dy[bag],  df = Σ over channels of dy[bag]·table[index]
        public override void Backward(Variable dy)
        {
            Variable rows = dy.Embedding(_bags);
            if (_weights is { NeedsGrad: true }) _weights.AddWideGrad((rows.Wide() * _table.Embedding(_indices).Wide()).Sum([1]));
            if (!_table.NeedsGrad) return;
            Variable? factors = _weights is not null ? _weights.Unsqueeze(1) : _factors is null ? null : new Variable(_factors);
            _table.AddWideGrad((factors is null ? rows : rows.Wide() * factors.Wide()).AddRows(_indices, _table.Shape[0]));
        }
    }

    /// <summary>A matrix of some rows, to each of which the rows of this that have its number are added.</summary>
    private Variable AddRows(Tensor numbers, int rows) =>
        Record(Fused.EmbeddingBackward(rows, numbers, Value), new AddRowsNode(this, numbers));

    private sealed class AddRowsNode(Variable x, Tensor numbers) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Embedding(numbers));
    }
}
