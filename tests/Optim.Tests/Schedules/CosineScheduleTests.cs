using MiniStack.Optim;

namespace MiniStack.Tests;

public class CosineScheduleTests
{
    private readonly CosineSchedule _schedule = new(Peak: 1, Minimum: 0.2, WarmUp: 4, Horizon: 12);

    [Theory]
    [InlineData(0, 0.2)] // nanoGPT's warm-up: (step + 1) / (warm-up + 1)
    [InlineData(1, 0.4)]
    [InlineData(3, 0.8)]
    [InlineData(4, 1)]
    [InlineData(6, 0.88284271247461903)] // 0.2 + 0.8·(1 + cos 45°)/2
    [InlineData(8, 0.6)]
    [InlineData(10, 0.31715728752538099)]
    [InlineData(12, 0.2)]
    [InlineData(1000, 0.2)]
    public void At_Step_IsTheFormula(long step, double rate) => Assert.Equal(rate, _schedule.At(step), 1e-15);

    [Fact]
    public void At_WithoutWarmUp_StartsAtThePeak() => Assert.Equal(1, new CosineSchedule(1, 0, 0, 10).At(0));

    [Fact]
    public void At_HorizonAtTheWarmUpsEnd_FallsToTheMinimumAtOnce()
    {
        CosineSchedule schedule = new(1, 0.1, 3, 3);
        Assert.Equal(0.75, schedule.At(2));
        Assert.Equal(0.1, schedule.At(3));
    }
}
