using System.Text;
using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>Byte pair encoding as it is defined, without any haste.</summary>
internal static class BpeSpecification
{
    /// <summary>Merges the pair that was learnt first, at its leftmost place, until none is left: quadratic.</summary>
    public static List<string> Merge(IEnumerable<string> word, IReadOnlyList<(string Left, string Right)> merges)
    {
        List<string> tokens = [.. word];
        while (true)
        {
            (int Rank, int At) best = (int.MaxValue, -1);
            for (int at = 0; at + 1 < tokens.Count; at++)
            {
                int rank = merges.TakeWhile(merge => merge != (tokens[at], tokens[at + 1])).Count();
                if (rank < merges.Count && rank < best.Rank) best = (rank, at);
            }
            if (best.At < 0) return tokens;
            tokens[best.At] += tokens[best.At + 1];
            tokens.RemoveAt(best.At + 1);
        }
    }

    /// <summary>Counts all pairs anew for each merge, and merges the most frequent one everywhere; of equals that with the smaller numbers.</summary>
    public static (List<string> Tokens, List<(string, string)> Merges) Train(
        IEnumerable<string> tokens, IEnumerable<(string[] Word, long Count)> words, int size, long minimum, string prefix = "")
    {
        List<string> vocabulary = [.. tokens];
        List<(string[] Word, long Count)> left = [.. words];
        List<(string, string)> merges = [];
        while (vocabulary.Count < size)
        {
            Dictionary<(int, int), long> counts = [];
            foreach ((string[] word, long count) in left)
            {
                for (int i = 0; i + 1 < word.Length; i++)
                {
                    (int, int) pair = (vocabulary.IndexOf(word[i]), vocabulary.IndexOf(word[i + 1]));
                    counts[pair] = counts.GetValueOrDefault(pair) + count;
                }
            }
            if (counts.Count == 0) break;
            ((int First, int Second) best, long most) = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).First();
            if (most < minimum) break;
            (string a, string b) = (vocabulary[best.First], vocabulary[best.Second]);
            string result = a + (b.StartsWith(prefix, StringComparison.Ordinal) ? b[prefix.Length..] : b);
            if (!merges.Contains((a, b))) merges.Add((a, b));
            if (!vocabulary.Contains(result)) vocabulary.Add(result);
            left = [.. left.Select(pair => (Replace(pair.Word, a, b, result), pair.Count))];
        }
        return (vocabulary, merges);
    }

    /// <summary>The tokens of a word before any merge: its bytes in GPT-2's letters.</summary>
    public static IEnumerable<string> Letters(string word) => ByteAlphabet.Write(Encoding.UTF8.GetBytes(word)).Select(letter => $"{letter}");

    private static string[] Replace(string[] word, string a, string b, string result)
    {
        List<string> replaced = [];
        for (int i = 0; i < word.Length; i++)
        {
            bool merges = word[i] == a && i + 1 < word.Length && word[i + 1] == b;
            replaced.Add(merges ? result : word[i]);
            if (merges) i++;
        }
        return [.. replaced];
    }
}
