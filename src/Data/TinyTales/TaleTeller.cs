using System.Text;

namespace MiniStack.Data;

/// <summary>Writes tales by following the grammar downwards, drawing at every choice.</summary>
internal sealed class TaleTeller(TaleGrammar grammar, Rng rng)
{
    private readonly int[] _identities = new int[grammar.ActorCount];

    public StringBuilder Text { get; } = new();

    /// <summary>When set, receives every mention and where in <see cref="Text"/> it stands.</summary>
    public List<ToldMention>? Mentions { get; init; }

    public void TellOne() => Tell(grammar.Root);

    /// <summary>Tells until there is enough, and cuts the text at exactly the wanted length.</summary>
    /// <param name="characters">At least 1.</param>
    /// <param name="corpus">Whom a mistake is told in the name of.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="characters"/> is not positive.</exception>
    public string Tell(int characters, string corpus)
    {
        if (characters < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(characters), characters,
                $"{corpus}.Generate: characters must hold at least 1 character. Ask for a positive number.");
        }
        while (Text.Length < characters) TellOne();
        return Text.ToString(0, characters);
    }

    private void Tell(TaleNode node)
    {
        switch (node)
        {
            case TaleText text:
                Text.Append(text.Text);
                break;
            case TaleSequence sequence:
                foreach (TaleNode part in sequence.Parts)
                {
                    Tell(part);
                }

                break;
            case TaleChoice choice:
                Tell(choice.Options[choice.Weights.Sample(rng)]);
                break;
            case TaleMention mention:
                int actor = mention.Actor.Index;
                if (mention.Introduces)
                {
                    _identities[actor] = mention.Actor.Weights.Sample(rng);
                }

                Mentions?.Add(new ToldMention(mention, _identities[actor], Text.Length));
                Text.Append(mention.TextOf(_identities[actor]));
                break;
        }
    }
}

/// <summary>A mention, of whom, and where in the text it begins.</summary>
internal readonly record struct ToldMention(TaleMention Mention, int Identity, int Start);
