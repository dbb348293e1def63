namespace MiniStack;

/// <summary>One number for each axis of an image: a stride, a padding, a kernel's size.</summary>
/// <remarks>A single number converts to a pair of it, and so does a tuple: <c>stride: 2</c>, <c>padding: (0, 3)</c>.</remarks>
/// <param name="Height">Along the rows, the axis before the last.</param>
/// <param name="Width">Along the columns, the last axis.</param>
public readonly record struct Pair(int Height, int Width)
{
    /// <summary>The same number for both axes.</summary>
    public static implicit operator Pair(int both) => new(both, both);

    /// <summary>The numbers of a tuple.</summary>
    public static implicit operator Pair((int Height, int Width) pair) => new(pair.Height, pair.Width);

    /// <summary>As people write it: <c>(2, 3)</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"({Height}, {Width})");
}
