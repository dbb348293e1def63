namespace MiniStack;

public partial class Variable
{
    /// <summary>Each element with probability <paramref name="p"/> set to 0, the others divided by 1 − p.</summary>
    /// <exception cref="ConfigException">p is not in [0, 1).</exception>
    public Variable Dropout(double p, Rng rng)
    {
        ulong block = rng.Reserve(Value.Count);
        return Dropout(p, rng.Key, block);
    }

    private Variable Dropout(double p, ulong key, ulong block) =>
        Record(Value.Dropout(p, key, block), new DropoutNode(this, p, key, block));

    private sealed class DropoutNode(Variable x, double p, ulong key, ulong block) : GradNode(savesInputs: false, x)
    {
        // The mask is not stored: the same words of the stream make it again.
        public override void Backward(Variable dy) => x.AddGrad(dy.Dropout(p, key, block));
    }
}
