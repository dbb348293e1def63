using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniStack.Formats.Tests;

/// <summary>Small tokenizer.json files, written as other programs write them.</summary>
internal static class TokenizerFiles
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All bytes, a few merges in both forms, two added tokens and a frame.</summary>
    public static string Bpe { get; } = $$$"""
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [
           {"id": 260, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
           {"id": 261, "content": "<mask>", "single_word": false, "lstrip": true, "rstrip": false, "normalized": true, "special": false}],
         "normalizer": null,
         "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
         "post_processor": {"type": "RobertaProcessing", "sep": ["<s>", 260], "cls": ["<s>", 260], "trim_offsets": true, "add_prefix_space": false},
         "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
         "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
           "byte_fallback": false, "ignore_merges": false,
           "vocab": {{{{Letters()}}}, "ab": 256, "Ġa": 257, "abb": 258, "the": 259},
           "merges": ["a b", ["Ġ", "a"], "ab b"]}}
        """.ReplaceLineEndings("\n");

    /// <summary>BERT's parts with a small vocabulary.</summary>
    public static string WordPiece { get; } = """
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [
           {"id": 0, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
           {"id": 1, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
           {"id": 2, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}, "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]}}},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
           "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "the": 3, "cat": 4, "'": 5, "s": 6, "##s": 7, "na": 8, "##ive": 9, "a": 10, "##a": 11, "b": 12, "##b": 13, "中": 14, "文": 15}}}
        """.ReplaceLineEndings("\n");

    /// <summary>The entries of a vocabulary for GPT-2's letters, from 0.</summary>
    public static string Letters() => string.Join(", ",
        Enumerable.Range('!', 94).Concat(Enumerable.Range(0xA1, 12)).Concat(Enumerable.Range(0xAE, 82)).Concat(Enumerable.Range(0x100, 68))
            .Select((code, id) => $"{JsonSerializer.Serialize($"{(char)code}", Options)}: {id}"));
}
