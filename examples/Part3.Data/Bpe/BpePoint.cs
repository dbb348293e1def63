using System.Text;
using MiniStack.Data;

namespace MiniStack.Examples.Data;

/// <summary>What a vocabulary of some size makes of a text that it was learnt from, and of one that it was not.</summary>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Learnt">Bytes a token of the text that it was learnt from.</param>
/// <param name="HeldOut">Bytes a token of the other.</param>
/// <param name="Bits">Bits that a byte of the other takes when a model knows how frequent each token is, and nothing else.</param>
internal sealed record BpePoint(ByteLevelBpe Tokenizer, double Learnt, double HeldOut, double Bits)
{
    /// <summary>The tokenizer with the first merges only: it is the one that training would have given with a smaller vocabulary.</summary>
    public static ByteLevelBpe Smaller(ByteLevelBpe tokenizer, int size) => new(
        tokenizer.Vocabulary.Where(pair => pair.Value < size).ToDictionary(pair => pair.Key, pair => pair.Value),
        [.. tokenizer.Merges.TakeWhile(merge => tokenizer.Vocabulary[merge.Left + merge.Right] < size)]);

    public static BpePoint Measure(ByteLevelBpe tokenizer, string learnt, string heldOut)
    {
        int[] seen = tokenizer.Encode(learnt), held = tokenizer.Encode(heldOut);
        double[] counts = new double[tokenizer.VocabularySize];
        foreach (int id in seen) counts[id]++;
        // Half a count for each token besides, so that what was never seen is not impossible (Krichevsky and Trofimov 1981).
        double all = seen.Length + 0.5 * counts.Length, bits = held.Sum(id => -Math.Log2((counts[id] + 0.5) / all));
        double bytes = Encoding.UTF8.GetByteCount(heldOut);
        return new BpePoint(tokenizer, (double)Encoding.UTF8.GetByteCount(learnt) / seen.Length, bytes / held.Length, bits / bytes);
    }

    /// <summary>The tokens of a text, so that spaces and ends of lines can be seen.</summary>
    public string[] Pieces(string text) => [.. Tokenizer.Encode(text).Select(id => Visible(Tokenizer.Decode([id])))];

    public static string Visible(string token) => token.Replace(' ', '␣').Replace('\n', '⏎');
}
