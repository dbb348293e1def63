using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiniStack.Data;

/// <summary>One token for each character of a fixed alphabet.</summary>
/// <remarks>A character is a char, a unit of UTF-16: those beyond U+FFFF, such as emoji, are two.</remarks>
public sealed class CharTokenizer : ITokenizer
{
    private const string Kind = "character";
    private readonly Dictionary<char, int> _ids;

    /// <summary>A tokenizer whose token i is character i of <paramref name="alphabet"/>.</summary>
    /// <exception cref="DataException">The alphabet is empty or has a character twice.</exception>
    public CharTokenizer(string alphabet)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        if (alphabet.Length == 0)
            throw new DataException("CharTokenizer: the alphabet is empty. Give it the characters, or FromText a text that has some.");
        Alphabet = alphabet;
        _ids = new Dictionary<char, int>(alphabet.Length);
        for (int id = 0; id < alphabet.Length; id++)
        {
            if (!_ids.TryAdd(alphabet[id], id))
                throw new DataException($"CharTokenizer: the character {Show(alphabet[id])} stands twice in the alphabet. Give each once.");
        }
    }

    /// <summary>The characters in the order of their tokens.</summary>
    public string Alphabet { get; }

    /// <inheritdoc/>
    public int VocabularySize => Alphabet.Length;

    /// <summary>None: every token is a character.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => [];

    /// <summary>Nothing stands around a text.</summary>
    public TokenFrame Frame => TokenFrame.None;

    /// <summary>A tokenizer of the characters of a text, in the order of their numbers.</summary>
    /// <exception cref="DataException">The text is empty.</exception>
    public static CharTokenizer FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new CharTokenizer(string.Concat(text.Distinct().Order()));
    }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="special">No matter: there are no special tokens.</param>
    /// <exception cref="DataException">A character is not in the alphabet.</exception>
    public int[] Encode(string text, bool special = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] ids = new int[text.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!_ids.TryGetValue(text[i], out ids[i]))
            {
                throw new DataException(
                    $"CharTokenizer: the character {Show(text[i])} at position {i} does not occur " +
                    "in the text the tokenizer was made from. Leave it out, or make a tokenizer of a text that has it.");
            }
        }
        return ids;
    }

    /// <summary>The text of tokens.</summary>
    /// <param name="ids">Tokens.</param>
    /// <param name="special">No matter: there are no special tokens.</param>
    /// <exception cref="DataException">A token is not below <see cref="VocabularySize"/>.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool special = true)
    {
        char[] text = new char[ids.Length];
        for (int i = 0; i < text.Length; i++) text[i] = CharOf(ids[i]);
        return new string(text);
    }

    /// <inheritdoc/>
    public TokenDecoder StartDecoding(bool special = true) => new Decoder(this);

    /// <summary>
    /// As JSON: <c>{"type": "character", "alphabet": "…"}</c>, and where the alphabet has halves of surrogate pairs, which no text in a
    /// file can hold, <c>"units"</c> with the numbers of its chars instead.
    /// </summary>
    public string ToJson()
    {
        Json json = Alphabet.Any(char.IsSurrogate)
            ? new Json(Kind, null, [.. Alphabet.Select(c => (ushort)c)])
            : new Json(Kind, Alphabet, null);
        return JsonSerializer.Serialize(json, CharTokenizerJson.Default.Json);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <exception cref="DataException">It is not such JSON.</exception>
    public static CharTokenizer FromJson(string json, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            Json? read = JsonSerializer.Deserialize(json, CharTokenizerJson.Default.Json);
            if (read is { Type: Kind } and not { Alphabet: not null, Units: not null }
                && (read.Alphabet ?? (read.Units is { } units ? string.Concat(units.Select(unit => (char)unit)) : null)) is { } alphabet)
            {
                return new CharTokenizer(alphabet);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or DataException)
        {
            // Said below, in one sentence for every way to be wrong.
        }
        throw new DataException(
            $"{file ?? "CharTokenizer"}: the JSON is damaged or of another kind of tokenizer: " +
            "expected {\"type\": \"character\", \"alphabet\": \"...\"}, each character once. Restore the file from a copy.");
    }

    private char CharOf(int id) => (uint)id < (uint)VocabularySize
        ? Alphabet[id]
        : throw new DataException(
            $"CharTokenizer: there is no token {id}; the vocabulary has {VocabularySize}. Decode tokens of this tokenizer only.");

    private static string Show(char c) => char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : $"'{c}' (U+{(int)c:X4})";

    /// <summary>Keeps back the first half of a surrogate pair.</summary>
    private sealed class Decoder(CharTokenizer owner) : TokenDecoder
    {
        private string _half = "";

        public override string Add(int id)
        {
            char c = owner.CharOf(id);
            string text = End();
            if (!char.IsHighSurrogate(c)) return text + c;
            _half = c.ToString();
            return text;
        }

        public override string End()
        {
            string half = _half;
            _half = "";
            return half;
        }
    }

    internal sealed record Json(
        [property: JsonPropertyName("type")] string? Type, [property: JsonPropertyName("alphabet")] string? Alphabet,
        [property: JsonPropertyName("units")] ushort[]? Units);
}

[JsonSerializable(typeof(CharTokenizer.Json))]
[JsonSourceGenerationOptions(
    WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class CharTokenizerJson : JsonSerializerContext;
