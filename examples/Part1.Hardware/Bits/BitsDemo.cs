using System.CommandLine;
using Spectre.Console;

namespace MiniStack.Examples.Hardware;

/// <summary>The demo bits: what each number format makes of a value, and how wrong it is where.</summary>
internal sealed class BitsDemo
{
    private readonly Option<double?> _value = CommandLine.Number("--value", double.IsFinite, "that is finite", "The number to look at (default: 0.1)");
    private readonly Option<double?> _range = CommandLine.Number("--range", x => x is > 0 and < 1e30, "above 0 and below 1e30", "The largest magnitude that int8 has to hold (default: 1)");
    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("bits", "Shows a number in fp32, bf16, fp16, fp8 and int8: its bits, what is stored, and the error over all magnitudes.") { _value, _range };
        return _common.AddTo(command, Run);
    }

    /// <summary>The formats, with int8 scaled to a range.</summary>
    public static NumberFormat[] Formats(double range) =>
        [.. NumberFormat.All.Select(format => format is ScaledInteger integer ? integer with { Range = range } : format)];

    private int Run(ParseResult options)
    {
        double value = options.GetValue(_value) ?? 0.1, range = options.GetValue(_range) ?? 1;
        string folder = _common.Folder(options, "bits");
        NumberFormat[] formats = Formats(range);
        Report.Line($"{value:R}, rounded to the nearest number that each format has (int8: times {range / 127:G3}, so that ±{range:G6} fits):");
        Table values = Report.Table("format", "sign exponent fraction", "stored", "relative error", "spacing there");
        foreach (NumberFormat format in formats)
        {
            double error = format.RelativeError(value);
            Report.Row(values, $"{format.Name}", $"{format.Fields(value)}", $"{format.Round(value):G9}",
                $"{(double.IsNaN(error) ? "-" : FormattableString.Invariant($"{error:0.0E+0}"))}", $"{format.Spacing(value):G3}");
        }
        AnsiConsole.Write(values);
        Report.Line($"");
        Table limits = Report.Table("format", "bytes", "largest", "smallest normal", "smallest", "largest error of a normal", "decimal digits");
        foreach (NumberFormat format in formats)
        {
            int precision = format is FloatFormat one ? one.FractionBits + 1 : 0;
            double unit = Math.ScaleB(1, -precision);
            Report.Row(limits, $"{format.Name}", $"{format.Bits / 8}", $"{format.Largest:G6}", $"{format.SmallestNormal:G3}", $"{format.Smallest:G3}",
                $"{(precision == 0 ? "-" : FormattableString.Invariant($"{unit:G3}"))}",
                $"{(precision == 0 ? "-" : FormattableString.Invariant($"{precision * Math.Log10(2):F1}"))}");
        }
        AnsiConsole.Write(limits);
        Report.Picture(folder, "bits.svg", BitsChart.Draw(formats, value));
        return ExitCode.Done;
    }
}
