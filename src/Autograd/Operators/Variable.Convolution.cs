namespace MiniStack;

/// <summary>
/// Convolutions. The gradients of each of the three operators are the other two, so all can be differentiated as often as one likes.
/// </summary>
public partial class Variable
{
    /// <summary>Convolution along one axis; see <see cref="Tensor.Conv1d"/>.</summary>
    public Variable Conv1d(Variable weight, Variable? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        Tensor y = Value.Conv1d(weight.Value, bias?.Value, stride, padding, dilation, groups);
        return Record(
            y.Unsqueeze(2), new Conv2dNode(Unsqueeze(2), weight.Unsqueeze(2), bias, Line(stride, padding, dilation, groups))).Squeeze(2);
    }

    /// <summary>Convolution of images; see <see cref="Tensor.Conv2d"/>.</summary>
    public Variable Conv2d(
        Variable weight, Variable? bias = null, Pair? stride = null, Pair? padding = null, Pair? dilation = null, int groups = 1) => Record(
        Value.Conv2d(weight.Value, bias?.Value, stride, padding, dilation, groups),
        new Conv2dNode(this, weight, bias, new(stride ?? 1, padding ?? 0, dilation ?? 1, groups)));

    /// <summary>Transposed convolution along one axis; see <see cref="Tensor.ConvTranspose1d"/>.</summary>
    public Variable ConvTranspose1d(
        Variable weight, Variable? bias = null, int stride = 1, int padding = 0, int outputPadding = 0, int dilation = 1, int groups = 1)
    {
        Tensor y = Value.ConvTranspose1d(weight.Value, bias?.Value, stride, padding, outputPadding, dilation, groups);
        return Record(
            y.Unsqueeze(2),
            new ConvTranspose2dNode(Unsqueeze(2), weight.Unsqueeze(2), bias, Line(stride, padding, dilation, groups))).Squeeze(2);
    }

    /// <summary>Transposed convolution of images; see <see cref="Tensor.ConvTranspose2d"/>.</summary>
    public Variable ConvTranspose2d(
        Variable weight, Variable? bias = null, Pair? stride = null, Pair? padding = null, Pair? outputPadding = null,
        Pair? dilation = null, int groups = 1) => Record(
        Value.ConvTranspose2d(weight.Value, bias?.Value, stride, padding, outputPadding, dilation, groups),
        new ConvTranspose2dNode(this, weight, bias, new(stride ?? 1, padding ?? 0, dilation ?? 1, groups)));

    /// <summary>The gradient of <see cref="Conv2d"/> with respect to its input; see <see cref="Fused.Conv2dInputGradient"/>.</summary>
    public static Variable Conv2dInputGradient(Variable dy, Variable weight, Pair size, in ConvOptions options) =>
        Record(Fused.Conv2dInputGradient(dy.Value, weight.Value, size, options), new ConvTranspose2dNode(dy, weight, null, options));

    /// <summary>The gradient of <see cref="Conv2d"/> with respect to its weight; see <see cref="Fused.Conv2dWeightGradient"/>.</summary>
    public static Variable Conv2dWeightGradient(Variable x, Variable dy, Pair kernel, in ConvOptions options) =>
        Record(Fused.Conv2dWeightGradient(x.Value, dy.Value, kernel, options), new Conv2dWeightGradientNode(x, dy, options));

    /// <summary>
    /// The gradient of <see cref="ConvTranspose2d"/> with respect to its input; see <see cref="Fused.ConvTranspose2dInputGradient"/>.
    /// </summary>
    public static Variable ConvTranspose2dInputGradient(Variable dy, Variable weight, Pair size, in ConvOptions options) =>
        Record(Fused.ConvTranspose2dInputGradient(dy.Value, weight.Value, size, options), new Conv2dNode(dy, weight, null, options));

    private static ConvOptions Line(int stride, int padding, int dilation, int groups) =>
        new((1, stride), (0, padding), (1, dilation), groups);

    private static Pair SizeOf(Variable images) => (images.Shape[2], images.Shape[3]);

    private sealed class Conv2dNode(Variable x, Variable weight, Variable? bias, ConvOptions options)
        : GradNode(bias is null ? [x, weight] : [x, weight, bias])
    {
        // y = w ∗ x + b  ⇒  dx = wᵀ ∗ dy, the transposed convolution,  dw = Σ dy·x over all positions,  db = Σ dy
        public override void Backward(Variable dy)
        {
            if (x.NeedsGrad) x.AddGrad(Conv2dInputGradient(dy, weight, SizeOf(x), options));
            if (weight.NeedsGrad) weight.AddGrad(Conv2dWeightGradient(x, dy, SizeOf(weight), options));
            if (bias is { NeedsGrad: true }) bias.AddGrad(dy.Sum([0, 2, 3]));
        }
    }

    private sealed class ConvTranspose2dNode(Variable x, Variable weight, Variable? bias, ConvOptions options)
        : GradNode(bias is null ? [x, weight] : [x, weight, bias])
    {
        // y = wᵀ ∗ x + b  ⇒  dx = w ∗ dy,  dw = Σ x·dy: as of a convolution of dy whose result is x,  db = Σ dy
        public override void Backward(Variable dy)
        {
            if (x.NeedsGrad) x.AddGrad(ConvTranspose2dInputGradient(dy, weight, SizeOf(x), options));
            if (weight.NeedsGrad) weight.AddGrad(Conv2dWeightGradient(dy, x, SizeOf(weight), options));
            if (bias is { NeedsGrad: true }) bias.AddGrad(dy.Sum([0, 2, 3]));
        }
    }

    private sealed class Conv2dWeightGradientNode(Variable x, Variable dy, ConvOptions options) : GradNode(x, dy)
    {
        // With g the gradient of dw = Σ dy·x, which is linear in both:  dx = gᵀ ∗ dy,  ddy = g ∗ x
        public override void Backward(Variable g)
        {
            if (x.NeedsGrad) x.AddGrad(Conv2dInputGradient(dy, g, SizeOf(x), options));
            if (dy.NeedsGrad) dy.AddGrad(ConvTranspose2dInputGradient(x, g, SizeOf(dy), options));
        }
    }
}
