using System.Globalization;

namespace MiniStack.Data;

/// <summary>
/// Reads a grammar from its notation. A block starts with <c>rule NAME:</c> (an alternative per line), <c>list
/// NAME:</c> (words, an alternative each) or <c>actor NAME: FORMS</c> (an identity per line, a word per form); every
/// line of it is <c>WEIGHT | BODY</c>. In a rule's body <c>{name}</c> stands for a rule or list (<c>{Name}</c>
/// capitalises its words), <c>{actor!form}</c> introduces an actor, and <c>{actor.form}</c> mentions it again.
/// </summary>
internal sealed class TaleGrammar
{
    /// <summary>Ends every tale, and occurs nowhere inside one.</summary>
    public const string EndOfTale = "\n\n";

    private readonly Dictionary<string, TaleNode> _built = [];
    private readonly Dictionary<string, TaleActor> _actors = [];
    private readonly Dictionary<string, Block> _blocks = [];
    private readonly Dictionary<(TaleChoice Choice, ulong Before), ulong> _checked = [];

    private TaleGrammar(string notation)
    {
        Block? block = null;
        const StringSplitOptions NonEmpty = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (string line in notation.Split('\n', NonEmpty))
        {
            if (line.Split(" | ", 2) is [string weight, string body])
            {
                block!.Lines.Add((int.Parse(weight, CultureInfo.InvariantCulture), body));
            }
            else
            {
                string[] head = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
                _blocks.Add(head[1], block = new Block(head[0], head[1], head[2..], []));
            }
        }

        foreach (Block actor in _blocks.Values.Where(b => b.Kind == "actor"))
        {
            string[][] identities = [.. actor.Lines.Select(l => l.Body.Split(' '))];
            Weights weights = new([.. actor.Lines.Select(l => l.Weight)]);
            _actors.Add(actor.Name, new TaleActor(_actors.Count, actor.Name, actor.Forms, identities, weights));
        }

        Root = new TaleSequence([Resolve(_blocks.Values.First().Name), new TaleText(EndOfTale)]);
        CheckMentions(Root, before: 0);
        Rules = [.. _blocks.Values.Select(Describe)];
    }

    /// <summary>The whole tale: the notation's first rule, and the blank line after it.</summary>
    public TaleNode Root { get; }

    public int ActorCount => _actors.Count;

    public IReadOnlyList<TaleRule> Rules { get; }

    public static TaleGrammar Parse(string notation) => new(notation);

    private static IEnumerable<(int Weight, string Body)> Alternatives(Block block) => block.Kind == "list"
        ? block.Lines.SelectMany(l => l.Body.Split(' ').Select(word => (l.Weight, word)))
        : block.Lines;

    private static TaleRule Describe(Block block)
    {
        double total = Alternatives(block).Sum(a => a.Weight);
        return new TaleRule(
            block.Name, [.. Alternatives(block).Select(a => new TaleAlternative(a.Weight / total, a.Body))]);
    }

    // "{word} and" becomes "{Word} and": the capital is passed down to the list that ends up in front.
    private static string Capitalise(string body)
    {
        int first = body.AsSpan().IndexOfAnyExcept('{', '"');
        return $"{body[..first]}{char.ToUpperInvariant(body[first])}{body[(first + 1)..]}";
    }

    // Who has been introduced once the node is told, a bit for each actor; what holds after one alternative only does not
    // hold after the choice. A rule stands in many places, but is checked once for each set that comes before it.
    private ulong CheckMentions(TaleNode node, ulong before)
    {
        switch (node)
        {
            case TaleSequence sequence:
                return sequence.Parts.Aggregate(before, (known, part) => CheckMentions(part, known));
            case TaleChoice choice:
                if (!_checked.TryGetValue((choice, before), out ulong after))
                {
                    after = choice.Options.Aggregate(ulong.MaxValue, (known, o) => known & CheckMentions(o, before));
                    _checked.Add((choice, before), after);
                }

                return after;
            case TaleMention mention when mention.Introduces == ((before & Bit(mention.Actor)) != 0):
                throw new FormatException(mention.Introduces
                    ? $"The grammar introduces {mention.Actor.Name} twice. Mention the actor with a dot instead."
                    : $"The grammar mentions {mention.Actor.Name} before it surely introduced it. Put a '!' first.");
            case TaleMention { Introduces: true } mention:
                return before | Bit(mention.Actor);
            default:
                return before;
        }
    }

    private static ulong Bit(TaleActor actor) => actor.Index < 64
        ? 1UL << actor.Index
        : throw new FormatException($"The grammar's actor {actor.Name} is one too many: 64 are possible.");

    private TaleNode Resolve(string name)
    {
        if (_built.TryGetValue(name, out TaleNode? node))
        {
            return node;
        }

        bool capital = !_blocks.ContainsKey(name);
        Block block = _blocks[capital ? char.ToLowerInvariant(name[0]) + name[1..] : name];
        (int Weight, string Body)[] lines = [.. Alternatives(block)];
        TaleNode[] options = [.. lines.Select(l => Body(capital ? Capitalise(l.Body) : l.Body))];
        node = options.Length == 1
            ? options[0]
            : new TaleChoice(name, options, new Weights([.. lines.Select(l => l.Weight)]));
        _built.Add(name, node);
        return node;
    }

    private TaleNode Body(string body)
    {
        List<TaleNode> parts = [];
        foreach (string piece in body.Split('{'))
        {
            string[] halves = piece.Split('}');    // "reference}text", or only "text" before the first brace
            if (halves.Length == 2)
            {
                parts.Add(Reference(halves[0]));
            }

            if (halves[^1].Length > 0)
            {
                parts.Add(new TaleText(halves[^1]));
            }
        }

        return parts.Count == 1 ? parts[0] : new TaleSequence(parts);
    }

    private TaleNode Reference(string reference)
    {
        string[] names = reference.Split('!', '.');
        if (names.Length == 1)
        {
            return Resolve(reference);
        }

        TaleActor actor = _actors[names[0]];
        return new TaleMention(actor, Array.IndexOf(actor.Forms, names[1]), reference.Contains('!'));
    }

    private sealed record Block(string Kind, string Name, string[] Forms, List<(int Weight, string Body)> Lines);
}
