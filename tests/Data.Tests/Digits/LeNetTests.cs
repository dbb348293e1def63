using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Optim;

namespace MiniStack.Tests.Digits;

/// <summary>A LeNet-5 learns digits from the readers and loaders.</summary>
public sealed class LeNetTests(ITestOutputHelper output)
{
    private static readonly string Mnist = Path.Combine(
        typeof(LeNetTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!, "..", "shared", "data", "mnist");

    [Fact]
    [Trait("Category", "Soak")]
    public void TinyDigits_LeNet5_ReadsNearlyAllHeldOut()
    {
        double accuracy = Train(new TinyDigits(6000, seed: 1), new TinyDigits(2000, seed: 2), epochs: 3);
        Assert.InRange(accuracy, 0.98, 1);
    }

    [Fact]
    [Trait("Category", "Soak")]
    public void Mnist_LeNet5_ReadsMostHeldOut()
    {
        Assert.SkipUnless(Directory.Exists(Mnist), $"The MNIST test files are not in {Mnist}.");
        ImageDataset all = ImageDataset.FromIdx(Path.Combine(Mnist, "t10k-images-idx3-ubyte.gz"), Path.Combine(Mnist, "t10k-labels-idx1-ubyte.gz"));
        Assert.Equal((10_000, 1, 28, 28), (all.Count, all.Channels, all.Height, all.Width));
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], all.Labels.CountBy(label => label).OrderBy(c => c.Key).Select(c => c.Value));
        IReadOnlyList<IDataset<ImageExample>> parts = all.Split(seed: 1, 8000, 2000);
        double accuracy = Train(parts[0], parts[1], epochs: 10);
        Assert.InRange(accuracy, 0.975, 1);
    }

    private double Train(IDataset<ImageExample> training, IDataset<ImageExample> heldOut, int epochs)
    {
        Normalize normalize = Normalize.Of(training);
        DataLoader<ImageExample, TensorBatch> loader = new(
            training, Collate.Images, new LoaderOptions(64) { Workers = 1, Seed = 7 }, transform: Transform.Images(new RandomAffine(degrees: 5, shift: 0.03), normalize));
        LeNet5 model = new(new LeNet5Config(), new Rng(1));
        Adam optimizer = new(model.Parameters(), 2e-3f);
        long start = Stopwatch.GetTimestamp();
        using LoaderRun<TensorBatch> run = loader.Start();
        long steps = epochs * loader.BatchesPerEpoch;
        for (long step = 0; step < steps && run.TryNext(out TensorBatch? batch); step++)
        {
            if (step == steps * 2 / 3) optimizer.LearningRate = 5e-4f;
            using Tape tape = Tape.Begin();
            Variable loss = model.Call(batch.Inputs).CrossEntropy(batch.Targets);
            tape.Backward(loss);
            optimizer.Step();
        }
        double accuracy = Accuracy(model, new(
            heldOut, Collate.Images, new LoaderOptions(250) { Workers = 1, Shuffle = false }, transform: Transform.Images(normalize)));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{accuracy:P1} of {heldOut.Count} held out after {steps} steps in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s; the loader stalled them {run.Statistics.Stall:P2} of the time."));
        return accuracy;
    }

    private static double Accuracy(LeNet5 model, DataLoader<ImageExample, TensorBatch> loader)
    {
        long right = 0, all = 0;
        foreach (TensorBatch batch in loader.Epoch())
        {
            using MemoryScope scope = MemoryScope.Begin();
            long[] found = model.Call(batch.Inputs).Value.ArgMax(1).ToArray<long>(), labels = batch.Targets.ToArray<long>();
            right += found.Zip(labels).Count(pair => pair.First == pair.Second);
            all += labels.Length;
        }
        return (double)right / all;
    }
}
