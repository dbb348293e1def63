namespace MiniStack;

/// <summary>Views: the same numbers under another layout. Gradients take the way back.</summary>
public partial class Variable
{
    /// <summary>Another shape; see <see cref="Tensor.Reshape"/>.</summary>
    public Variable Reshape(params ReadOnlySpan<int> sizes) =>
        NeedsGrad ? Record(Value.Reshape(sizes), new ReshapeNode(this)) : Value.Reshape(sizes);

    private sealed class ReshapeNode(Variable x) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Reshape(x.Shape));
    }

    /// <summary>The last two axes exchanged.</summary>
    public Variable Transpose() => Transpose(-2, -1);

    /// <summary>Two axes exchanged.</summary>
    public Variable Transpose(int axisA, int axisB) =>
        NeedsGrad ? Record(Value.Transpose(axisA, axisB), new TransposeNode(this, axisA, axisB)) : Value.Transpose(axisA, axisB);

    private sealed class TransposeNode(Variable x, int axisA, int axisB) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Transpose(axisA, axisB));
    }

    /// <summary>The axes in another order; see <see cref="Tensor.Permute"/>.</summary>
    public Variable Permute(params ReadOnlySpan<int> axes) => Record(Value.Permute(axes), new PermuteNode(this, axes.ToArray()));

    private sealed class PermuteNode(Variable x, int[] axes) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy)
        {
            int[] inverse = new int[axes.Length];
            for (int i = 0; i < axes.Length; i++) inverse[x.Shape.Axis(axes[i], nameof(Permute))] = i;
            x.AddGrad(dy.Permute(inverse));
        }
    }

    /// <summary>Some elements along one axis; see <see cref="Tensor.Slice"/>.</summary>
    public Variable Slice(int axis, int start, int count, int step = 1) =>
        Record(Value.Slice(axis, start, count, step), new SliceNode(this, axis, start, step));

    private sealed class SliceNode(Variable x, int axis, int start, int step) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Unslice(x.Shape, axis, start, step));
    }

    /// <summary>The opposite of <see cref="Slice"/>: zeros of <paramref name="shape"/> with this in the slice's place.</summary>
    public Variable Unslice(Shape shape, int axis, int start, int step = 1)
    {
        axis = Shape.Axis(axis, nameof(Unslice));
        Tensor whole = Tensor.Zeros(shape, Value.DType, Value.Device);
        whole.Slice(axis, start, Shape[axis], step).CopyFrom(Value);
        return Record(whole, new UnsliceNode(this, axis, start, step));
    }

    private sealed class UnsliceNode(Variable x, int axis, int start, int step) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Slice(axis, start, x.Shape[axis], step));
    }

    /// <summary>One index of an axis, which disappears.</summary>
    public Variable Select(int axis, int index) => Slice(axis, index, 1).Squeeze(axis);

    /// <summary>Axes of size 1 stretched; see <see cref="Tensor.Expand"/>.</summary>
    public Variable Expand(Shape shape) => Record(Value.Expand(shape), new ExpandNode(this));

    private sealed class ExpandNode(Variable x) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy);
    }

    /// <summary>Without one axis of size 1.</summary>
    public Variable Squeeze(int axis) => Record(Value.Squeeze(axis), new ReshapeNode(this));

    /// <summary>With a new axis of size 1.</summary>
    public Variable Unsqueeze(int axis) => Record(Value.Unsqueeze(axis), new ReshapeNode(this));

    /// <summary>Row by row in memory; itself when it is already.</summary>
    public Variable Contiguous() => Value.IsContiguous ? this : Record(Value.Contiguous(), new ExpandNode(this));

    /// <summary>The same numbers in another float type; the gradient is converted back.</summary>
    public Variable To(DType dtype) => Value.DType == dtype ? this : Record(Value.To(dtype), new ConvertNode(this));

    private sealed class ConvertNode(Variable x) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.To(x.Value.DType));
    }

    /// <summary>Sums the axes along which <paramref name="shape"/> was stretched to this shape: the gradient of broadcasting.</summary>
    /// <exception cref="ShapeException"><paramref name="shape"/> does not stretch to this shape.</exception>
    public Variable SumTo(Shape shape)
    {
        if (shape == Shape) return this;
        int missing = Rank - shape.Rank;
        bool fits = missing >= 0;
        List<int> axes = [];
        for (int axis = 0; fits && axis < Rank; axis++)
        {
            if (axis < missing || (shape[axis - missing] == 1 && Shape[axis] != 1)) axes.Add(axis);
            else fits = shape[axis - missing] == Shape[axis];
        }
        return fits
            ? Sum(axes.ToArray(), keepDims: true).Reshape(shape)
            : throw new ShapeException(
                $"SumTo: {shape} does not stretch to {Shape}. A gradient must have its variable's shape, or one that it was broadcast to.");
    }
}
