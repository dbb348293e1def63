namespace MiniStack.Benchmarks.Peers;

/// <summary>Our half of a row: what is done before the clock starts, under the clock, and after it stopped.</summary>
internal sealed record Case(Action Prepare, Action Work, Action Finish)
{
    /// <summary>A call without gradients, whose result returns to the pool: the allocation is part of the work.</summary>
    public static Case Forward(Func<Tensor> call) => new(() => { }, () =>
    {
        using MemoryScope scope = MemoryScope.Begin();
        call();
    }, () => { });

    /// <summary>The gradient alone; the forward pass is made before the clock starts, as on the peer's side.</summary>
    public static Case Backward(Func<Variable> call, Tensor dy)
    {
        Tape? tape = null;
        Variable? y = null;
        return new Case(
            () =>
            {
                tape = Tape.Begin();
                y = call();
            },
            () => tape!.Backward(y!, dy),
            () => tape!.Dispose());
    }

    /// <summary>Both passes under the clock.</summary>
    public static Case Both(Func<Variable> call, Tensor dy) => new(() => { }, () =>
    {
        using Tape tape = Tape.Begin();
        tape.Backward(call(), dy);
    }, () => { });

    /// <summary>
    /// A variable whose gradient is computed and then let go: where PyTorch hands the gradient of an input out, a
    /// <see cref="Parameter"/> would add it to its own buffer, one pass more than the peer makes.
    /// </summary>
    public static Variable Input(Tensor value) => Variable.Record(value, new SinkNode(Parameter));

    private static readonly Parameter Parameter = new(Tensor.Zeros([1]));

    private sealed class SinkNode(Parameter anything) : GradNode(savesInputs: false, anything)
    {
        public override void Backward(Variable dy)
        {
        }
    }
}
