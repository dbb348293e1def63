using MiniStack.Operators;

namespace MiniStack;

/// <summary>Numbers of one AdamW step.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Beta1">Decay of the mean of gradients.</param>
/// <param name="Beta2">Decay of the mean of squared gradients.</param>
/// <param name="Epsilon">Added to the root, against division by zero.</param>
/// <param name="WeightDecay">Share of the parameter that is taken away per unit of learning rate.</param>
/// <param name="GradientScale">Factor on the gradient before use: the clipping of <c>ClipGradNorm</c>.</param>
/// <param name="Step">1 for the first step; corrects the bias of the means.</param>
public readonly record struct AdamWStep(
    double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay, double GradientScale, long Step);

/// <summary>What a step of AdamW works on: all four of one shape, type and device.</summary>
/// <param name="Parameter">Changed in place.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="M">Mean of the gradients; changed in place.</param>
/// <param name="V">Mean of the squared gradients; changed in place.</param>
public readonly record struct AdamWTensors(Tensor Parameter, Tensor Gradient, Tensor M, Tensor V);

/// <summary>Numbers of one SGD step.</summary>
/// <param name="LearningRate">Step size.</param>
/// <param name="Momentum">Decay of the velocity; 0 for none.</param>
/// <param name="Nesterov">Look ahead along the velocity.</param>
/// <param name="WeightDecay">L2 penalty, added to the gradient.</param>
/// <param name="GradientScale">Factor on the gradient before use.</param>
public readonly record struct SgdStep(
    double LearningRate, double Momentum, bool Nesterov, double WeightDecay, double GradientScale);

