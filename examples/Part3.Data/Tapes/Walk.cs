namespace MiniStack.Examples.Data;

/// <summary>One way through a graph from the loss to the leaves. They differ in nothing but the order.</summary>
internal abstract class Walk(string name)
{
    private readonly Dictionary<Term, Tensor> _gradients = [];

    public static IReadOnlyList<Func<Walk>> All { get; } = [() => new ReverseWalk(), () => new FirstVisitWalk(), () => new EveryVisitWalk(), () => new EveryPathWalk()];

    public string Name => name;

    /// <summary>How many formulas ran.</summary>
    public int Steps { get; private set; }

    /// <summary>What has been summed for a term so far; null when nothing has.</summary>
    public Tensor? Of(Term term) => _gradients.GetValueOrDefault(term);

    /// <summary>Called before each operation's formula runs, with the gradient it is given.</summary>
    public Action<Term, Tensor>? Stepping { get; init; }

    /// <summary>Walks the whole graph, from a gradient of one for the loss.</summary>
    public Walk Run(Graph graph)
    {
        Tensor one = Tensor.Ones(graph.Loss.Variable.Shape, DType.F64);
        _gradients[graph.Loss] = one;
        Go(graph, one);
        return this;
    }

    protected abstract void Go(Graph graph, Tensor one);

    /// <summary>Runs one operation's formula and adds to the gradients of its inputs.</summary>
    /// <returns>The inputs that want a gradient, with what each was given.</returns>
    protected List<(Term Input, Tensor Gradient)> Step(Term term, Tensor dy)
    {
        Stepping?.Invoke(term, dy);
        Steps++;
        List<(Term, Tensor)> given = [];
        for (int i = 0; i < term.Inputs.Count; i++)
        {
            Term input = term.Inputs[i];
            if (!input.Variable.NeedsGrad) continue;
            Tensor gradient = term.Backward(i, dy);
            _gradients[input] = _gradients.TryGetValue(input, out Tensor? sum) ? sum + gradient : gradient;
            given.Add((input, gradient));
        }
        return given;
    }
}

/// <summary>The order of execution backwards, as the tape does it: when a term's turn comes, all that use it have had theirs.</summary>
internal sealed class ReverseWalk() : Walk("reverse order of execution")
{
    protected override void Go(Graph graph, Tensor one)
    {
        for (int i = graph.Terms.Count - 1; i >= 0; i--)
            if (!graph.Terms[i].IsLeaf && Of(graph.Terms[i]) is { } dy) Step(graph.Terms[i], dy);
    }
}

/// <summary>Depth first, each term once: on the first visit, with what has arrived by then.</summary>
internal sealed class FirstVisitWalk() : Walk("depth first, once each")
{
    private readonly HashSet<Term> _visited = [];

    protected override void Go(Graph graph, Tensor one) => Visit(graph.Loss);

    private void Visit(Term term)
    {
        if (term.IsLeaf || !_visited.Add(term)) return;
        foreach ((Term input, _) in Step(term, Of(term)!)) Visit(input);
    }
}

/// <summary>Depth first, on every visit, with the sum of all that has arrived by then: what was passed on before is passed on again.</summary>
internal sealed class EveryVisitWalk() : Walk("depth first, the sum each time")
{
    protected override void Go(Graph graph, Tensor one) => Visit(graph.Loss);

    private void Visit(Term term)
    {
        if (term.IsLeaf) return;
        foreach ((Term input, _) in Step(term, Of(term)!)) Visit(input);
    }
}

/// <summary>Depth first, each path by itself, with what this path brings: the chain rule by the letter. Right, and as long as there are paths.</summary>
internal sealed class EveryPathWalk() : Walk("depth first, path by path")
{
    protected override void Go(Graph graph, Tensor one) => Visit(graph.Loss, one);

    private void Visit(Term term, Tensor dy)
    {
        if (term.IsLeaf) return;
        foreach ((Term input, Tensor gradient) in Step(term, dy)) Visit(input, gradient);
    }
}
