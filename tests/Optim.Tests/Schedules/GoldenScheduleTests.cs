using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Fifty rates of every schedule that PyTorch has.</summary>
public class GoldenScheduleTests
{
    private static readonly GoldenFile Golden = GoldenFile.Open("optim_schedules.safetensors");

    private static readonly Dictionary<string, ISchedule> Schedules = new()
    {
        ["step"] = new StepSchedule(0.5, Every: 7, Factor: 0.3),
        ["multi_step"] = new MultiStepSchedule(0.5, [10, 3, 31], Factor: 0.2),
        ["exponential"] = new ExponentialSchedule(0.5, Factor: 0.95),
        ["polynomial"] = new PolynomialSchedule(0.5, End: 0, Horizon: 40, Power: 2.5),
        ["linear"] = new PolynomialSchedule(0.125, End: 0.375, Horizon: 30),
        ["cosine"] = new CosineSchedule(0.5, Minimum: 0.01, WarmUp: 0, Horizon: 49),
        ["cosine_restarts"] = new CosineRestartsSchedule(0.5, Minimum: 0.01, Period: 9),
        ["cosine_restarts_growing"] = new CosineRestartsSchedule(0.5, Minimum: 0.01, Period: 5, Growth: 2),
        ["one_cycle"] = new OneCycleSchedule(0.5, Horizon: 51),
        ["one_cycle_late"] = new OneCycleSchedule(0.5, Horizon: 51, RisingShare: 0.71, StartDivisor: 10, EndDivisor: 100),
        ["sequential"] = new SequentialSchedule(
            [new ExponentialSchedule(0.5, 0.9), new StepSchedule(0.5, 4, 0.5), new ExponentialSchedule(0.5, 0.8)], [12, 30]),
        ["chained"] = new ChainedSchedule(
            new ExponentialSchedule(0.5, 0.9), new SequentialSchedule([new ConstantSchedule(0.1), new ConstantSchedule(1)], [8])),
    };

    public static TheoryData<string> Names => [.. Schedules.Keys];

    public static TheoryData<string> Plateaus => ["plateau", "plateau_cooling", "plateau_high"];

    [Theory]
    [MemberData(nameof(Names))]
    public void At_FiftySteps_EqualsPyTorch(string name)
    {
        double[] expected = Golden[name].ToArray<double>();
        Assert.Equal(50, expected.Length);
        for (int step = 0; step < expected.Length; step++) Assert.Equal(expected[step], Schedules[name].At(step), 1e-13);
    }

    [Theory]
    [MemberData(nameof(Plateaus))]
    public void Report_FiftyLosses_ReducesAsPyTorch(string name)
    {
        ReduceOnPlateau schedule = Plateau(name);
        double[] expected = Golden[name].ToArray<double>(), loss = Golden["loss"].ToArray<double>();
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(expected[step], schedule.At(step), 1e-13);
            schedule.Report(name == "plateau_high" ? 10 - loss[step] : loss[step]);
        }
        Assert.True(expected[^1] < 0.2, "The rate never fell; this test shows nothing.");
    }

    [Fact]
    public void LoadState_OfAPlateau_ContinuesWhereItWas()
    {
        double[] expected = Golden["plateau_cooling"].ToArray<double>(), loss = Golden["loss"].ToArray<double>();
        for (int saved = 0; saved < expected.Length; saved++)
        {
            ReduceOnPlateau first = Plateau("plateau_cooling"), second = Plateau("plateau_cooling");
            for (int step = 0; step < saved; step++) first.Report(loss[step]);
            second.LoadState(first.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone()));
            for (int step = saved; step < expected.Length; step++)
            {
                Assert.Equal(expected[step], second.LearningRate, 1e-13);
                second.Report(loss[step]);
            }
        }
    }

    [Fact]
    public void LoadState_OfSomethingElse_Throws()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => new ReduceOnPlateau(1).LoadState(new Dictionary<string, Tensor>()));
        Assert.Equal("The schedule's state lacks 'plateau.numbers'. It was saved without a plateau schedule.", error.Message);
    }

    [Fact]
    public void Cases_OfTheFile_AreAllCompared() => Assert.Equal(
        Golden.Tensors.Keys.Order(), Schedules.Keys.Concat(Plateaus.Select(row => row.Data)).Append("loss").Order());

    private static ReduceOnPlateau Plateau(string name) => name switch
    {
        "plateau" => new(0.5, factor: 0.5, patience: 2),
        "plateau_cooling" => new(0.5, factor: 0.3, patience: 1, threshold: 0.1, coolDown: 3, minimum: 0.02),
        _ => new(0.5, factor: 0.5, patience: 3, threshold: 0.01, higherIsBetter: true),
    };
}
