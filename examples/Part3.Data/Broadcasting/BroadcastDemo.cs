using System.CommandLine;
using Spectre.Console;

namespace MiniStack.Examples.Data;

/// <summary>The demo broadcast: how two shapes become one, what that costs in memory, and what the gradient makes of it.</summary>
internal sealed class BroadcastDemo
{
    private readonly Option<int[]?> _a = ShapeOption.Create("--a", "The first shape (default: 4,1,3)");
    private readonly Option<int[]?> _b = ShapeOption.Create("--b", "The second shape (default: 2,3)");
    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("broadcast", "Shows how two shapes align, which axes are stretched by a stride of 0, and how the gradient is summed back.") { _a, _b };
        return _common.AddTo(command, Run);
    }

    /// <summary>Both operands of an addition, each beside its view, and the bytes that the profiler counts for the addition.</summary>
    public static (Stretched A, Stretched B, long Bytes) Add(Shape a, Shape b)
    {
        Tensor x = Tensor.Normal(a, new Rng(1), dtype: DType.F64), y = Tensor.Normal(b, new Rng(2), dtype: DType.F64);
        Shape shape = Shape.Broadcast(a, b, nameof(Add));
        using Profiler profiler = Profiler.Begin();
        _ = x + y;
        return (new Stretched("a", x, shape), new Stretched("b", y, shape), profiler.Operators.Single().Bytes);
    }

    /// <summary>The gradient of a·b by one of them: of the result's shape before anything is summed, as the tape gives it, and by hand.</summary>
    public static (Tensor Whole, Tensor Tape, double[] ByHand) Gradient(Stretched one, Stretched other)
    {
        Tensor dy = Tensor.Normal(one.View.Shape, new Rng(3), dtype: DType.F64), whole = dy * other.View;
        Tensor tape = Gradients.VectorJacobian(x => x * other.Tensor, one.Tensor, dy);
        return (whole, tape, one.GradientByHand(whole));
    }

    /// <summary>The mean squared error of perfect guesses [n, 1] for targets [n]: no pair too many when the shapes agree.</summary>
    public static (double Meant, double Stretched) SquaredError(Tensor targets)
    {
        Tensor guesses = targets.Unsqueeze(1);
        return (Mean(guesses.Squeeze(1) - targets), Mean(guesses - targets));

        static double Mean(Tensor error) => (error * error).Mean().Item();
    }

    private int Run(ParseResult options)
    {
        Shape shapeA = Given(options, _a) ?? [4, 1, 3], shapeB = Given(options, _b) ?? [2, 3];
        _ = Shape.Broadcast(shapeA, shapeB, "a + b"); // what does not fit is said before a folder is made
        string folder = _common.Folder(options, "broadcast");
        (Stretched a, Stretched b, long bytes) = Add(shapeA, shapeB);
        Align(a, b);
        Memory(a, b, bytes);
        if (!_common.Quick(options)) Sums(a, b);
        Report.Picture(folder, "broadcast.svg", BroadcastChart.Draw(a, b));
        if (!_common.Quick(options)) Mistakes();
        return ExitCode.Done;
    }

    // An option that was not given is an empty array, and no shape on the command line is empty.
    private static int[]? Given(ParseResult options, Option<int[]?> option) => options.GetValue(option) is { Length: > 0 } sizes ? sizes : null;

    private static void Align(Stretched a, Stretched b)
    {
        Shape shape = a.View.Shape;
        Report.Line($"{a.Tensor.Shape} and {b.Tensor.Shape} give {shape}. Aligned at the end:");
        Table table = Report.Table("axis", "size in a", "size in b", "result", "stretched");
        for (int fromEnd = shape.Rank; fromEnd >= 1; fromEnd--)
        {
            int axis = shape.Rank - fromEnd;
            string stretched = string.Join(" and ", new[] { a, b }.Where(one => one.Axes.Contains(axis)).Select(one => one.Name));
            Report.Row(table, $"{-fromEnd}", $"{a.SizeFromEnd(fromEnd)}", $"{b.SizeFromEnd(fromEnd)}", $"{shape[^fromEnd]}", $"{(stretched.Length > 0 ? stretched : "-")}");
        }
        AnsiConsole.Write(table);
    }

    private static void Memory(Stretched a, Stretched b, long bytes)
    {
        Report.Line($"Nothing is copied. Each is a view of its own memory, with a stride of 0 where it is stretched (F64, 8 bytes a number):");
        Table table = Report.Table("operand", "shape", "strides", "view's shape", "view's strides", "bytes held", "bytes if copied");
        foreach (Stretched one in (Stretched[])[a, b])
        {
            Report.Row(table, $"{one.Name}", $"{one.Tensor.Shape}", $"{Stretched.Strides(one.Tensor)}", $"{one.View.Shape}", $"{Stretched.Strides(one.View)}",
                $"{one.BytesHeld}", $"{one.BytesCopied}");
        }
        AnsiConsole.Write(table);
        long copied = a.BytesCopied + b.BytesCopied + a.BytesCopied;
        Report.Line($"a + b moves {bytes} bytes by the profiler's count: both once, and the result. With copies as operands it would be {copied}, and making them more.");
        Report.Line($"");
    }

    private static void Sums(Stretched a, Stretched b)
    {
        Report.Line($"Backwards, through y = a·b. A number that was read many times gets the sum of what its readers got:");
        Table table = Report.Table("gradient of", "arrives as", "summed over", "becomes", "summed by hand");
        foreach ((Stretched one, Stretched other) in (ReadOnlySpan<(Stretched, Stretched)>)[(a, b), (b, a)])
        {
            (Tensor whole, Tensor tape, double[] byHand) = Gradient(one, other);
            double difference = tape.ToArray<double>().Zip(byHand, (x, y) => Math.Abs(x - y)).Max();
            Report.Row(table, $"{one.Name}", $"{whole.Shape}", $"{(one.Axes.Count > 0 ? string.Join(", ", one.Axes.Select(axis => axis - one.View.Rank)) : "-")}", $"{tape.Shape}", $"{(difference < 1e-12 ? "the same" : "different")}");
        }
        AnsiConsole.Write(table);
    }

    private static void Mistakes()
    {
        Report.Line($"What does not fit says so:");
        try
        {
            _ = Tensor.Zeros([4, 3]) + Tensor.Zeros([4]);
        }
        catch (ShapeException mistake)
        {
            Report.Line($"  {mistake.Message}");
        }
        (double meant, double stretched) = SquaredError(Tensor.CopyOf([1.0, 2, 3, 4]));
        Report.Line($"What fits by accident says nothing. Guesses (4, 1) that equal their targets (4), (1, 2, 3, 4):");
        Report.Line($"  squared error of what was meant {meant:F1}; of guesses − targets, which is (4, 4), {stretched:F1}: twice the variance of the targets.");
    }
}
