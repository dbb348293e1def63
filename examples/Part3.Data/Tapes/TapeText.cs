using System.Globalization;
using System.Text;

namespace MiniStack.Examples.Data;

/// <summary>Writes graphs and small tensors as text.</summary>
internal static class TapeText
{
    private const int Shown = 4;

    /// <summary>The graph as a tree that grows from the loss; what is used twice is drawn once and named again.</summary>
    public static string Tree(Graph graph)
    {
        StringBuilder text = new();
        HashSet<Term> drawn = [];
        Draw(graph.Loss, "", "");
        return text.ToString();

        void Draw(Term term, string first, string others)
        {
            text.Append(first).Append(Label(graph, term));
            bool again = !drawn.Add(term);
            text.Append(again && !term.IsLeaf ? ", see above\n" : "\n");
            for (int i = 0; !again && i < term.Inputs.Count; i++)
            {
                bool last = i == term.Inputs.Count - 1;
                Draw(term.Inputs[i], others + (last ? "└─ " : "├─ "), others + (last ? "   " : "│  "));
            }
        }
    }

    /// <summary>Its place in the order of execution, or what it is, then name and shape.</summary>
    public static string Label(Graph graph, Term term) => !term.IsLeaf
        ? $"{Place(graph, term)} {term.Name} {term.Variable.Shape}"
        : $"{term.Name} {term.Variable.Shape}, {(term.Variable.NeedsGrad ? "parameter" : "constant")}";

    /// <summary>1 for the first operation that was recorded.</summary>
    public static int Place(Graph graph, Term term) => 1 + graph.Operations.TakeWhile(other => other != term).Count();

    /// <summary>The first numbers of a tensor.</summary>
    public static string Numbers(Tensor tensor)
    {
        double[] numbers = tensor.ToArray<double>();
        string shown = string.Join(' ', numbers.Take(Shown).Select(number => number.ToString("0.####", CultureInfo.InvariantCulture)));
        return numbers.Length > Shown ? $"{shown} …" : shown;
    }
}
