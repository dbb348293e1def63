using System.CommandLine;
using System.Diagnostics;
using MiniStack.Nn;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>One way to cut a stack of blocks into segments that are computed again in the backward pass.</summary>
/// <param name="Segments">How many; 0 for none: everything is kept.</param>
/// <param name="Kept">Bytes that the forward pass leaves for the backward pass.</param>
/// <param name="Peak">Bytes in use at once during the step.</param>
/// <param name="Milliseconds">The best step.</param>
/// <param name="Gradient">Of the first parameter, to see that it is the same.</param>
internal sealed record CheckpointingResult(int Segments, long Kept, long Peak, double Milliseconds, float[] Gradient);

/// <summary>The demo checkpointing: memory against time when activations are thrown away and computed again.</summary>
internal sealed class CheckpointingDemo
{
    private const int Channels = 64, Context = 64;

    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("checkpointing", "Keeps activations or computes them again: memory and time of a deep stack."), Run);

    public static IReadOnlyList<CheckpointingResult> Measure(int blocks, int turns)
    {
        Rng rng = new(1);
        TransformerBlock[] stack = [.. Enumerable.Range(0, blocks).Select(_ => new TransformerBlock(Channels, 2, rng, bias: true, dropout: 0, std: 0.05, projectionStd: 0.02))];
        Tensor x = Tensor.Normal([8, Context, Channels], rng);
        List<int> cuts = [0];
        for (int segments = 1; segments <= blocks; segments *= 2) cuts.Add(segments);
        return [.. cuts.Select(segments => One(stack, x, segments, turns))];
    }

    private static CheckpointingResult One(TransformerBlock[] stack, Tensor x, int segments, int turns)
    {
        (long kept, long peak, double best) = (0, 0, double.PositiveInfinity);
        Parameter first = stack[0].Norm1.Weight;
        float[] gradient = [];
        for (int turn = 0; turn <= turns; turn++)
        {
            foreach (TransformerBlock block in stack)
                foreach (Parameter parameter in block.Parameters()) parameter.ClearGrad();
            if (turn == 0) CpuMemory.Trim(); // what a step then rents anew is all that it has in use at once
            long start = Stopwatch.GetTimestamp();
            using (Tape tape = Tape.Begin())
            {
                Variable y = Forward(stack, x, segments), loss = (y * y).Mean();
                kept = MemoryScope.Current!.Bytes;
                tape.Backward(loss);
            }
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (turn == 0) peak = CpuMemory.FreeBytes;
            else best = Math.Min(best, milliseconds); // the first turn compiles, and asks the system for all its memory
            gradient = first.Grad!.ToArray<float>();
        }
        return new CheckpointingResult(segments, kept, peak, best, gradient);
    }

    private static Variable Forward(TransformerBlock[] stack, Variable x, int segments)
    {
        if (segments == 0) return Blocks(stack, x);
        foreach (TransformerBlock[] segment in stack.Chunk(stack.Length / segments))
            x = Variable.Checkpoint(inputs => Blocks(segment, inputs[0]), [x]);
        return x;
    }

    private static Variable Blocks(TransformerBlock[] blocks, Variable x)
    {
        foreach (TransformerBlock block in blocks) x = block.Call(x);
        return x;
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        string folder = _common.Folder(options, "checkpointing");
        int blocks = quick ? 8 : 16;
        Report.Line($"{blocks} blocks of {Channels} channels on [8, {Context}]; a segment keeps only its input and computes the rest again.");
        Report.Line($"Predicted (Chen et al. 2016): k segments keep k inputs and, one after the other, what {blocks}/k blocks hold. A block holds some 18 times its input,");
        Report.Line($"so least is near √(18·{blocks}) = {Math.Sqrt(18.0 * blocks):F0} segments, one for each block, not near the √{blocks} of blocks that hold no more than their input; a third more time.");
        IReadOnlyList<CheckpointingResult> results = Measure(blocks, quick ? 3 : 10);
        Table table = Report.Table("segments", "MiB kept", "MiB at once", "ms a step", "memory", "time");
        foreach (CheckpointingResult result in results)
        {
            Report.Row(table, result.Segments == 0 ? (FormattableString)$"none" : $"{result.Segments}", $"{result.Kept / 1048576.0:F2}", $"{result.Peak / 1048576.0:F2}",
                $"{result.Milliseconds:F1}", $"{result.Peak / (double)results[0].Peak:P0}", $"{result.Milliseconds / results[0].Milliseconds:P0}");
        }
        AnsiConsole.Write(table);
        Report.Line($"The gradient is the same to the bit: {results.All(result => result.Gradient.SequenceEqual(results[0].Gradient))}.");
        Report.Picture(folder, "checkpointing.svg", new LineChart { Title = "Memory against time", X = "ms a step", Y = "MiB in use at once" }
            .Add("all kept", [(results[0].Milliseconds, results[0].Peak / 1048576.0)], dots: true)
            .Add("segments 1, 2, 4, …", results.Skip(1).Select(result => (result.Milliseconds, result.Peak / 1048576.0)), dots: true).Draw());
        return ExitCode.Done;
    }
}
