using System.Text.Json;
using System.Text.Unicode;
using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>Reads a tokenizer.json and refuses what it does not know.</summary>
internal static class TokenizerJsonReader
{
    /// <summary>Of the largest vocabularies in use, a file has some 40 MB.</summary>
    private const int MostBytes = 256 << 20;

    /// <summary>Of a ByteLevel part, wherever it stands.</summary>
    internal static readonly string[] ByteLevelFields = ["type", "add_prefix_space", "trim_offsets", "use_regex"];

    // Two tokens of one name would be one token too few.
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    public static ITokenizer Read(string file)
    {
        byte[] bytes = ReadBytes(file);
        if (!Utf8.IsValid(bytes)) throw FileErrors.Damaged(file, "it is not valid UTF-8");
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, Options);
            return Read(new JsonField(file, "", document.RootElement));
        }
        catch (JsonException exception)
        {
            throw FileErrors.Damaged(file, exception.LineNumber is { } line
                ? $"it is not valid JSON (line {line + 1}, byte {exception.BytePositionInLine + 1})"
                : "it is not valid JSON: an object names something twice", exception);
        }
        catch (InvalidOperationException exception)
        {
            // JSON lets half a character pass ("\ud800"); .NET's strings do not.
            throw FileErrors.Damaged(file, "a text in it is not valid Unicode", exception);
        }
        catch (Exception exception) when (exception is DataException or ConfigException)
        {
            throw new CheckpointException($"{file}: {exception.Message}", exception);
        }
    }

    private static byte[] ReadBytes(string file)
    {
        try
        {
            return PlainFile.ReadBytes(file, MostBytes, bytes => new CheckpointException(
                $"{file}: it has {bytes} bytes, and {MostBytes} are the limit. This is no tokenizer.json: check the path."));
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.CannotRead(file, exception);
        }
    }

    private static ITokenizer Read(JsonField root)
    {
        if (root["type"].Value is { ValueKind: JsonValueKind.String } kind && kind.ValueEquals("character"))
            throw root["type"].Unsupported("is 'character'", "This is a CharTokenizer's file: read it with CharTokenizer.FromJson.");
        if (root["version"] is { IsNull: false } version && version.Text() != "1.0")
        {
            throw version.Unsupported(
                $"is {FileErrors.Quote(version.Text())}", "MiniStack reads version 1.0. Save the tokenizer with a library that writes it.");
        }
        foreach (string name in (string[])["truncation", "padding"])
        {
            if (!root[name].IsNull)
            {
                throw root[name].Unsupported(
                    "is set, but MiniStack neither cuts nor pads", "Set it to null, and cut and pad where batches are made.");
            }
        }
        JsonField model = root["model"];
        // Files from before 2020 do not name the type.
        string type = !model["type"].IsNull ? model["type"].Text() : model["merges"].IsNull ? "WordPiece" : "BPE";
        ITokenizer tokenizer = type switch
        {
            "BPE" => ReadBpe(root, model),
            "WordPiece" => ReadWordPiece(root, model),
            _ => throw Unknown(model["type"], type, "BPE and WordPiece"),
        };
        // At the end, here and below: of what is wrong with a known part, that part tells more.
        root.With("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        return tokenizer;
    }

    private static ByteLevelBpe ReadBpe(JsonField root, JsonField model)
    {
        if (Only(root["normalizer"], "normalizers") is { IsNull: false } normalizer)
            throw Unknown(normalizer["type"], normalizer["type"].Text(), "none, for BPE");
        JsonField splitter = Only(root["pre_tokenizer"], "pretokenizers");
        Require(splitter, "ByteLevel", "ByteLevel, for BPE");
        if (!splitter["use_regex"].Flag(otherwise: true))
            throw splitter["use_regex"].Unsupported("is false", "MiniStack cuts words by GPT-2's pattern only. Choose another tokenizer.");
        JsonField decoder = Only(root["decoder"], "decoders");
        Require(decoder, "ByteLevel", "ByteLevel, for BPE");
        foreach (string name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (!model[name].IsNull && model[name].Text().Length > 0)
            {
                throw model[name].Unsupported(
                    "is set", "Byte-level tokens of MiniStack have neither prefix nor suffix. Choose another tokenizer.");
            }
        if (model["byte_fallback"].Flag(otherwise: false))
        {
            throw model["byte_fallback"].Unsupported(
                "is true", "MiniStack reads tokenizers that are byte-level throughout. Choose another one.");
        }
        if (model["dropout"] is { IsNull: false } dropout
            && !(dropout.Value.ValueKind == JsonValueKind.Number && dropout.Value.TryGetDouble(out double rate) && rate == 0))
        {
            throw dropout.Unsupported("is set", "MiniStack merges all that can be merged. Set it to null.");
        }
        ByteLevelBpe tokenizer = new(
            Vocabulary(model["vocab"]), Merges(model["merges"]), AddedTokens(root["added_tokens"], normalizes: false),
            new ByteLevelBpeOptions
            {
                AddPrefixSpace = splitter["add_prefix_space"].Flag(otherwise: false),
                IgnoreMerges = model["ignore_merges"].Flag(otherwise: false)
            },
            TokenizerJsonFrame.Read(root["post_processor"]));
        splitter.With(ByteLevelFields);
        decoder.With(ByteLevelFields);
        model.With(
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges",
            "vocab", "merges");
        return tokenizer;
    }

    private static WordPiece ReadWordPiece(JsonField root, JsonField model)
    {
        WordPieceOptions options = new()
        {
            UnknownToken = model["unk_token"].Text(),
            ContinuingPrefix = model["continuing_subword_prefix"].Text(),
            MaxCharactersPerWord = model["max_input_chars_per_word"].IsNull ? 100 : model["max_input_chars_per_word"].Number(),
            CleanText = false, SeparateChinese = false, StripAccents = false, Lowercase = false,
        };
        JsonField normalizer = Only(root["normalizer"], "normalizers");
        if (!normalizer.IsNull)
        {
            Require(normalizer, "BertNormalizer", "BertNormalizer and none, for WordPiece");
            options = options with
            {
                CleanText = normalizer["clean_text"].Flag(),
                SeparateChinese = normalizer["handle_chinese_chars"].Flag(),
                StripAccents = normalizer["strip_accents"].IsNull ? null : normalizer["strip_accents"].Flag(),
                Lowercase = normalizer["lowercase"].Flag(),
            };
            normalizer.With("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        }
        JsonField splitter = Only(root["pre_tokenizer"], "pretokenizers");
        Require(splitter, "BertPreTokenizer", "BertPreTokenizer, for WordPiece");
        splitter.With("type");
        JsonField decoder = Only(root["decoder"], "decoders");
        Require(decoder, "WordPiece", "WordPiece, for WordPiece");
        if (decoder["prefix"].Text() != options.ContinuingPrefix)
        {
            throw decoder["prefix"].Unsupported(
                $"is {FileErrors.Quote(decoder["prefix"].Text())}, but the model's is {FileErrors.Quote(options.ContinuingPrefix)}",
                "Make them equal.");
        }
        WordPiece tokenizer = new(
            Vocabulary(model["vocab"]), AddedTokens(root["added_tokens"], normalizes: !normalizer.IsNull),
            options with { CleanUpDecoded = decoder["cleanup"].Flag() }, TokenizerJsonFrame.Read(root["post_processor"]));
        decoder.With("type", "prefix", "cleanup");
        model.With("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        return tokenizer;
    }

    /// <summary>A part, or the only one of a sequence of one.</summary>
    private static JsonField Only(JsonField part, string list)
    {
        if (part.IsNull || part["type"].IsNull || part["type"].Text() != "Sequence") return part;
        JsonField only = part[list].Count == 1
            ? part[list].Items().First()
            : throw part[list].Unsupported(
                $"has {part[list].Count} parts", "MiniStack reads sequences of one part. Choose another tokenizer.");
        part.With("type", list);
        return only;
    }

    private static void Require(JsonField part, string type, string known)
    {
        if (part.IsNull)
        {
            throw part.Unsupported(
                part.Value.ValueKind == JsonValueKind.Null ? "is null" : "is missing",
                $"MiniStack reads {known}. Choose a tokenizer that has it.");
        }
        if (part["type"].Text() is { } other && other != type) throw Unknown(part["type"], other, known);
    }

    private static CheckpointException Unknown(JsonField part, string type, string known) =>
        part.Unsupported(
            $"is {FileErrors.Quote(type)}, which MiniStack does not know",
            $"It reads {known}. Choose another tokenizer: without this part it would be a different one.");

    private static Dictionary<string, int> Vocabulary(JsonField vocab)
    {
        Dictionary<string, int> ids = new(vocab.Object().GetPropertyCount(), StringComparer.Ordinal);
        foreach (JsonProperty token in vocab.Value.EnumerateObject())
        {
            if (token.Value.ValueKind != JsonValueKind.Number || !token.Value.TryGetInt32(out int id) || id < 0)
                throw vocab.Wrong($"gives the token {FileErrors.Quote(token.Name)} a number that is not whole, from 0 to {int.MaxValue}");
            ids.Add(token.Name, id);
        }
        return ids;
    }

    /// <summary>Each is ["a", "b"], or in older files "a b": letters that stand for bytes are no spaces.</summary>
    private static (string Left, string Right)[] Merges(JsonField merges)
    {
        (string, string)[] pairs = new (string, string)[merges.Array().GetArrayLength()];
        foreach ((int rank, JsonField merge) in merges.Items().Index())
            pairs[rank] = merge.Value.ValueKind == JsonValueKind.Array ? Pair(merge) : Halves(merge);
        return pairs;

        static (string, string) Pair(JsonField merge)
        {
            return merge.Count == 2 ? (merge.Items().First().Text(), merge.Items().Last().Text()) : throw merge.Wrong("has not two tokens");
        }

        static (string, string) Halves(JsonField merge)
        {
            string both = merge.Text();
            int space = both.IndexOf(' ');
            return space >= 0 && space == both.LastIndexOf(' ')
                ? (both[..space], both[(space + 1)..])
                : throw merge.Wrong("is not two tokens with a space between them");
        }
    }

    private static AddedToken[] AddedTokens(JsonField list, bool normalizes)
    {
        return list.IsNull ? [] : [.. list.Items().Select(Read)];

        AddedToken Read(JsonField token)
        {
            token.With("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            bool special = token["special"].Flag(otherwise: false);
            if (token["single_word"].Flag(otherwise: false))
            {
                throw token["single_word"].Unsupported(
                    "is true", "MiniStack cuts added tokens out wherever they stand. Set it to false if that is what you want.");
            }
            if (normalizes && token["normalized"].Flag(otherwise: !special))
            {
                throw token["normalized"].Unsupported(
                    "is true",
                    "MiniStack looks for added tokens before a text is normalized. Set it to false if that is what you want.");
            }
            return new AddedToken(
                token["content"].Text(), token["id"].Number(), special, token["lstrip"].Flag(otherwise: false),
                token["rstrip"].Flag(otherwise: false));
        }
    }
}
