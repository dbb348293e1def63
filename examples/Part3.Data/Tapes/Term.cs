namespace MiniStack.Examples.Data;

/// <summary>One value of an expression, and how it came about: a leaf, or an operation on other terms.</summary>
internal sealed class Term
{
    private readonly Func<Variable[], Variable>? _compute;

    /// <summary>A leaf: what the expression is given.</summary>
    public Term(string name, Variable value) => (Name, Variable) = (name, value);

    /// <summary>An operation, computed at once; under a tape it is recorded, as any other.</summary>
    public Term(string name, Func<Variable[], Variable> compute, params Term[] inputs)
    {
        (Name, _compute, Inputs) = (name, compute, inputs);
        Variable = compute([.. inputs.Select(input => input.Variable)]);
    }

    /// <summary>The leaf's name, or the operation's as the tape calls it.</summary>
    public string Name { get; }

    public Variable Variable { get; }

    public IReadOnlyList<Term> Inputs { get; } = [];

    public bool IsLeaf => _compute is null;

    /// <summary>What this operation alone makes of the gradient of its result: the gradient of one of its inputs, along this edge only.</summary>
    public Tensor Backward(int input, Tensor dy) => Gradients.VectorJacobian(
        x => _compute!([.. Inputs.Select((other, i) => i == input ? x : other.Variable.Detach())]), Inputs[input].Variable.Value, dy);
}
