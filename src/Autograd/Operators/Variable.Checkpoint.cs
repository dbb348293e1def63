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
            for (int i = 0; i < rngs.Length; i++) rngs[i].Restore(now[i]);
            foreach ((Variable leaf, Variable gradient) in gradients)
            {
                int input = Array.IndexOf(copies, leaf);
                (input < 0 ? leaf : Inputs[input]).AddGrad(gradient);
            }
        }
    }

    /// <summary>This variable, with <paramref name="hook"/> called on its gradient on the way back: what it returns goes on.</summary>
    /// <param name="hook">Gets ∂loss/∂this, summed over all uses of the result, and returns it, or another of its shape.</param>
    public Variable Hook(Func<Variable, Variable> hook) => Record(Value, new HookNode(this, hook));

    private sealed class HookNode(Variable x, Func<Variable, Variable> hook) : GradNode(savesInputs: false, x)
    {
        public override void Backward(Variable dy) => x.AddGrad(hook(dy));
    }
}
