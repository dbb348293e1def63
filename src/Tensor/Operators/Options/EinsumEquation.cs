namespace MiniStack;

/// <summary>
/// What an equation of <see cref="Tensor.Einsum(string, ReadOnlySpan{Tensor})"/> says, once it fits the operands: one letter for each axis.
/// </summary>
internal sealed class EinsumEquation
{
    /// <summary>Stands for "..." while its axes have no letters.</summary>
    private const char Ellipsis = '.';

    private readonly string _text;
    private readonly List<(string Labels, int[] Positions)> _terms = [];

    private EinsumEquation(string text, ReadOnlySpan<Tensor> operands)
    {
        _text = text;
        int arrow = text.IndexOf("->", StringComparison.Ordinal), end = arrow < 0 ? text.Length : arrow;
        for (int start = 0; start <= end;)
        {
            int comma = text.IndexOf(',', start, end - start), stop = comma < 0 ? end : comma;
            _terms.Add(Term(start, stop));
            start = stop + 1;
        }
        if (_terms.Count != operands.Length)
        {
            throw new ShapeException(
                $"Einsum: '{text}' names {_terms.Count} operands, but {operands.Length} were given. A comma stands between two operands.");
        }
        string used = string.Concat(_terms.Select(term => term.Labels));
        int most = 0;
        for (int i = 0; i < operands.Length; i++) most = Math.Max(most, Missing(i, operands[i]));
        // Letters that the equation has not for what "..." stands for, the last axis first.
        char[] free =
        [
            .. Enumerable.Range('α', 1000).Select(code => (char)code)
                .Where(letter => char.IsLetter(letter) && !used.Contains(letter)).Take(most)
        ];
        Array.Reverse(free);
        string rest = new(free);
        Inputs = new string[operands.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            Inputs[i] = _terms[i].Labels.Replace(Ellipsis.ToString(), rest[(most - Missing(i, operands[i]))..], StringComparison.Ordinal);
            AddSizes(i, operands[i].Shape);
        }
        Output = arrow < 0 ? ImplicitOutput(used, rest) : ExplicitOutput(Term(arrow + 2, text.Length), used, rest);
    }

    /// <summary>A letter for each axis of each operand.</summary>
    public string[] Inputs { get; }

    /// <summary>A letter for each axis of the result.</summary>
    public string Output { get; }

    /// <summary>Size of the axis of each letter.</summary>
    public Dictionary<char, int> Sizes { get; } = [];

    /// <summary>Reads an equation.</summary>
    /// <exception cref="ShapeException">It has a mistake, or does not fit the operands.</exception>
    public static EinsumEquation Parse(string text, ReadOnlySpan<Tensor> operands) => new(text, operands);

    /// <summary>The equation with every axis named and its result written out.</summary>
    public override string ToString() => $"{string.Join(',', Inputs)}->{Output}";

    private (string Labels, int[] Positions) Term(int start, int end)
    {
        List<char> labels = [];
        List<int> positions = [];
        for (int i = start; i < end; i++)
        {
            char c = _text[i];
            if (c == ' ') continue;
            if (c == '.')
            {
                if (i + 3 > end || _text[i + 1] != '.' || _text[i + 2] != '.')
                    throw Wrong(i, "a dot must be part of '...', which stands for any leading axes");
                if (labels.Contains(Ellipsis)) throw Wrong(i, "'...' may stand only once in an operand");
            }
            else if (!char.IsLetter(c))
            {
                throw Wrong(
                    i,
                    $"'{c}' means nothing here. " +
                    "Write letters for axes, commas between operands, '->' before the result and '...' for leading axes");
            }
            labels.Add(c);
            positions.Add(i);
            if (c == '.') i += 2;
        }
        return (string.Concat(labels), [.. positions]);
    }

    /// <summary>How many axes "..." stands for in an operand.</summary>
    private int Missing(int operand, Tensor tensor)
    {
        (string labels, int[] positions) = _terms[operand];
        int named = labels.Count(c => c != Ellipsis), missing = tensor.Rank - named;
        if (labels.Contains(Ellipsis) ? missing >= 0 : missing == 0) return missing;
        throw Wrong(
            positions.Length == 0 ? 0 : positions[0],
            $"operand {operand + 1} has {named} letters{(labels.Contains(Ellipsis) ? " beside '...'" : "")}, " +
            $"but its shape is {tensor.Shape}. Write one letter for each axis");
    }

    private void AddSizes(int operand, Shape shape)
    {
        string labels = Inputs[operand];
        for (int axis = 0; axis < labels.Length; axis++)
        {
            int size = shape[axis], known = Sizes.GetValueOrDefault(labels[axis], 1), earlier = labels.IndexOf(labels[axis]);
            // A size of 1 broadcasts against other operands, but not against the operand's own other axis.
            if ((size == known || size == 1 || known == 1) && size == shape[earlier])
            {
                Sizes[labels[axis]] = size == 1 ? known : size;
                continue;
            }
            if (size == known) known = shape[earlier];
            int at = _terms[operand].Labels.IndexOf(labels[axis]);
            int[] positions = _terms[operand].Positions;
            if (at < 0)
            {
                throw Wrong(
                    positions[_terms[operand].Labels.IndexOf(Ellipsis)],
                    $"an axis of '...' has size {size} in operand {operand + 1} of shape {shape}, but {known} before");
            }
            if (earlier != axis) at = _terms[operand].Labels.LastIndexOf(labels[axis]);
            throw Wrong(
                positions[at], $"axis '{labels[axis]}' has size {size} in operand {operand + 1} of shape {shape}, but {known} before");
        }
    }

    /// <summary>
    /// Without an arrow, the result has what "..." stands for, and then the letters that stand only once, in alphabetical order.
    /// </summary>
    private static string ImplicitOutput(string used, string rest) =>
        rest + string.Concat(used.Where(c => c != Ellipsis && used.Count(other => other == c) == 1).Order());

    private string ExplicitOutput((string Labels, int[] Positions) term, string used, string rest)
    {
        for (int i = 0; i < term.Labels.Length; i++)
        {
            char c = term.Labels[i];
            if (c != Ellipsis && !used.Contains(c)) throw Wrong(term.Positions[i], $"axis '{c}' of the result is in no operand");
            if (term.Labels.IndexOf(c) < i)
                throw Wrong(term.Positions[i], $"axis '{c}' stands twice in the result. Embed a diagonal with Where");
        }
        return term.Labels.Replace(Ellipsis.ToString(), rest, StringComparison.Ordinal);
    }

    private ShapeException Wrong(int position, string what) => new($"Einsum: '{_text}', position {position}: {what}.");
}
