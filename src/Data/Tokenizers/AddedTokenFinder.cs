using System.Buffers;

namespace MiniStack.Data;

/// <summary>Finds added tokens in a text: the leftmost, and of several at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    /// <summary>Characters of a token, at most: where a text might hold one, every length that there is has to be looked at.</summary>
    public const int MostCharacters = 1000;

    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _tokens;
    private readonly int[] _lengths;
    private readonly SearchValues<char> _beginnings;
    private readonly AddedTokenFinder _plain; // of those that are not special: itself, where none is

    /// <param name="tokens">Each with a text of its own.</param>
    public AddedTokenFinder(IReadOnlyList<AddedToken> tokens)
    {
        Dictionary<string, AddedToken> byContent = tokens.ToDictionary(token => token.Content, StringComparer.Ordinal);
        _tokens = byContent.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = [.. tokens.Select(token => token.Content.Length).Distinct().OrderDescending()];
        _beginnings = SearchValues.Create([.. tokens.Select(token => token.Content[0]).Distinct()]);
        _plain = tokens.Any(token => token.IsSpecial) ? new AddedTokenFinder([.. tokens.Where(token => !token.IsSpecial)]) : this;
    }

    /// <summary>Special tokens with the numbers from 0.</summary>
    /// <exception cref="DataException">One is empty or given twice.</exception>
    public static AddedToken[] Number(string owner, IReadOnlyList<string> contents)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string content in contents)
        {
            if (content.Length == 0) throw new DataException($"{owner}: a special token is empty. Give every token a text.");
            if (!seen.Add(content))
                throw new DataException($"{owner}: the special token {TokenTable.Show(content)} is given twice. Give it once.");
        }
        return [.. contents.Select((content, id) => new AddedToken(content, id))];
    }

    /// <summary>The sections of a text between its tokens, and the token after each; after the last there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="special">Whether special tokens count.</param>
    public IEnumerable<(int From, int To, AddedToken? Then)> Cut(string text, bool special = true)
    {
        AddedTokenFinder finder = special ? this : _plain;
        int start = 0;
        while (finder.Next(text, start, out int from, out int to, out AddedToken? token))
        {
            yield return (start, from, token);
            start = to;
        }
        yield return (start, text.Length, null);
    }

    /// <summary>The next one at or after <paramref name="start"/>; false when there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="from">Where the token, with the white space that it takes, begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="token">What was found.</param>
    private bool Next(ReadOnlySpan<char> text, int start, out int from, out int to, out AddedToken? token)
    {
        for (from = start; text[from..].IndexOfAny(_beginnings) is >= 0 and int next; from++)
        {
            from += next;
            if (!TryFindAt(text[from..], out token)) continue;
            to = from + token!.Content.Length;
            if (token.TakesSpaceBefore) while (from > start && char.IsWhiteSpace(text[from - 1])) from--;
            if (token.TakesSpaceAfter) while (to < text.Length && char.IsWhiteSpace(text[to])) to++;
            return true;
        }
        (from, to, token) = (text.Length, text.Length, null);
        return false;
    }

    private bool TryFindAt(ReadOnlySpan<char> text, out AddedToken? token)
    {
        foreach (int length in _lengths)
            if (length <= text.Length && _tokens.TryGetValue(text[..length], out token)) return true;
        token = null;
        return false;
    }
}
