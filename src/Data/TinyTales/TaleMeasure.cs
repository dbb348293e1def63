namespace MiniStack.Data;

/// <summary>Exact expectations over all tales, by recursion over the grammar.</summary>
/// <remarks>
/// Choices are independent of each other and of who the actors are, so everything adds up: a choice is worth the
/// entropy of its draw plus the average of what follows from it, a text nothing, an actor the entropy of its identity
/// where it is introduced and nothing afterwards. This is the entropy of the derivation; since a text has one
/// derivation (<see cref="TaleAutomaton.FindAmbiguity"/>), it is the entropy of the text.
/// </remarks>
internal static class TaleMeasure
{
    /// <summary>H(node) in nats.</summary>
    public static double Entropy(TaleNode node) => Measure(node, static (node, measure) => node switch
    {
        TaleSequence sequence => sequence.Parts.Sum(measure),
        TaleChoice choice => choice.Weights.Entropy + choice.Weights.Expect(i => measure(choice.Options[i])),
        TaleMention { Introduces: true } mention => mention.Actor.Weights.Entropy,
        _ => 0,
    });

    /// <summary>E[characters].</summary>
    public static double Length(TaleNode node) => Measure(node, static (node, measure) => node switch
    {
        TaleText text => text.Text.Length,
        TaleSequence sequence => sequence.Parts.Sum(measure),
        TaleChoice choice => choice.Weights.Expect(i => measure(choice.Options[i])),
        TaleMention mention => mention.Actor.Weights.Expect(i => mention.TextOf(i).Length),
        _ => throw new ArgumentException($"A {node.GetType().Name} has no length.", nameof(node)),
    });

    /// <summary>A rule stands in many places as one node: it is measured once.</summary>
    private static double Measure(TaleNode root, Func<TaleNode, Func<TaleNode, double>, double> formula)
    {
        Dictionary<TaleNode, double> known = new(ReferenceEqualityComparer.Instance);
        return Once(root);

        double Once(TaleNode node)
        {
            if (!known.TryGetValue(node, out double value))
            {
                known.Add(node, value = formula(node, Once));
            }

            return value;
        }
    }
}
