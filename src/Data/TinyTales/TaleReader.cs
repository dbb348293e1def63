using System.Runtime.InteropServices;

namespace MiniStack.Data;

/// <summary>
/// Follows a text through the automaton with all that may be the case at once: at which state the tale is, who its
/// actors are. It is the perfect predictor of the text: no model can do better than it on what it has been shown.
/// </summary>
internal sealed class TaleReader(TaleAutomaton automaton)
{
    // A byte per actor: 0 = not known (yet), otherwise the identity + 1.
    private Dictionary<(int State, ulong Actors), Weight> _beliefs = [];
    private Dictionary<(int State, ulong Actors), Weight> _next = [];

    /// <summary>ln p of the characters shown.</summary>
    public double LogProbability { get; private set; }

    /// <summary>In how many ways the characters can have been derived.</summary>
    public long Derivations { get; private set; }

    /// <summary>How an automaton's grammar wrote a text that starts with a tale's first character.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The text is empty.</exception>
    public static TaleReading Read(TaleAutomaton automaton, string text, string corpus)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(text), text.Length, $"{corpus}.Read: text must hold at least 1 character. Ask for a positive number.");
        }
        TaleReader reader = new(automaton);
        reader.ReadFromStart(text);
        return new TaleReading(reader.LogProbability, reader.Derivations);
    }

    /// <summary>Shows a text that starts where a tale starts.</summary>
    public void ReadFromStart(ReadOnlySpan<char> text)
    {
        Reset();
        Expand(TaleAutomaton.Start, 0, new Weight(1, 1), text[0]);
        Turn();
        ReadOn(text[1..]);
    }

    /// <summary>Shows a text that starts anywhere: all the reader knows is how often each state occurs.</summary>
    public void ReadFromAnywhere(ReadOnlySpan<char> text)
    {
        Reset();
        for (int i = 1; i < automaton.States.Count; i++)
        {
            TaleState state = automaton.States[i];
            if (state.Kind == TaleStateKind.Character && state.Symbol == text[0])
            {
                ulong actors = state.Actor is null ? 0 : Bind(0, state.Actor, state.Identity);
                Believe((i, actors), new Weight(automaton.Frequency(state), 1));
            }
        }

        Turn();
        ReadOn(text[1..]);
    }

    private static ulong Bind(ulong actors, TaleActor actor, int identity) =>
        actors | ((ulong)(identity + 1) << (8 * actor.Index));

    private static int IdentityOf(ulong actors, TaleActor actor) => (int)((actors >> (8 * actor.Index)) & 255) - 1;

    private void Reset()
    {
        _next.Clear();
        LogProbability = 0;
    }

    private void ReadOn(ReadOnlySpan<char> text)
    {
        foreach (char symbol in text)
        {
            foreach (((int state, ulong actors), Weight weight) in _beliefs)
            {
                Expand(automaton.States[state].Next, actors, weight, symbol);
            }

            Turn();
        }
    }

    // From between two characters to every state that can write the next one.
    private void Expand(int index, ulong actors, Weight weight, char symbol)
    {
        TaleState state = automaton.States[index];
        if (state.Kind == TaleStateKind.Character)
        {
            if (state.Symbol == symbol)
            {
                Believe((index, actors), weight);
            }

            return;
        }

        int known = -1;
        if (state.Mention is TaleMention mention)
        {
            known = IdentityOf(actors, mention.Actor);
            if (known >= 0)
            {
                Expand(state.Edges[known].Target, actors, weight, symbol);
                return;
            }
        }

        if (state.Kind == TaleStateKind.Start)
        {
            actors = 0;
        }

        for (int i = 0; i < state.Edges.Length; i++)
        {
            ulong bound = state.Mention is null ? actors : Bind(actors, state.Mention.Actor, i);
            Expand(state.Edges[i].Target, bound, weight.Times(state.Edges[i].Probability), symbol);
        }
    }

    private void Believe((int State, ulong Actors) belief, Weight weight)
    {
        ref Weight total = ref CollectionsMarshal.GetValueRefOrAddDefault(_next, belief, out _);
        total = new Weight(total.Probability + weight.Probability, total.Derivations + weight.Derivations);
    }

    // Bayes' rule: p(next character) is what all beliefs gave it together; they are scaled to sum to 1 again.
    private void Turn()
    {
        double sum = 0;
        Derivations = 0;
        foreach (Weight weight in _next.Values)
        {
            sum += weight.Probability;
            Derivations += weight.Derivations;
        }

        LogProbability += Math.Log(sum);
        _beliefs.Clear();
        foreach (((int, ulong) belief, Weight weight) in _next)
        {
            _beliefs.Add(belief, weight.Times(1 / sum));
        }

        _next.Clear();
    }

    private readonly record struct Weight(double Probability, long Derivations)
    {
        public Weight Times(double factor) => this with { Probability = Probability * factor };
    }
}
