namespace MiniStack;

public partial class Variable
{
    /// <summary>
    /// segment(inputs) without keeping what its gradient needs: the backward pass computes it again. Memory falls to the inputs and the
    /// result, time grows by one more forward pass.
    /// </summary>
    /// <remarks>Chen et al. 2016, "Training deep nets with sublinear memory cost", arXiv:1604.06174.</remarks>
    /// <param name="segment">The computation. Its parameters may be used as they are; every other variable that needs a gradient must be among the inputs.</param>
    /// <param name="inputs">What it is given.</param>
    /// <param name="rngs">The random streams that it draws from, such as those of its dropout layers: they are replayed, so that both passes see the same numbers.</param>
    /// <exception cref="TapeException">In the backward pass: the segment used a variable of the tape that is not among its inputs; or the gradient is to be differentiated.</exception>
    public static Variable Checkpoint(Func<Variable[], Variable> segment, ReadOnlySpan<Variable> inputs, params Rng[] rngs)
    {
        RngState[] states = Array.ConvertAll(rngs, rng => rng.State);
        Variable[] constants = [.. inputs];
        for (int i = 0; i < constants.Length; i++) constants[i] = constants[i].Detach();
        Tensor value;
        using (Tape.NoGrad())
        using (MemoryScope scope = MemoryScope.Begin("the Checkpoint's forward pass ended"))
        {
            value = segment(constants).Value;
            if (value.Storage.Scope == scope) value.Keep();
        }
        // The segment's parameters are not seen from here: something that needs a gradient makes sure that it is recorded.
        return Record(value, new CheckpointNode(segment, [.. inputs, Watch(Tensor.Scalar(0))], rngs, states));
    }

    private sealed class CheckpointNode(Func<Variable[], Variable> segment, Variable[] inputs, Rng[] rngs, RngState[] states) : GradNode(inputs)
    {
        // Forward once more on a tape of its own, and back along it.
        public override void Backward(Variable dy)
        {
            if (Tape.CreatesGraph) throw GradSweep.Current!.OnlyOnce();
            RngState[] now = Array.ConvertAll(rngs, rng => rng.State);
            for (int i = 0; i < rngs.Length; i++) rngs[i].Restore(states[i]);
            if (GradSweep.Current is null) Sum(dy);
            else Collect(dy);
            for (int i = 0; i < rngs.Length; i++) rngs[i].Restore(now[i]);
        }

        /// <summary>In <see cref="Tape.Backward(Variable)"/>: parameters take their gradients at once, and those of intermediate results return to the pool
        /// on the way.</summary>
        private void Sum(Variable dy)
        {
            SegmentInput[] copies = [.. Inputs.SkipLast(1).Select(input => new SegmentInput(input))];
            using (Tape tape = Tape.BeginNested())
            {
                Variable y = segment(copies);
                if (y.Node is null) y.AddGrad(dy.Value); // an input that was handed through
                else tape.Backward(y, dy.Value);
            }
            foreach (SegmentInput copy in copies) copy.HandOver();
        }

        /// <summary>In a sweep that returns gradients: they are all kept until it asks for them.</summary>
        private void Collect(Variable dy)
        {
            Variable[] copies = [.. Inputs.SkipLast(1).Select(input => input.NeedsGrad ? Watch(input.Value) : input)];
            List<(Variable Leaf, Variable Gradient)> gradients = [];
            using (Tape tape = Tape.BeginNested())
            {
                Variable y = segment(copies);
                foreach ((Variable leaf, Variable gradient) in tape.LeafGradients(y, dy))
                {
                    if (gradient.Value.Storage.Scope == MemoryScope.Current) gradient.Value.Keep();
                    gradients.Add((leaf, gradient));
                }
            }
            foreach ((Variable leaf, Variable gradient) in gradients)
            {
                int input = Array.IndexOf(copies, leaf);
                (input < 0 ? leaf : Inputs[input]).AddGrad(gradient);
            }
        }
    }

    /// <summary>Stands for an input while its segment is computed again, and sums its gradient.</summary>
    private sealed class SegmentInput(Variable input) : Variable(input.Value)
    {
        private readonly GradientSum _sum = new();

        public override bool NeedsGrad => input.NeedsGrad;

        /// <summary>Gives the input the sum.</summary>
        public void HandOver()
        {
            if (_sum.Value is { } gradient) input.AddGrad(gradient);
            _sum.Release();
        }

        private protected override void Collect(Tensor gradient) => _sum.Add(gradient);
    }

    /// <summary>This variable, with <paramref name="hook"/> called on its gradient on the way back: what it returns goes on.</summary>
    /// <param name="hook">Gets ∂loss/∂this, summed over all uses of the result, and returns it, or another of its shape.</param>
    public Variable Hook(Func<Variable, Variable> hook) => Record(Value, new HookNode(this, hook));

    private sealed class HookNode(Variable x, Func<Variable, Variable> hook) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(hook(dy));
    }
}
