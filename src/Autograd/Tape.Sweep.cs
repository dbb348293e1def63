namespace MiniStack;

public sealed partial class Tape
{
    /// <summary>
    /// As <see cref="Backward(Variable)"/>, and says which gradients are complete while it goes on with the others: so they can be sent to
    /// other machines meanwhile.
    /// </summary>
    /// <param name="loss">One number, computed under this tape.</param>
    /// <param name="ready">Called once for each parameter that the tape has recorded, on this thread, when no operation that is left can
    /// add to its <see cref="Parameter.Grad"/>; the last layer's parameters come first. Of those that no gradient reached, Grad is what it
    /// was before. Parameters that no operation used are unknown to the tape. If it throws, Backward ends as after any error.</param>
    /// <inheritdoc cref="Backward(Variable)" path="/exception"/>
    public void Backward(Variable loss, Action<Parameter> ready)
    {
        CheckBackward(loss);
        if (loss.Value.Count != 1)
        {
            throw new ShapeException(
                $"Backward: the loss has shape {loss.Shape}, but must be one number. Reduce it first, for example with Mean() or Sum().");
        }
        Sweep(loss, gradient: null, ready);
    }

    /// <summary>For each operation, the parameters whose last use on the way back it is: the first one on the way there.</summary>
    private List<Parameter>?[] LastUses()
    {
        List<Parameter>?[] complete = new List<Parameter>?[_nodes.Count];
        HashSet<Parameter> seen = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < complete.Length; i++)
        {
            foreach (Parameter parameter in _nodes[i].Parameters)
                if (parameter.RequiresGrad && seen.Add(parameter)) (complete[i] ??= []).Add(parameter);
        }
        return complete;
    }

    /// <summary>From the result, whose gradient is one if none is given, back to the parameters.</summary>
    private void Sweep(Variable result, Tensor? gradient, Action<Parameter>? ready)
    {
        _ended = true;
        List<Parameter>?[]? complete = ready is null ? null : LastUses();
        try
        {
            using (MemoryScope.Begin("Backward ended"))
                result.AddGrad(gradient ?? Tensor.Ones(result.Shape, result.Value.DType, result.Value.Device));
            // What a formula leaves over returns to the pool before the next one runs.
            using MemoryScope leftovers = MemoryScope.Begin("Backward ended");
            for (int i = _nodes.Count - 1; i >= 0; i--)
            {
                Step(_nodes[i], leftovers);
                if (complete?[i] is { } parameters) foreach (Parameter parameter in parameters) ready!(parameter);
            }
        }
        catch
        {
            // What the formulas have added so far is not a gradient of anything.
            foreach (GradNode node in _nodes)
                foreach (Variable input in node.Inputs) (input as Parameter)?.ClearGrad();
            (result as Parameter)?.ClearGrad();
            throw;
        }
        finally
        {
            // After an error, sums that no formula consumed would keep their memory from the pool.
            foreach (GradNode node in _nodes) node.ReleaseGradients();
            LetGo();
            _left = _memory.StepOut();
            if (_current == this) Switch(_outer, _isNested ? _outerPause : _pause);
        }
    }

    /// <summary>One operation backwards.</summary>
    private static void Step(GradNode node, MemoryScope leftovers)
    {
        if (!node.HasGradient) return;
        node.CheckSaved();
        if (Anomalies.AreDetected) Anomalies.Backward(node, node.RunSummed, GradientOf);
        else node.RunSummed();
        leftovers.Clear();
        node.ReleaseGradients();
    }

    private void CheckBackward(Variable loss)
    {
        if (_thread != Environment.CurrentManagedThreadId)
            throw new TapeException("Backward: this tape belongs to another thread. Call Backward on the thread that began the tape.");
        if (_ended)
        {
            throw new TapeException(
                "Backward: this tape has ended; a second pass would add the same gradients again. " +
                "Begin a new tape and compute the loss again, or add the losses and call Backward once.");
        }
        if (loss.Node?.Tape != this && loss is not Parameter)
        {
            throw new TapeException(
                "Backward: the loss was not recorded by this tape. Compute it from parameters after Tape.Begin(), outside NoGrad().");
        }
    }

    private static Tensor? GradientOf(Variable input) => input is Parameter p ? p.Grad : input.Node?.GradientAt(input.Slot).Value;
}
