using System.Globalization;
using MiniStack.Data;

namespace MiniStack.Tests.Loading;

/// <summary>A run over batches that writes down what it saw: index and random number of each example, and the position after each batch.</summary>
internal static class LoggedRun
{
    public const string Command = "log-batches";

    /// <summary>Examples, chosen so that the last batch of an epoch is smaller.</summary>
    public const int Count = 1003, BatchSize = 10;

    public static DataLoader<(long Index, double Chance), string> Loader(int workers, int rank = 0, int worldSize = 1) => new(
        Dataset.From<(long, double)>(Count, index => (index, 0)),
        examples => string.Join(' ', examples.Select(e => $"{e.Index}/{BitConverter.DoubleToInt64Bits(e.Chance):X}")),
        new LoaderOptions(BatchSize) { Workers = workers, Seed = 11, Rank = rank, WorldSize = worldSize, PrefetchBatches = 5 },
        transform: Transform.From<(long Index, double)>((example, rng) => (example.Index, rng.NextDouble())));

    /// <summary>As a process: writes a line for each batch to a file, and says on standard output when it is there.</summary>
    public static int Run(string[] args)
    {
        (string path, int workers, LoaderPosition from) = (args[1], int.Parse(args[2], CultureInfo.InvariantCulture), LoaderPosition.Parse(args[3]));
        using StreamWriter log = new(path, append: true);
        using LoaderRun<string> run = Loader(workers).Start(from);
        for (int step = 1; step <= int.Parse(args[4], CultureInfo.InvariantCulture) && run.TryNext(out string? batch); step++)
        {
            Console.WriteLine($"begin {step}");
            log.Write($"{batch} -> {run.Position}\n");
            log.Flush();
            Console.WriteLine($"safe {step}");
            Thread.Sleep(1);
        }
        return 0;
    }
}
