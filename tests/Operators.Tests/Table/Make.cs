namespace MiniStack.Tests;

/// <summary>Short ways to write samples and mistakes down.</summary>
internal static class Make
{
    public static Sample One(string condition, Shape shape, Func<Variable, Variable> function, string? golden = null) =>
        new(condition, [shape], inputs => function(inputs[0])) { Golden = golden };

    public static Sample Two(string condition, Shape a, Shape b, Func<Variable, Variable, Variable> function, string? golden = null) =>
        new(condition, [a, b], inputs => function(inputs[0], inputs[1])) { Golden = golden };

    public static Sample Three(string condition, Shape a, Shape b, Shape c, Func<Variable, Variable, Variable, Variable> function, string? golden = null) =>
        new(condition, [a, b, c], inputs => function(inputs[0], inputs[1], inputs[2])) { Golden = golden };

    public static Mistake Wrong<TError>(string condition, Action call, string message) where TError : Exception => new(condition, call, typeof(TError), message);

    /// <summary>Zeros of F32.</summary>
    public static Variable Zeros(params int[] sizes) => Tensor.Zeros(sizes);

    /// <summary>Zeros of another dtype.</summary>
    public static Variable Zeros(DType dtype, params int[] sizes) => Tensor.Zeros(sizes, dtype);

    /// <summary>Row numbers, class numbers, …: I64, on the device of <paramref name="like"/>.</summary>
    public static Tensor Indices(Variable like, Shape shape, params long[] indices) => Tensor.CopyOf(indices, shape).To(like.Value.Device);

    /// <summary>True and false, on the device of <paramref name="like"/>.</summary>
    public static Tensor Mask(Variable like, params bool[] mask) => Tensor.CopyOf(mask).To(like.Value.Device);
}
