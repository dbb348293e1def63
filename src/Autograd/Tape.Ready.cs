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
}
