using System.CommandLine;
using Spectre.Console;

namespace MiniStack.Examples.Data;

/// <summary>One formula, both ways.</summary>
internal sealed record FusionResult(FusionCase Case, (FusionCost Forward, FusionCost Backward) Composed, (FusionCost Forward, FusionCost Backward) Fused, double Difference);

/// <summary>The demo fusion: how many bytes a formula moves in elementary operators and in one, and what that does to its time.</summary>
internal sealed class FusionDemo
{
    private const double MiB = 1 << 20;

    private readonly Option<long?> _rows = CommandLine.Whole("--rows", 1, 65536, "Rows of the input (default: 4096; quick: 256)");
    private readonly Option<long?> _columns = CommandLine.Whole("--columns", 2, 8192, "Numbers in a row (default: 1024)");
    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("fusion", "Counts bytes and time of GELU, layer norm and cross-entropy, in elementary operators and fused.") { _rows, _columns };
        return _common.AddTo(command, Run);
    }

    public static FusionResult Measure(FusionCase one, FusionInputs inputs, int turns)
    {
        FusionRun composed = new(one.Composed, inputs), fused = new(one.Fused, inputs);
        return new FusionResult(one, composed.Measure(turns), fused.Measure(turns), Difference(composed.Values(), fused.Values()));
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        int turns = quick ? 5 : 30;
        int rows = (int)(options.GetValue(_rows) ?? (quick ? 256 : 4096)), columns = (int)(options.GetValue(_columns) ?? 1024);
        if ((long)rows * columns > 1 << 26)
            throw new ConfigException($"--rows times --columns must be at most {1 << 26} numbers, not {(long)rows * columns}: the composed formulas keep a dozen of such tensors. Give fewer.");
        string folder = _common.Folder(options, "fusion");
        FusionInputs inputs = FusionInputs.Create(rows, columns);
        double size = inputs.X.Count * 4 / MiB;
        Report.Line($"x is {inputs.X.Shape} F32: {size:0.###} MiB. {CpuThreads.Count} thread(s).");
        Report.Line($"Predicted, counting on paper the tensors of that size that are read and written going forward:");
        foreach (FusionCase one in FusionCase.All)
            Report.Line($"  {one.Name,-12} composed {one.ComposedTensors,2}, {one.ComposedTensors * size,6:F1} MiB; fused {one.FusedTensors}, {one.FusedTensors * size,5:F1} MiB: {(double)one.ComposedTensors / one.FusedTensors:F1} times fewer");

        List<FusionResult> results = [.. FusionCase.All.Select(one => Measure(one, inputs, turns))];
        Table table = Report.Table("formula", "pass", "operators", "fused", "MiB", "fused", "times fewer", "ms", "fused", "times faster");
        foreach (FusionResult result in results)
        {
            Row(table, result.Case.Name, "forward", result.Composed.Forward, result.Fused.Forward);
            Row(table, "", "backward", result.Composed.Backward, result.Fused.Backward);
        }
        AnsiConsole.Write(table);
        Report.Line($"Largest difference of results and gradients, divided by the largest of them: {results.Max(result => result.Difference):0.0E+0}. Times are the best of {turns}.");
        Report.Picture(folder, "fusion.svg", FusionChart.Draw(results, inputs));
        return ExitCode.Done;
    }

    private static void Row(Table table, string name, string pass, FusionCost composed, FusionCost fused) => Report.Row(table, $"{name}", $"{pass}",
        $"{composed.Operators}", $"{fused.Operators}", $"{composed.Bytes / MiB:F2}", $"{fused.Bytes / MiB:F2}", $"{(double)composed.Bytes / fused.Bytes:F1}",
        $"{composed.Milliseconds:F2}", $"{fused.Milliseconds:F2}", $"{composed.Milliseconds / fused.Milliseconds:F1}");

    private static double Difference((Tensor Y, Tensor Dx) a, (Tensor Y, Tensor Dx) b)
    {
        return Math.Max(Relative(a.Y, b.Y), Relative(a.Dx, b.Dx));

        static double Relative(Tensor x, Tensor y) => (x - y).Abs().Max().Item() / y.Abs().Max().Item();
    }
}
