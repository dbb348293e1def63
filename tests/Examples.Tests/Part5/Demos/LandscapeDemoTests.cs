using MiniStack.Examples.Training;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>Two lines through the end of a run.</summary>
public sealed class LandscapeDemoTests
{
    [Fact]
    public void Measure_OfARun_FindsItsEndBelowItsStartAndOnBothLines()
    {
        IReadOnlyList<(double Place, double Way, double Random)> lines = LandscapeDemo.Measure(steps: 40, [0, 0.5, 1]);
        Assert.Equal(lines[2].Way, lines[2].Random);
        Assert.InRange(lines[0].Way, 3.9, 4.3); // a guess among 57 characters costs 4.04
        Assert.True(lines[2].Way < lines[1].Way && lines[1].Way < lines[0].Way, string.Join(' ', lines));
        Assert.True(lines[2].Random < lines[1].Random && lines[1].Random < lines[0].Random, string.Join(' ', lines));
    }
}
