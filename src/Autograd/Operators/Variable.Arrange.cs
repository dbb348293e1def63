namespace MiniStack;

/// <summary>Putting variables together, taking them apart, and moving elements along axes.</summary>
public partial class Variable
{
    /// <summary>Variables of one shape side by side along a new axis; see <see cref="Tensor.Stack"/>.</summary>
    public static Variable Stack(ReadOnlySpan<Variable> variables, int axis = 0)
    {
        Tensor[] values = new Tensor[variables.Length];
        for (int i = 0; i < values.Length; i++) values[i] = variables[i].Value;
        return Record(Tensor.Stack(values, axis), new StackNode(variables.ToArray(), axis));
    }

    private sealed class StackNode(Variable[] parts, int axis) : GradNode(savesInputs: false, parts)
    {
        public override void Backward(Variable dy)
        {
            for (int i = 0; i < Inputs.Count; i++) if (Inputs[i].NeedsGrad) Inputs[i].AddGrad(dy.Select(axis, i));
        }
    }

    /// <summary>Parts of <paramref name="size"/> slices each along one axis; the last has what is left.</summary>
    /// <exception cref="ShapeException">There is no such axis, or the size is not positive.</exception>
    public Variable[] Split(int size, int axis = 0) => Parts(Value.Split(size, axis), axis);

    /// <summary>Parts of the given sizes along one axis.</summary>
    /// <exception cref="ShapeException">There is no such axis, or the sizes do not add up to it.</exception>
    public Variable[] Split(ReadOnlySpan<int> sizes, int axis = 0) => Parts(Value.Split(sizes, axis), axis);

    /// <summary>With <paramref name="value"/> around it; see <see cref="Tensor.Pad"/>.</summary>
    public Variable Pad(ReadOnlySpan<(int Before, int After)> padding, double value = 0) =>
        Record(Value.Pad(padding, value), new PadNode(this, padding.ToArray()));

    private sealed class PadNode(Variable x, (int Before, int After)[] padding) : GradNode(savesInputs: false, x)
    {
        // The inside's gradient; what was put around it is constant.
        public override void Backward(Variable dy)
        {
            for (int i = 0; i < padding.Length; i++)
            {
                int axis = x.Rank - padding.Length + i;
                dy = dy.Slice(axis, padding[i].Before, x.Shape[axis]);
            }
            x.AddGrad(dy);
        }
    }

    /// <summary>The elements of each named axis in reverse order; see <see cref="Tensor.Flip"/>.</summary>
    public Variable Flip(params ReadOnlySpan<int> axes) => Record(Value.Flip(axes), new FlipNode(this, axes.ToArray()));

    private sealed class FlipNode(Variable x, int[] axes) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Flip(axes));
    }

    /// <summary>Elements moved by <paramref name="shift"/> places along one axis, around its end; see <see cref="Tensor.Roll"/>.</summary>
    public Variable Roll(int shift, int axis = -1) => Record(Value.Roll(shift, axis), new RollNode(this, shift, axis));

    private sealed class RollNode(Variable x, int shift, int axis) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(dy.Roll(-shift, axis));
    }

    private Variable[] Parts(Tensor[] parts, int axis) =>
        Record(parts, new SplitNode(this, [.. parts.Select(part => part.Shape)], Shape.Axis(axis, nameof(Split))));

    private sealed class SplitNode(Variable x, Shape[] shapes, int axis) : MultiGradNode(shapes.Length, savesInputs: false, x)
    {
        // The parts' gradients one after the other; a part that nothing used has zeros.
        public override void Backward(ReadOnlySpan<Variable?> dys)
        {
            Variable[] parts = new Variable[dys.Length];
            for (int i = 0; i < parts.Length; i++) parts[i] = dys[i] ?? Tensor.Zeros(shapes[i], x.Value.DType, x.Value.Device);
            x.AddGrad(Concat(parts, axis));
        }
    }

    /// <summary>Variables one after the other along an existing axis.</summary>
    public static Variable Concat(ReadOnlySpan<Variable> variables, int axis = 0)
    {
        Tensor[] values = new Tensor[variables.Length];
        for (int i = 0; i < values.Length; i++) values[i] = variables[i].Value;
        return Record(Tensor.Concat(values, axis), new ConcatNode(variables.ToArray(), axis));
    }

    private sealed class ConcatNode(Variable[] parts, int axis) : GradNode(savesInputs: false, parts)
    {
        public override void Backward(Variable dy)
        {
            int start = 0;
            foreach (Variable part in Inputs)
            {
                int count = part.Shape[part.Shape.Axis(axis, nameof(Concat))];
                if (part.NeedsGrad) part.AddGrad(dy.Slice(axis, start, count));
                start += count;
            }
        }
    }
}
