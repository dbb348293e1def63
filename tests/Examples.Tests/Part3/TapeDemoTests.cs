using MiniStack.Examples.Data;

namespace MiniStack.Tests.Part3;

/// <summary>The demo's own sweep is the tape's, and the other orders are as right and as wrong as the chapter says.</summary>
public sealed class TapeDemoTests
{
    public static TheoryData<string> Expressions => [.. Expression.All.Select(one => one.Name)];

    private static Expression Named(string name) => Expression.All.Single(one => one.Name == name);

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Sweep_OfAnExpression_IsTheTapesInEveryTerm(string name)
    {
        using Tape tape = Tape.Begin();
        Graph graph = Named(name).Run();
        Assert.Equal(graph.Operations.Count(), tape.Count);
        Walk sweep = new ReverseWalk().Run(graph);
        Assert.Equal(tape.Count, sweep.Steps);
        foreach (Term term in graph.Terms.Where(term => term.Variable.NeedsGrad))
            Assert.Equal(tape.Grad(graph.Loss.Variable, term.Variable).Value.ToArray<double>(), sweep.Of(term)!.ToArray<double>());
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Gradient_OfAnExpression_PassesBothChecks(string name)
    {
        Expression expression = Named(name);
        Tensor[] learned = [.. expression.Leaves.Where(leaf => leaf.Learned).Select(leaf => leaf.Value)];
        Assert.InRange(GradCheck.Run(expression.Value, learned), 0, 1);
        Assert.InRange(GradCheck.RunTwice(expression.Value, learned), 0, 1);
    }

    [Theory]
    [InlineData("neuron", new[] { 7, 7, 11, 11 }, new[] { 1.0, 1.0, 5.0, 1.0 })]
    [InlineData("diamond", new[] { 4, 4, 5, 5 }, new[] { 1.0, 1.0697469, 2.0697469, 1.0 })]
    [InlineData("tower", new[] { 31, 31, 4093, 4093 }, new[] { 1.0, 1.6359483, 4.1531664e17, 1.0 })]
    public void Orders_OfAnExpression_RunSoManyFormulasAndAreWrongByThisFactor(string name, int[] steps, double[] factors)
    {
        Expression expression = Named(name);
        double difference = TapeDemo.Difference(expression);
        (string Walk, int Steps, double Gradient)[] orders = TapeDemo.Orders(expression);
        Assert.Equal(steps, orders.Select(order => order.Steps));
        for (int i = 0; i < factors.Length; i++) Assert.Equal(1, orders[i].Gradient / difference / factors[i], 1e-5);
    }

    [Fact]
    public void Twice_OfTheDiamond_IsItsCurvature()
    {
        using Tape tape = Tape.Begin();
        (int operations, Tensor curvature) = TapeDemo.Twice(tape, Named("diamond").Run());
        Assert.Equal(11, operations);
        // loss = sin(2x²)/2, so loss″ = 2·cos(2x²) − 8x²·sin(2x²)
        Assert.Equal(2 * Math.Cos(0.5) - 2 * Math.Sin(0.5), curvature.Item(), 1e-12);
        Assert.Equal(curvature.Item(), Gradients.Hessian(x => Named("diamond").Value([x]), Tensor.Scalar(0.5, DType.F64)).Item(), 1e-12);
    }

    [Fact]
    public void Tree_OfTheDiamond_NamesWhatIsUsedTwiceAgain()
    {
        using Tape tape = Tape.Begin();
        Assert.Equal(
            """
            4 Multiply ()
            ├─ 2 Sin ()
            │  └─ 1 Multiply ()
            │     ├─ x (), parameter
            │     └─ x (), parameter
            └─ 3 Cos ()
               └─ 1 Multiply (), see above

            """.ReplaceLineEndings("\n"), TapeText.Tree(Named("diamond").Run()));
    }
}
