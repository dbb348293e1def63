using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Measures one call of an operator for the thread's <see cref="Profiler"/>.</summary>
internal static class OperatorWatch
{
    /// <summary>Queries times the keys that each of them sees, over all heads.</summary>
    public static double Pairs(Tensor q, Tensor k, bool causal)
    {
        double queries = q.Shape[^2], keys = k.Shape[^2], heads = (double)q.Shape[0] * q.Shape[1];
        return heads * (causal ? queries * (keys - queries) + queries * (queries + 1) / 2 : queries * keys);
    }

    /// <summary>Each number of the side with the weight's first axis as channels meets all weights of its channel.</summary>
    public static double Products(Tensor numbers, Tensor weight) =>
        2.0 * numbers.Count * weight.Shape[1] * weight.Shape[2] * weight.Shape[3];

    /// <summary>Starts the clock of one call.</summary>
    public static OperatorCall Watch(double flops, ReadOnlySpan<Tensor?> tensors, [CallerMemberName] string name = "")
    {
        if (Profiler.Current is not { } profiler) return default;
        long bytes = 0;
        foreach (Tensor? tensor in tensors) bytes += tensor is null ? 0 : BytesOf(tensor);
        return new OperatorCall(profiler, name, profiler.ShapesOf(tensors), bytes, flops, Stopwatch.GetTimestamp());
    }

    /// <summary>Bytes of the different elements: an axis that is stretched by a stride of 0 has one.</summary>
    private static long BytesOf(Tensor tensor)
    {
        long count = 1;
        for (int axis = 0; axis < tensor.Rank; axis++)
            if (tensor.Strides[axis] != 0 || tensor.Shape[axis] == 0) count *= tensor.Shape[axis];
        return count * tensor.DType.Size();
    }
}

/// <summary>A call whose clock runs; disposing it stops the clock.</summary>
internal readonly ref struct OperatorCall(Profiler? profiler, string name, string shapes, long bytes, double flops, long start)
{
    public void Dispose() => profiler?.Add(name, shapes, start, Stopwatch.GetTimestamp(), bytes, flops);
}
