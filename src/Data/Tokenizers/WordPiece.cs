namespace MiniStack.Data;

/// <summary>BERT's tokenizer: words are cut into the longest tokens that a vocabulary has, from left to right.</summary>
/// <remarks>
/// Wu et al. 2016, arXiv:1609.08144, section 4.1, as used by Devlin et al. 2018, arXiv:1810.04805. Decoding cannot bring back case,
/// accents, spaces and unknown words. <see cref="WordPieceTrainer"/> learns a vocabulary from text.
/// </remarks>
public sealed class WordPiece : ITokenizer
{
    private readonly TokenTable _table;
    /// <summary>
    /// What <see cref="WordPieceOptions.MaxCharactersPerWord"/> may be: a word without tokens costs the cube of its length.
    /// </summary>
    internal const int MostCharactersPerWord = 1000;

    private readonly AddedTokenFinder _finder;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _beginning, _continuing;
    private readonly int _longest, _unknown;

    /// <summary>A tokenizer from its parts, as they stand in a tokenizer.json.</summary>
    /// <param name="vocabulary">The number of each token. It is kept, not copied.</param>
    /// <param name="addedTokens">Tokens that are cut out of a text whole, before it is changed in any way.</param>
    /// <param name="options">Null for those of BERT's uncased models.</param>
    /// <param name="frame">What a model wants around a text; null for nothing.</param>
    /// <exception cref="DataException">The numbers are not 0 to one below their count, the unknown token is not in the vocabulary, or
    /// something is given twice.</exception>
    /// <exception cref="ConfigException">The longest word has less than one character, or more than 1,000.</exception>
    public WordPiece(
        IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<AddedToken>? addedTokens = null, WordPieceOptions? options = null,
        TokenFrame? frame = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Options = options ?? new WordPieceOptions();
        if (Options.MaxCharactersPerWord is < 1 or > MostCharactersPerWord)
        {
            throw new ConfigException(
                $"WordPiece: MaxCharactersPerWord must be from 1 to {MostCharactersPerWord}, not {Options.MaxCharactersPerWord}.");
        }
        AddedTokens = addedTokens ?? [];
        _table = new TokenTable(nameof(WordPiece), vocabulary, AddedTokens);
        _finder = new AddedTokenFinder(AddedTokens);
        Frame = _table.Check(frame ?? TokenFrame.None);
        if (!vocabulary.TryGetValue(Options.UnknownToken, out _unknown))
        {
            throw new DataException(
                $"WordPiece: the unknown token {TokenTable.Show(Options.UnknownToken)} is not in the vocabulary. Add it, or name another.");
        }
        Vocabulary = vocabulary;
        Dictionary<string, int> beginning = new(StringComparer.Ordinal), continuing = new(StringComparer.Ordinal);
        foreach ((string token, int id) in vocabulary)
        {
            beginning.Add(token, id);
            if (token.StartsWith(Options.ContinuingPrefix, StringComparison.Ordinal))
                continuing.Add(token[Options.ContinuingPrefix.Length..], id);
            _longest = Math.Max(_longest, token.Length);
        }
        (_beginning, _continuing) =
            (beginning.GetAlternateLookup<ReadOnlySpan<char>>(), continuing.GetAlternateLookup<ReadOnlySpan<char>>());
    }

    /// <inheritdoc/>
    public int VocabularySize => _table.Size;

    /// <summary>The number of each token; added tokens may be missing.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <inheritdoc/>
    public TokenFrame Frame { get; }

    /// <summary>What it does to a text.</summary>
    public WordPieceOptions Options { get; }

    /// <inheritdoc/>
    public int[] Encode(string text, bool special = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = new(text.Length / 3 + 8);
        foreach ((int from, int to, AddedToken? token) in _finder.Cut(text, special))
        {
            EncodeSection(text.AsSpan(from, to - from), ids);
            if (token is not null) ids.Add(token.Id);
        }
        return [.. ids];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool special = true) => StartDecoding(special).AddAll(ids);

    /// <inheritdoc/>
    public TokenDecoder StartDecoding(bool special = true) => new Decoder(this, special);

    private void EncodeSection(ReadOnlySpan<char> section, List<int> ids)
    {
        if (section.IsEmpty) return;
        string text = BertText.Normalize(section, Options);
        for (int start = 0; BertText.NextWord(text, start, out int from, out int to); start = to)
            EncodeWord(text.AsSpan(from, to - from), ids);
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        int before = ids.Count, characters = word.Length;
        foreach (char c in word)
            if (char.IsLowSurrogate(c)) characters--;
        int start = characters > Options.MaxCharactersPerWord ? -1 : 0;
        while (start >= 0 && start < word.Length) start = NextToken(word, start, ids);
        if (start >= 0) return;
        ids.RemoveRange(before, ids.Count - before);
        ids.Add(_unknown);
    }

    /// <summary>Appends the longest token that begins here; returns where it ends, or -1 when there is none.</summary>
    private int NextToken(ReadOnlySpan<char> word, int start, List<int> ids)
    {
        // A cut within a surrogate pair finds nothing: no token ends with half a character.
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> tokens = start == 0 ? _beginning : _continuing;
        for (int end = Math.Min(word.Length, start + _longest); end > start; end--)
        {
            if (!tokens.TryGetValue(word[start..end], out int id)) continue;
            ids.Add(id);
            return end;
        }
        return -1;
    }

    private sealed class Decoder(WordPiece owner, bool special) : TokenDecoder
    {
        // Hugging Face's clean-up, in its order.
        private static readonly (string From, string To)[] CleanUp =
        [
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"),
            (" 've", "'ve"), (" 're", "'re"),
        ];

        private bool _begun;

        public override string Add(int id)
        {
            string text = owner._table[id], prefix = owner.Options.ContinuingPrefix;
            if (!special && owner._table.Added(id) is { IsSpecial: true }) return "";
            if (_begun) text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : $" {text}";
            _begun = true;
            if (!owner.Options.CleanUpDecoded) return text;
            foreach ((string from, string to) in CleanUp) text = text.Replace(from, to, StringComparison.Ordinal);
            return text;
        }

        public override string End()
        {
            _begun = false;
            return "";
        }
    }
}
