using MiniStack.Models;
using MiniStack.Optim;

namespace MiniStack.Examples.Models;

/// <summary>The same, of a model that was made and of a step that was run.</summary>
internal sealed record StepCost(long Parameters, double ForwardFlops, double StepFlops, long WeightBytes, long GradientBytes, long StateBytes, long ActivationBytes)
{
    public static StepCost Measure(GptCost cost)
    {
        GptConfig sizes = cost.Sizes;
        Rng rng = new(1);
        Gpt model = new(sizes, rng);
        AdamW optimizer = new(model.Parameters());
        Tensor tokens = Tensor.CopyOf([.. Enumerable.Range(0, cost.Batch * sizes.Context).Select(_ => (long)rng.Next(sizes.VocabularySize))], [cost.Batch, sizes.Context]);
        (double forward, double both, long kept) = (0, 0, 0);
        using (Profiler profiler = Profiler.Begin(maxEvents: 0))
        {
            using Tape tape = Tape.Begin();
            Variable loss = model.Call(tokens).CrossEntropy(tokens);
            (forward, kept) = (profiler.Flops, MemoryScope.Current!.Bytes);
            tape.Backward(loss);
            both = profiler.Flops;
        }
        long weights = model.Parameters().Sum(parameter => parameter.Value.Count * parameter.Value.DType.Size());
        long gradients = model.Parameters().Sum(parameter => parameter.Grad is { } gradient ? gradient.Count * gradient.DType.Size() : 0);
        optimizer.Step(1e-3);
        long state = optimizer.State.Sum(pair => pair.Value.Count * pair.Value.DType.Size());
        return new StepCost(model.ParameterCount, forward, both, weights, gradients, state, kept);
    }
}