/// <summary>Kernels that do several operators' work in one pass: backward passes and optimizer steps, as plain functions of tensors.</summary>
public static partial class Fused
{
    /// <summary>Gradient of <see cref="Tensor.Tanh"/>, from its result: dy·(1 − y²).</summary>
    internal static Tensor TanhBackward(Tensor y, Tensor dy)
    {
        Tensor dx = y.EmptyLike();
        y.Backend.Binary<TanhBackward>(y, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Sigmoid"/>, from its result: dy·y·(1 − y).</summary>
    internal static Tensor SigmoidBackward(Tensor y, Tensor dy)
    {
        Tensor dx = y.EmptyLike();
        y.Backend.Binary<SigmoidBackward>(y, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Relu"/>: dy where x &gt; 0, otherwise 0.</summary>
    internal static Tensor ReluBackward(Tensor x, Tensor dy)
    {
        Tensor dx = x.EmptyLike();
        x.Backend.Binary<ReluBackward>(x, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Gelu"/>: dy·(Φ(x) + x·φ(x)).</summary>
    internal static Tensor GeluBackward(Tensor x, Tensor dy)
    {
        Tensor dx = x.EmptyLike();
        x.Backend.Binary<GeluBackward>(x, dy, dx);
        return dx;
    }

    /// <summary>GELU(x·weightᵀ + bias) over the last axis: a piece of the sums becomes its GELU while it is still in a cache.</summary>
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <returns>[…, outputs].</returns>
    /// <exception cref="ShapeException">The sizes do not fit together.</exception>
    public static Tensor LinearGelu(Tensor x, Tensor weight, Tensor? bias = null)
    {
        Tensor y = x.EmptyLinear(weight, bias, nameof(LinearGelu)), rows = y.AsRows();
        x.Backend.LinearGelu(x.AsRows(), weight, bias, rows, rows);
        return y;
    }

    /// <summary>The same, keeping what goes into GELU for the gradient.</summary>
    /// <param name="x">[…, inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null for none.</param>
    /// <param name="h">x·weightᵀ + bias, [rows of x, outputs].</param>
    /// <returns>GELU(h), […, outputs].</returns>
    /// <exception cref="ShapeException">The sizes do not fit together.</exception>
    internal static Tensor LinearGelu(Tensor x, Tensor weight, Tensor? bias, out Tensor h)
    {
        Tensor y = x.EmptyLinear(weight, bias, nameof(LinearGelu)), rows = y.AsRows();
        h = rows.EmptyLike();
        x.Backend.LinearGelu(x.AsRows(), weight, bias, h, rows);
        return y;
    }

    /// <summary>Gradient of <see cref="Tensor.Silu"/>: dy·σ(x)·(1 + x·(1 − σ(x))).</summary>
    internal static Tensor SiluBackward(Tensor x, Tensor dy)
    {
        Tensor dx = x.EmptyLike();
        x.Backend.Binary<SiluBackward>(x, dy, dx);
        return dx;
    }

    /// <summary>Gradient of <see cref="Tensor.Softmax"/> along the last axis, from its result: y·(dy − Σ dy·y).</summary>
    internal static Tensor SoftmaxBackward(Tensor y, Tensor dy)
    {
        Tensor dx = y.EmptyLike();
        y.Backend.SoftmaxBackward(y, dy, dx);
        return dx;
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

    /// <summary>Gradient of <see cref="Tensor.CrossEntropy"/> with respect to the logits.</summary>
    internal static Tensor CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses)
    {
        Tensor dlogits = logits.EmptyLike();
        int rows = (int)targets.Count, classes = logits.Shape[^1];
        logits.Backend.CrossEntropyBackward(
            logits.Reshape(rows, classes), targets.Beside(logits, nameof(CrossEntropyBackward)).Flatten(), logSumExp.Flatten(), dlosses.Flatten(),
            dlogits.Reshape(rows, classes));
        return dlogits;
    }

    /// <summary>Gradient of <see cref="Tensor.Embedding"/> with respect to the table, which has <paramref name="rows"/> rows.</summary>
    internal static Tensor EmbeddingBackward(int rows, Tensor indices, Tensor dy)
    {
        Tensor dtable = Tensor.Empty([rows, dy.Shape[^1]], dy.DType, dy.Device);
        dy.Backend.EmbeddingBackward(indices.Beside(dy, nameof(EmbeddingBackward)), dy, dtable);
        return dtable;
    }

    /// <summary>One step of AdamW, in place.</summary>
    /// <remarks>
    /// p ← p·(1 − lr·decay); m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
    /// p ← p − lr·(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε). Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
    /// </remarks>
    /// <exception cref="ShapeException">The four differ in shape, or one that changes does not lie row by row.</exception>
    /// <exception cref="DTypeException">The four differ in dtype, or are no floats.</exception>
    /// <exception cref="DeviceException">They lie on different devices.</exception>
    public static void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step) =>
        AdamW([new AdamWTensors(parameter, gradient, m, v)], step);

    /// <summary>The same step for many parameters of one device in one call: the work is shared out once, not once a parameter.</summary>
    /// <inheritdoc cref="AdamW(Tensor, Tensor, Tensor, Tensor, in AdamWStep)" path="/exception"/>
    public static void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        if (all.IsEmpty) return;
        bool mixed = false;
        foreach (AdamWTensors one in all)
        {
            Tensor.CheckSameDevice(all[0].Parameter, one.Parameter, nameof(AdamW));
            CheckStep(nameof(AdamW), one.Parameter, one.Gradient, one.M, one.V);
            mixed |= one.Parameter.DType != all[0].Parameter.DType;
        }
        if (mixed) foreach (AdamWTensors one in all) one.Parameter.Backend.AdamW([one], step);
        else all[0].Parameter.Backend.AdamW(all, step);
        foreach (AdamWTensors one in all) CountWrites(one.Parameter, one.M, one.V);
    }

    /// <summary>One step of stochastic gradient descent, in place.</summary>
    /// <remarks>
    /// g ← g + decay·p; velocity ← momentum·velocity + g; p ← p − lr·velocity (Nesterov: lr·(g + momentum·velocity)).
    /// Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", in PyTorch's form.
    /// </remarks>
    /// <exception cref="ShapeException">They differ in shape, or one that changes does not lie row by row.</exception>
    /// <exception cref="DTypeException">They differ in dtype, or are no floats.</exception>
    /// <exception cref="DeviceException">They lie on different devices.</exception>
    public static void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        CheckStep(nameof(Sgd), parameter, gradient, velocity ?? parameter, velocity ?? parameter);
        parameter.Backend.Sgd(parameter, gradient, velocity, step);
        CountWrites(parameter, velocity ?? parameter, parameter);
    }

    /// <summary>Σ x², accumulated in F64: the same bits for every thread count.</summary>
    /// <exception cref="DTypeException">They are no floats.</exception>
    public static double SumOfSquares(Tensor x)
    {
        x.CheckFloat(nameof(SumOfSquares));
        return x.Backend.SquaredNorm([x]);
    }

    /// <summary>Σ x² over all elements of tensors on one device, one tensor after the other.</summary>
    /// <exception cref="DTypeException">They are no floats.</exception>
    /// <exception cref="DeviceException">They lie on different devices.</exception>
    public static double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.IsEmpty) return 0;
        bool mixed = false;
        foreach (Tensor x in tensors)
        {
            x.CheckFloat(nameof(SquaredNorm));
            Tensor.CheckSameDevice(tensors[0], x, nameof(SquaredNorm));
            mixed |= x.DType != tensors[0].DType;
        }
        if (!mixed) return tensors[0].Backend.SquaredNorm(tensors);
        double sum = 0;
        foreach (Tensor x in tensors) sum += x.Backend.SquaredNorm([x]);
        return sum;
    }

    /// <summary>What an optimizer's kernel walks through side by side must be alike, whoever made it.</summary>
    private static void CheckStep(string operation, Tensor parameter, Tensor gradient, Tensor first, Tensor second)
    {
        parameter.CheckFloat(operation);
        CheckLike(operation, parameter, gradient, "gradient");
        CheckLike(operation, parameter, first, "state");
        CheckLike(operation, parameter, second, "state");
        foreach (Tensor changed in (ReadOnlySpan<Tensor>)[parameter, first, second])
        {
            if (changed.IsContiguous) continue;
            throw new ShapeException($"{operation}: a tensor of shape {changed.Shape} that the step changes does not lie row by row. Use Contiguous() when you make it.");
        }
    }

    private static void CheckLike(string operation, Tensor parameter, Tensor other, string what)
    {
        const string Remedy = "Make the optimizer after the model has got its dtype, device and sizes.";
        if (other.DType != parameter.DType) throw new DTypeException($"{operation}: the parameter is {parameter.DType} and its {what} {other.DType}. {Remedy}");
        if (other.Shape != parameter.Shape) throw new ShapeException($"{operation}: the parameter has shape {parameter.Shape} and its {what} {other.Shape}. {Remedy}");
        if (other.Device != parameter.Device) throw new DeviceException($"{operation}: the parameter lies on {parameter.Device} and its {what} on {other.Device}. {Remedy}");
    }

    private static void CountWrites(Tensor parameter, Tensor first, Tensor second)
    {
        parameter.Storage.CountWrite();
        first.Storage.CountWrite();
        second.Storage.CountWrite();
    }
}
