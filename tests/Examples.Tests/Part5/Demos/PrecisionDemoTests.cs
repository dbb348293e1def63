using MiniStack.Examples.Training;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>The runs of 16 bits are runs of 16 bits, and what they lose is what the chapter says.</summary>
public sealed class PrecisionDemoTests
{
    [Fact]
    public void Measure_OfFortySteps_LosesGradientsOnlyInF16WithoutScaling()
    {
        IReadOnlyList<PrecisionResult> results = PrecisionDemo.Measure(steps: 40);
        (PrecisionResult f32, PrecisionResult bf16, PrecisionResult f16, PrecisionResult scaled) = (results[0], results[1], results[2], results[3]);
        foreach (PrecisionResult half in (PrecisionResult[])[bf16, scaled])
            Assert.InRange(half.Validation / f32.Validation, 0.99, 1.01);
        Assert.Equal(0, f32.LostGradients);
        Assert.InRange(bf16.LostGradients, 0, 0.0005);
        Assert.InRange(f16.LostGradients, 0.003, 0.5);
        Assert.InRange(scaled.LostGradients, 0, 0.0005);
        Assert.All(results.Skip(1), result => Assert.Equal(f32.Bytes, 2 * result.Bytes));
        // Other roundings end elsewhere: equal losses would mean that some run was not what it is called.
        Assert.Equal(4, results.Select(result => result.Validation).Distinct().Count());
    }

    [Theory]
    [InlineData(DType.BF16)]
    [InlineData(DType.F16)]
    public void Train_InSixteenBits_ComputesInThem(DType dtype)
    {
        SmallJob job = new(channels: 16, layers: 1);
        Gpt model = job.Model(1).To(dtype);
        MixedPrecision optimizer = new(model.Parameters(), masters => new AdamW(masters, 1e-3), LossScaler.Static(1));
        job.Train(model, optimizer, _ => 1e-3, steps: 2, seed: 1);
        Assert.All(model.Parameters(), parameter => Assert.Equal(dtype, parameter.Value.DType));
        Assert.All(optimizer.Masters, master => Assert.Equal(DType.F32, master.Value.DType));
        using Tape tape = Tape.Begin();
        Assert.Equal(dtype, model.Forward(job.Batches(1).First().Inputs).Value.DType);
        tape.Backward(SmallJob.Loss(model)(job.Batches(1).First()));
        Assert.All(model.Parameters(), parameter => Assert.Equal(dtype, parameter.Grad!.DType));
    }

    [Fact]
    public void Backward_OfALossTimesAPowerOfTwo_GivesTheSameBitsTimesIt()
    {
        SmallJob job = new(channels: 16, layers: 1);
        Gpt model = job.Model(1);
        float[][] plain = Gradients(1), scaled = Gradients(4096), uneven = Gradients(4095);
        Assert.Equal(plain.Select(gradient => gradient.Select(number => number * 4096)), scaled);
        Assert.NotEqual(plain.Select(gradient => gradient.Select(number => number * 4095)), uneven);

        float[][] Gradients(double factor)
        {
            foreach (Parameter parameter in model.Parameters()) parameter.ClearGrad();
            using Tape tape = Tape.Begin();
            tape.Backward(SmallJob.Loss(model)(job.Batches(1).First()) * factor);
            return [.. model.Parameters().Select(parameter => parameter.Grad!.ToArray<float>())];
        }
    }
}
