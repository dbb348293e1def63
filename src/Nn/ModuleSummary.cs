using System.Globalization;
using System.Text;

namespace MiniStack.Nn;

/// <summary>One module in a <see cref="ModuleSummary"/>.</summary>
/// <param name="Path">Its names from the outermost module on; empty for the outermost.</param>
/// <param name="Type">Its class.</param>
/// <param name="Output">Shape of what it returned last; null when it was not called, or returns no single variable.</param>
/// <param name="Parameters">Numbers its parameters hold, those of its children included.</param>
/// <param name="Flops">Floating-point operations of its formulas in a forward pass, those of its children included.</param>
/// <param name="Bytes">What a forward pass keeps until Backward in it and its children: outputs, and what gradients need.</param>
public sealed record ModuleSummaryRow(string Path, string Type, Shape? Output, long Parameters, double Flops, long Bytes);

/// <summary>
/// What a model consists of and what a forward pass costs, found by making one; in the mode of evaluation, without dropout.
/// </summary>
/// <remarks>
/// FLOPs as <see cref="Profiler"/> counts them: 2·m·n·k for a product. A training step costs about three times those of a forward pass.
/// </remarks>
public sealed class ModuleSummary
{
    private readonly Dictionary<Module, Cost> _costs = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<Cost> _starts = [];

    private ModuleSummary()
    {
    }

    /// <summary>Every module, each before its children; the outermost first.</summary>
    public IReadOnlyList<ModuleSummaryRow> Rows { get; private set; } = [];

    /// <summary>Numbers that the model holds; what is shared counts once.</summary>
    public long Parameters { get; private set; }

    /// <summary>Those of them that learn.</summary>
    public long TrainableParameters { get; private set; }

    /// <summary>Bytes of the parameters and buffers.</summary>
    public long ParameterBytes { get; private set; }

    /// <summary>Floating-point operations of a forward pass.</summary>
    public double Flops { get; private set; }

    /// <summary>What a forward pass keeps until Backward.</summary>
    public long ActivationBytes { get; private set; }

    /// <summary>Looks on while a model computes.</summary>
    /// <param name="model">What is summed up.</param>
    /// <param name="forward">Makes one forward pass through it.</param>
    public static ModuleSummary Of(Module model, Action forward)
    {
        ModuleSummary summary = new();
        Module[] modules = [.. model.Tree()];
        Profiler? own = Profiler.Current is null ? Profiler.Begin(maxEvents: 0) : null;
        try
        {
            foreach (Module module in modules) module.Observer = summary.Observe;
            using Evaluation.Mode mode = Evaluation.Enter();
            using Tape tape = Tape.Begin();
            double flops = Profiler.Current!.Flops;
            forward();
            summary.Flops = Profiler.Current.Flops - flops;
            summary.ActivationBytes = MemoryScope.Current!.Bytes;
        }
        finally
        {
            foreach (Module module in modules) module.Observer = null;
            own?.Dispose();
        }
        summary.Count(model);
        return summary;
    }

    /// <summary>A table: module, output, parameters, FLOPs, memory, and the sums below.</summary>
    public override string ToString()
    {
        string[][] table =
        [
            ["module", "output", "parameters", "MFLOP", "KiB kept"],
            .. Rows.Select(row => (string[])
            [
                Label(row), row.Output?.ToString() ?? "", Text(row.Parameters), Text(row.Flops / 1e6, 2), Text(row.Bytes / 1024.0, 1),
            ]),
        ];
        int[] widths = [.. Enumerable.Range(0, 5).Select(column => table.Max(cells => cells[column].Length))];
        StringBuilder text = new();
        foreach (string[] cells in table)
        {
            string line = string.Join("  ", cells.Select((cell, i) => i < 2 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
            text.AppendLine(line.TrimEnd());
        }
        text.Append(CultureInfo.InvariantCulture,
            $"{Text(Parameters)} parameters ({Text(TrainableParameters)} learn), {Text(ParameterBytes / 1024.0, 1)} KiB; ");
        text.Append(CultureInfo.InvariantCulture,
            $"a forward pass: {Text(Flops / 1e6, 2)} MFLOP, {Text(ActivationBytes / 1024.0, 1)} KiB kept for Backward.");
        return text.ToString();
    }

    private void Observe(Module module, object? output)
    {
        Cost now = new(Profiler.Current!.Flops, MemoryScope.Current?.Bytes ?? 0, null);
        if (output is null)
        {
            _starts.Push(now);
            return;
        }
        Cost start = _starts.Pop(), before = _costs.GetValueOrDefault(module, new Cost(0, 0, null));
        _costs[module] = new Cost(
            before.Flops + now.Flops - start.Flops, before.Bytes + now.Bytes - start.Bytes, (output as Variable)?.Shape);
    }

    private void Count(Module model)
    {
        Rows =
        [
            .. model.Modules().Select(named =>
            {
                Cost cost = _costs.GetValueOrDefault(named.Module, new Cost(0, 0, null));
                return new ModuleSummaryRow(
                    named.Path, Texts.Name(named.Module.GetType()), cost.Output, named.Module.CountNumbers(), cost.Flops, cost.Bytes);
            }),
        ];
        foreach (Parameter parameter in model.Parameters())
        {
            Parameters += parameter.Value.Count;
            if (parameter.RequiresGrad) TrainableParameters += parameter.Value.Count;
            ParameterBytes += parameter.Value.Count * parameter.Value.DType.Size();
        }
        foreach ((_, ModuleBuffer buffer) in model.NamedBuffers()) ParameterBytes += buffer.Value.Count * buffer.Value.DType.Size();
    }

    private string Label(ModuleSummaryRow row)
    {
        string path = Rows[0].Path.Length == 0 ? row.Path : row.Path[Rows[0].Path.Length..].TrimStart('.');
        int depth = path.Length == 0 ? 0 : path.Count(c => c == '.') + 1;
        return path.Length == 0 ? row.Type : $"{new string(' ', 2 * depth)}{path[(path.LastIndexOf('.') + 1)..]} ({row.Type})";
    }

    private static string Text(double number, int digits = 0) => number.ToString("N" + digits, CultureInfo.InvariantCulture);

    /// <summary>Counters at a moment, or what came between two.</summary>
    private readonly record struct Cost(double Flops, long Bytes, Shape? Output);
}
