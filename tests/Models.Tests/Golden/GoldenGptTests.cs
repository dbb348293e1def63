using System.Globalization;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Twenty steps of training from PyTorch's start values end at PyTorch's losses and weights.</summary>
public class GoldenGptTests(ITestOutputHelper output)
{
    private readonly GoldenFile _golden = GoldenFile.Open("gpt_golden.safetensors");

    [Theory]
    [InlineData("adamw", DType.F32, 1e-4, 1e-3)]
    [InlineData("sgd", DType.F32, 1e-4, 1e-3)]
    // In F64 nothing but the formulas could differ; the weights are stored in F32.
    [InlineData("adamw", DType.F64, 1e-10, 1e-7)]
    [InlineData("sgd", DType.F64, 1e-10, 1e-7)]
    public void Train_TwentySteps_EqualsPyTorch(string kind, DType dtype, double lossTolerance, double weightTolerance)
    {
        Gpt model = Model(bias: kind == "sgd", Device.Cpu, dtype);
        double worstLoss = WorstLoss(kind, Train(kind, model, 20)), worstWeight = 0;
        string worstName = "";
        foreach ((string name, Tensor final) in _golden.Under($"{kind}.final."))
        {
            double difference = GoldenFile.Difference(final, model.StateDict()[name]);
            if (!(difference <= worstWeight)) (worstWeight, worstName) = (difference, name);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kind}, {dtype}: worst relative loss {worstLoss:E1}, worst weight {worstWeight:E1} ({worstName})"));
        Assert.InRange(worstLoss, 0, lossTolerance);
        Assert.InRange(worstWeight, 0, weightTolerance);
    }

    [Theory]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void Train_ThreeStepsOnTheReference_GivesPyTorchsLosses(string kind) =>
        Assert.InRange(WorstLoss(kind, Train(kind, Model(bias: kind == "sgd", Device.Reference, DType.F32), 3)), 0, 1e-6);

    private double WorstLoss(string kind, double[] losses) =>
        _golden[$"{kind}.losses"].ToArray<double>().Zip(losses).Max(pair => Math.Abs(pair.First - pair.Second) / pair.First);

    private Gpt Model(bool bias, Device device, DType dtype)
    {
        GptConfig config = new(
            (int)_golden.Number("vocabulary"), (int)_golden.Number("context"), (int)_golden.Number("layers"),
            (int)_golden.Number("heads"), (int)_golden.Number("channels"), bias);
        Gpt model = new(config, new Rng(1));
        model.LoadStateDict(new StateDict(_golden.Under("start.").Where(pair => bias || !pair.Key.EndsWith("bias", StringComparison.Ordinal))));
        model.MoveTo(device);
        model.ConvertTo(dtype);
        return model;
    }

    private double[] Train(string kind, Gpt model, int steps)
    {
        CosineSchedule schedule = new(
            _golden.Number("peak"), _golden.Number("minimum"), (long)_golden.Number("warm_up"), (long)_golden.Number("horizon"));
        Optimizer optimizer = kind == "sgd"
            ? new Sgd(model.Parameters(), _golden.Number("sgd_rate"), momentum: 0.9)
            : new AdamW(model.Parameters(), beta1: 0.9, beta2: 0.99, weightDecay: 0.1);
        Tensor tokens = _golden["tokens"].To(model.Parameters().First().Value.Device);
        double[] losses = new double[steps];
        for (int step = 0; step < steps; step++)
        {
            using Tape tape = Tape.Begin();
            Tensor text = tokens.Select(0, step);
            int time = text.Shape[1] - 1;
            Variable loss = model.Forward(text.Slice(1, 0, time)).CrossEntropy(text.Slice(1, 1, time));
            tape.Backward(loss);
            if (kind == "adamw") optimizer.ClipGradNorm(1);
            optimizer.Step(kind == "adamw" ? schedule.At(step) : null);
            losses[step] = loss.Item();
        }
        return losses;
    }
}
