using System.CommandLine;
using System.Diagnostics;
using MiniStack.Data;
using Spectre.Console;

namespace MiniStack.Examples.Data;

/// <summary>What one number of workers did with one source.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Workers">Background threads.</param>
/// <param name="Alone">Samples a second when nothing else is done.</param>
/// <param name="StepMilliseconds">Of a training step, waiting included.</param>
/// <param name="Training">Samples a second while training.</param>
/// <param name="Stall">Share of its time that training waited for data.</param>
/// <param name="Inputs">Checksum of all inputs.</param>
/// <param name="Targets">Checksum of all targets.</param>
internal sealed record LoaderRow(
    string Source, int Workers, double Alone, double StepMilliseconds, double Training, double Stall, ulong Inputs, ulong Targets);

/// <summary>The demo loader: how fast batches come with no, one and two workers, and whether a training step has to wait for them.</summary>
internal sealed class LoaderDemo
{
    private readonly Option<long?> _steps = CommandLine.Whole("--steps", 1, 100_000, "Batches of each measurement (default: 50; quick: 10)");
    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("loader", "Measures samples a second for 0, 1 and 2 workers, and how long a training step waits for data.") { _steps };
        return _common.AddTo(command, Run);
    }

    /// <summary>Each source with each number of workers, in turns, because a machine that others share is not as fast in one minute as in the next.</summary>
    /// <param name="sources">What is loaded.</param>
    /// <param name="steps">Batches of each measurement.</param>
    /// <param name="rounds">Turns that count. One before them, until code is compiled and caches are warm, does not.</param>
    /// <returns>Of each its turn with the median step, and its median speed alone.</returns>
    public static IReadOnlyList<LoaderRow> Measure(IReadOnlyList<LoaderSource> sources, int steps, int rounds)
    {
        (LoaderSource Source, int Workers)[] cases = [.. sources.SelectMany(source => ((int[])[0, 1, 2]).Select(workers => (source, workers)))];
        List<LoaderRow>[] turns = [.. cases.Select(_ => new List<LoaderRow>())];
        for (int round = -1; round < rounds; round++)
        {
            foreach ((int i, (LoaderSource source, int workers)) in cases.Index())
            {
                LoaderRow row = Turn(source, workers, steps);
                if (round >= 0) turns[i].Add(row);
            }
        }
        return [.. turns.Zip(cases, (rows, one) => Checked(Median(rows), one.Source, steps))];

        static LoaderRow Median(List<LoaderRow> rows) =>
            rows.OrderBy(row => row.StepMilliseconds).ElementAt(rows.Count / 2) with { Alone = rows.Select(row => row.Alone).Order().ElementAt(rows.Count / 2) };
    }

    /// <summary>Whether all workers of each source delivered the same, in words, and as an exit code: batches that differ are a bug of ours.</summary>
    public static int Compare(IEnumerable<LoaderRow> rows)
    {
        int code = ExitCode.Done;
        foreach (IGrouping<string, LoaderRow> source in rows.GroupBy(row => row.Source))
        {
            bool same = source.Select(row => (row.Inputs, row.Targets)).Distinct().Count() == 1;
            if (!same) code = ExitCode.Bug;
            Report.Line($"{source.Key}: checksum of the targets {source.First().Targets:x16}; {(same ? "every number of workers delivered the same batches, bit for bit" : "THE BATCHES DIFFER")}.");
        }
        return code;
    }

    private static LoaderRow Turn(LoaderSource source, int workers, int steps)
    {
        long start = Stopwatch.GetTimestamp();
        using (LoaderRun<TensorBatch> alone = source.Start(workers))
            foreach (TensorBatch _ in alone.Take(steps)) { }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        using LoaderRun<TensorBatch> training = source.Start(workers);
        foreach (TensorBatch batch in training.Take(steps)) source.Step(batch);
        LoaderStatistics statistics = training.Statistics;
        double samples = (double)steps * source.BatchSize, elapsed = statistics.Elapsed.TotalSeconds;
        return new LoaderRow(source.Name, workers, samples / seconds, elapsed / steps * 1000, samples / elapsed, statistics.Stall, 0, 0);
    }

    /// <summary>The same batches once more, without a clock: a checksum takes time.</summary>
    private static LoaderRow Checked(LoaderRow row, LoaderSource source, int steps)
    {
        (ulong inputs, ulong targets) = (LoaderSource.FnvOffset, LoaderSource.FnvOffset);
        using LoaderRun<TensorBatch> run = source.Start(row.Workers);
        foreach (TensorBatch batch in run.Take(steps))
            (inputs, targets) = (LoaderSource.Checksum(inputs, batch.Inputs), LoaderSource.Checksum(targets, batch.Targets));
        return row with { Inputs = inputs, Targets = targets };
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        (int steps, int rounds) = ((int)(options.GetValue(_steps) ?? (quick ? 10 : 50)), quick ? 1 : 5);
        string folder = _common.Folder(options, "loader");
        string shard = Path.Combine(folder, "tales.tokens");
        using ShardSource tokens = new(shard, quick ? 100_000 : 1_000_000);
        Report.Line($"{steps} batches each, the median of {rounds} turns; {CpuThreads.Count} thread(s) compute, workers come on top. The shard is {shard}.");
        Report.Line($"Predicted: one worker hides all of the drawing, so that the digits' stall is near 0, and a second adds nothing to a step; the shard");
        Report.Line($"needs no worker: its stall is below 1 % without one.");
        IReadOnlyList<LoaderRow> rows = Measure([new DigitSource(), tokens], steps, rounds);

        Table table = Report.Table("source", "workers", "samples/s alone", "ms a step", "samples/s training", "stall");
        foreach (LoaderRow row in rows)
            Report.Row(table, $"{row.Source}", $"{row.Workers}", $"{row.Alone:F0}", $"{row.StepMilliseconds:F2}", $"{row.Training:F0}", $"{100 * row.Stall:F2} %");
        AnsiConsole.Write(table);
        int code = Compare(rows);
        Report.Picture(folder, "loader.svg", LoaderChart.Draw(rows));
        return code;
    }
}
