using System.Text;
using MiniStack.Data;

namespace MiniStack.Formats.Tests;

/// <summary>What is wrong or unknown is said in one sentence that names the file and the place in it.</summary>
public sealed class TokenizerJsonErrorTests : TestFolder
{
    private const string Damage = "The file is damaged: copy, download or save it again.";

    public static TheoryData<string, string, string> DamagedBpe => new()
    {
        { "\"id\": 260", "\"id\": \"260\"", "'added_tokens[0].id' is not a whole number" },
        { "\"id\": 260, ", "", "'added_tokens[0].id' is missing" },
        { "\"content\": \"<mask>\"", "\"content\": 3", "'added_tokens[1].content' is not a text" },
        { "\"lstrip\": true", "\"lstrip\": 1", "'added_tokens[1].lstrip' is not true or false" },
        { "\"ab b\"", "\"abb\"", "'model.merges[2]' is not two tokens with a space between them" },
        { "[\"Ġ\", \"a\"]", "[\"Ġ\"]", "'model.merges[1]' has not two tokens" },
        { "[\"Ġ\", \"a\"]", "[\"Ġ\", 1]", "'model.merges[1][1]' is not a text" },
        { "\"ab\": 256", "\"ab\": -1", "'model.vocab' gives the token 'ab' a number that is not whole, from 0 to 2147483647" },
        { "\"ab\": 256", "\"ab\": 2.5", "'model.vocab' gives the token 'ab' a number that is not whole, from 0 to 2147483647" },
        { "\"merges\": [", "\"merges\": 1, \"x\": [", "'model.merges' is not an array" },
        { "\"vocab\": {", "\"x\": {", "'model.vocab' is missing" },
        { "\"sep\": [\"<s>\", 260]", "\"sep\": [\"<s>\"]", "'post_processor.sep' is not a token and its number" },
        { "\"ab\": 256", "\"ab\": 256, \"ab\": 256", "it is not valid JSON: an object names something twice" },
        { "\"content\": \"<mask>\"", "\"content\": \"\\ud800\"", "a text in it is not valid Unicode" },
    };

    [Theory]
    [MemberData(nameof(DamagedBpe))]
    public void Load_ADamagedFile_NamesThePlace(string right, string wrong, string what) =>
        Assert.Equal($"{what}. {Damage}", Problem(TokenizerFiles.Bpe, right, wrong));

    [Theory]
    [InlineData("\"lowercase\": true", "\"lowercase\": null", "'normalizer.lowercase' is not true or false")]
    [InlineData("\"unk_token\": \"[UNK]\"", "\"x\": 1", "'model.unk_token' is missing")]
    [InlineData("\"cleanup\": true", "\"x\": true", "'decoder.cleanup' is missing")]
    [InlineData("\"single\": [", "\"single\": 1, \"x\": [", "'post_processor.single' is not an array")]
    [InlineData("{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"SpecialToken\"", "{\"SpecialToken\"", "'post_processor.single' has no place for the text")]
    [InlineData("{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"SpecialToken\"", "{\"Sequence\": {\"id\": \"B\", \"type_id\": 0}}, {\"SpecialToken\"", "'post_processor.single[1].Sequence.id' is not the one text of the template, 'A'")]
    [InlineData("\"ids\": [1]", "\"ids\": 1", "'post_processor.special_tokens.[CLS].ids' is not an array")]
    public void Load_ADamagedWordPiece_NamesThePlace(string right, string wrong, string what) =>
        Assert.Equal($"{what}. {Damage}", Problem(TokenizerFiles.WordPiece, right, wrong));

