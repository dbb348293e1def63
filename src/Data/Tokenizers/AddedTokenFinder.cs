using System.Buffers;

namespace MiniStack.Data;

/// <summary>Finds added tokens in a text: the leftmost, and of several at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly AddedToken[] _longestFirst;
    private readonly SearchValues<string> _contents;

    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        _longestFirst = [.. tokens.OrderByDescending(token => token.Content.Length)];
        _contents = SearchValues.Create([.. _longestFirst.Select(token => token.Content)], StringComparison.Ordinal);
    }

    /// <summary>Special tokens with the numbers from 0.</summary>
    /// <exception cref="DataException">One is empty or given twice.</exception>
    public static AddedToken[] Number(string owner, IReadOnlyList<string> contents)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string content in contents)
        {
            if (content.Length == 0) throw new DataException($"{owner}: a special token is empty. Give every token a text.");
            if (!seen.Add(content)) throw new DataException($"{owner}: the special token {TokenTable.Show(content)} is given twice. Give it once.");
        }
        return [.. contents.Select((content, id) => new AddedToken(content, id))];
    }

    /// <summary>The next one at or after <paramref name="start"/>; false when there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="from">Where the token, with the white space that it takes, begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="token">What was found.</param>
    public bool Next(ReadOnlySpan<char> text, int start, out int from, out int to, out AddedToken? token)
    {
        (from, to, token) = (text.Length, text.Length, null);
        if (_longestFirst.Length == 0) return false;
        int found = text[start..].IndexOfAny(_contents);
        if (found < 0) return false;
        from = start + found;
        foreach (AddedToken one in _longestFirst)
        {
            if (!text[from..].StartsWith(one.Content, StringComparison.Ordinal)) continue;
            token = one;
            break;
        }
        to = from + token!.Content.Length;
        if (token.TakesSpaceBefore) while (from > start && char.IsWhiteSpace(text[from - 1])) from--;
        if (token.TakesSpaceAfter) while (to < text.Length && char.IsWhiteSpace(text[to])) to++;
        return true;
    }
}
