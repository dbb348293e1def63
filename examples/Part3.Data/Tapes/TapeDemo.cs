using System.CommandLine;
using MiniStack.Formats;
using Spectre.Console;

namespace MiniStack.Examples.Data;

/// <summary>The demo tape: the graph of an expression, the reverse sweep through it, and what becomes of the gradient in another order.</summary>
internal sealed class TapeDemo
{
    private readonly Option<string?> _expression = CommandLine.Choice(
        "--expression", [.. Expression.All.Select(one => one.Name)], "What to differentiate (default: neuron)");

    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("tape", "Draws the graph of an expression, walks it backwards step by step, and shows why no other order will do.") { _expression };
        return _common.AddTo(command, Run);
    }

    /// <summary>One order: what it says of the first learned number, and how much work it was.</summary>
    public static (string Walk, int Steps, double Gradient)[] Orders(Expression expression)
    {
        using Tape tape = Tape.Begin();
        Graph graph = expression.Run();
        return [.. Walk.All.Select(make =>
        {
            Walk walk = make().Run(graph);
            return (walk.Name, walk.Steps, First(walk.Of(graph.Learned.First())!));
        })];
    }

    /// <summary>The slope of the loss along the first learned number, from differences of the loss alone.</summary>
    public static double Difference(Expression expression)
    {
        const double step = 1e-3;
        Tensor[] learned = [.. expression.Leaves.Where(leaf => leaf.Learned).Select(leaf => leaf.Value)];
        return (8 * (At(step) - At(-step)) - (At(2 * step) - At(-2 * step))) / (12 * step);

        double At(double shift)
        {
            double[] moved = learned[0].ToArray<double>();
            moved[0] += shift;
            return expression.Value([Tensor.CopyOf(moved, learned[0].Shape), .. learned[1..].Select(value => (Variable)value)]).Item();
        }
    }

    /// <summary>The sweep as a part of the graph: how many operations it is, and its own gradient by the first that is learned.</summary>
    public static (int Operations, Tensor Curvature) Twice(Tape tape, Graph graph)
    {
        int before = tape.Count;
        Variable first = graph.Learned.First().Variable, slope = tape.Grad(graph.Loss.Variable, first, createGraph: true);
        return (tape.Count - before, tape.Grad(slope, first).Value);
    }

    private int Run(ParseResult options)
    {
        Expression expression = Expression.All.Single(one => one.Name == (options.GetValue(_expression) ?? "neuron"));
        string folder = _common.Folder(options, "tape");
        Tensor[] learned = [.. expression.Leaves.Where(leaf => leaf.Learned).Select(leaf => leaf.Value)];

        using (Tape tape = Tape.Begin())
        {
            Graph graph = expression.Run();
            Report.Line($"{expression.Formula}; the loss is {graph.Loss.Variable.Item():F6}. The tape has {tape.Count} operations:");
            Report.Line($"{TapeText.Tree(graph)}");
            Save(folder, "tape.mmd", tape.ToMermaid());
            Walk sweep = Sweep(graph);
            Report.Picture(folder, "tape.svg", TapeChart.Draw(expression, graph, sweep));
            (int operations, Tensor curvature) = Twice(tape, graph);
            tape.Backward(graph.Loss.Variable);
            Compare(graph, sweep);
            string first = graph.Learned.First().Name;
            Report.Line($"With createGraph the sweep is recorded too, {operations} more operations; backwards through them, Σ ∂loss/∂{first} by {first}: {TapeText.Numbers(curvature)}.");
        }
        Report.Line($"GradCheck, by differences: the largest error is {GradCheck.Run(expression.Value, learned):0.0E+0} of what is allowed; of second derivatives {GradCheck.RunTwice(expression.Value, learned):0.0E+0}.");
        Report.Line($"");
        IEnumerable<Expression> walked = options.GetValue(_expression) is not null || _common.Quick(options) ? [expression] : Expression.All;
        return Orders(walked);
    }

    /// <summary>Walks backwards and says so, one line a formula.</summary>
    private static Walk Sweep(Graph graph)
    {
        Report.Line($"Backwards, from a gradient of 1 for the loss:");
        Table table = Report.Table("step", "operation", "gradient of its result", "goes to");
        int step = 0;
        Walk sweep = new ReverseWalk
        {
            Stepping = (term, dy) => Report.Row(table, $"{++step}", $"{TapeText.Label(graph, term)}", $"{TapeText.Numbers(dy)}",
                $"{string.Join(", ", term.Inputs.Where(input => input.Variable.NeedsGrad).Select(input => input.IsLeaf ? input.Name : $"{TapeText.Place(graph, input)}"))}"),
        }.Run(graph);
        AnsiConsole.Write(table);
        return sweep;
    }

    private static void Compare(Graph graph, Walk sweep)
    {
        foreach (Term term in graph.Learned)
        {
            Tensor tape = ((Parameter)term.Variable).Grad!, walk = sweep.Of(term)!;
            Report.Line($"∂loss/∂{term.Name}: {TapeText.Numbers(tape)}. Tape.Backward and the steps above differ by {(tape - walk).Abs().Max().Item():G2}.");
        }
    }

    private static int Orders(IEnumerable<Expression> expressions)
    {
        Report.Line($"The same formulas in other orders; the slope along the first learned number, beside that from differences:");
        Table table = Report.Table("expression", "order", "formulas run", "slope", "differences", "verdict");
        foreach (Expression expression in expressions)
        {
            double difference = Difference(expression);
            foreach ((string walk, int steps, double gradient) in Orders(expression))
                Report.Row(table, $"{expression.Name}", $"{walk}", $"{steps}", $"{gradient:G6}", $"{difference:G6}", $"{(Math.Abs(gradient - difference) < 1e-6 ? "right" : "wrong")}");
        }
        AnsiConsole.Write(table);
        return ExitCode.Done;
    }

    private static void Save(string folder, string name, string text)
    {
        string file = Path.Combine(folder, name);
        AtomicFile.WriteText(file, text);
        Report.Line($"Mermaid: {file}");
    }

    private static double First(Tensor tensor) => tensor.ToArray<double>()[0];
}
