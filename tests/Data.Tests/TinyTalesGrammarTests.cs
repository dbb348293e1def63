using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>The machinery on grammars so small that all their tales can be listed.</summary>
public class TinyTalesGrammarTests
{
    private const string Small =
        """
        rule tale:
          3 | {hero!name} {verb}. {more}
          1 | So {hero!name} {verb}.
        rule more:
          2 | {hero.He} {verb} too.
          1 | {Verb}, {hero.name}!
        list verb:
          5 | ran sat
          1 | sang
        actor hero: name He
          2 | Mia She
          1 | Mo He
          1 | Ann She
        """;

    [Fact]
    public void Measure_AllTalesListed_EqualsTheirEntropyAndLength()
    {
        TaleGrammar grammar = TaleGrammar.Parse(Small);
        (string Text, double Probability)[] tales = [.. List(grammar)];

        Assert.Equal(tales.Length, tales.DistinctBy(t => t.Text).Count());
        Assert.Equal(1, tales.Sum(t => t.Probability), 1e-12);
        double entropy = -tales.Sum(t => t.Probability * Math.Log(t.Probability));
        Assert.Equal(entropy, TaleMeasure.Entropy(grammar.Root), 1e-12);
        Assert.Equal(tales.Sum(t => t.Probability * t.Text.Length), TaleMeasure.Length(grammar.Root), 1e-12);
    }

    [Fact]
    public void Reader_EveryTale_FindsItsProbabilityAndOneDerivation()
    {
        TaleGrammar grammar = TaleGrammar.Parse(Small);
        TaleReader reader = new(new TaleAutomaton(grammar));
        foreach ((string text, double probability) in List(grammar))
        {
            reader.ReadFromStart(text);

            Assert.Equal(Math.Log(probability), reader.LogProbability, 1e-12);
            Assert.Equal(1, reader.Derivations);
        }
    }

    [Fact]
    public void Reader_WindowFromAnywhere_EqualsItsFrequencyInAllTales()
    {
        // In the endless text, a window inside tale + tale begins at each character of the first with the same
        // probability.
        TaleGrammar grammar = TaleGrammar.Parse(Small);
        TaleReader reader = new(new TaleAutomaton(grammar));
        (string Text, double Probability)[] tales = [.. List(grammar)];
        Dictionary<string, double> expected = [];
        foreach ((string first, double p) in tales)
        {
            foreach ((string second, double q) in tales)
            {
                for (int i = 0; i < first.Length; i++)
                {
                    string window = (first + second).Substring(i, 7);
                    expected[window] = expected.GetValueOrDefault(window) + (p * q / TaleMeasure.Length(grammar.Root));
                }
            }
        }

        foreach ((string window, double probability) in expected)
        {
            reader.ReadFromAnywhere(window);
            Assert.Equal(Math.Log(probability), reader.LogProbability, 1e-9);
        }
    }

    [Fact]
    public void FindAmbiguity_SmallGrammar_HasNone() =>
        Assert.Null(new TaleAutomaton(TaleGrammar.Parse(Small)).FindAmbiguity());

    [Theory]
    [InlineData("rule tale:\n1 | {a}{b}\nlist a:\n1 | x xy\nlist b:\n1 | yz z", "xyz")]
    [InlineData("rule tale:\n1 | the {a}\n1 | the cat\nlist a:\n1 | cat dog", "the cat")]
    [InlineData("rule tale:\n1 | {a}\nlist a:\n1 | cat cat", "cat")]
    [InlineData("rule tale:\n1 | {a!it}\nactor a: it\n1 | cat\n1 | cat", "cat")]
    public void FindAmbiguity_TwoDerivations_AreFoundAndCounted(string notation, string text)
    {
        TaleAutomaton automaton = new(TaleGrammar.Parse(notation));
        TaleReader reader = new(automaton);

        reader.ReadFromStart(text + TaleGrammar.EndOfTale);

        Assert.NotNull(automaton.FindAmbiguity());
        Assert.Equal(2, reader.Derivations);
    }

    [Theory]
    [InlineData("rule tale:\n1 | {a.it}\nactor a: it\n1 | cat\n1 | dog", "before it surely introduced it")]
    [InlineData("rule tale:\n1 | {a!it}{a!it}\nactor a: it\n1 | cat\n1 | dog", "introduces a twice")]
    [InlineData("rule tale:\n1 | {b}{a.it}\nrule b:\n1 | {a!it}\n1 | no\nactor a: it\n1 | cat", "before it surely")]
    public void Parse_ActorOutOfOrder_Throws(string notation, string expected)
    {
        FormatException thrown = Assert.Throws<FormatException>(() => TaleGrammar.Parse(notation));
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    // Every tale and its probability, by writing all of them: the specification of what the machinery computes.
    private static IEnumerable<(string Text, double Probability)> List(TaleGrammar grammar) =>
        List(grammar.Root, new Told("", 1, -1)).Select(t => (t.Text, t.Probability));

    private static IEnumerable<Told> List(TaleNode node, Told told)
    {
        switch (node)
        {
            case TaleText literal:
                return [told.And(literal.Text)];
            case TaleSequence sequence:
                IEnumerable<Told> all = [told];
                return sequence.Parts.Aggregate(all, (before, part) => before.SelectMany(t => List(part, t)));
            case TaleChoice choice:
                return choice.Options.SelectMany((o, i) => List(o, told.And("", choice.Weights[i])));
            case TaleMention { Introduces: true } mention:
                return mention.Actor.Identities.Select(
                    (_, i) => told.And(mention.TextOf(i), mention.Actor.Weights[i]) with { Hero = i });
            default:
                return [told.And(((TaleMention)node).TextOf(told.Hero))];
        }
    }

    private sealed record Told(string Text, double Probability, int Hero)
    {
        public Told And(string text, double probability = 1) =>
            this with { Text = Text + text, Probability = Probability * probability };
    }
}
