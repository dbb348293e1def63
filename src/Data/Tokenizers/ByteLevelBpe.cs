using System.Collections.Concurrent;
using System.Text;

namespace MiniStack.Data;

/// <summary>
/// GPT-2's tokenizer: pairs of bytes that are frequent neighbours are merged into tokens, so that any text can be encoded and comes back
/// whole.
/// </summary>
/// <remarks>
/// Radford et al. 2019, "Language models are unsupervised multitask learners", section 2.2. A text is cut at its added tokens, what
/// lies between is cut into words by GPT-2's pattern, and the bytes of each word are merged by the table. Half a surrogate pair, which
/// UTF-8 cannot hold, is encoded as U+FFFD. <see cref="BpeTrainer"/> learns such a tokenizer from text.
/// </remarks>
public sealed class ByteLevelBpe : ITokenizer
{
    private readonly TokenTable _table;
    private readonly MergeTable _merges;
    private readonly AddedTokenFinder _finder;
    private readonly int[] _idOfByte = new int[256];
    private readonly byte[]?[] _bytes;
    private readonly ConcurrentBag<WordEncoder> _encoders = [];

    /// <summary>A tokenizer from its parts, as they stand in a tokenizer.json.</summary>
    /// <param name="vocabulary">The number of each token; a token's bytes are written in GPT-2's letters, in which a space is Ġ. It has all
    /// 256 bytes. It is kept, not copied.</param>
    /// <param name="merges">Pairs of tokens in the order in which they merge.</param>
    /// <param name="addedTokens">Tokens that are cut out of a text whole.</param>
    /// <param name="options">Null for those of GPT-2.</param>
    /// <param name="frame">What a model wants around a text; null for nothing.</param>
    /// <exception cref="DataException">The numbers are not 0 to one below their count, a byte has no token, a merge names or makes a
    /// token that is not there, an added token is what other bytes are called, or something is given twice.</exception>
    public ByteLevelBpe(
        IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<(string Left, string Right)> merges,
        IReadOnlyList<AddedToken>? addedTokens = null, ByteLevelBpeOptions? options = null, TokenFrame? frame = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(merges);
        Options = options ?? new ByteLevelBpeOptions();
        AddedTokens = addedTokens ?? [];
        _table = new TokenTable(nameof(ByteLevelBpe), vocabulary, AddedTokens);
        _finder = new AddedTokenFinder(AddedTokens);
        Frame = _table.Check(frame ?? TokenFrame.None);
        foreach (AddedToken token in AddedTokens)
        {
            if (vocabulary.ContainsKey(token.Content) && ByteAlphabet.MeansOtherText(token.Content))
            {
                throw new DataException(
                    $"ByteLevelBpe: the added token {TokenTable.Show(token.Content)} is what the vocabulary calls other bytes, " +
                    "and both would have one number. Give it a text in ASCII.");
            }
        }
        _bytes = new byte[_table.Size][];
        foreach ((string token, int id) in vocabulary)
        {
            _bytes[id] = ByteAlphabet.Read(token);
            if (_bytes[id] is null && _table.Added(id) is null)
            {
                throw new DataException(
                    $"ByteLevelBpe: the token {TokenTable.Show(token)} has a character that stands for no byte. " +
                    "Write its bytes in GPT-2's letters.");
            }
        }
        for (int value = 0; value < 256; value++)
        {
            if (!vocabulary.TryGetValue(ByteAlphabet.LetterOf((byte)value).ToString(), out _idOfByte[value]))
            {
                throw new DataException(
                    $"ByteLevelBpe: the byte 0x{value:X2} has no token ('{ByteAlphabet.LetterOf((byte)value)}'), " +
                    "so that not every text could be encoded. Add it to the vocabulary.");
            }
        }
        _merges = new MergeTable(nameof(ByteLevelBpe), [.. merges.Select((merge, rank) => Resolve(vocabulary, merge, rank))]);
        Vocabulary = vocabulary;
    }

    /// <inheritdoc/>
    public int VocabularySize => _table.Size;

    /// <summary>The number of each token, written in GPT-2's letters; added tokens may be missing.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Pairs of tokens in the order in which they merge.</summary>
    public IEnumerable<(string Left, string Right)> Merges => _merges.Merges.Select(merge => (_table[merge.Left], _table[merge.Right]));

    /// <inheritdoc/>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <inheritdoc/>
    public TokenFrame Frame { get; }

    /// <summary>How it departs from GPT-2's.</summary>
    public ByteLevelBpeOptions Options { get; }

