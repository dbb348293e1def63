namespace MiniStack.Nn;

/// <summary>
/// A layer's parameters once more, to learn in full: where they are few, as in norms, factors of them would not be fewer.
/// </summary>
internal sealed class LoraCopy : LoraPart
{
    private readonly (string Name, Parameter Own, Parameter Copy)[] _parameters;

    /// <param name="layer">What is copied, as it is now.</param>
    public LoraCopy(Module layer) =>
        _parameters = [.. layer.OwnParameters.Select(own => (own.Name, own.Value, Register(own.Name, own.Value.Value.Clone())))];

    public override IEnumerable<(string Name, Parameter Parameter)> Saved => _parameters.Select(one => (one.Name, one.Copy));

    public override IEnumerable<(Parameter Own, Tensor Value)> Merged() => _parameters.Select(one => (one.Own, one.Copy.Value));

    /// <summary>What stands for a parameter of the layer.</summary>
    public Parameter Of(Parameter own) => Array.Find(_parameters, one => one.Own == own).Copy;
}
