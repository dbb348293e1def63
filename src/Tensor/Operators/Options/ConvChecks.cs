using System.Diagnostics;
using System.Globalization;

namespace MiniStack;

/// <summary>What a convolution refuses, along one axis or two, with the reason.</summary>
internal static class ConvChecks
{
    /// <summary>The options of a convolution along one axis, which is the width of images one pixel high.</summary>
    public static ConvOptions Line(int stride, int padding, int dilation, int groups) =>
        new(new(1, stride), new(0, padding), new(1, dilation), groups);

    /// <summary>Throws unless x can be convolved.</summary>
    [DebuggerStepThrough]
    public static void Convolution(string operation, int axes, Tensor x, Tensor weight, Tensor? bias, in ConvOptions options)
    {
        Common(operation, axes, x, weight, options, "outputs", "channels / groups");
        int groups = options.Groups, channels = x.Shape[1], inside = weight.Shape[1], outputs = weight.Shape[0];
        if (channels != (long)inside * groups)
        {
            throw new ShapeException(
                $"{operation}: x is {x.Shape} and weight is {weight.Shape}: " +
                $"x has {channels} channels, and the weight is for {inside} in each of " +
                $"{groups} groups. Give x {(long)inside * groups} channels, or the weight's axis 1 the size channels / groups.");
        }
        CheckGroups(operation, weight, outputs, groups);
        CheckBias(operation, x, bias, outputs);
        Pair kernel = Size(weight, axes), size = Size(x, axes), reach = options.Reach(kernel), pad = options.Padding;
        Pair padded = new(Shape.ToSize(size.Height + 2L * pad.Height, operation), Shape.ToSize(size.Width + 2L * pad.Width, operation));
        if (reach.Height > padded.Height || reach.Width > padded.Width)
        {
            throw new ShapeException(
                $"{operation}: the kernel reaches over {Text(reach, axes)} and the padded input has {Text(padded, axes)}. " +
                $"x is {x.Shape}, weight is " +
                $"{weight.Shape}: use a larger padding, a smaller kernel or a smaller dilation.");
        }
    }

    /// <summary>Throws unless x can go through a transposed convolution; returns the size of the result.</summary>
    [DebuggerStepThrough]
    public static Pair Transposed(
        string operation, int axes, Tensor x, Tensor weight, Tensor? bias, in ConvOptions options, Pair outputPadding)
    {
        Common(operation, axes, x, weight, options, "channels", "outputs / groups");
        int groups = options.Groups, channels = x.Shape[1];
        if (channels != weight.Shape[0])
        {
            throw new ShapeException(
                $"{operation}: x is {x.Shape} and weight is {weight.Shape}: " +
                $"x has {channels} channels, and the weight's axis 0 has {weight.Shape[0]}. They must be equal.");
        }
        CheckGroups(operation, weight, channels, groups);
        CheckBias(operation, x, bias, Shape.ToSize((long)weight.Shape[1] * groups, operation));
        Pair stride = options.Stride, dilation = options.Dilation;
        if (!IsBelow(outputPadding.Height, stride.Height, dilation.Height) || !IsBelow(outputPadding.Width, stride.Width, dilation.Width))
        {
            throw new ConfigException(
                $"{operation}: outputPadding is {Text(outputPadding, axes)}; " +
                $"it must be at least 0, and below the stride {Text(stride, axes)} or the dilation {Text(dilation, axes)}.");
        }
        Pair size = options.TransposedOutput(Size(x, axes), Size(weight, axes), outputPadding);
        if (size.Height < 1 || size.Width < 1)
        {
            throw new ShapeException(
                $"{operation}: x is {x.Shape} and weight is {weight.Shape}: " +
                $"with padding {Text(options.Padding, axes)}, nothing of the result is left. Use a smaller padding.");
        }
        return size;
    }

    /// <summary>Throws unless dy can be the gradient of a convolution's result, for an input of a given size.</summary>
    [DebuggerStepThrough]
    public static void InputGradient(string operation, Tensor dy, Tensor weight, Pair size, in ConvOptions options)
    {
        Common(operation, 2, dy, weight, options, "outputs", "channels / groups");
        if (dy.Shape[1] != weight.Shape[0])
        {
            throw new ShapeException(
                $"{operation}: dy is {dy.Shape} and weight is {weight.Shape}: dy's channels must be the weight's outputs.");
        }
        CheckGroups(operation, weight, weight.Shape[0], options.Groups);
        CheckResults(operation, dy, size, weight.ImageSize, options);
    }

