namespace MiniStack.Tests;

/// <summary>An operation whose gradient the test writes.</summary>
internal sealed class TestNode(Action<Variable> backward, params Variable[] inputs) : GradNode(inputs)
{
    public override void Backward(Variable dy) => backward(dy);

    /// <summary>Records y with the given gradient.</summary>
    public static Variable Make(Tensor y, Action<Variable> backward, params Variable[] inputs) =>
        Variable.Record(y, new TestNode(backward, inputs));
}
