using MiniStack.Examples.Data;

namespace MiniStack.Tests.Part3;

/// <summary>Views hold no numbers of their own, and the gradient of stretching is a sum over what was stretched.</summary>
public sealed class BroadcastDemoTests
{
    public static TheoryData<int[], int[]> Shapes => new()
    {
        { [4, 1, 3], [2, 3] }, { [3], [5, 3] }, { [1], [2, 1, 7] }, { [1, 1], [3, 4] }, { [6, 5], [6, 5] }, { [2, 1, 3, 1], [4, 1, 5] },
    };

    [Fact]
    public void Add_OfTheDefaults_HoldsAndMovesTheseBytes()
    {
        (Stretched a, Stretched b, long bytes) = BroadcastDemo.Add([4, 1, 3], [2, 3]);
        Assert.Equal([3L, 0, 1], a.View.Strides.ToArray());
        Assert.Equal([0L, 3, 1], b.View.Strides.ToArray());
        Assert.Equal((96, 48, 192), (a.BytesHeld, b.BytesHeld, a.BytesCopied));
        Assert.Equal(96 + 48 + 192, bytes);
        Assert.Equal([1], a.Axes);
        Assert.Equal([0], b.Axes);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void View_OfAnyShape_SharesItsMemory(int[] shapeA, int[] shapeB)
    {
        (Stretched a, Stretched b, long bytes) = BroadcastDemo.Add(shapeA, shapeB);
        foreach (Stretched one in (Stretched[])[a, b])
        {
            Assert.Same(one.Tensor.Storage, one.View.Storage);
            Assert.All(Enumerable.Range(0, one.View.Rank), axis => Assert.Equal(one.Axes.Contains(axis), one.View.Strides[axis] == 0));
        }
        Assert.Equal(a.BytesHeld + b.BytesHeld + a.BytesCopied, bytes);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gradient_OfAnyShape_IsTheSumOverTheStretchedAxes(int[] shapeA, int[] shapeB)
    {
        (Stretched a, Stretched b, _) = BroadcastDemo.Add(shapeA, shapeB);
        foreach ((Stretched one, Stretched other) in (ReadOnlySpan<(Stretched, Stretched)>)[(a, b), (b, a)])
        {
            (Tensor whole, Tensor tape, double[] byHand) = BroadcastDemo.Gradient(one, other);
            Assert.Equal(one.Tensor.Shape, tape.Shape);
            double[] summed = (one.Axes.Count == 0 ? whole : whole.Sum([.. one.Axes], keepDims: true)).ToArray<double>(), gradient = tape.ToArray<double>();
            for (int i = 0; i < byHand.Length; i++)
            {
                Assert.Equal(byHand[i], gradient[i], 1e-12);
                Assert.Equal(byHand[i], summed[i], 1e-12);
            }
        }
        GradCheck.Run(inputs => inputs[0] * inputs[1], a.Tensor.Clone(), b.Tensor.Clone());
    }

    [Fact]
    public void SquaredError_OfPerfectGuesses_IsTwiceTheVarianceWhenStretched() =>
        Assert.Equal((0, 2.5), BroadcastDemo.SquaredError(Tensor.CopyOf([1.0, 2, 3, 4])));
}
