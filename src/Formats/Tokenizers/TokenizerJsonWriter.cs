using System.Text.Encodings.Web;
using System.Text.Json;
using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>Writes a tokenizer.json as Hugging Face's library does: the same fields in the same order, tokens by their numbers.</summary>
internal static class TokenizerJsonWriter
{
    public static byte[] Write(string path, ITokenizer tokenizer)
    {
        IReadOnlyDictionary<string, int> vocabulary = tokenizer switch
        {
            ByteLevelBpe bpe => bpe.Vocabulary,
            WordPiece wordPiece => wordPiece.Vocabulary,
            _ => throw new CheckpointException(
                $"{path}: cannot be written: tokenizer.json has no form for {tokenizer.GetType().Name}. " +
                "It takes ByteLevelBpe and WordPiece; a CharTokenizer has ToJson."),
        };
        foreach (string text in vocabulary.Keys.Concat(tokenizer.AddedTokens.Select(token => token.Content)))
        {
            // JSON writers replace half a character by U+FFFD: the file would hold another token.
            if (FileErrors.HalfCharacter(text) >= 0)
            {
                throw new CheckpointException(
                    $"{path}: cannot be written: the token {FileErrors.Quote(text)} is not valid Unicode. Leave it out.");
            }
        }
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(
            buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAddedTokens(json, tokenizer.AddedTokens);
            if (tokenizer is WordPiece wordPiece) WriteWordPiece(json, wordPiece);
            else WriteBpe(json, (ByteLevelBpe)tokenizer);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, IReadOnlyList<AddedToken> tokens)
    {
        json.WriteStartArray("added_tokens");
        foreach (AddedToken token in tokens.OrderBy(token => token.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Content);
            json.WriteBoolean("single_word", false);
            json.WriteBoolean("lstrip", token.TakesSpaceBefore);
            json.WriteBoolean("rstrip", token.TakesSpaceAfter);
            json.WriteBoolean("normalized", false);
            json.WriteBoolean("special", token.IsSpecial);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteBpe(Utf8JsonWriter json, ByteLevelBpe bpe)
    {
        json.WriteNull("normalizer");
        WriteByteLevel("pre_tokenizer", bpe.Options.AddPrefixSpace);
        TokenizerJsonFrame.Write(json, bpe, TextOf(bpe, bpe.Vocabulary));
        WriteByteLevel("decoder", addPrefixSpace: true);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string name in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"]) json.WriteNull(name);
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", bpe.Options.IgnoreMerges);
        WriteVocabulary(json, bpe.Vocabulary);
        json.WriteStartArray("merges");
        // The older form, which every reader knows; no letter of a byte is a space.
        foreach ((string left, string right) in bpe.Merges) json.WriteStringValue($"{left} {right}");
        json.WriteEndArray();
        json.WriteEndObject();

        void WriteByteLevel(string name, bool addPrefixSpace)
        {
            json.WriteStartObject(name);
            json.WriteString("type", "ByteLevel");
            json.WriteBoolean("add_prefix_space", addPrefixSpace);
            json.WriteBoolean("trim_offsets", true);
            json.WriteBoolean("use_regex", true);
            json.WriteEndObject();
        }
    }

    private static void WriteWordPiece(Utf8JsonWriter json, WordPiece wordPiece)
    {
        WordPieceOptions options = wordPiece.Options;
        json.WriteStartObject("normalizer");
        json.WriteString("type", "BertNormalizer");
        json.WriteBoolean("clean_text", options.CleanText);
        json.WriteBoolean("handle_chinese_chars", options.SeparateChinese);
        if (options.StripAccents is { } strips) json.WriteBoolean("strip_accents", strips);
        else json.WriteNull("strip_accents");
        json.WriteBoolean("lowercase", options.Lowercase);
        json.WriteEndObject();
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "BertPreTokenizer");
        json.WriteEndObject();
        TokenizerJsonFrame.Write(json, wordPiece, TextOf(wordPiece, wordPiece.Vocabulary));
        json.WriteStartObject("decoder");
        json.WriteString("type", "WordPiece");
        json.WriteString("prefix", options.ContinuingPrefix);
        json.WriteBoolean("cleanup", options.CleanUpDecoded);
        json.WriteEndObject();
        json.WriteStartObject("model");
        json.WriteString("type", "WordPiece");
        json.WriteString("unk_token", options.UnknownToken);
        json.WriteString("continuing_subword_prefix", options.ContinuingPrefix);
        json.WriteNumber("max_input_chars_per_word", options.MaxCharactersPerWord);
        WriteVocabulary(json, wordPiece.Vocabulary);
        json.WriteEndObject();
    }

    private static void WriteVocabulary(Utf8JsonWriter json, IReadOnlyDictionary<string, int> vocabulary)
    {
        json.WriteStartObject("vocab");
        foreach ((string token, int id) in vocabulary.OrderBy(pair => pair.Value)) json.WriteNumber(token, id);
        json.WriteEndObject();
    }

    private static Func<int, string> TextOf(ITokenizer tokenizer, IReadOnlyDictionary<string, int> vocabulary) => id =>
        tokenizer.AddedTokens.FirstOrDefault(token => token.Id == id)?.Content ?? vocabulary.First(pair => pair.Value == id).Key;
}
