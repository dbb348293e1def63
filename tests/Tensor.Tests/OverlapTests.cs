namespace MiniStack.Tests;

/// <summary>Writing where one element is shown twice is refused; writing into a view that shares memory with what is read gives the right elements.</summary>
public class OverlapTests
{
    private static readonly (string Name, Action<Tensor> Write)[] Writes =
    [
        ("CopyFrom", x => x.CopyFrom(Tensor.Ones(x.Shape))), ("Fill", x => x.Fill(1)),
        ("CopyFrom", x => x[TensorIndex.Ellipsis] = Tensor.Ones(x.Shape)), ("AsTensorSpan", x => x.AsTensorSpan<float>()),
    ];

    private static readonly (string Name, Func<Tensor> Make, bool ShowsTwice)[] Views =
    [
        ("stretched first", () => Tensor.Zeros([1, 3]).Expand([4, 3]), true),
        ("stretched last", () => Tensor.Zeros([3, 1]).Expand([3, 4]), true),
        ("stretched middle, transposed", () => Tensor.Zeros([2, 1, 3]).Expand([2, 4, 3]).Transpose(0, 2), true),
        ("a stretched scalar", () => Tensor.Zeros([]).Expand([5]), true),
        ("a slice of a stretched one", () => Tensor.Zeros([1, 3]).Expand([4, 3]).Slice(0, 1, 2), true),
        ("stretched to one", () => Tensor.Zeros([1, 3]).Expand([1, 3]), false),
        ("one index of a stretched one", () => Tensor.Zeros([1, 3]).Expand([4, 3]).Slice(0, 2, 1), false),
        ("stretched to nothing", () => Tensor.Zeros([1, 3]).Expand([0, 3]), false),
        ("transposed", () => Tensor.Zeros([3, 4]).Transpose(), false),
        ("stepped", () => Tensor.Zeros([6, 8]).Slice(0, 1, 3, 2).Slice(1, 0, 3, 3), false),
        ("cut and turned", () => Tensor.Zeros([4, 5, 6]).Slice(1, 1, 2).Permute(2, 0, 1), false),
    ];

    public static TheoryData<int, int> Cases()
    {
        TheoryData<int, int> data = [];
        for (int write = 0; write < Writes.Length; write++) for (int view = 0; view < Views.Length; view++) data.Add(write, view);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_IntoAView_IsRefusedWhereAnElementIsShownTwice(int write, int view)
    {
        Tensor x = Views[view].Make();
        Exception? error = Record.Exception(() => Writes[write].Write(x));
        if (!Views[view].ShowsTwice)
        {
            Assert.Null(error);
            return;
        }
        Assert.IsType<ShapeException>(error);
        Assert.Equal(
            $"{Writes[write].Name}: this view of shape {x.Shape} shows elements more than once (it was stretched by Expand), so it cannot be written to. Clone() it first.",
            error.Message);
    }

    [Fact]
    public void InPlace_WhatNeedsWholeRows_RefusesStretchedViews()
    {
        Tensor x = Tensor.Zeros([1, 3]).Expand([4, 3]), one = Tensor.Ones([4, 3]);
        Assert.Throws<ShapeException>(() => x.AddInPlace(one));
        Assert.Throws<ShapeException>(() => x.ScaleInPlace(2));
        Assert.Throws<ShapeException>(() => x.SetMatMul(Tensor.Ones([4, 2]), Tensor.Ones([2, 3]), accumulate: false));
        Assert.Throws<ShapeException>(() => x.AsSpan<float>());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(130)]
    public void CopyFromAndAddInPlace_SharingMemory_UseTheOldElements(int size)
    {
        float[] numbers = [.. Enumerable.Range(0, size * size).Select(i => (float)i)];
        Tensor old = Tensor.CopyOf(numbers, [size, size]);

        Tensor turned = old.Clone();
        turned.CopyFrom(turned.Transpose());
        Assert.Equal(old.Transpose().ToArray<float>(), turned.ToArray<float>());

        Tensor added = old.Clone();
        added.AddInPlace(added.Transpose());
        Assert.Equal((old + old.Transpose()).ToArray<float>(), added.ToArray<float>());

        Tensor shifted = old.Clone();
        shifted.Slice(0, 1, size - 1).CopyFrom(shifted.Slice(0, 0, size - 1));
        Assert.Equal(old.Slice(0, 0, size - 1).ToArray<float>(), shifted.Slice(0, 1, size - 1).ToArray<float>());

        Tensor squared = old.Clone();
        squared.SetMatMul(squared, squared.Transpose(), accumulate: false);
        Assert.Equal(old.MatMul(old.Transpose()).ToArray<float>(), squared.ToArray<float>());

        // One array, wrapped twice: two storages, the same memory.
        float[] shared = [.. numbers];
        Tensor first = Tensor.Wrap(shared, [size, size]), second = Tensor.Wrap(shared, [size, size]);
        first.CopyFrom(second.Transpose());
        Assert.Equal(old.Transpose().ToArray<float>(), shared);
    }
}
