using MiniStack.Nn;

namespace MiniStack.Tests;

public class SummaryTests
{
    private readonly Sequential _model = new(new Linear(4, 8, new Rng(1)), new Gelu(), new Linear(8, 2, new Rng(2), bias: false));

    [Fact]
    public void Summary_OfASequence_CountsParametersFlopsAndMemory()
    {
        _model[0].Freeze("bias");
        ModuleSummary summary = _model.Summary([5, 4]);
        Assert.Equal(["", "0", "1", "2"], summary.Rows.Select(row => row.Path));
        Assert.Equal(["Sequential", "Linear", "Gelu", "Linear"], summary.Rows.Select(row => row.Type));
        Assert.Equal("(5, 2) (5, 8) (5, 8) (5, 2)", string.Join(' ', summary.Rows.Select(row => row.Output)));
        Assert.Equal([56L, 40, 0, 16], summary.Rows.Select(row => row.Parameters));
        Assert.Equal((56, 48, 4 * 56), (summary.Parameters, summary.TrainableParameters, summary.ParameterBytes));
        // A product costs 2·m·n·k, and m·n for the bias.
        Assert.Equal([2 * 5 * 4 * 8 + 5 * 8, 2 * 5 * 8 * 2], [summary.Rows[1].Flops, summary.Rows[3].Flops]);
        Assert.Equal(summary.Flops, summary.Rows[0].Flops);
        Assert.Equal(summary.Flops, summary.Rows.Skip(1).Sum(row => row.Flops));
        // Blocks of memory are rounded up; what a layer returns lies in one of them.
        Assert.InRange(summary.Rows[1].Bytes, 5 * 8 * 4, 5 * 8 * 4 + 128);
        Assert.True(summary.ActivationBytes >= summary.Rows[0].Bytes);
    }

    [Fact]
    public void Summary_OfTokens_FollowsTheTable()
    {
        ModuleSummary summary = new Embedding(10, 3, new Rng(1)).Summary([2, 4]);
        Assert.Equal("(2, 4, 3)", summary.Rows[0].Output.ToString());
        Assert.Equal(30, summary.Parameters);
    }

    [Fact]
    public void Summary_LeavesModeAndGradientsAlone()
    {
        Sequential model = new(new Dropout(0.5, new Rng(1)), new Linear(2, 2, new Rng(1)));
        model[1].Eval();
        model.Summary([1, 2]);
        Assert.True(model[0].IsTraining);
        Assert.False(model[1].IsTraining);
        Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Grad));
        Assert.Null(Profiler.Current);
        Assert.Null(Tape.Current);
    }

    [Fact]
    public void Summary_OfAWrongShape_NamesTheModuleAndCleansUp()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => _model.Summary([5, 3]));
        Assert.Contains("[in module 0]", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, _model.Summary([5, 4]).Rows[0].Output!.Value[0]);
    }

    [Fact]
    public void ToString_IsATable()
    {
        string[] lines = _model.Summary([5, 4]).ToString().Split(Environment.NewLine);
        Assert.Equal("module        output  parameters  MFLOP  KiB kept", lines[0]);
        Assert.StartsWith("Sequential    (5, 2)          56   0.00", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  0 (Linear)  (5, 8)          40   0.00", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("56 parameters (56 learn), 0.2 KiB; a forward pass: 0.00 MFLOP, ", lines[^1], StringComparison.Ordinal);
    }
}
