namespace MiniStack.Nn;

/// <summary>y = x·Wᵀ + b over the last axis, or GELU of that.</summary>
public sealed class Linear : Layer, IAdaptable
{
    private readonly bool _gelu;

    /// <summary>A layer with PyTorch's start values, or the given ones.</summary>
    /// <param name="inputs">Size of x's last axis.</param>
    /// <param name="outputs">Size of y's last axis.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <param name="bias">Whether to add b.</param>
    /// <param name="std">When given, W is normal with this deviation and b is 0, as in GPT-2.</param>
    /// <param name="gelu">Whether GELU follows, fused into the product: one call of a kernel, and without a tape no memory of its
    /// own.</param>
    public Linear(int inputs, int outputs, Rng rng, bool bias = true, double? std = null, bool gelu = false)
    {
        _gelu = gelu;
        Weight = Register("weight", std is { } s ? Init.Normal([outputs, inputs], rng, s) : Init.KaimingUniform([outputs, inputs], rng));
        if (!bias) return;
        Bias = Register("bias", std is null ? Init.Uniform([outputs], rng, 1 / Math.Sqrt(Math.Max(inputs, 1))) : Tensor.Zeros([outputs]));
    }

    /// <summary>A layer of parameters that exist, perhaps in another layer too: a head that shares the token table is one.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <exception cref="ShapeException">The weight is no matrix, or the bias has not a number for each of its rows.</exception>
    public Linear(Parameter weight, Parameter? bias = null)
    {
        if (weight.Rank != 2 || (bias is not null && bias.Shape != [weight.Shape[0]]))
        {
            throw new ShapeException(
                "Linear: the weight must be [outputs, inputs] and the bias [outputs], " +
                $"not {weight.Shape}{(bias is null ? "" : $" and {bias.Shape}")}. Give the layer parameters of its shapes.");
        }
        Weight = Register("weight", weight);
        if (bias is not null) Bias = Register("bias", bias);
    }

    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">[…, inputs].</param>
    /// <returns>[…, outputs].</returns>
    public override Variable Forward(Variable x)
    {
        (Parameter weight, Parameter? bias) = (Acting(Weight), Acting(Bias));
        if (Parts?.Active is not LoraPair pair) return _gelu ? x.LinearGelu(weight, bias) : x.Linear(weight, bias);
        Variable y = pair.AddTo(x.Linear(weight, bias), x);
        return _gelu ? y.Gelu() : y;
    }
}
