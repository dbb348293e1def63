using MiniStack.Models;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Counts blocks of the shared pool, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(PoolCollection), DisableParallelization = true)]
public sealed class PoolCollection;

[Collection(nameof(PoolCollection))]
public class GptMemoryTests
{
    [Fact]
    public void Train_FromTheSecondStepOn_TakesNoFreshBlock()
    {
        Gpt model = new(new GptConfig(VocabularySize: 11, Context: 8, Layers: 2, Heads: 2, Channels: 8, Bias: true, Dropout: 0.1), new Rng(1));
        AdamW optimizer = new(model.Parameters());
        Tensor tokens = Tensor.CopyOf(new long[,] { { 1, 5, 3, 2, 10, 0, 7, 4 } });
        Step();
        long fresh = CpuMemory.FreshBlocks;
        for (int step = 0; step < 5; step++)
        {
            Step();
            Assert.Equal(fresh, CpuMemory.FreshBlocks);
        }

        void Step()
        {
            using Tape tape = Tape.Begin();
            Variable loss = model.Forward(tokens).CrossEntropy(tokens);
            tape.Backward(loss);
            optimizer.ClipGradNorm(1);
            optimizer.Step();
            Assert.True(double.IsFinite(loss.Item()));
        }
    }
}
