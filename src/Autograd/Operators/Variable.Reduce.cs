namespace MiniStack;

/// <summary>Reductions over axes; no axes means all of them.</summary>
public partial class Variable
{
    /// <summary>Sum over the axes; see <see cref="Tensor.Sum"/>.</summary>
    public Variable Sum(ReadOnlySpan<int> axes = default, bool keepDims = false) =>
        Record(Value.Sum(axes, keepDims), new SumNode(this, KeptShape(axes)));

    private sealed class SumNode(Variable x, Shape kept) : GradNode(savesInputs: false, x)
    {
        // Every element of a sum gets the sum's gradient.
        public override void Backward(Variable dy) => x.AddGrad(dy.Reshape(kept).Expand(x.Shape));
    }

    /// <summary>Mean over the axes.</summary>
    public Variable Mean(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        Tensor y = Value.Mean(axes, keepDims);
        return Record(y, new MeanNode(this, KeptShape(axes), y.Count / Math.Max(Value.Count, 1.0)));
    }

    private sealed class MeanNode(Variable x, Shape kept, double share) : GradNode(savesInputs: false, x)
    {
        // Every element of a mean gets its share of the gradient.
        public override void Backward(Variable dy) => x.AddGrad((dy.Wide() * share).To(dy.Value.DType).Reshape(kept).Expand(x.Shape));
    }

    /// <summary>Largest element over the axes.</summary>
    public Variable Max(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        Tensor y = Value.Max(axes, keepDims);
        return Record(y, new ExtremeNode(this, y, KeptShape(axes)));
    }

    /// <summary>Smallest element over the axes.</summary>
    public Variable Min(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        Tensor y = Value.Min(axes, keepDims);
        return Record(y, new ExtremeNode(this, y, KeptShape(axes)));
    }

    private sealed class ExtremeNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _y;
        private readonly Shape _kept;

        public ExtremeNode(Variable x, Tensor y, Shape kept)
            : base(x) => (_x, _y, _kept) = (x, Save(y, "the result"), kept);

        // The elements that equal the extreme share its gradient evenly.
        public override void Backward(Variable dy)
        {
            // Counted in F32: 16 bits end at 65,504, and know no 257.
            Tensor isHit = _x.Value.Equal(_y.Reshape(_kept)), hits = new Variable(isHit.To(_x.Value.DType.Wide())).SumTo(_kept).Value;
            Variable share = dy.Wide().Reshape(_kept).Divide(hits).To(dy.Value.DType);
            _x.AddGrad(Where(isHit, share, dy.ScalarLike(0)));
        }
    }

    /// <summary>This shape with size 1 on the reduced axes.</summary>
    private Shape KeptShape(ReadOnlySpan<int> axes)
    {
        int[] sizes = Shape.ToArray();
        if (axes.IsEmpty) Array.Fill(sizes, 1);
        foreach (int axis in axes) sizes[Shape.Axis(axis, "reduction")] = 1;
        return sizes;
    }
}
