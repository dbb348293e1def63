using System.Globalization;

namespace MiniStack.Data;

/// <summary>A vocabulary whose numbers were checked: every number below its size belongs to exactly one token.</summary>
internal sealed class TokenTable
{
    private readonly string _owner;
    private readonly string[] _texts;
    private readonly AddedToken?[] _added;

    /// <param name="owner">For messages.</param>
    /// <param name="vocabulary">The number of each token.</param>
    /// <param name="added">Tokens that are cut out whole; one that is in the vocabulary too has the same number there.</param>
    /// <exception cref="DataException">A number is missing, out of range or given twice.</exception>
    public TokenTable(string owner, IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<AddedToken> added)
    {
        _owner = owner;
        HashSet<string> contents = new(StringComparer.Ordinal);
        foreach (AddedToken token in added)
        {
            if (token.Content.Length == 0) throw Wrong("an added token is empty. Give every token a text.");
            if (token.Content.Length > AddedTokenFinder.MostCharacters)
            {
                throw Wrong(
                    $"the added token {Show(token.Content)} has {token.Content.Length} characters, " +
                    $"and {AddedTokenFinder.MostCharacters} are the limit. Shorten it.");
            }
            if (!contents.Add(token.Content)) throw Wrong($"the added token {Show(token.Content)} is given twice. Give it once.");
            if (vocabulary.TryGetValue(token.Content, out int id) && id != token.Id)
            {
                throw Wrong(
                    $"the added token {Show(token.Content)} has the number {token.Id}, and in the vocabulary {id}. Give it one number.");
            }
        }
        Size = vocabulary.Count + added.Count(token => !vocabulary.ContainsKey(token.Content));
        if (Size == 0) throw Wrong("the vocabulary is empty. Give it tokens.");
        (_texts, _added) = (new string[Size], new AddedToken[Size]);
        foreach ((string text, int id) in vocabulary) Place(text, id);
        foreach (AddedToken token in added)
        {
            if (!vocabulary.ContainsKey(token.Content)) Place(token.Content, token.Id);
            _added[token.Id] = token;
        }
    }

    public int Size { get; }

    /// <summary>The text of a token as it stands in the vocabulary.</summary>
    public string this[int id] => (uint)id < (uint)Size
        ? _texts[id]
        : throw new DataException($"{_owner}: there is no token {id}; the vocabulary has {Size}. Decode tokens of this tokenizer only.");

    /// <summary>The added token of this number; null when it is none.</summary>
    public AddedToken? Added(int id) => _added[id];

    /// <summary>Throws when a frame names tokens that are not there.</summary>
    public TokenFrame Check(TokenFrame frame)
    {
        foreach (int id in frame.Before.Concat(frame.After))
            if ((uint)id >= (uint)Size)
                throw Wrong($"the frame has the token {id}, but the vocabulary has {Size}. Frame a text by tokens that are there.");
        return frame;
    }

    /// <summary>A token for a message: on one line, and not too long.</summary>
    public static string Show(string text)
    {
        const int Longest = 40;
        string shown = string.Concat(text.Take(Longest).Select(c =>
            char.IsControl(c) || char.IsSurrogate(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : $"{c}"));
        return $"'{shown}{(text.Length > Longest ? "…" : "")}'";
    }

    private void Place(string text, int id)
    {
        if ((uint)id >= (uint)Size)
        {
            throw Wrong(
                $"the token {Show(text)} has the number {id}, but {Size} tokens have the numbers from 0 to {Size - 1}. " +
                "Leave no number out.");
        }
        if (_texts[id] is { } other)
            throw Wrong($"the tokens {Show(other)} and {Show(text)} have the same number {id}. Give each its own.");
        _texts[id] = text;
    }

    private DataException Wrong(string what) => new($"{_owner}: {what}");
}
