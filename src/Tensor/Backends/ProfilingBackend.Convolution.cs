namespace MiniStack;

/// <summary>Convolutions: a multiplication and an addition for each weight that a result sees, those on padding counted too.</summary>
internal sealed partial class ProfilingBackend
{
    public override void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options) { using (Watch(Products(y, weight) + (bias is null ? 0 : y.Count), [x, weight, bias, y])) inner.Conv2d(x, weight, bias, y, options); }
    public override void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options) { using (Watch(Products(x, weight) + (bias is null ? 0 : y.Count), [x, weight, bias, y])) inner.ConvTranspose2d(x, weight, bias, y, options); }
    public override void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options) { using (Watch(Products(dy, dweight), [x, dy, dweight])) inner.Conv2dWeightGradient(x, dy, dweight, options); }

    /// <summary>Each number of the side with the weight's first axis as channels meets all weights of its channel.</summary>
    private static double Products(Tensor numbers, Tensor weight) =>
        2.0 * numbers.Count * weight.Shape[1] * weight.Shape[2] * weight.Shape[3];
}
