namespace MiniStack.Nn;

/// <summary>down(silu(gate·x)·(up·x)): the position-wise network of Llama; names as in Hugging Face's LlamaMLP.</summary>
/// <remarks>Shazeer 2020, arXiv:2002.05202, eq. 6.</remarks>
public sealed class SwiGlu : Layer
{
    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="hidden">Channels in between; about 8/3·channels make it as large as a plain network of 4·channels.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <param name="bias">Whether the products have biases.</param>
    /// <param name="std">Deviation of the start values; null for PyTorch's.</param>
    /// <exception cref="ConfigException">channels or hidden are below 1.</exception>
    public SwiGlu(int channels, int hidden, Rng rng, bool bias = false, double? std = null)
    {
        Require.AtLeast(1, channels, nameof(SwiGlu), nameof(channels));
        Require.AtLeast(1, hidden, nameof(SwiGlu), nameof(hidden));
        Gate = Register("gate_proj", new Linear(channels, hidden, rng, bias, std));
        Up = Register("up_proj", new Linear(channels, hidden, rng, bias, std));
        Down = Register("down_proj", new Linear(hidden, channels, rng, bias, std));
    }

    /// <summary>[hidden, channels].</summary>
    public Linear Gate { get; }

    /// <summary>[hidden, channels].</summary>
    public Linear Up { get; }

    /// <summary>[channels, hidden].</summary>
    public Linear Down { get; }

    /// <param name="x">[…, channels].</param>
    /// <returns>Shape of x.</returns>
    public override Variable Forward(Variable x) => Down.Call(Gate.Call(x).Silu() * Up.Call(x));
}
