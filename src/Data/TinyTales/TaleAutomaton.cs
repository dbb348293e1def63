namespace MiniStack.Data;

/// <summary>
/// The grammar written out character by character: a state per place where a character can stand. The end of a tale
/// leads back to the beginning, so that its walks are the endless text of tales.
/// </summary>
internal sealed class TaleAutomaton
{
    /// <summary>The state before a tale: forgets the actors.</summary>
    public const int Start = 0;

    private readonly List<TaleState> _states = [new() { Kind = TaleStateKind.Start }];
    private readonly Dictionary<(TaleNode Node, int Next), int> _known = [];
    private readonly double _meanLength;

    public TaleAutomaton(TaleGrammar grammar)
    {
        _meanLength = TaleMeasure.Length(grammar.Root);
        _states[Start].Edges = [new TaleEdge(Enter(grammar.Root, next: Start), 1)];
        CountVisits();
    }

    public IReadOnlyList<TaleState> States => _states;

    /// <summary>The probability that a character picked anywhere in the text is the one of this state.</summary>
    public double Frequency(TaleState state) => state.Visits / _meanLength;

    /// <summary>Looks for a text that two walks can write.</summary>
    /// <returns>What the two have in common where they meet again, or null: every text has one derivation.</returns>
    /// <remarks>
    /// Steps two walks at once, over all pairs of different states that one text can lead to. If no pair ever meets in
    /// one state, no two walks write the same text up to the same end. Mentions may name anyone here, so this asks for
    /// more than is needed.
    /// </remarks>
    public string? FindAmbiguity()
    {
        Dictionary<int, List<int>> closures = [];
        HashSet<(int, int)> seen = [];
        Stack<(int A, int B, string Text)> open = [];

        // Two walks part where one state leads to two characters that look the same.
        foreach (int entry in _states.Where(s => s.Kind == TaleStateKind.Character).Select(s => s.Next).Distinct())
        {
            List<int> targets = Characters(entry, closures);
            if (Step(targets, targets, "") is string meeting)
            {
                return meeting;
            }
        }

        while (open.TryPop(out (int A, int B, string Text) pair))
        {
            List<int> a = Characters(_states[pair.A].Next, closures), b = Characters(_states[pair.B].Next, closures);
            if (Step(a, b, pair.Text) is string meeting)
            {
                return meeting;
            }
        }

        return null;

        string? Step(List<int> a, List<int> b, string text)
        {
            bool together = ReferenceEquals(a, b) && text.Length == 0;
            for (int i = 0; i < a.Count; i++)
            {
                for (int j = together ? i + 1 : 0; j < b.Count; j++)
                {
                    if (_states[a[i]].Symbol != _states[b[j]].Symbol)
                    {
                        continue;
                    }

                    string longer = text + _states[a[i]].Symbol;
                    if (a[i] == b[j])
                    {
                        return longer;
                    }

                    if (seen.Add((Math.Min(a[i], b[j]), Math.Max(a[i], b[j]))))
                    {
                        open.Push((a[i], b[j], longer));
                    }
                }
            }

            return null;
        }
    }

    // The states of the next character, one entry per way to get there.
    private List<int> Characters(int state, Dictionary<int, List<int>> closures)
    {
        if (_states[state].Kind == TaleStateKind.Character)
        {
            return [state];
        }

        if (!closures.TryGetValue(state, out List<int>? found))
        {
            IEnumerable<TaleEdge> edges = _states[state].Edges;
            if (_states[state].Mention is { Introduces: false } mention)
            {
                // Who "she" is was decided earlier: one edge for all whom this form may mean.
                edges = edges.Select((edge, i) => (edge, i)).DistinctBy(e => mention.TextOf(e.i)).Select(e => e.edge);
            }

            found = [.. edges.SelectMany(e => Characters(e.Target, closures))];
            closures.Add(state, found);
        }

        return found;
    }

    // Written from back to front: what follows a state exists, with a smaller number, before the state does.
    private int Enter(TaleNode node, int next)
    {
        if (_known.TryGetValue((node, next), out int state))
        {
            return state;
        }

        state = node switch
        {
            TaleText text => Spell(text.Text, next, null, 0),
            TaleSequence sequence => sequence.Parts.Reverse().Aggregate(next, (after, part) => Enter(part, after)),
            TaleChoice choice => Add(new TaleState
            {
                Kind = TaleStateKind.Choice,
                Edges = [.. choice.Options.Select((o, i) => new TaleEdge(Enter(o, next), choice.Weights[i]))],
            }),
            TaleMention mention => Add(new TaleState
            {
                Kind = TaleStateKind.Mention,
                Mention = mention,
                Edges = [.. mention.Actor.Identities.Select((_, i) => new TaleEdge(
                    Spell(mention.TextOf(i), next, mention.Actor, i), mention.Actor.Weights[i]))],
            }),
            _ => throw new ArgumentException($"A {node.GetType().Name} has no states.", nameof(node)),
        };
        _known.Add((node, next), state);
        return state;
    }

    private int Spell(string text, int next, TaleActor? actor, int identity)
    {
        foreach (char symbol in text.Reverse())
        {
            next = Add(new TaleState
            {
                Kind = TaleStateKind.Character,
                Symbol = symbol,
                Next = next,
                Actor = actor,
                Identity = identity,
            });
        }

        return next;
    }

    private int Add(TaleState state)
    {
        _states.Add(state);
        return _states.Count - 1;
    }

    private void CountVisits()
    {
        _states[_states[Start].Edges[0].Target].Visits = 1;
        for (int i = _states.Count - 1; i > 0; i--)
        {
            TaleState state = _states[i];
            if (state.Kind == TaleStateKind.Character)
            {
                _states[state.Next].Visits += state.Visits;
            }

            foreach (TaleEdge edge in state.Edges)
            {
                _states[edge.Target].Visits += state.Visits * edge.Probability;
            }
        }
    }
}

internal enum TaleStateKind
{
    Start,
    Character,
    Choice,
    Mention,
}

internal readonly record struct TaleEdge(int Target, double Probability);

internal sealed class TaleState
{
    public required TaleStateKind Kind { get; init; }

    /// <summary>For characters: which, and the state after it.</summary>
    public char Symbol { get; init; }

    public int Next { get; init; }

    /// <summary>For characters of a mention: who is being named.</summary>
    public TaleActor? Actor { get; init; }

    public int Identity { get; init; }

    /// <summary>For the others: where to go on, an edge per option or per identity of the actor.</summary>
    public TaleEdge[] Edges { get; set; } = [];

    public TaleMention? Mention { get; init; }

    /// <summary>How often a tale is expected to come by.</summary>
    public double Visits { get; set; }
}
