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

public static partial class Fused
{
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
            throw new ShapeException(
                $"{operation}: a tensor of shape {changed.Shape} that the step changes does not lie row by row. " +
                "Use Contiguous() when you make it.");
        }
    }

    private static void CheckLike(string operation, Tensor parameter, Tensor other, string what)
    {
        const string Remedy = "Make the optimizer after the model has got its dtype, device and sizes.";
        if (other.DType != parameter.DType)
            throw new DTypeException($"{operation}: the parameter is {parameter.DType} and its {what} {other.DType}. {Remedy}");
        if (other.Shape != parameter.Shape)
            throw new ShapeException($"{operation}: the parameter has shape {parameter.Shape} and its {what} {other.Shape}. {Remedy}");
        if (other.Device != parameter.Device)
            throw new DeviceException($"{operation}: the parameter lies on {parameter.Device} and its {what} on {other.Device}. {Remedy}");
    }

    private static void CountWrites(Tensor parameter, Tensor first, Tensor second)
    {
        parameter.Storage.CountWrite();
        first.Storage.CountWrite();
        second.Storage.CountWrite();
    }
}
