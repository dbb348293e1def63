using System.Text;

namespace MiniStack;

public sealed partial class Tape
{
    /// <summary>
    /// The recorded operations as a Mermaid flowchart, which many Markdown viewers draw: what was given on top, results below.
    /// </summary>
    /// <remarks>
    /// Operations bear their place in the order of execution, arrows the shape of what they carry. Parameters are drawn as stadiums with
    /// their names, variables from <see cref="Variable.Watch"/> as slanted boxes, constants as plain ones.
    /// </remarks>
    /// <returns>Lines of text, the first of which is <c>flowchart TD</c>.</returns>
    /// <exception cref="TapeException">The tape has ended: nothing is recorded any more.</exception>
    public string ToMermaid()
    {
        if (_ended)
        {
            throw new TapeException(
                "ToMermaid: this tape has ended and recorded nothing that could still be drawn. Draw it before Backward or Dispose.");
        }
        StringBuilder text = new("flowchart TD\n");
        Dictionary<object, string> names = new(ReferenceEqualityComparer.Instance);
        int leaves = 0;
        foreach ((int i, GradNode node) in _nodes.Index())
        {
            string name = names[node] = $"op{i + 1}";
            List<string> arrows = [];
            foreach (Variable input in node.Inputs)
            {
                object source = (object?)input.Node ?? input;
                if (!names.TryGetValue(source, out string? from))
                {
                    from = names[source] = $"in{++leaves}";
                    text.Append($"  {from}{Leaf(input)}\n");
                }
                arrows.Add($"  {from} -->|\"{input.Shape}\"| {name}\n");
            }
            text.Append($"  {name}[[\"{i + 1} {node.Name}\"]]\n").AppendJoin("", arrows);
        }
        return text.ToString();
    }

    /// <summary>The box of a variable that no operation made, or none on this tape.</summary>
    private static string Leaf(Variable leaf)
    {
        string shape = leaf.Shape.ToString();
        return leaf switch
        {
            Parameter { Name.Length: > 0 } parameter =>
                $"([\"{parameter.Name.Replace("\"", "#quot;", StringComparison.Ordinal)} {shape}\"])",
            Parameter => $"([\"parameter {shape}\"])",
            { NeedsGrad: true } => $"[/\"input {shape}\"/]",
            _ => $"[\"constant {shape}\"]",
        };
    }
}
