using MiniStack.Optim;

namespace MiniStack.Tests;

public abstract class MixedPrecisionTests(Device device)
{
    [Fact]
    public void Step_GradientsThatVanishInF16_LearnOnlyWithScaling()
    {
        Assert.Equal(0, Learned(LossScaler.Static(1)));
        Assert.Equal(1, Learned(new LossScaler()), 0.02);

        double Learned(LossScaler scaler)
        {
            Parameter p = new(Tensor.Zeros([100], DType.F16).To(device));
            MixedPrecision optimizer = new([p], masters => new AdamW(masters, 0.05, weightDecay: 0), scaler);
            for (int step = 0; step < 150; step++)
            {
                using Tape tape = Tape.Begin();
                Variable error = p - 1;
                tape.Backward(optimizer.Scale((error * error).Mean() * 1e-6)); // gradients of 2e-8: F16 ends at 6e-8
                optimizer.Step();
            }
            return p.Value.To(DType.F32).Mean().Item();
        }
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Step_ManyTimes_EndsAtTheLossOfF32(DType dtype)
    {
        Assert.Equal(1, LossAfterTraining(dtype) / LossAfterTraining(DType.F32), 0.01);

        double LossAfterTraining(DType dtype)
        {
            Regression problem = new(device, dtype);
            MixedPrecision optimizer = new(problem.Parameters, masters => new AdamW(masters, 0.05));
            int tries = 0;
            for (; optimizer.Steps < 60; tries++) problem.Step(optimizer);
            Assert.InRange(tries, 60, 70); // F16 skips a few until the scale fits
            Regression judge = new(device, DType.F32);
            for (int i = 0; i < judge.Parameters.Length; i++) judge.Parameters[i].Value.CopyFrom(problem.Parameters[i].Value);
            return judge.Loss().Item();
        }
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Step_UpdatesBelowTheRounding_AddUpInTheMaster(DType dtype)
    {
        Parameter plain = new(Tensor.Ones([1], dtype).To(device)), mixed = new(Tensor.Ones([1], dtype).To(device));
        Optimizer sgd = new Sgd([plain], 1e-4);
        MixedPrecision optimizer = new([mixed], masters => new Sgd(masters, 1e-4));
        for (int step = 0; step < 200; step++)
        {
            Make.Gradient(plain, -1);
            sgd.Step();
            Make.Gradient(mixed, -1);
            optimizer.Step();
        }
        Assert.Equal(1, plain.Value.Item()); // every 1 + 1e-4 was rounded to 1
        Assert.Equal(1.02, optimizer.Masters[0].Value.Item(), 1e-5);
        Assert.Equal(1.02, mixed.Value.Item(), dtype == DType.F16 ? 5e-4 : 4e-3);
    }

    [Fact]
    public void Step_AGradientThatIsNotFinite_ChangesNothingButTheScale()
    {
        Parameter p = new(Tensor.Ones([2], DType.F16).To(device));
        LossScaler scaler = new(scale: 64);
        MixedPrecision optimizer = new([p], masters => new AdamW(masters, 0.1), scaler);
        Make.Gradient(p, 1, double.PositiveInfinity);
        Assert.Equal(double.PositiveInfinity, optimizer.ClipGradNorm(1));
        optimizer.Step();
        Assert.Equal((0, 0, 32.0), (optimizer.Steps, optimizer.Inner.Steps, scaler.Scale));
        Assert.Null(p.Grad);
        Make.Close([1, 1], p.Value, 0);
        Assert.All(optimizer.Inner.State, pair => Make.Close([0, 0], pair.Value, 0));
        Make.Gradient(p, 1, 1);
        optimizer.Step();
        Assert.Equal((1, 1, 1L), (optimizer.Steps, optimizer.Inner.Steps, scaler.GoodSteps));
        Make.Close([0.9, 0.9], p.Value, 1e-3);
    }

    [Fact]
    public void ClipGradNorm_OfAScaledLoss_IsThatOfTheGradient()
    {
        Parameter p = new(Tensor.Zeros([2], DType.F16).To(device));
        MixedPrecision optimizer = new([p], masters => new Sgd(masters, 1), LossScaler.Static(1024));
        using (Tape tape = Tape.Begin())
        {
            Tensor direction = Tensor.CopyOf([3.0, 4.0]).To(device).To(DType.F16);
            tape.Backward(optimizer.Scale((p * direction).Sum()));
        }
        Make.Close([3072, 4096], p.Grad!, 0);
        Assert.Equal(5, optimizer.ClipGradNorm(0.5), 1e-12);
        optimizer.Step();
        Make.Close([-0.3, -0.4], p.Value, 1e-3);
    }

    [Fact]
    public void Step_WhenTheScaleGrows_UnscalesByTheScaleOfItsLoss()
    {
        Parameter p = new(Tensor.Zeros([1], DType.F16).To(device));
        MixedPrecision optimizer = new([p], masters => new Sgd(masters, 1), new LossScaler(scale: 8, interval: 1));
        for (int step = 1; step <= 3; step++)
        {
            using Tape tape = Tape.Begin();
            tape.Backward(optimizer.Scale(p.Sum()));
            optimizer.Step();
            Make.Close([-step], p.Value, 0);
        }
        Assert.Equal(64, optimizer.Scaler.Scale);
    }

    [Fact]
    public void LoadState_InTheMiddle_ContinuesBitByBit()
    {
        Regression straight = new(device, DType.F16), resumed = new(device, DType.F16);
        MixedPrecision first = Mixed(straight), second = Mixed(resumed);
        for (int step = 0; step < 5; step++) straight.Step(first);
        Dictionary<string, Tensor> saved = first.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        Assert.Contains("weight.master", saved.Keys);
        Assert.Contains("weight.m", saved.Keys);
        Assert.Contains("scaler.numbers", saved.Keys);
        for (int i = 0; i < straight.Parameters.Length; i++) resumed.Parameters[i].Value.CopyFrom(straight.Parameters[i].Value);
        second.LoadState(saved, first.Steps);
        for (int step = 0; step < 5; step++)
        {
            straight.Step(first);
            resumed.Step(second);
            Assert.Equal(straight.Values, resumed.Values);
        }
        Assert.Equal((first.Steps, first.Inner.Steps, first.Scaler.Scale), (second.Steps, second.Inner.Steps, second.Scaler.Scale));

        static MixedPrecision Mixed(Regression problem) =>
            new(problem.Parameters, masters => new AdamW(masters, 0.05), new LossScaler(1 << 14, interval: 3));
    }

    [Fact]
    public void Groups_OfF16Parameters_ActOnTheirMasters()
    {
        Parameter a = new(Tensor.Ones([1], DType.F16).To(device)), b = new(Tensor.Ones([1], DType.BF16).To(device)), c = new(Tensor.Ones([1]).To(device));
        MixedPrecision optimizer = new([a, b, c], masters => new Sgd(masters, 0.25))
        {
            Groups = [new ParameterGroup([a, c]) { LearningRateFactor = 0.5 }, new ParameterGroup([b]) { WeightDecay = 1 }],
        };
        Assert.Same(c, optimizer.Masters[2]);
        foreach (Parameter p in optimizer.Parameters) Make.Gradient(p, 1);
        optimizer.Step();
        Make.Close([0.875], a.Value, 0);
        Make.Close([0.5], b.Value, 0);
        Make.Close([0.875], c.Value, 0);
    }

    [Fact]
    public void Step_AFrozenParameter_Stays()
    {
        Parameter p = new(Tensor.Ones([1], DType.F16).To(device)), frozen = new(Tensor.Ones([1], DType.F16).To(device));
        MixedPrecision optimizer = new([p, frozen], masters => new AdamW(masters, 0.1));
        Make.Gradient(p, 1);
        Make.Gradient(frozen, 1);
        frozen.RequiresGrad = false;
        optimizer.Step();
        Make.Close([1], frozen.Value, 0);
        Make.Close([0.9], p.Value, 1e-3);
    }
}

public sealed class CpuMixedPrecisionTests() : MixedPrecisionTests(Device.Cpu);

public sealed class ReferenceMixedPrecisionTests() : MixedPrecisionTests(Device.Reference);
