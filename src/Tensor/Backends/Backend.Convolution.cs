namespace MiniStack;

/// <summary>Convolutions: x is [batch, channels, height, width], and y is written row by row. What lies outside x is 0.</summary>
internal abstract partial class Backend
{
    /// <summary>y[b, o, i, j] = bias[o] + Σ weight[o, c, p, q]·x[b, c, i·stride + p·dilation − padding, …] over the channels c of o's group and over p and q.</summary>
    public abstract void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options);

    /// <summary>The other way round: each x[b, o, i, j] adds weight[o, c, p, q]·x to y[b, c, i·stride + p·dilation − padding, …]; y starts from bias[c].</summary>
    public abstract void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options);

    /// <summary>dweight[o, c, p, q] = Σ dy[b, o, i, j]·x[b, c, i·stride + p·dilation − padding, …] over b, i and j.</summary>
    public abstract void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options);
}
