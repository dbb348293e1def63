namespace MiniStack;

/// <summary>Picking elements by index, and putting them back.</summary>
public partial class Variable
{
    /// <summary>Along one axis, the elements that the indices name; see <see cref="Tensor.Gather"/>.</summary>
    public Variable Gather(int axis, Tensor indices) =>
        Record(Value.Gather(axis, indices), new GatherNode(this, indices, Shape.Axis(axis, nameof(Gather))));

    /// <summary>An operation that chose elements along one axis: y[…, i, …] = x[…, indices[…, i, …], …].</summary>
    private sealed class GatherNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _indices;
        private readonly int _axis;

        public GatherNode(Variable x, Tensor indices, int axis)
            : base(savesInputs: false, x) => (_x, _indices, _axis) = (x, Save(indices, "the indices"), axis);

        // Each dy goes to the element it came from.
        public override void Backward(Variable dy)
        {
            Tensor dx = Fused.ScatterAdd(_x.Shape, _axis, _indices, dy.Value);
            _x.AddGrad(Record(dx, new ScatterNode(dy, _indices, _axis)));
        }
    }

    /// <summary>The way back: zeros, to which y[…, indices[…, i, …], …] += x[…, i, …].</summary>
    private sealed class ScatterNode : GradNode
    {
        private readonly Variable _dy;
        private readonly Tensor _indices;
        private readonly int _axis;

        public ScatterNode(Variable dy, Tensor indices, int axis)
            : base(savesInputs: false, dy) => (_dy, _indices, _axis) = (dy, Save(indices, "the indices"), axis);

        // It is linear in dy: its gradient chooses again.
        public override void Backward(Variable ddx)
        {
            Tensor ddy = Fused.Gather(ddx.Value, _axis, _indices);
            _dy.AddGrad(Record(ddy, new GatherNode(ddx, _indices, _axis)));
        }
    }

    /// <summary>A copy to which <paramref name="source"/> is added where the indices say; see <see cref="Tensor.ScatterAdd"/>.</summary>
    public Variable ScatterAdd(int axis, Tensor indices, Variable source) =>
        Record(Value.ScatterAdd(axis, indices, source.Value), new ScatterAddNode(this, axis, indices, source));

    private sealed class ScatterAddNode : GradNode
    {
        private readonly Variable _x, _source;
        private readonly int _axis;
        private readonly Tensor _indices;

        public ScatterAddNode(Variable x, int axis, Tensor indices, Variable source)
            : base(savesInputs: false, x, source) => (_x, _axis, _indices, _source) = (x, axis, Save(indices, "the indices"), source);

        // dx = dy, and each element of the source gets the gradient of the place it was added to
        public override void Backward(Variable dy)
        {
            _x.AddGrad(dy);
            if (_source.NeedsGrad) _source.AddGrad(dy.Gather(_axis, _indices));
        }
    }

    /// <summary>Whole slices of one axis, picked by index; see <see cref="Tensor.IndexSelect"/>.</summary>
    public Variable IndexSelect(int axis, Tensor indices)
    {
        Tensor y = Value.IndexSelect(axis, indices);
        axis = Shape.Axis(axis, nameof(IndexSelect));
        // As Gather does, by the same indices for every element of a slice.
        int[] sizes = new int[Rank];
        Array.Fill(sizes, 1);
        sizes[axis] = indices.Shape[0];
        return Record(y, new GatherNode(this, indices.Reshape(sizes).Expand(y.Shape), axis));
    }

    /// <summary>Elements where the mask is true become <paramref name="value"/>; see <see cref="Tensor.MaskedFill"/>.</summary>
    public Variable MaskedFill(Tensor mask, double value) => Record(Value.MaskedFill(mask, value), new MaskedFillNode(this, mask));

    private sealed class MaskedFillNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _mask;

        public MaskedFillNode(Variable x, Tensor mask)
            : base(savesInputs: false, x) => (_x, _mask) = (x, Save(mask, "the mask"));

        // What was overwritten has no slope.
        public override void Backward(Variable dy) => _x.AddGrad(dy.MaskedFill(_mask, 0));
    }

    /// <summary>The lower triangle of each matrix; see <see cref="Tensor.Tril"/>.</summary>
    public Variable Tril(int diagonal = 0) => Record(Value.Tril(diagonal), new TrilNode(this, diagonal));

    private sealed class TrilNode(Variable x, int diagonal) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Tril(diagonal));
    }

    /// <summary>The upper triangle of each matrix; see <see cref="Tensor.Triu"/>.</summary>
    public Variable Triu(int diagonal = 0) => Record(Value.Triu(diagonal), new TriuNode(this, diagonal));

    private sealed class TriuNode(Variable x, int diagonal) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Triu(diagonal));
    }

    /// <summary>Rows of this table picked by index; see <see cref="Tensor.Embedding"/>.</summary>
    public Variable Embedding(Tensor indices) => Record(Value.Embedding(indices), new EmbeddingNode(this, indices));

    private sealed class EmbeddingNode : GradNode
    {
        private readonly Variable _table;
        private readonly Tensor _indices;

        public EmbeddingNode(Variable table, Tensor indices)
            : base(savesInputs: false, table) => (_table, _indices) = (table, Save(indices, "the indices"));

        // Each picked row adds its gradient to the row of the table it came from.
        public override void Backward(Variable dy)
        {
            Tensor dtable = Fused.EmbeddingBackward(_table.Shape[0], _indices, dy.Value);
            if (!Tape.CreatesGraph) _table.AddGrad(dtable);
            else _table.AddGrad(Record(dtable, new EmbeddingGradientNode(dy, _indices)));
        }
    }

    private sealed class EmbeddingGradientNode(Variable dy, Tensor indices) : GradNode(savesInputs: false, dy)
    {
        // What was added up row by row is picked row by row.
        public override void Backward(Variable dtable) => dy.AddGrad(dtable.Embedding(indices));
    }
}
