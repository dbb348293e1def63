using MiniStack.Optim;

namespace MiniStack.Tests;

public abstract class ExponentialMovingAverageTests(Device device)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Update_ThreeTimes_EqualsTheFormula(bool warmUp)
    {
        Parameter p = Make.Parameter(device, [2], 1, -1);
        ExponentialMovingAverage average = new([p], decay: 0.25, warmUp);
        double[] expected = [1, -1];
        for (int t = 1; t <= 3; t++)
        {
            p.Value.CopyFrom(Tensor.CopyOf([2.0 * t, 5 - t]).To(device));
            average.Update();
            double decay = warmUp ? Math.Min(0.25, (1.0 + t) / (10 + t)) : 0.25; // 2/11, 3/12, then 0.25
            expected = [decay * expected[0] + (1 - decay) * 2 * t, decay * expected[1] + (1 - decay) * (5 - t)];
        }
        Assert.Equal(3, average.Updates);
        Make.Close(expected, average.State.First().Value);
        Make.Close([6, 2], p.Value, 0);
    }

    [Fact]
    public void Swap_UntilDisposed_HoldsTheAverages()
    {
        Parameter p = Make.Parameter(device, [1], 0);
        ExponentialMovingAverage average = new([p], decay: 0.5);
        p.Value.Fill(4);
        average.Update();
        IDisposable swapped = average.Swap();
        Make.Close([2], p.Value, 0);
        p.Value.Fill(100); // what is done to the averages meanwhile does not last
        swapped.Dispose();
        Make.Close([4], p.Value, 0);
        p.Value.Fill(5);
        swapped.Dispose();
        Make.Close([5], p.Value, 0);
        Make.Close([2], average.State.First().Value, 0);
    }

    [Fact]
    public void Swap_WhileSwapped_Throws()
    {
        ExponentialMovingAverage average = new([Make.Parameter(device, [1], 0)]);
        using (average.Swap())
        {
            Assert.Equal(
                "ExponentialMovingAverage: Swap while the averages are swapped in. Dispose what Swap returned first; `using` does.",
                Assert.Throws<ConfigException>(average.Swap).Message);
            Assert.Equal(
                "ExponentialMovingAverage: Update while the averages are swapped in. Dispose what Swap returned first; `using` does.",
                Assert.Throws<ConfigException>(average.Update).Message);
        }
        average.Update();
        average.Swap().Dispose();
    }

    [Fact]
    public void Update_OfAnF16Parameter_AveragesInF32()
    {
        Parameter p = new(Tensor.Ones([1], DType.F16).To(device)) { Name = "w" };
        ExponentialMovingAverage average = new([p], decay: 0.9999);
        p.Value.Fill(2);
        average.Update();
        Tensor value = average.State.Single(pair => pair.Key == "w.average").Value;
        Assert.Equal(DType.F32, value.DType);
        Assert.Equal(1.0001, value.Item(), 1e-6); // in F16 it would still be 1
        using (average.Swap()) Make.Close([1], p.Value, 0);
        Make.Close([2], p.Value, 0);
    }

    [Fact]
    public void LoadState_InTheMiddle_ContinuesBitByBit()
    {
        Parameter p = Make.Parameter(device, [1], 1);
        ExponentialMovingAverage first = new([p], 0.9, warmUp: true), second = new([p], 0.9, warmUp: true);
        first.Update();
        p.Value.Fill(2);
        first.Update();
        second.LoadState(first.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone()));
        Assert.Equal(2, second.Updates);
        p.Value.Fill(3);
        first.Update();
        second.Update();
        Assert.Equal(first.State.First().Value.ToArray<double>(), second.State.First().Value.ToArray<double>());
    }

    [Fact]
    public void LoadState_OfAnotherModel_Throws()
    {
        ExponentialMovingAverage average = new([Make.Parameter(device, [1], 1)]);
        CheckpointException error = Assert.Throws<CheckpointException>(() => average.LoadState(new Dictionary<string, Tensor>()));
        Assert.Equal("The average's state lacks '0.average'. It was saved of another model.", error.Message);
    }

    [Fact]
    public void Constructor_NoParameters_Throws() => Assert.Equal(
        "ExponentialMovingAverage: there are no parameters to average.", Assert.Throws<ConfigException>(() => new ExponentialMovingAverage([])).Message);

    [Fact]
    public void Constructor_DecayWithoutSense_Throws() => Assert.Equal(
        "ExponentialMovingAverage: the decay must be at least 0 and below 1, not 1.",
        Assert.Throws<ConfigException>(() => new ExponentialMovingAverage([Make.Parameter(device, [1], 1)], decay: 1)).Message);
}

public sealed class CpuExponentialMovingAverageTests() : ExponentialMovingAverageTests(Device.Cpu);

public sealed class ReferenceExponentialMovingAverageTests() : ExponentialMovingAverageTests(Device.Reference);
