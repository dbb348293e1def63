using System.Globalization;

namespace MiniStack;

/// <summary>Random numbers.</summary>
public sealed partial class Tensor
{
    /// <summary>Each element with probability <paramref name="p"/> set to 0, the others divided by 1 − p.</summary>
    /// <remarks>Word i of the stream decides about element i: the same mask on every device. Srivastava et al. 2014, JMLR 15.</remarks>
    /// <param name="p">From 0 to below 1.</param>
    /// <param name="key">The stream of the mask, <see cref="Rng.Key"/>.</param>
    /// <param name="block">Where it starts, from <see cref="Rng.Reserve"/>.</param>
    /// <exception cref="ConfigException">p is not in [0, 1).</exception>
    public Tensor Dropout(double p, ulong key, ulong block)
    {
        if (!(p >= 0 && p < 1))
        {
            throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"Dropout: the probability must be at least 0 and below 1, not {p}."));
        }
        Tensor y = NewFloat(nameof(Dropout));
        Backend.Dropout(this, y, p, key, block);
        return y;
    }

    /// <summary>
    /// Independent numbers, uniform in [<paramref name="low"/>, <paramref name="high"/>); the end is never one of them, in no dtype.
    /// </summary>
    /// <exception cref="ConfigException">The bounds are not finite, low is above high, or the dtype has no number between them.</exception>
    /// <exception cref="DTypeException">The dtype is not a float.</exception>
    public static Tensor Uniform(
        Shape shape, Rng rng, double low = 0, double high = 1, DType dtype = DType.F32, Device? device = null)
    {
        Tensor tensor = Empty(shape, dtype, device);
        tensor.CheckFloat(nameof(Uniform));
        HalfOpen.Ends(low, high, dtype, nameof(Uniform));
        tensor.Backend.Uniform(tensor, low, high, rng.Key, rng.Reserve(tensor.Count));
        return tensor;
    }

    /// <summary>Independent numbers from a normal distribution.</summary>
    /// <remarks>Two words of the stream a number, by Box and Muller 1958, doi:10.1214/aoms/1177706645.</remarks>
    public static Tensor Normal(
        Shape shape, Rng rng, double mean = 0, double std = 1, DType dtype = DType.F32, Device? device = null)
    {
        Tensor tensor = Empty(shape, dtype, device);
        tensor.CheckFloat(nameof(Normal));
        tensor.Backend.Normal(tensor, mean, std, rng.Key, rng.Reserve(2 * tensor.Count));
        return tensor;
    }
}
