using MiniStack.Examples.Training;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>What is computed again is what was thrown away, to the bit; bytes are counted, and do not hang on the machine.</summary>
public sealed class CheckpointingDemoTests
{
    [Fact]
    public void Measure_OfEightBlocks_KeepsTheGradientAndLessMemory()
    {
        IReadOnlyList<CheckpointingResult> results = CheckpointingDemo.Measure(blocks: 8, turns: 1);
        Assert.Equal([0, 1, 2, 4, 8], results.Select(result => result.Segments));
        CheckpointingResult all = results[0];
        Assert.All(results, result => Assert.Equal(all.Gradient, result.Gradient));
        Assert.Contains(all.Gradient, number => number != 0);
        Assert.InRange(results[^1].Peak / (double)all.Peak, 0, 0.45);
        long[] kept = [.. results.Skip(1).Select(result => result.Kept)];
        Assert.Equal(kept.Order(), kept);
        Assert.Equal(kept.Distinct(), kept);
        Assert.True(kept[^1] < all.Kept, $"{kept[^1]} bytes of {all.Kept}");
    }
}
