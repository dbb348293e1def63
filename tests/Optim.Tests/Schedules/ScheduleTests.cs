using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Schedules that PyTorch lacks, edges, and settings that make no sense.</summary>
public class ScheduleTests
{
    private static readonly Dictionary<string, Func<object>> Bad = new()
    {
        ["StepSchedule: the number of steps between changes must be at least 1, not 0."] = () => new StepSchedule(1, 0),
        ["PolynomialSchedule: the horizon must be at least 1, not 0."] = () => new PolynomialSchedule(1, 0, 0),
        ["CosineRestartsSchedule: the period must be at least 1, not 0."] = () => new CosineRestartsSchedule(1, 0, 0),
        ["CosineRestartsSchedule: the growth of the period must be at least 1, not 0."] = () => new CosineRestartsSchedule(1, 0, 5, 0),
        ["OneCycleSchedule: the horizon must be at least 2, not 1."] = () => new OneCycleSchedule(1, 1),
        ["OneCycleSchedule: the rising share must be from 0 to 1, not 1.5."] = () => new OneCycleSchedule(1, 10, 1.5),
        ["OneCycleSchedule: the divisor of the start must be a number above 0, not 0."] = () => new OneCycleSchedule(1, 10, StartDivisor: 0),
        ["OneCycleSchedule: the divisor of the end must be a number above 0, not -1."] = () => new OneCycleSchedule(1, 10, EndDivisor: -1),
        ["WarmUpStableDecaySchedule: the number of warm-up steps must be at least 0, not -1."] = () => new WarmUpStableDecaySchedule(1, 0, -1, 1, 1),
        ["WarmUpStableDecaySchedule: the number of stable steps must be at least 0, not -1."] = () => new WarmUpStableDecaySchedule(1, 0, 1, -1, 1),
        ["WarmUpStableDecaySchedule: the number of decay steps must be at least 0, not -1."] = () => new WarmUpStableDecaySchedule(1, 0, 1, 1, -1),
        ["WarmUpSchedule: the number of warm-up steps must be at least 0, not -1."] = () => new WarmUpSchedule(new ConstantSchedule(1), -1),
        ["SequentialSchedule: 2 schedules need 1 milestones between them, and at least one schedule; there are 0."] =
            () => new SequentialSchedule([new ConstantSchedule(1), new ConstantSchedule(2)], []),
        ["SequentialSchedule: 0 schedules need 0 milestones between them, and at least one schedule; there are 0."] = () => new SequentialSchedule([], []),
        ["SequentialSchedule: the milestones must rise from above 0; number 1 is 5."] =
            () => new SequentialSchedule([new ConstantSchedule(1), new ConstantSchedule(2), new ConstantSchedule(3)], [5, 5]),
        ["SequentialSchedule: the milestones must rise from above 0; number 0 is 0."] =
            () => new SequentialSchedule([new ConstantSchedule(1), new ConstantSchedule(2)], [0]),
        ["ChainedSchedule: there are no schedules to multiply."] = () => new ChainedSchedule(),
        ["ReduceOnPlateau: the learning rate must be a number of at least 0, not NaN."] = () => new ReduceOnPlateau(double.NaN),
        ["ReduceOnPlateau: the factor must be at least 0 and below 1, not 1."] = () => new ReduceOnPlateau(1, factor: 1),
        ["ReduceOnPlateau: the patience must be at least 0, not -1."] = () => new ReduceOnPlateau(1, patience: -1),
        ["ReduceOnPlateau: the threshold must be a number of at least 0, not -1."] = () => new ReduceOnPlateau(1, threshold: -1),
        ["ReduceOnPlateau: the cool-down must be at least 0, not -1."] = () => new ReduceOnPlateau(1, coolDown: -1),
        ["ReduceOnPlateau: the minimum must be a number of at least 0, not -1."] = () => new ReduceOnPlateau(1, minimum: -1),
    };

    public static TheoryData<string> Messages => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Constructor_NumberWithoutSense_Throws(string message) =>
        Assert.Equal(message, Assert.Throws<ConfigException>(() => Bad[message]()).Message);

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(2, 0.75)]
    [InlineData(3, 1)]
    [InlineData(7, 1)]
    [InlineData(8, 1)]
    [InlineData(10, 0.6)]
    [InlineData(12, 0.2)]
    [InlineData(100, 0.2)]
    public void At_WarmUpStableDecay_RisesStaysAndFalls(long step, double rate) =>
        Assert.Equal(rate, new WarmUpStableDecaySchedule(1, 0.2, WarmUp: 3, Stable: 5, Decay: 4).At(step), 1e-15);

    [Fact]
    public void At_WarmUpStableDecayWithoutDecay_FallsAtOnce()
    {
        WarmUpStableDecaySchedule schedule = new(1, 0.2, WarmUp: 0, Stable: 5, Decay: 0);
        Assert.Equal([1, 1, 0.2], [schedule.At(0), schedule.At(4), schedule.At(5)]);
    }

    [Fact]
    public void At_WarmUpOfACosine_IsTheCosineWithWarmUp()
    {
        CosineSchedule whole = new(1, 0.1, WarmUp: 5, Horizon: 25);
        WarmUpSchedule parts = new(new CosineSchedule(1, 0.1, WarmUp: 0, Horizon: 20), WarmUp: 5);
        for (long step = 0; step < 30; step++) Assert.Equal(whole.At(step), parts.At(step), 1e-15);
    }

    [Fact]
    public void At_OneCycleWithoutARise_FallsFromThePeak()
    {
        OneCycleSchedule schedule = new(1, 11, RisingShare: 0, StartDivisor: 10, EndDivisor: 10);
        Assert.Equal([1, 0.505, 0.01, 0.01], [schedule.At(0), schedule.At(5), schedule.At(10), schedule.At(100)], (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void At_RestartsLongAfter_AreFoundAtOnce() =>
        Assert.Equal(0.5, new CosineRestartsSchedule(1, 0, 4).At(4_000_000_000_000_002), 1e-15);
}
