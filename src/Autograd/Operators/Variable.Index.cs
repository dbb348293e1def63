namespace MiniStack;

/// <summary>Picking elements by index, and putting them back.</summary>
public partial class Variable
{
    /// <summary>Along one axis, the elements that the indices name; see <see cref="Tensor.Gather"/>.</summary>
    public Variable Gather(int axis, Tensor indices) => Record(Value.Gather(axis, indices), new GatherNode(this, axis, indices));

    private sealed class GatherNode : GradNode
    {
        private readonly Variable _x;
        private readonly int _axis;
        private readonly Tensor _indices;

        public GatherNode(Variable x, int axis, Tensor indices)
            : base(savesInputs: false, x) => (_x, _axis, _indices) = (x, axis, Save(indices, "the indices"));

        // What was picked from a place adds its gradient there.
        public override void Backward(Variable dy)
        {
            Tensor zeros = Tensor.Zeros(_x.Shape, _x.Value.DType, _x.Value.Device);
            _x.AddGrad(new Variable(zeros).ScatterAdd(_axis, _indices, dy));
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
    public Variable IndexSelect(int axis, Tensor indices) =>
        Record(Value.IndexSelect(axis, indices), new IndexSelectNode(this, axis, indices));

    private sealed class IndexSelectNode : GradNode
    {
        private readonly Variable _x;
        private readonly int _axis;
        private readonly Tensor _indices;

        public IndexSelectNode(Variable x, int axis, Tensor indices)
            : base(savesInputs: false, x) => (_x, _axis, _indices) = (x, axis, Save(indices, "the indices"));

        // As for Gather, whose indices are these for every element of a slice.
        public override void Backward(Variable dy)
        {
            int axis = _x.Shape.Axis(_axis, nameof(IndexSelect));
            int[] sizes = new int[_x.Rank];
            Array.Fill(sizes, 1);
            sizes[axis] = _indices.Shape[0];
            Tensor zeros = Tensor.Zeros(_x.Shape, _x.Value.DType, _x.Value.Device);
            _x.AddGrad(new Variable(zeros).ScatterAdd(axis, _indices.Reshape(sizes).Expand(dy.Shape), dy));
        }
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
}
