using System.Text.Json;
using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>The post-processor of a tokenizer.json: what stands before and after every text.</summary>
internal static class TokenizerJsonFrame
{
    private const int MostTokens = 1024;

    /// <exception cref="CheckpointException">It does more than put tokens around a text, or is damaged.</exception>
    public static TokenFrame Read(JsonField processor)
    {
        if (processor.IsNull) return TokenFrame.None;
        JsonField type = processor["type"];
        return type.Text() switch
        {
            "ByteLevel" => ReadByteLevel(processor),
            "BertProcessing" or "RobertaProcessing" => ReadPair(processor.With("type", "sep", "cls", "trim_offsets", "add_prefix_space")),
            "TemplateProcessing" => ReadTemplate(processor),
            "Sequence" => processor.With("type", "processors")["processors"].Items().Aggregate(TokenFrame.None, (inner, part) =>
            {
                TokenFrame outer = Read(part);
                if (outer.Before.Count + outer.After.Count == 0) return inner;
                CheckCount(part, inner.Before.Count + inner.After.Count + outer.Before.Count + outer.After.Count);
                return new TokenFrame([.. outer.Before, .. inner.Before], [.. inner.After, .. outer.After]);
            }),
            { } other => throw type.Unsupported($"is {FileErrors.Quote(other)}, which MiniStack does not know",
                "It reads ByteLevel, BertProcessing, RobertaProcessing, TemplateProcessing and sequences of them. " +
                "Choose another tokenizer: without this part it would be a different one."),
        };
    }

    /// <summary>It trims offsets, which nobody asks for here.</summary>
    private static TokenFrame ReadByteLevel(JsonField processor)
    {
        processor.With(TokenizerJsonReader.ByteLevelFields);
        return TokenFrame.None;
    }

    private static TokenFrame ReadPair(JsonField processor) => new([IdOf(processor["cls"])], [IdOf(processor["sep"])]);

    /// <summary>A few bytes of a file can name many tokens: they are counted before they are kept.</summary>
    private static void CheckCount(JsonField place, long tokens)
    {
        if (tokens > MostTokens) throw place.Wrong($"puts more than {MostTokens} tokens around a text");
    }

    /// <summary>A pair of a token's text and its number.</summary>
    private static int IdOf(JsonField pair)
    {
        return pair.Count == 2 ? pair.Items().Last().Number() : throw pair.Wrong("is not a token and its number");
    }

    /// <summary>Only the template for one text is read; that for pairs of texts has no use here.</summary>
    private static TokenFrame ReadTemplate(JsonField processor)
    {
        List<int> before = [], after = [];
        bool seen = false;
        // A name is looked up by going through them.
        if (processor["special_tokens"] is { IsNull: false } names && names.Object().GetPropertyCount() > MostTokens)
            throw names.Wrong($"has more than {MostTokens} tokens");
        foreach (JsonField piece in processor["single"].Items())
        {
            if (piece["SpecialToken"] is { IsNull: false } token)
            {
                JsonField ids = processor["special_tokens"][token["id"].Text()]["ids"];
                CheckCount(processor["single"], (long)before.Count + after.Count + ids.Count);
                (seen ? after : before).AddRange(ids.Items().Select(id => id.Number()));
                continue;
            }
            JsonField text = piece["Sequence"]["id"];
            if (seen || text.Text() != "A") throw text.Wrong("is not the one text of the template, 'A'");
            seen = true;
        }
        if (!seen) throw processor["single"].Wrong("has no place for the text");
        processor.With("type", "single", "pair", "special_tokens");
        return new TokenFrame(before, after);
    }

    /// <summary>Writes the post-processor that <see cref="Read"/> reads as this frame.</summary>
    public static void Write(Utf8JsonWriter json, ITokenizer tokenizer, Func<int, string> textOf)
    {
        TokenFrame frame = tokenizer.Frame;
        if (frame.Before.Count + frame.After.Count == 0)
        {
            json.WriteNull("post_processor");
            return;
        }
        json.WriteStartObject("post_processor");
        json.WriteString("type", "TemplateProcessing");
        Template("single", "A");
        Template("pair", "A", "B");
        json.WriteStartObject("special_tokens");
        foreach (int id in frame.Before.Concat(frame.After).Distinct())
        {
            json.WriteStartObject(textOf(id));
            json.WriteString("id", textOf(id));
            json.WriteStartArray("ids");
            json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(textOf(id));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();

        // As BERT does: what follows the first text separates it from the second.
        void Template(string name, params string[] texts)
        {
            json.WriteStartArray(name);
            foreach (int id in frame.Before) Piece("SpecialToken", textOf(id), 0);
            foreach ((int i, string text) in texts.Index())
            {
                Piece("Sequence", text, i);
                foreach (int id in frame.After) Piece("SpecialToken", textOf(id), i);
            }
            json.WriteEndArray();
        }

        void Piece(string kind, string id, int type)
        {
            json.WriteStartObject();
            json.WriteStartObject(kind);
            json.WriteString("id", id);
            json.WriteNumber("type_id", type);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
