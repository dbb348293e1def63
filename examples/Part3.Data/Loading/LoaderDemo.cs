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
    private const int WarmUp = 3;

    private readonly Option<long?> _steps = CommandLine.Whole("--steps", 1, 100_000, "Batches of each measurement (default: 200; quick: 20)");
    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("loader", "Measures samples a second for 0, 1 and 2 workers, and how long a training step waits for data.") { _steps };
        return _common.AddTo(command, Run);
    }

    public static LoaderRow Measure(LoaderSource source, int workers, int steps)
    {
        // The code is compiled, and the model has seen a batch, before any clock runs.
        using (LoaderRun<TensorBatch> first = source.Start(workers))
            foreach (TensorBatch batch in first.Take(WarmUp)) source.Step(batch);

        ulong inputs = 0, targets = 0;
        long start = Stopwatch.GetTimestamp();
        using (LoaderRun<TensorBatch> alone = source.Start(workers))
            foreach (TensorBatch _ in alone.Take(steps)) { }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        using LoaderRun<TensorBatch> training = source.Start(workers);
        foreach (TensorBatch batch in training.Take(steps))
        {
            source.Step(batch);
            (inputs, targets) = (LoaderSource.Checksum(inputs, batch.Inputs), LoaderSource.Checksum(targets, batch.Targets));
        }
        LoaderStatistics statistics = training.Statistics;
        double samples = (double)steps * source.BatchSize, elapsed = statistics.Elapsed.TotalSeconds;
        return new LoaderRow(source.Name, workers, samples / seconds, elapsed / steps * 1000, samples / elapsed, statistics.Stall, inputs, targets);
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        int steps = (int)(options.GetValue(_steps) ?? (quick ? 20 : 200));
        string folder = _common.Folder(options, "loader");
        string shard = Path.Combine(folder, "tales.tokens");
        using ShardSource tokens = new(shard, quick ? 100_000 : 1_000_000);
        Report.Line($"{steps} batches each; {CpuThreads.Count} thread(s) compute, workers come on top. The shard is {shard}.");
        List<LoaderRow> rows = [];
        foreach (LoaderSource source in (LoaderSource[])[new DigitSource(), tokens])
            foreach (int workers in (int[])[0, 1, 2]) rows.Add(Measure(source, workers, steps));

        Table table = Report.Table("source", "workers", "samples/s alone", "ms a step", "samples/s training", "stall");
        foreach (LoaderRow row in rows)
            Report.Row(table, $"{row.Source}", $"{row.Workers}", $"{row.Alone:F0}", $"{row.StepMilliseconds:F2}", $"{row.Training:F0}", $"{100 * row.Stall:F2} %");
        AnsiConsole.Write(table);
        foreach (IGrouping<string, LoaderRow> source in rows.GroupBy(row => row.Source))
        {
            bool same = source.Select(row => (row.Inputs, row.Targets)).Distinct().Count() == 1;
            Report.Line($"{source.Key}: checksum of the targets {source.First().Targets:x16}; {(same ? "every number of workers delivered the same batches, bit for bit" : "THE BATCHES DIFFER")}.");
        }
        Report.Picture(folder, "loader.svg", LoaderChart.Draw(rows));
        return ExitCode.Done;
    }
}
