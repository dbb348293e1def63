namespace MiniStack.Data;

/// <summary>A piece of the grammar: what may stand at one place of a tale.</summary>
internal abstract record TaleNode;

/// <summary>Characters that are always the same: no entropy, only length.</summary>
internal sealed record TaleText(string Text) : TaleNode;

/// <summary>One piece after the other.</summary>
internal sealed record TaleSequence(IReadOnlyList<TaleNode> Parts) : TaleNode;

/// <summary>One of several pieces, drawn with probability proportional to its weight, independent of all
/// else.</summary>
internal sealed record TaleChoice(string Name, IReadOnlyList<TaleNode> Options, Weights Weights) : TaleNode;

/// <summary>Names an actor. The first mention of a tale introduces, that is draws, who it is; later ones repeat
/// it.</summary>
internal sealed record TaleMention(TaleActor Actor, int Form, bool Introduces) : TaleNode
{
    /// <summary>What is written when the actor is <paramref name="identity"/>.</summary>
    public string TextOf(int identity) => Actor.Identities[identity][Form];
}

/// <summary>Someone or something a tale draws once and mentions again: a row of forms (name, pronouns) per
/// identity.</summary>
internal sealed record TaleActor(
    int Index, string Name, string[] Forms, IReadOnlyList<string[]> Identities, Weights Weights);

/// <summary>A discrete distribution given by whole numbers, so that sampling and entropy speak of the same
/// one.</summary>
internal sealed class Weights
{
    private readonly int[] _cumulative;

    public Weights(IReadOnlyList<int> weights)
    {
        _cumulative = new int[weights.Count];
        int total = 0;
        for (int i = 0; i < weights.Count; i++)
        {
            _cumulative[i] = total += weights[i];
        }
    }

    public int Count => _cumulative.Length;

    public double this[int index] =>
        (_cumulative[index] - (index == 0 ? 0 : _cumulative[index - 1])) / (double)_cumulative[^1];

    /// <summary>−Σ p·ln p, in nats.</summary>
    public double Entropy => -Expect(i => Math.Log(this[i]));

    /// <summary>Σ p(i)·value(i).</summary>
    public double Expect(Func<int, double> value)
    {
        double sum = 0;
        for (int i = 0; i < Count; i++)
        {
            sum += this[i] * value(i);
        }

        return sum;
    }

    public int Sample(Rng rng)
    {
        int drawn = Array.BinarySearch(_cumulative, rng.Next(_cumulative[^1]) + 1);
        return drawn >= 0 ? drawn : ~drawn;
    }
}