    /// <inheritdoc/>
    public int[] Encode(string text, bool special = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Each call has an encoder to itself; those that are kept are as many as can be at work at once.
        if (!_encoders.TryTake(out WordEncoder? encoder)) encoder = new WordEncoder(this);
        List<int> ids = new(text.Length / 3 + 8);
        foreach ((int from, int to, AddedToken? token) in _finder.Cut(text, special))
        {
            EncodeSection(encoder, text.AsSpan(from, to - from), ids);
            if (token is not null) ids.Add(token.Id);
        }
        if (encoder.IsSmall && _encoders.Count < Environment.ProcessorCount) _encoders.Add(encoder);
        return [.. ids];
    }

    /// <summary>The text of tokens. Bytes that are no UTF-8, as tokens of a model's own choice can make them, are read as U+FFFD.</summary>
    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> ids, bool special = true) => StartDecoding(special).AddAll(ids);

    /// <inheritdoc/>
    public TokenDecoder StartDecoding(bool special = true) => new Decoder(this, special);

    private static (int, int, int) Resolve(IReadOnlyDictionary<string, int> vocabulary, (string Left, string Right) merge, int rank)
    {
        return (IdOf(merge.Left), IdOf(merge.Right), IdOf(merge.Left + merge.Right));

        int IdOf(string token) => vocabulary.TryGetValue(token, out int id)
            ? id
            : throw new DataException(
                $"ByteLevelBpe: merge {rank}, of {TokenTable.Show(merge.Left)} and {TokenTable.Show(merge.Right)}, " +
                $"needs the token {TokenTable.Show(token)}, which the vocabulary lacks. Add it, or leave the merge out.");
    }

    private void EncodeSection(WordEncoder encoder, ReadOnlySpan<char> section, List<int> ids)
    {
        if (section.IsEmpty) return;
        if (Options.AddPrefixSpace && section[0] != ' ') section = $" {section}";
        for (int start = 0, end; start < section.Length; start = end)
        {
            end = Gpt2Splitter.EndOfPiece(section, start);
            encoder.Encode(section[start..end], ids);
        }
    }

    /// <summary>Encodes words one after another and remembers short ones: few words make most of a text.</summary>
    private sealed class WordEncoder
    {
        private const int LongestRemembered = 64, MostRemembered = 1 << 15, LongestKept = 1 << 16;

        private readonly ByteLevelBpe _owner;
        private readonly Dictionary<string, int[]> _known = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _knownSpans;
        private readonly MergeQueue _queue = new();
        private byte[] _utf8 = new byte[256];
        private int[] _ids = new int[256];

        public WordEncoder(ByteLevelBpe owner)
        {
            _owner = owner;
            _knownSpans = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        /// <summary>False after a word so long that its memory is not worth keeping.</summary>
        public bool IsSmall => _ids.Length <= LongestKept;

        public void Encode(ReadOnlySpan<char> word, List<int> ids)
        {
            if (_knownSpans.TryGetValue(word, out int[]? known))
            {
                ids.AddRange(known.AsSpan());
                return;
            }
            ReadOnlySpan<int> merged = Merge(word);
            ids.AddRange(merged);
            if (word.Length > LongestRemembered) return;
            // Forgetting all is simpler than forgetting the oldest, and as good: what is frequent is soon known again.
            if (_known.Count == MostRemembered) _known.Clear();
            _known.Add(word.ToString(), merged.ToArray());
        }

        private ReadOnlySpan<int> Merge(ReadOnlySpan<char> word)
        {
            int length = Encoding.UTF8.GetByteCount(word);
            if (_utf8.Length < length) (_utf8, _ids) = (new byte[length], new int[length]);
            Encoding.UTF8.GetBytes(word, _utf8);
            if (_owner.Options.IgnoreMerges && _owner.Vocabulary.TryGetValue(ByteAlphabet.Write(_utf8.AsSpan(0, length)), out int whole))
            {
                _ids[0] = whole;
                return _ids.AsSpan(0, 1);
            }
            for (int i = 0; i < length; i++) _ids[i] = _owner._idOfByte[_utf8[i]];
            return _ids.AsSpan(0, _owner._merges.Apply(_ids.AsSpan(0, length), _queue));
        }
    }

    /// <summary>.NET's decoder keeps back the beginning of a character, and replaces what cannot become one as browsers do.</summary>
    private sealed class Decoder(ByteLevelBpe owner, bool special) : TokenDecoder
    {
        private readonly System.Text.Decoder _utf8 = Encoding.UTF8.GetDecoder();
        private char[] _text = new char[64];

        public override string Add(int id)
        {
            string written = owner._table[id];
            return owner._table.Added(id) switch
            {
                null => Read(owner._bytes[id], flush: false),
                { IsSpecial: true } when !special => "",
                _ => End() + written, // a text, not bytes: what was begun before it ends here
            };
        }

        public override string End() => Read([], flush: true);

        private string Read(ReadOnlySpan<byte> bytes, bool flush)
        {
            int most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
            if (_text.Length < most) _text = new char[most];
            return new string(_text, 0, _utf8.GetChars(bytes, _text, flush));
        }
    }
}
