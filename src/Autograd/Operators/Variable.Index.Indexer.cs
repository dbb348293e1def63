using System.Runtime.CompilerServices;

namespace MiniStack;

public partial class Variable
{
    /// <summary>Part of this variable: <c>x[1..^1, ^1]</c>; see <see cref="TensorIndex"/>.</summary>
    /// <exception cref="ShapeException">There are more parts than axes, or one leaves its axis.</exception>
    [IndexerName("Part")] // Item is the only element
    public Variable this[params ReadOnlySpan<TensorIndex> parts] => Record(Value[parts], new IndexNode(this, parts.ToArray()));

    private sealed class IndexNode(Variable x, TensorIndex[] parts) : GradNode(savesInputs: false, x)
    {
        // Zeros, with the gradient in the part's place.
        public override void Backward(Variable dy)
        {
            Tensor dx = Tensor.Zeros(x.Shape, dy.Value.DType, dy.Value.Device);
            dx[parts] = dy.Value;
            x.AddGrad(Record(dx, new PartNode(dy, parts)));
        }
    }

    private sealed class PartNode(Variable dy, TensorIndex[] parts) : GradNode(savesInputs: false, dy)
    {
        public override void Backward(Variable dx) => dy.AddGrad(dx[parts]);
    }
}
