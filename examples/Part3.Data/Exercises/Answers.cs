namespace MiniStack.Examples.Data;

/// <summary>Yours to write: each answer is null until you do. The demo <c>grade</c> says which are right.</summary>
internal static class Answers
{
    /// <summary>1. The shape that two shapes broadcast to; they do fit.</summary>
    public static int[]? BroadcastShape(int[] a, int[] b) => null;

    /// <summary>2. Strides, in elements, of the view that stretches a contiguous tensor of one shape to another.</summary>
    public static long[]? StretchedStrides(int[] shape, int[] stretched) => null;

    /// <summary>3. An order in which to run the formulas of a graph backwards: each node after all that use it. inputs[i] lists the nodes that node i was
    /// computed from; the numbers of the nodes mean nothing, and there may be 100,000 of them in one long chain.</summary>
    public static int[]? ReverseOrder(int[][] inputs) => null;

    /// <summary>4. How many tensors of the size of x are read and written by x·σ(x), composed as x / (1 + exp(−x)), and fused.</summary>
    public static (int Composed, int Fused)? SiluTensors() => null;
}