    /// <summary>The same of a transposed convolution.</summary>
    [DebuggerStepThrough]
    public static void TransposedInputGradient(string operation, Tensor dy, Tensor weight, Pair size, in ConvOptions options)
    {
        Convolution(operation, 2, dy, weight, null, options);
        Pair most = options.Output(dy.ImageSize, weight.ImageSize);
        if (size.Height < 1 || size.Width < 1 || size.Height > most.Height || size.Width > most.Width)
        {
            throw new ShapeException(
                $"{operation}: the input is said to be {size}, and dy, {dy.Shape}, " +
                $"has room for {most} results of a kernel of {weight.ImageSize}.");
        }
    }

    /// <summary>Throws unless x and dy can be the input of a convolution and its result's gradient.</summary>
    [DebuggerStepThrough]
    public static void WeightGradient(string operation, Tensor x, Tensor dy, Pair kernel, in ConvOptions options)
    {
        x.CheckFloat(operation);
        Tensor.CheckSame(x, dy, operation);
        CheckOptions(operation, 2, options);
        if (x.Rank != 4 || dy.Rank != 4 || x.Shape[0] != dy.Shape[0])
        {
            throw new ShapeException(
                $"{operation}: x is {x.Shape} and dy is {dy.Shape}; both must be [batch, channels, height, width], with the same batch.");
        }
        int groups = options.Groups;
        if (x.Shape[1] % groups != 0 || dy.Shape[1] % groups != 0)
            throw new ShapeException($"{operation}: {groups} groups must divide the channels of x, {x.Shape}, and of dy, {dy.Shape}.");
        if (kernel.Height < 1 || kernel.Width < 1)
            throw new ConfigException($"{operation}: the kernel is {kernel}; it must be at least 1 along each axis.");
        CheckResults(operation, dy, x.ImageSize, kernel, options);
    }

    private static void Common(string operation, int axes, Tensor x, Tensor weight, in ConvOptions options, string first, string second)
    {
        x.CheckFloat(operation);
        Tensor.CheckSame(x, weight, operation);
        CheckOptions(operation, axes, options);
        string image = axes == 1 ? "length" : "height, width", kernel = axes == 1 ? "kernel" : "kernel height, kernel width";
        if (x.Rank != 2 + axes)
        {
            throw new ShapeException(
                $"{operation}: x is {x.Shape}; " +
                $"it must be [batch, channels, {image}].{(x.Rank == 1 + axes ? " Make a batch of one with Unsqueeze(0)." : "")}");
        }
        if (weight.Rank != 2 + axes)
            throw new ShapeException($"{operation}: weight is {weight.Shape}; it must be [{first}, {second}, {kernel}].");
        Pair size = Size(weight, axes);
        if (size.Height < 1 || size.Width < 1) throw new ShapeException($"{operation}: weight is {weight.Shape}: its kernel is empty.");
    }

    private static void CheckOptions(string operation, int axes, in ConvOptions options)
    {
        AtLeast(operation, axes, "stride", options.Stride, 1);
        AtLeast(operation, axes, "padding", options.Padding, 0);
        AtLeast(operation, axes, "dilation", options.Dilation, 1);
        if (options.Groups < 1) throw new ConfigException($"{operation}: groups is {options.Groups}; it must be at least 1.");
    }

    private static void AtLeast(string operation, int axes, string name, Pair pair, int least)
    {
        if ((axes > 1 && pair.Height < least) || pair.Width < least)
        {
            throw new ConfigException(
                $"{operation}: {name} is {Text(pair, axes)}; it must be at least {least}{(axes == 1 ? "" : " along each axis")}.");
        }
    }

    private static void CheckGroups(string operation, Tensor weight, int channels, int groups)
    {
        if (channels % groups != 0)
            throw new ShapeException($"{operation}: weight is {weight.Shape}: {groups} groups must divide its axis 0 ({channels}).");
    }

    private static void CheckBias(string operation, Tensor x, Tensor? bias, int outputs)
    {
        if (bias is null) return;
        Tensor.CheckSame(x, bias, operation);
        if (bias.Shape != [outputs])
            throw new ShapeException($"{operation}: bias is {bias.Shape}; it must be ({outputs}), one for each output channel.");
    }

    private static void CheckResults(string operation, Tensor dy, Pair input, Pair kernel, in ConvOptions options)
    {
        Pair most = options.Output(input, kernel), size = dy.ImageSize;
        if (size.Height <= most.Height && size.Width <= most.Width) return;
        throw new ShapeException(
            $"{operation}: dy is {dy.Shape}, and a convolution of {input} by a kernel of {kernel} has {most} results at most.");
    }

    private static bool IsBelow(int outputPadding, int stride, int dilation) =>
        outputPadding >= 0 && outputPadding < Math.Max(stride, dilation);

    private static Pair Size(Tensor tensor, int axes) => axes == 1 ? new(1, tensor.Shape[^1]) : tensor.ImageSize;

    private static string Text(Pair pair, int axes) => axes == 1 ? pair.Width.ToString(CultureInfo.InvariantCulture) : pair.ToString();
}
