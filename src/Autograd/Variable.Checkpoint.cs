namespace MiniStack;

public partial class Variable
{
    /// <summary>
    /// segment(inputs) without keeping what its gradient needs: the backward pass computes it again. Memory falls to the inputs and the
    /// result, time grows by one more forward pass.
    /// </summary>
    /// <remarks>
    /// Chen et al. 2016, "Training deep nets with sublinear memory cost", arXiv:1604.06174. Every <see cref="Rng"/> that the segment draws
    /// from, such as those of its dropout layers, is found and replayed, so that both passes see the same numbers. Running statistics of
    /// <c>BatchNorm</c> move in the first pass only, unlike PyTorch's. Whatever else the segment changes outside, such as a counter of
    /// yours, is changed twice, unless it asks <see cref="Tape.IsRecomputing"/>.
    /// </remarks>
    /// <param name="segment">The computation. Its parameters may be used as they are; every other variable that needs a gradient must be
    /// among the inputs.</param>
    /// <param name="inputs">What it is given; it must not change them in place.</param>
    /// <param name="rngs">Streams that threads of the segment's own draw from. Those that it draws from on this thread need not be
    /// named.</param>
    /// <exception cref="TapeException">In the backward pass: the segment used a variable of the tape that is not among its inputs; an input
    /// was changed in place; or the segment drew other random numbers or gave a result of another shape than in the forward
    /// pass.</exception>
    public static Variable Checkpoint(Func<Variable[], Variable> segment, ReadOnlySpan<Variable> inputs, params Rng[] rngs)
    {
        // The segment's parameters are not seen from here: something that needs a gradient makes sure that it is recorded.
        // Made first, so that an input which the segment itself changes is noticed.
        CheckpointNode node = new(segment, [.. inputs, Watch(Tensor.Scalar(0))]);
        Variable[] constants = [.. inputs];
        for (int i = 0; i < constants.Length; i++) constants[i] = constants[i].Detach();
        Tensor value;
        using (Tape.NoGrad())
        using (MemoryScope scope = MemoryScope.Begin("the Checkpoint's forward pass ended"))
        using (node.Draws = RngRecording.Begin())
        using (Tape.NoteParameters(out HashSet<Parameter> used))
        {
            node.Used = used;
            foreach (Rng rng in rngs) node.Draws.Include(rng);
            value = segment(constants).Value;
            if (value.Storage.Scope == scope) value.Keep();
        }
        return Record(value, node);
    }

    private sealed class CheckpointNode(Func<Variable[], Variable> segment, Variable[] inputs) : GradNode(inputs)
    {
        /// <summary>The random numbers of the forward pass.</summary>
        public RngRecording Draws { get; set; } = null!;

        /// <summary>The parameters of the segment.</summary>
        public HashSet<Parameter> Used { get; set; } = [];

        internal override IEnumerable<Parameter> Parameters => base.Parameters.Concat(Used);

        internal override bool UsesMoreThanInputs => true;

        // Forward once more on a tape of its own, and back along it.
        public override void Backward(Variable dy)
        {
            if (GradSweep.Current is null) Sum(dy);
            else if (Tape.CreatesGraph) Tape.Current!.GradThrough(() => Again([.. Inputs.SkipLast(1)], dy), dy);
            else Collect(dy);
        }

        /// <summary>The segment computed once more from the same random numbers, recorded by the current tape.</summary>
        private Variable Again(Variable[] copies, Variable dy)
        {
            Variable y;
            using RngRecording draws = RngRecording.Begin();
            using (Draws.Rewind())
            using (Tape.Recomputing())
                y = segment(copies);
            if (y.Shape != dy.Shape || y.Value.DType != dy.Value.DType)
            {
                throw new TapeException(
                    $"Checkpoint: the segment gave {dy.Value.DType} of shape {dy.Shape} in the forward pass, " +
                    $"and {y.Value.DType} of shape {y.Shape} when Backward " +
                    "computed it again, so its gradient would be wrong. It must depend on its inputs and parameters only.");
            }
            if (draws.DrewAs(Draws)) return y;
            throw new TapeException(
                "Checkpoint: the segment drew other random numbers when Backward computed it again than in the forward pass, " +
                "so its gradient would be wrong. " +
                "Draw from streams that were made outside it (one made inside needs the same seed both times), " +
                "and call Train and Eval before the forward pass or " +
                "after Backward.");
        }

        /// <summary>
        /// In <see cref="Tape.Backward(Variable)"/>: parameters take their gradients at once, and those of intermediate results return to
        /// the pool on the way.
        /// </summary>
        private void Sum(Variable dy)
        {
            SegmentInput[] copies = [.. Inputs.SkipLast(1).Select(input => new SegmentInput(input))];
            using (Tape tape = Tape.BeginNested())
            {
                Variable y = Again(copies, dy);
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
                Variable y = Again(copies, dy);
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
