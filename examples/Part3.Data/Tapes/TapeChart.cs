namespace MiniStack.Examples.Data;

/// <summary>Draws a graph from its leaves down to the loss: what each term is, and the gradient that the reverse sweep gives it.</summary>
internal static class TapeChart
{
    private const int Box = 190, High = 46, StepX = 210, StepY = 82, Left = 20, Top = 64;

    public static string Draw(Expression expression, Graph graph, Walk sweep)
    {
        Dictionary<Term, int> rows = Rows(graph);
        ILookup<int, Term> byRow = graph.Terms.ToLookup(term => rows[term]);
        int columns = Math.Max(2, byRow.Max(row => row.Count())), width = 2 * Left + columns * StepX, height = Top + (rows[graph.Loss] + 1) * StepY + 16;
        Dictionary<Term, (double X, double Y)> places = [];
        foreach (IGrouping<int, Term> row in byRow)
            foreach ((int i, Term term) in row.OrderBy(term => Slot(graph, term)).Index()) places[term] = (width / 2.0 + StepX * (i - (row.Count() - 1) / 2.0), Top + row.Key * StepY);

        Svg svg = new(width, height);
        svg.Text(width / 2.0, 24, expression.Formula, "middle", size: 15);
        svg.Text(width / 2.0, 44, "down: the order of execution; up, in orange: gradients", "middle", "#555");
        foreach (Term term in graph.Terms)
        {
            foreach ((int i, Term input) in term.Inputs.Index())
            {
                // Two arrows to the same term stand beside each other.
                double shift = (i - (term.Inputs.Count - 1) / 2.0) * 24;
                svg.Line(places[input].X + shift, places[input].Y + High, places[term].X + shift, places[term].Y, "#888");
                svg.Polygon([(places[term].X + shift - 4, places[term].Y - 8), (places[term].X + shift + 4, places[term].Y - 8), (places[term].X + shift, places[term].Y)], "#888");
            }
        }
        foreach (Term term in graph.Terms)
        {
            (double x, double y) = places[term];
            svg.Rectangle(x - Box / 2.0, y, Box, High, term.IsLeaf ? term.Variable.NeedsGrad ? "#d6e4fb" : "#f1f1f1" : "#ffffff", "#1a56db");
            svg.Text(x, y + 18, TapeText.Label(graph, term), "middle");
            svg.Text(x, y + 36, sweep.Of(term) is { } gradient ? TapeText.Numbers(gradient) : "no gradient", "middle", "#c05a00", 11);
        }
        return svg.ToString();
    }

    /// <summary>Which input it is of the first operation that uses it: the first stands on the left.</summary>
    private static int Slot(Graph graph, Term term) =>
        graph.Operations.FirstOrDefault(user => user.Inputs.Contains(term)) is { } user ? user.Inputs.Index().First(input => input.Item == term).Index : 0;

    /// <summary>An operation stands below all of its inputs, a leaf just above the first operation that uses it.</summary>
    private static Dictionary<Term, int> Rows(Graph graph)
    {
        Dictionary<Term, int> rows = [];
        foreach (Term term in graph.Terms) rows[term] = term.IsLeaf ? 0 : 1 + term.Inputs.Max(input => rows[input]);
        foreach (Term leaf in graph.Terms.Where(term => term.IsLeaf))
            rows[leaf] = graph.Operations.Where(term => term.Inputs.Contains(leaf)).Min(term => rows[term]) - 1;
        return rows;
    }
}
