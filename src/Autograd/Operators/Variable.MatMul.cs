namespace MiniStack;

public partial class Variable
{
    /// <summary>Matrix product; shapes as <see cref="Tensor.MatMul"/>.</summary>
    public Variable MatMul(Variable other) => Record(Value.MatMul(other.Value), new MatMulNode(this, other));

    private sealed class MatMulNode(Variable a, Variable b) : GradNode(a, b)
    {
        // c = a·b  ⇒  da = dc·bᵀ,  db = aᵀ·dc
        public override void Backward(Variable dc)
        {
            if (a.NeedsGrad) a.AddWideGrad(dc.Wide().MatMul(b.Transpose().Wide()));
            if (!b.NeedsGrad) return;
            // One matrix b for a whole batch of a: its gradient is one tall product.
            if (b.Rank == 2 && a.Rank > 2)
            {
                int rows = (int)a.Shape[..^1].Count;
                b.AddGradProduct(a.Reshape(rows, a.Shape[^1]).Transpose(), dc.Reshape(rows, dc.Shape[^1]));
            }
            else
            {
                b.AddWideGrad(a.Transpose().Wide().MatMul(dc.Wide()));
            }
        }
    }

    /// <summary>x·weightᵀ + bias over the last axis; shapes as <see cref="Tensor.Linear"/>.</summary>
    public Variable Linear(Variable weight, Variable? bias = null) =>
        Record(Value.Linear(weight.Value, bias?.Value), new LinearNode(this, weight, bias));

    private class LinearNode(Variable x, Variable weight, Variable? bias)
        : GradNode(bias is null ? [x, weight] : [x, weight, bias])
    {
        // y = x·wᵀ + b  ⇒  dx = dy·w,  dw = dyᵀ·x,  db = Σ dy over all rows
        public override void Backward(Variable dy)
        {
            int rows = (int)x.Shape[..^1].Count;
            Variable dyRows = dy.Reshape(rows, weight.Shape[0]);
            if (x.NeedsGrad) x.AddGrad(dyRows.MatMul(weight).Reshape(x.Shape));
            if (weight.NeedsGrad) weight.AddGradProduct(dyRows.Transpose(), x.Reshape(rows, weight.Shape[1]));
            if (bias is { NeedsGrad: true }) bias.AddGrad(dyRows.Sum([0]));
        }
    }

    /// <summary>
    /// GELU(x·weightᵀ + bias) over the last axis, in one kernel; see <see cref="Fused.LinearGelu(Tensor, Tensor, Tensor?)"/>.
    /// </summary>
    public Variable LinearGelu(Variable weight, Variable? bias = null)
    {
        if (!Tape.IsRecording) return new Variable(Fused.LinearGelu(Value, weight.Value, bias?.Value));
        Tensor y = Fused.LinearGelu(Value, weight.Value, bias?.Value, out Tensor h);
        return Record(y, new LinearGeluNode(this, weight, bias, h));
    }

    private sealed class LinearGeluNode : LinearNode
    {
        private readonly Tensor _h;

        public LinearGeluNode(Variable x, Variable weight, Variable? bias, Tensor h)
            : base(x, weight, bias) => _h = Save(h, "what goes into GELU");

        // y = GELU(h), h = x·wᵀ + b  ⇒  dh = dy·GELU′(h), and then as for h
        public override void Backward(Variable dy)
        {
            if (!Tape.CreatesGraph) base.Backward(Fused.GeluBackward(_h, dy.Value.Reshape(_h.Shape)));
            else base.Backward((dy.Wide() * GeluSlope(Again().Wide())).To(dy.Value.DType));

            Variable Again() => Inputs[0].Linear(Inputs[1], Inputs.Count > 2 ? Inputs[2] : null);
        }
    }
}
