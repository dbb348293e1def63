using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>Scores of all tokens: a product whose matrix may be the token table, which is then saved once, under the table's name.</summary>
internal sealed class LanguageHead : Layer
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    /// <param name="weight">[vocabulary, channels].</param>
    /// <param name="bias">[vocabulary], or null.</param>
    public LanguageHead(Parameter weight, Parameter? bias = null)
    {
        _weight = Register("weight", weight);
        if (bias is not null) _bias = Register("bias", bias);
    }

    /// <param name="x">[…, channels].</param>
    /// <returns>[…, vocabulary].</returns>
    public override Variable Forward(Variable x) => x.Linear(_weight, _bias);
}
