using System.Text;

namespace MiniStack.Data;

/// <summary>
/// An endless corpus of tiny tales for character-level language models, written by a seeded probabilistic grammar.
/// What real text cannot offer: its entropy is known exactly, so a model's loss can be compared with the best that is
/// possible.
/// </summary>
public static partial class TinyTales
{
    private static readonly TaleGrammar Grammar = TaleGrammar.Parse(Notation);
    private static readonly Lazy<TaleAutomaton> Automaton = new(() => new TaleAutomaton(Grammar));

    /// <summary>The entropy of the endless text, in nats per character: H(tale) / E[characters of a tale],
    /// exact.</summary>
    /// <remarks>
    /// The loss of a perfect predictor that remembers all the text so far. One that sees windows of n characters is
    /// better compared with <see cref="WindowEntropy"/>.
    /// </remarks>
    public static double EntropyPerCharacter { get; } =
        TaleMeasure.Entropy(Grammar.Root) / TaleMeasure.Length(Grammar.Root);

    /// <summary>The expected characters of a tale, with the blank line that ends it.</summary>
    public static double MeanTaleLength { get; } = TaleMeasure.Length(Grammar.Root);

    /// <summary>All words that occur, in lower case and in order.</summary>
    public static IReadOnlyCollection<string> Words { get; } = CollectWords();

    /// <summary>The grammar, the rule for a whole tale first.</summary>
    public static IReadOnlyList<TaleRule> Rules => Grammar.Rules;

    /// <summary>Writes tales, each ended by a blank line, and cuts the text at exactly the wanted length.</summary>
    /// <param name="characters">At least 1. A longer text from the same seed begins with the shorter one.</param>
    /// <param name="rng">The source of every choice; is advanced.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="characters"/> is not positive.</exception>
    public static string Generate(int characters, Rng rng) => new TaleTeller(Grammar, rng).Tell(characters, nameof(TinyTales));

    /// <summary>Recovers how the grammar wrote a text that starts with a tale's first character.</summary>
    /// <param name="text">Tales, each ended by a blank line; the last may be cut anywhere. At least one
    /// character.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="text"/> is empty.</exception>
    public static TaleReading Read(string text) => TaleReader.Read(Automaton.Value, text, nameof(TinyTales));

    /// <summary>Searches all texts for one that the grammar can write in two ways.</summary>
    /// <returns>Such a text, or null: no two derivations give the same text, which makes the entropy exact.</returns>
    public static string? FindAmbiguity() => Automaton.Value.FindAmbiguity();

    private static SortedSet<string> CollectWords()
    {
        SortedSet<string> words = new(StringComparer.Ordinal);
        foreach (string body in Rules.SelectMany(r => r.Alternatives).Select(a => a.Body))
        {
            bool reference = false;
            StringBuilder word = new();
            foreach (char c in body + " ")
            {
                reference = c == '{' || (reference && c != '}');
                if (!reference && (char.IsLetter(c) || c == '\''))
                {
                    word.Append(char.ToLowerInvariant(c));
                }
                else if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }
            }
        }

        return words;
    }

    private static void RequirePositive(int value, string operation, string name)
    {
        if (value < 1)
        {
            throw new ArgumentOutOfRangeException(
                name, value,
                $"TinyTales.{operation}: {name} must hold at least 1 character. Ask for a positive number.");
        }
    }
}
