using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>A whole training gives the same bits on any number of threads: no sum's order depends on who computed its parts.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ThreadCountTests
{
    private const int Steps = 50;

    [Fact]
    public void Training_OfFiftySteps_GivesTheSameBitsOnAnyThreadCount()
    {
        (double[] losses, int[] bits) = Train(threads: 1);
        Assert.True(losses[^1] < losses[0], "The model learned nothing, so equal bits would say little.");
        foreach (int threads in (int[])[2, 4])
        {
            (double[] otherLosses, int[] otherBits) = Train(threads);
            Assert.Equal(losses, otherLosses);
            Assert.Equal(bits, otherBits);
        }
    }

    /// <summary>Losses and gradient norms of all steps, the validation loss at the end, and the bits of weights and optimizer state.</summary>
    private static (double[] Losses, int[] Bits) Train(int threads)
    {
        int before = CpuThreads.Count;
        try
        {
            CpuThreads.Count = threads;
            // 200 rows of 64 and 256 numbers: every operator of the step has pieces for more than one thread.
            using TinyRun run = new(channels: 64, layers: 2, batch: 8, context: 25);
            List<double> losses = [];
            for (int i = 0; i < Steps; i++)
            {
                StepReport report = run.Step();
                losses.Add(report.Loss);
                losses.Add(report.GradNorm);
            }
            losses.Add(run.Evaluate());
            return ([.. losses], run.Bits());
        }
        finally
        {
            CpuThreads.Count = before;
        }
    }
}
