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
