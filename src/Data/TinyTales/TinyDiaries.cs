namespace MiniStack.Data;

/// <summary>
/// A second corpus in the words of <see cref="TinyTales"/>: what a model of those has to learn anew when it is tuned is how they are put.
/// </summary>
/// <remarks>
/// Diaries instead of tales, in the same characters, so that a tokenizer of TinyTales reads them. The entropy is known exactly here too.
/// </remarks>
public static class TinyDiaries
{
    private const string Sentences =
        """
        rule diary:
          3 | {time}, {friend!it} and {hero!name}: {note} {note} {last}
          4 | {time}, {friend!it} and {hero!name}: {note} {note} {note} {last}
          3 | {time}, {friend!it} and {hero!name}: {note} {note} {note} {note} {last}

        rule note:
          4 | {count} {animals}, all {adj} or {adj}, {deed}.
          3 | "{sounds}!" sang {count} {animals} at {friend.it}.
          3 | {hero.He} {met} {animals} at {time}, {adj} {animals} by {time}.
          2 | {friend.it} {had} {hero.his} {food} and {count} {food}.
          2 | Less {adj}, less {adj} and more {adj} was {hero.name}.

        rule last:
          2 | To bed at {time}.
          1 | To bed, {adj} and {adj}.

        rule sounds:
          1 | {sound}, {sound}
          1 | {sound}, {sound}, {sound}

        rule count:
          1 | {first}
          2 | {first}{digit}
          1 | {first}{digit}{digit}

        rule time:
          1 | {hour}:{ten}{digit}

        """;

    private static readonly TaleGrammar Grammar = TaleGrammar.Parse(Sentences + "\n" + TinyTales.WordLists);
    private static readonly Lazy<TaleAutomaton> Automaton = new(() => new TaleAutomaton(Grammar));

    /// <summary>The entropy of the endless text, in nats per character, exact; as <see cref="TinyTales.EntropyPerCharacter"/>.</summary>
    public static double EntropyPerCharacter { get; } = TaleMeasure.Entropy(Grammar.Root) / TaleMeasure.Length(Grammar.Root);

    /// <summary>The grammar, the rule for a whole diary first.</summary>
    public static IReadOnlyList<TaleRule> Rules => Grammar.Rules;

    /// <summary>Writes diaries, each ended by a blank line, and cuts the text at exactly the wanted length.</summary>
    /// <param name="characters">At least 1. A longer text from the same seed begins with the shorter one.</param>
    /// <param name="rng">The source of every choice; is advanced.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="characters"/> is not positive.</exception>
    public static string Generate(int characters, Rng rng) => new TaleTeller(Grammar, rng).Tell(characters, nameof(TinyDiaries));

    /// <summary>
    /// Recovers how the grammar wrote a text that starts with a diary's first character; see <see cref="TinyTales.Read"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="text"/> is empty.</exception>
    public static TaleReading Read(string text) => TaleReader.Read(Automaton.Value, text, nameof(TinyDiaries));

    /// <summary>Searches all texts for one that the grammar can write in two ways.</summary>
    /// <returns>Such a text, or null: no two derivations give the same text, which makes the entropy exact.</returns>
    public static string? FindAmbiguity() => Automaton.Value.FindAmbiguity();
}
