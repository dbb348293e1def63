namespace MiniStack;

/// <summary>Operators that put elements in order or add them up one after the other.</summary>
public partial class Variable
{
    /// <summary>The elements along one axis in order, and where each came from; see <see cref="Tensor.Sort"/>.</summary>
    public (Variable Values, Tensor Indices) Sort(int axis = -1, bool descending = false)
    {
        (Tensor values, Tensor indices) = Value.Sort(axis, descending);
        return (Record(values, new GatherNode(this, indices, Shape.Axis(axis, nameof(Sort)))), indices);
    }

    /// <summary>
    /// The <paramref name="k"/> largest or smallest elements along one axis, and where each came from; see <see cref="Tensor.TopK"/>.
    /// </summary>
    public (Variable Values, Tensor Indices) TopK(int k, int axis = -1, bool largest = true)
    {
        (Tensor values, Tensor indices) = Value.TopK(k, axis, largest);
        return (Record(values, new GatherNode(this, indices, Shape.Axis(axis, nameof(TopK)))), indices);
    }

    /// <summary>The sum of the elements up to each along one axis; see <see cref="Tensor.CumSum"/>.</summary>
    public Variable CumSum(int axis = -1, bool reverse = false) => Record(Value.CumSum(axis, reverse), new CumSumNode(this, axis, reverse));

    private sealed class CumSumNode(Variable x, int axis, bool reverse) : GradNode(savesInputs: false, x)
    {
        // Element i is part of the sums from i on (reversed: of those up to i).
        public override void Backward(Variable dy) => x.AddGrad(dy.CumSum(axis, !reverse));
    }
}