    public static TheoryData<string, string, string> UnknownToBpe => new()
    {
        { "\"truncation\": null", "\"truncation\": {}", "'truncation' is set, but MiniStack neither cuts nor pads. Set it to null, and cut and pad where batches are made." },
        { "\"type\": \"BPE\"", "\"type\": \"Unigram\"", "'model.type' is 'Unigram', which MiniStack does not know. It reads BPE and WordPiece. Choose another tokenizer: without this part it would be a different one." },
        { "\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}", "'normalizer.type' is 'NFC', which MiniStack does not know. It reads none, for BPE. Choose another tokenizer: without this part it would be a different one." },
        { "\"pre_tokenizer\": {\"type\": \"ByteLevel\"", "\"pre_tokenizer\": {\"type\": \"Metaspace\"",
            "'pre_tokenizer.type' is 'Metaspace', which MiniStack does not know. It reads ByteLevel, for BPE. Choose another tokenizer: without this part it would be a different one." },
        { "\"pre_tokenizer\": {\"type\": \"ByteLevel\"", "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{}, {}]", "'pre_tokenizer.pretokenizers' has 2 parts. MiniStack reads sequences of one part. Choose another tokenizer." },
        { "\"decoder\": {\"type\": \"ByteLevel\"", "\"x\": {\"type\": \"ByteLevel\"", "'decoder' is missing. MiniStack reads ByteLevel, for BPE. Choose a tokenizer that has it." },
        { "\"use_regex\": true},\n \"post", "\"use_regex\": false},\n \"post", "'pre_tokenizer.use_regex' is false. MiniStack cuts words by GPT-2's pattern only. Choose another tokenizer." },
        { "\"end_of_word_suffix\": null", "\"end_of_word_suffix\": \"</w>\"", "'model.end_of_word_suffix' is set. Byte-level tokens of MiniStack have neither prefix nor suffix. Choose another tokenizer." },
        { "\"byte_fallback\": false", "\"byte_fallback\": true", "'model.byte_fallback' is true. MiniStack reads tokenizers that are byte-level throughout. Choose another one." },
        { "\"dropout\": null", "\"dropout\": 0.1", "'model.dropout' is set. MiniStack merges all that can be merged. Set it to null." },
        { "\"type\": \"RobertaProcessing\"", "\"type\": \"X\"",
            "'post_processor.type' is 'X', which MiniStack does not know. It reads ByteLevel, BertProcessing, RobertaProcessing, TemplateProcessing and sequences of them. Choose another tokenizer: without this part it would be a different one." },
        { "\"single_word\": false", "\"single_word\": true", "'added_tokens[0].single_word' is true. MiniStack cuts added tokens out wherever they stand. Set it to false if that is what you want." },
        { "\"cls\": [\"<s>\", 260]", "\"cls\": [\"<s>\", 300]", "ByteLevelBpe: the frame has the token 300, but the vocabulary has 262. Frame a text by tokens that are there." },
        { "\"ab\": 256", "\"ab\": 255", "ByteLevelBpe: the tokens 'Ń' and 'ab' have the same number 255. Give each its own." },
        { "\"the\": 259", "\"the\": 300", "ByteLevelBpe: the token 'the' has the number 300, but 262 tokens have the numbers from 0 to 261. Leave no number out." },
    };

    [Theory]
    [MemberData(nameof(UnknownToBpe))]
    public void Load_APartThatIsNotKnown_NamesThePart(string known, string unknown, string sentence) =>
        Assert.Equal(sentence, Problem(TokenizerFiles.Bpe, known, unknown));

    [Theory]
    [InlineData("\"type\": \"BertNormalizer\"", "\"type\": \"Lowercase\"",
        "'normalizer.type' is 'Lowercase', which MiniStack does not know. It reads BertNormalizer and none, for WordPiece. Choose another tokenizer: without this part it would be a different one.")]
    [InlineData("\"prefix\": \"##\"", "\"prefix\": \"@\"", "'decoder.prefix' is '@', but the model's is '##'. Make them equal.")]
    [InlineData("\"normalized\": false", "\"normalized\": true", "'added_tokens[0].normalized' is true. MiniStack looks for added tokens before a text is normalized. Set it to false if that is what you want.")]
    [InlineData("\"max_input_chars_per_word\": 100", "\"max_input_chars_per_word\": 0", "WordPiece: MaxCharactersPerWord must be from 1 to 1000, not 0.")]
    [InlineData("\"unk_token\": \"[UNK]\"", "\"unk_token\": \"?\"", "WordPiece: the unknown token '?' is not in the vocabulary. Add it, or name another.")]
    public void Load_APartOfWordPieceThatIsNotKnown_NamesThePart(string known, string unknown, string sentence) =>
        Assert.Equal(sentence, Problem(TokenizerFiles.WordPiece, known, unknown));

    /// <summary>A field of a later library may change what a part does: it is refused where it stands, unless it is null.</summary>
    [Theory]
    [InlineData("\"truncation\": null", "")]
    [InlineData("\"special\": true", "added_tokens[0].")]
    [InlineData("\"add_prefix_space\": false", "pre_tokenizer.")]
    [InlineData("\"sep\": [\"<s>\", 260]", "post_processor.")]
    [InlineData("\"add_prefix_space\": true", "decoder.")]
    [InlineData("\"fuse_unk\": false", "model.")]
    public void Load_AFieldThatNobodyKnows_NamesIt(string beside, string place)
    {
        foreach (string value in (string[])["1", "true", "false", "\"\"", "[]", "{}"])
        {
            Assert.Equal(
                $"'{place}tomorrow' is a field that MiniStack does not know. It may change how texts become tokens. Remove it if it does not, or choose another tokenizer.",
                Problem(TokenizerFiles.Bpe, beside, $"\"tomorrow\": {value}, {beside}"));
        }
        TokenizerJson.Load(FileOf(Encoding.UTF8.GetBytes(TokenizerFiles.Bpe.Replace(beside, $"\"tomorrow\": null, {beside}", StringComparison.Ordinal)), "tokenizer.json"));
    }

    [Theory]
    [InlineData("\"clean_text\": true", "normalizer.")]
    [InlineData("\"type\": \"BertPreTokenizer\"", "pre_tokenizer.")]
    [InlineData("\"single\": [", "post_processor.")]
    [InlineData("\"cleanup\": true", "decoder.")]
    [InlineData("\"max_input_chars_per_word\": 100", "model.")]
    public void Load_AFieldThatNobodyKnowsInWordPiece_NamesIt(string beside, string place) => Assert.Equal(
        $"'{place}tomorrow' is a field that MiniStack does not know. It may change how texts become tokens. Remove it if it does not, or choose another tokenizer.",
        Problem(TokenizerFiles.WordPiece, beside, $"\"tomorrow\": 1, {beside}"));

