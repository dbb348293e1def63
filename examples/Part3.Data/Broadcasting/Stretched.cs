namespace MiniStack.Examples.Data;

/// <summary>A tensor beside the view that stands for it in a larger shape.</summary>
internal sealed class Stretched
{
    public Stretched(string name, Tensor tensor, Shape shape)
    {
        (Name, Tensor, View) = (name, tensor, tensor.Expand(shape));
        int missing = shape.Rank - tensor.Rank;
        Axes = [.. Enumerable.Range(0, shape.Rank).Where(axis => axis < missing || tensor.Shape[axis - missing] != shape[axis])];
    }

    public string Name { get; }

    public Tensor Tensor { get; }

    /// <summary>The same memory under the larger shape.</summary>
    public Tensor View { get; }

    /// <summary>The axes of the larger shape along which one number stands for many.</summary>
    public IReadOnlyList<int> Axes { get; }

    /// <summary>Bytes that the numbers take, which is what the view takes too.</summary>
    public long BytesHeld => Tensor.Count * Tensor.DType.Size();

    /// <summary>Bytes that the view would take if it were copied.</summary>
    public long BytesCopied => View.Count * View.DType.Size();

    /// <summary>Strides as numbers in parentheses.</summary>
    public static string Strides(Tensor tensor) => $"({string.Join(", ", tensor.Strides.ToArray())})";

    /// <summary>The size of an axis counted from the end, or a dash where there is none.</summary>
    public string SizeFromEnd(int fromEnd) => fromEnd <= Tensor.Rank ? $"{Tensor.Shape[^fromEnd]}" : "-";

    /// <summary>The gradient by the letter: every element of the result hands what it got to the one number that it was read from.</summary>
    public double[] GradientByHand(Tensor gradient)
    {
        double[] numbers = gradient.ToArray<double>(), sums = new double[Tensor.Count];
        int[] index = new int[View.Rank];
        foreach (double number in numbers)
        {
            sums[Place(index)] += number;
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == View.Shape[axis]; axis--) index[axis] = 0;
        }
        return sums;
    }

    /// <summary>Where in memory an element of the view is read: a stride for each step along each axis.</summary>
    public long Place(ReadOnlySpan<int> index)
    {
        long place = 0;
        for (int axis = 0; axis < index.Length; axis++) place += index[axis] * View.Strides[axis];
        return place;
    }
}
