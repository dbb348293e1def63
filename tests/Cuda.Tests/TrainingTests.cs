using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>A GPT on the device and on the CPU: the same run.</summary>
public class TrainingTests
{
    private const int Steps = 50;

    [Fact]
    public void Train_FiftySteps_HasTheLossesOfTheCpu()
    {
        double[] expected = Train(Device.Cpu), actual = Train(DeviceUnderTest.Device);
        for (int step = 0; step < Steps; step++)
            Assert.True(Math.Abs(expected[step] - actual[step]) <= 1e-4, $"step {step + 1}: {actual[step]:R} instead of {expected[step]:R}");
        Assert.True(expected[^1] < expected[0] - 0.5, $"from {expected[0]} to {expected[^1]}: it learned nothing");
    }

    [Fact]
    public void Train_Again_HasTheSameBits() => Assert.Equal(Train(DeviceUnderTest.Device), Train(DeviceUnderTest.Device));

    [Fact]
    public void Train_FromTheSecondStepOn_TakesNoFreshBlock()
    {
        long fresh = 0;
        Train(DeviceUnderTest.Device, afterStep: step =>
        {
            if (step == 1) fresh = DeviceUnderTest.Device.Memory.FreshBlocks;
            else if (step > 1) Assert.Equal(fresh, DeviceUnderTest.Device.Memory.FreshBlocks);
        });
    }

    [Fact]
    public void Generate_OnTheDevice_WritesWhatTheCpuWrites()
    {
        int[] Write(Device device)
        {
            Gpt model = NewModel(device);
            return [.. model.Generate([1, 2, 3], 20, new Rng(5))];
        }
        Assert.Equal(Write(Device.Cpu), Write(DeviceUnderTest.Device));
    }

    private static Gpt NewModel(Device device) =>
        new Gpt(new GptConfig(VocabularySize: 13, Context: 16, Layers: 1, Heads: 4, Channels: 32, Bias: true, Dropout: 0.1), new Rng(1)).To(device);

    /// <returns>The loss of each step.</returns>
    private static double[] Train(Device device, Action<int>? afterStep = null)
    {
        Gpt model = NewModel(device);
        AdamW optimizer = new(model.Parameters(), 3e-3, weightDecay: 0.1);
        // What follows a token depends on it: something that can be learned.
        long[] text = new long[400];
        Rng rng = new(7);
        for (int i = 1; i < text.Length; i++) text[i] = rng.Next(4) == 0 ? rng.Next(13) : (5 * text[i - 1] + 3) % 13;
        double[] losses = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            int start = 7 * step;
            using Tape tape = Tape.Begin();
            Tensor tokens = Tensor.CopyOf(new ReadOnlySpan<long>(text, start, 33), [33]);
            Variable loss = model.Forward(tokens.Slice(0, 0, 32).Reshape(2, 16)).CrossEntropy(tokens.Slice(0, 1, 32).Reshape(2, 16));
            tape.Backward(loss);
            optimizer.ClipGradNorm(1);
            optimizer.Step();
            losses[step] = loss.Item();
            afterStep?.Invoke(step);
        }
        return losses;
    }
}
