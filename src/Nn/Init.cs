namespace MiniStack.Nn;

/// <summary>Start values of parameters.</summary>
public static class Init
{
    /// <summary>Normal with mean 0.</summary>
    public static Tensor Normal(Shape shape, Rng rng, double std) => Tensor.Normal(shape, rng, 0, std);

    /// <summary>Uniform in ±bound.</summary>
    public static Tensor Uniform(Shape shape, Rng rng, double bound) => Tensor.Uniform(shape, rng, -bound, bound);

    /// <summary>Uniform in ±1/√inputs, PyTorch's start for <see cref="Linear"/>.</summary>
    /// <param name="shape">[outputs, inputs].</param>
    /// <param name="rng">Source of the numbers.</param>
    /// <remarks>He et al. 2015, arXiv:1502.01852, with the gain √(1/3) that PyTorch takes for Linear.</remarks>
    public static Tensor KaimingUniform(Shape shape, Rng rng) => Uniform(shape, rng, 1 / Math.Sqrt(Math.Max(shape[^1], 1)));
}
