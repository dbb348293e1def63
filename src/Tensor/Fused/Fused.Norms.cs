namespace MiniStack;

public static partial class Fused
{
    /// <summary>
    /// Gradients of <see cref="Tensor.BatchNorm(Tensor?, Tensor?, Tensor?, Tensor?, double, double, out Tensor, out Tensor)"/>.
    /// </summary>
    internal static (Tensor Dx, Tensor Dweight, Tensor Dbias) BatchNormBackward(
        Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy)
    {
        Tensor channels = x.AsChannels(), dx = channels.EmptyLike(), dweight = Tensor.Empty(mean.Shape, x.DType, x.Device),
            dbias = dweight.EmptyLike();
        x.Backend.BatchNormBackward(channels, weight, epsilon, mean, variance, dy.AsChannels(), dx, dweight, dbias);
        return (dx.FromChannels(x.Shape), dweight, dbias);
    }

    /// <summary>Gradients of <see cref="Tensor.GroupNorm(int, Tensor?, Tensor?, double, out Tensor, out Tensor)"/>.</summary>
    internal static (Tensor Dx, Tensor Dweight, Tensor Dbias) GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy)
    {
        Shape shape = [x.Shape[0], x.Shape[1], (int)x.Shape[2..].Count];
        Tensor dx = Tensor.Empty(shape, x.DType, x.Device);
        Tensor dweight = Tensor.Empty([x.Shape[1]], x.DType, x.Device), dbias = dweight.EmptyLike();
        x.Backend.GroupNormBackward(x.Reshape(shape), groups, weight, epsilon, mean, variance, dy.Reshape(shape), dx, dweight, dbias);
        return (dx.Reshape(x.Shape), dweight, dbias);
    }

    /// <summary>Gradients of <see cref="Tensor.LayerNorm(Tensor, Tensor?, double, out Tensor, out Tensor)"/>.</summary>
    internal static (Tensor Dx, Tensor Dweight, Tensor? Dbias) LayerNormBackward(
        Tensor x, Tensor weight, bool hasBias, Tensor mean, Tensor rstd, Tensor dy)
    {
        Tensor dx = x.EmptyLike();
        Tensor dweight = Tensor.Empty(weight.Shape, x.DType, x.Device);
        Tensor? dbias = hasBias ? Tensor.Empty(weight.Shape, x.DType, x.Device) : null;
        x.Backend.LayerNormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias);
        return (dx, dweight, dbias);
    }

    /// <summary>Gradients of <see cref="Tensor.RmsNorm(Tensor, double, out Tensor)"/>.</summary>
    internal static (Tensor Dx, Tensor Dweight) RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy)
    {
        Tensor dx = x.EmptyLike(), dweight = Tensor.Empty(weight.Shape, x.DType, x.Device);
        x.Backend.RmsNormBackward(x, weight, rstd, dy, dx, dweight);
        return (dx, dweight);
    }
}
