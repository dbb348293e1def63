namespace MiniStack;

public sealed partial class Tape
{
    /// <summary>True while formulas of gradients are recorded as they run, because their results will be differentiated.</summary>
    /// <remarks>A formula that uses a fused backward kernel then computes the same from operators instead.</remarks>
    public static bool CreatesGraph => GradSweep.Current is { CreatesGraph: true };

    /// <summary>∂output/∂input, of one output of any shape (its elements are summed) by one input.</summary>
    /// <inheritdoc cref="Grad(ReadOnlySpan{Variable}, ReadOnlySpan{Variable}, ReadOnlySpan{Variable}, bool)"
    /// path="/remarks|/exception|/param[@name='createGraph']"/>
    public Variable Grad(Variable output, Variable input, bool createGraph = false) => Grad([output], [input], [], createGraph)[0];

    /// <summary>Σ gradientᵢ·∂outputᵢ/∂input for each input: gradients as values, which <see cref="Parameter.Grad"/> never sees.</summary>
    /// <remarks>The tape goes on recording: it can be asked again, and for other gradients.</remarks>
    /// <param name="outputs">Computed under this tape, of any shapes.</param>
    /// <param name="inputs">Parameters, variables from <see cref="Variable.Watch"/>, or results of this tape.</param>
    /// <param name="gradients">∂loss/∂output for each output, of its shape; none for ones.</param>
    /// <param name="createGraph">Whether the gradients are recorded, so that they can be differentiated again.</param>
    /// <returns>For each input its gradient, of its shape; zeros where no path leads from the outputs to it.</returns>
    /// <exception cref="TapeException">The tape has ended or belongs to another thread; an input cannot have a gradient; a saved tensor
    /// changed; or <paramref name="createGraph"/> meets an operator that can be differentiated only once.</exception>
    /// <exception cref="ShapeException">There are not as many gradients as outputs, or one has another shape.</exception>
    public Variable[] Grad(
        ReadOnlySpan<Variable> outputs, ReadOnlySpan<Variable> inputs, ReadOnlySpan<Variable> gradients = default, bool createGraph = false)
    {
        CheckGrad(outputs, inputs, gradients);
        GradSweep sweep = new(createGraph);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (!outputs[i].NeedsGrad) continue;
            Tensor value = outputs[i].Value;
            sweep.Add(outputs[i], gradients.IsEmpty ? Tensor.Ones(value.Shape, value.DType, value.Device) : gradients[i]);
        }
        HashSet<GradNode> wanted = NodesBehind(inputs);
        Variable[] results = new Variable[inputs.Length];
        if (createGraph)
        {
            sweep.Run(_nodes, wanted);
            for (int i = 0; i < results.Length; i++) results[i] = ResultOf(sweep, inputs[i]);
            return results;
        }
        using Pause pause = NoGrad();
        using MemoryScope leftovers = MemoryScope.Begin("Grad ended");
        sweep.Run(_nodes, wanted);
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = ResultOf(sweep, inputs[i]);
            if (results[i].Value.Storage.Scope == leftovers) results[i].Value.Keep();
        }
        return results;
    }

    /// <summary>The gradients of all leaves that <paramref name="output"/> was computed from.</summary>
    internal IEnumerable<(Variable Leaf, Variable Gradient)> LeafGradients(Variable output, Variable gradient)
    {
        GradSweep sweep = new(createsGraph: false);
        if (output.NeedsGrad) sweep.Add(output, gradient);
        using Pause pause = NoGrad();
        sweep.Run(_nodes, wanted: null);
        return [.. sweep.Leaves];
    }

    private static Variable ResultOf(GradSweep sweep, Variable input) =>
        sweep.Of(input) ?? Tensor.Zeros(input.Shape, input.Value.DType, input.Value.Device);

    /// <summary>The operations whose result depends on an input: only through them a gradient reaches it.</summary>
    private HashSet<GradNode> NodesBehind(ReadOnlySpan<Variable> inputs)
    {
        HashSet<object> sources = new(ReferenceEqualityComparer.Instance);
        foreach (Variable input in inputs) sources.Add((object?)input.Node ?? input);
        HashSet<GradNode> behind = [];
        foreach (GradNode node in _nodes)
        {
            if (node.UsesMoreThanInputs
                || node.Inputs.Any(input =>
                    sources.Contains((object?)input.Node ?? input) || (input.Node is { } made && behind.Contains(made))))
            {
                behind.Add(node);
            }
        }
        return behind;
    }

    private void CheckGrad(ReadOnlySpan<Variable> outputs, ReadOnlySpan<Variable> inputs, ReadOnlySpan<Variable> gradients)
    {
        if (_thread != Environment.CurrentManagedThreadId)
            throw new TapeException("Grad: this tape belongs to another thread. Call Grad on the thread that began the tape.");
        if (_ended)
        {
            throw new TapeException(
                "Grad: this tape has ended. Call Grad before Backward; begin a new tape and compute the outputs again.");
        }
        if (!gradients.IsEmpty && gradients.Length != outputs.Length)
        {
            throw new ShapeException(
                $"Grad: there are {outputs.Length} outputs and {gradients.Length} gradients. Give one for each output, or none for ones.");
        }
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i].Shape != outputs[i].Shape)
            {
                throw new ShapeException(
                    $"Grad: gradient {i} has shape {gradients[i].Shape}, its output {outputs[i].Shape}. " +
                    "Give one number for each of the output's.");
            }
            outputs[i].CheckGradient(gradients[i].Value, nameof(Grad));
        }
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!inputs[i].NeedsGrad || (inputs[i].Node is { } node && node.Tape != this))
            {
                throw new TapeException(
                    $"Grad: input {i} of shape {inputs[i].Shape} is a constant for this tape. " +
                    "Make it a Parameter or Variable.Watch(tensor), and compute the outputs from that variable.");
            }
        }
    }
}
