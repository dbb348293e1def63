using MiniStack.Optim;

namespace MiniStack.Tests;

public class LossScalerTests
{
    private static readonly Dictionary<string, Func<LossScaler>> Bad = new()
    {
        ["LossScaler: the scale must be a number above 0, not 0."] = () => new LossScaler(0),
        ["LossScaler: the growth must be a number of at least 1, not 0.5."] = () => new LossScaler(growth: 0.5),
        ["LossScaler: the backoff must be above 0 and at most 1, not 0."] = () => new LossScaler(backoff: 0),
        ["LossScaler: the interval must be at least 1, not 0."] = () => new LossScaler(interval: 0),
    };

    public static TheoryData<string> Messages => [.. Bad.Keys];

    [Fact]
    public void Report_GoodSteps_GrowEveryInterval()
    {
        LossScaler scaler = new(scale: 8, interval: 3);
        double[] scales = new double[7];
        for (int i = 0; i < scales.Length; i++)
        {
            scaler.Report(finite: true);
            scales[i] = scaler.Scale;
        }
        Assert.Equal([8, 8, 16, 16, 16, 32, 32], scales);
    }

    [Fact]
    public void Report_ABadStep_HalvesAndCountsAnew()
    {
        LossScaler scaler = new(scale: 8, interval: 2);
        bool[] finite = [true, false, true, true, false, false];
        double[] scales = [.. finite.Select(good =>
        {
            scaler.Report(good);
            return scaler.Scale;
        })];
        Assert.Equal([8, 4, 4, 8, 4, 2], scales);
    }

    [Fact]
    public void Report_OfAStaticScaler_ChangesNothing()
    {
        LossScaler scaler = LossScaler.Static(128);
        for (int i = 0; i < 5000; i++) scaler.Report(finite: i % 7 != 0);
        Assert.Equal(128, scaler.Scale);
    }

    [Fact]
    public void LoadState_InTheMiddle_ContinuesTheCount()
    {
        LossScaler first = new(scale: 8, interval: 2), second = new(interval: 2);
        first.Report(finite: true);
        second.LoadState(first.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone()));
        Assert.Equal((8, 1L), (second.Scale, second.GoodSteps));
        second.Report(finite: true);
        Assert.Equal((16, 0L), (second.Scale, second.GoodSteps));
    }

    [Fact]
    public void LoadState_OfSomethingElse_Throws()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => new LossScaler().LoadState(new Dictionary<string, Tensor>()));
        Assert.Equal("The loss scaler's state lacks 'scaler.numbers'. It was saved without a loss scaler.", error.Message);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Constructor_NumberWithoutSense_Throws(string message) =>
        Assert.Equal(message, Assert.Throws<ConfigException>(() => Bad[message]()).Message);
}
