namespace MiniStack;

/// <summary>Operators that put elements in order or add them up one after the other.</summary>
public partial class Variable
{
    /// <summary>The elements along one axis in order, and where each came from; see <see cref="Tensor.Sort"/>.</summary>
    public (Variable Values, Tensor Indices) Sort(int axis = -1, bool descending = false)
    {
        (Tensor values, Tensor indices) = Value.Sort(axis, descending);
        return (Record(values, new PickNode(this, indices, Shape.Axis(axis, nameof(Sort)))), indices);
    }

    /// <summary>The <paramref name="k"/> largest or smallest elements along one axis, and where each came from; see <see cref="Tensor.TopK"/>.</summary>
    public (Variable Values, Tensor Indices) TopK(int k, int axis = -1, bool largest = true)
    {
        (Tensor values, Tensor indices) = Value.TopK(k, axis, largest);
        return (Record(values, new PickNode(this, indices, Shape.Axis(axis, nameof(TopK)))), indices);
    }

    /// <summary>An operation that chose elements along one axis: y[…, i, …] = x[…, indices[…, i, …], …].</summary>
    private sealed class PickNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _indices;
        private readonly int _axis;

        public PickNode(Variable x, Tensor indices, int axis)
            : base(savesInputs: false, x) => (_x, _indices, _axis) = (x, Save(indices, "the indices"), axis);

        // Each dy goes to the element it came from.
        public override void Backward(Variable dy)
        {
            Tensor dx = Fused.ScatterAdd(_x.Shape, _axis, _indices, dy.Value);
            _x.AddGrad(Record(dx, new PutNode(dy, _indices, _axis)));
        }
    }

    /// <summary>The way back: zeros, to which y[…, indices[…, i, …], …] += x[…, i, …].</summary>
    private sealed class PutNode : GradNode
    {
        private readonly Variable _dy;
        private readonly Tensor _indices;
        private readonly int _axis;

        public PutNode(Variable dy, Tensor indices, int axis)
            : base(savesInputs: false, dy) => (_dy, _indices, _axis) = (dy, Save(indices, "the indices"), axis);

        // It is linear in dy: its gradient chooses again.
        public override void Backward(Variable ddx)
        {
            Tensor ddy = Fused.Gather(ddx.Value, _axis, _indices);
            _dy.AddGrad(Record(ddy, new PickNode(ddx, _indices, _axis)));
        }
    }

    /// <summary>The sum of the elements up to each along one axis; see <see cref="Tensor.CumSum"/>.</summary>
    public Variable CumSum(int axis = -1, bool reverse = false) => Record(Value.CumSum(axis, reverse), new CumSumNode(this, axis, reverse));

    private sealed class CumSumNode(Variable x, int axis, bool reverse) : GradNode(savesInputs: false, x)
    {
        // Element i is part of the sums from i on (reversed: of those up to i).
        public override void Backward(Variable dy) => x.AddGrad(dy.CumSum(axis, !reverse));
    }
}
