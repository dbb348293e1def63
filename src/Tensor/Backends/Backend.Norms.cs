namespace MiniStack;

internal abstract partial class Backend
{
    // Norms of [batch, channels, places], inputs of any strides, with one weight and bias a channel (null for 1 and 0). mean and variance
    // (the average square around the mean) have one element a set of elements that is normalized together.

    /// <summary>y = (x − mean)/√(variance + ε)·weight + bias, over all elements of a channel.</summary>
    public abstract void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance);

    /// <summary>Gradients of <see cref="BatchNorm"/>: dx [batch, channels, places]; dweight and dbias [channels].</summary>
    public abstract void BatchNormBackward(
        Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias);

    /// <summary>y = (x − mean)/√(variance + ε)·weight + bias, over each of so many groups of channels of each example.</summary>
    public abstract void GroupNorm(Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance);

    /// <summary>Gradients of <see cref="GroupNorm"/>, shaped as those of <see cref="BatchNormBackward"/>.</summary>
    public abstract void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias);
}
