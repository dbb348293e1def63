using MiniStack.Examples.Models;
using MiniStack.Models;

namespace MiniStack.Tests.Part4;

public sealed class AttentionDemoTests
{
    [Fact]
    public void Weights_ComputedBesideTheKernel_GiveItsResult()
    {
        LanguageJob job = LanguageJob.Of(null);
        Gpt model = AttentionDemo.Train(job, steps: 40);
        (IReadOnlyList<HeadView> heads, double distance) = AttentionView.Of(model, job.Tokens().Held[..20]);
        Assert.InRange(distance, 0, 1e-5);
        Assert.Equal(8, heads.Count);
        foreach (HeadView head in heads)
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(1, Enumerable.Range(0, 20).Sum(j => head.Weights[i, j]), 1e-5);
                Assert.All(Enumerable.Range(i + 1, 19 - i), j => Assert.Equal(0, head.Weights[i, j]));
            }
        }
    }

    [Fact]
    public void HeadView_OfAHeadThatLooksOneBack_SaysSo()
    {
        HeadView head = new(0, 0, new double[,] { { 1, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 } });
        Assert.Equal((1, 2 / 3.0, 1), (head.Back(1), head.MeanDistance, head.Spread));
        Assert.Equal(0.5, HeadView.UniformDistance(3));
    }
}
