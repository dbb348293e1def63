namespace MiniStack.Tests;

/// <summary>How an input lies in memory.</summary>
public enum InputLayout
{
    /// <summary>Row by row.</summary>
    Contiguous,

    /// <summary>The axes in reverse order, as after Transpose.</summary>
    Permuted,

    /// <summary>Every second element of a larger block, from the second on, along each axis.</summary>
    Sliced,
}

internal static class InputLayouts
{
    /// <summary>The same numbers, lying so.</summary>
    public static Tensor Lay(this InputLayout layout, Tensor plain) => layout switch
    {
        InputLayout.Permuted => Permuted(plain).CopyFrom(plain),
        InputLayout.Sliced => Sliced(plain).CopyFrom(plain),
        _ => plain,
    };

    private static Tensor Permuted(Tensor like)
    {
        int[] reverse = Enumerable.Range(0, like.Rank).Reverse().ToArray();
        return Tensor.Zeros(like.Shape.Reverse().ToArray(), like.DType, like.Device).Permute(reverse);
    }

    private static Tensor Sliced(Tensor like)
    {
        if (like.Rank == 0) return Tensor.Zeros([3], like.DType, like.Device).Select(0, 1);
        Tensor view = Tensor.Zeros(like.Shape.Select(size => 2 * size + 1).ToArray(), like.DType, like.Device);
        for (int axis = 0; axis < like.Rank; axis++) view = view.Slice(axis, 1, like.Shape[axis], step: 2);
        return view;
    }
}