    /// <summary>A few bytes can ask for billions of tokens around a text, or for work that grows with the square of the file.</summary>
    [Theory]
    [InlineData(0, "'post_processor.single' puts more than 1024 tokens around a text")]
    [InlineData(1, "'post_processor.processors[512]' puts more than 1024 tokens around a text")]
    [InlineData(2, "'post_processor.special_tokens' has more than 1024 tokens")]
    public void Load_AFrameWithoutEnd_IsRefusedAtOnce(int kind, string what)
    {
        const string Right =
            "\"post_processor\": {\"type\": \"RobertaProcessing\", \"sep\": [\"<s>\", 260], \"cls\": [\"<s>\", 260], \"trim_offsets\": true, \"add_prefix_space\": false";
        string frame = kind switch
        {
            0 => $"\"single\": [{Repeat("{\"SpecialToken\": {\"id\": \"x\"}}", 2_000)}], \"special_tokens\": {{\"x\": {{\"ids\": [{Repeat("0", 500_000)}]}}}}",
            1 => $"\"processors\": [{Repeat("{\"type\": \"BertProcessing\", \"cls\": [\"a\", 0], \"sep\": [\"a\", 0]}", 50_000)}]",
            _ => $"\"single\": [], \"special_tokens\": {{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"{i}\": 0"))}}}",
        };
        string path = PathOf("tokenizer.json");
        File.WriteAllText(path, TokenizerFiles.Bpe.Replace(Right, $"\"post_processor\": {{\"type\": \"{(kind == 1 ? "Sequence" : "TemplateProcessing")}\", {frame}", StringComparison.Ordinal));
        Assert.Equal($"{path}: {what}. {Damage}", Assert.Throws<CheckpointException>(() => TokenizerJson.Load(path)).Message);
        GuardedLoad.Outcome outcome = GuardedLoad.Try(path, refused => TokenizerJson.Load(refused));
        Assert.InRange(outcome.Seconds, 0, 1);

        static string Repeat(string item, int count) => string.Join(',', Enumerable.Repeat(item, count));
    }

    [Fact]
    public void Load_ACharacterTokenizer_SaysWhoReadsIt()
    {
        string path = PathOf("tokenizer.json");
        File.WriteAllText(path, CharTokenizer.FromText("abc").ToJson());
        Assert.Equal($"{path}: 'type' is 'character'. This is a CharTokenizer's file: read it with CharTokenizer.FromJson.", Assert.Throws<CheckpointException>(() => TokenizerJson.Load(path)).Message);
    }

    [Fact]
    public void Load_WhatIsNoJson_SaysWhere()
    {
        Assert.Equal($"it is not valid JSON (line 2, byte 1). {Damage}", Problem("{\n]", "", ""));
        Assert.Equal($"it is not valid JSON (line 1, byte 1). {Damage}", Problem("", "", ""));
        Assert.Equal($"the file is not an object. {Damage}", Problem("[]", "", ""));
        Assert.Equal($"'model' is missing. {Damage}", Problem("{}", "", ""));
        Assert.Equal($"it is not valid UTF-8. {Damage}", Problem([(byte)'{', 0xFF]));
        Assert.Equal($"{PathOf("none.json")}: cannot be read: there is no such file. Check the path.",
            Assert.Throws<CheckpointException>(() => TokenizerJson.Load(PathOf("none.json"))).Message);
    }

    [Fact]
    public void Load_AFileThatIsTooLarge_IsRefusedUnread()
    {
        string path = PathOf("large.json");
        using (FileStream stream = File.Create(path)) stream.SetLength((256 << 20) + 1);

        GuardedLoad.Outcome outcome = GuardedLoad.Try(path, large => TokenizerJson.Load(large));

        Assert.False(outcome.Loaded);
        Assert.InRange(outcome.Allocated, 0, 1 << 20);
        Assert.Equal($"{path}: it has 268435457 bytes, and 268435456 are the limit. This is no tokenizer.json: check the path.",
            Assert.Throws<CheckpointException>(() => TokenizerJson.Load(path)).Message);
    }

    private string Problem(string file, string known, string unknown)
    {
        if (known.Length > 0)
        {
            Assert.Contains(known, file);
            int at = file.IndexOf(known, StringComparison.Ordinal);
            file = file[..at] + unknown + file[(at + known.Length)..];
        }
        return Problem(Encoding.UTF8.GetBytes(file));
    }

    private string Problem(byte[] bytes)
    {
        string path = FileOf(bytes, "tokenizer.json");
        string message = Assert.Throws<CheckpointException>(() => TokenizerJson.Load(path)).Message;
        Assert.StartsWith($"{path}: ", message);
        return message[(path.Length + 2)..];
    }
}
