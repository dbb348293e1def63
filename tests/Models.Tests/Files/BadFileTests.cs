using System.Globalization;
using System.IO.Compression;
using System.Text;
using MiniStack.Data;
using MiniStack.Formats;
using MiniStack.Formats.Tests;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Tests.Readers;
using static MiniStack.Formats.Tests.NpyBytes;
using static MiniStack.Formats.Tests.SafetensorsBytes;
using static MiniStack.Tests.Files.BadFile;

namespace MiniStack.Tests.Files;

/// <summary>Bad files of every format: each is refused with one sentence, within a second, and costs no more memory than twice the file and 16 MiB.</summary>
public sealed class BadFileTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    private const string Adapter = """{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "lora_dropout": 0, "target_modules": ["up"], "modules_to_save": null, "use_rslora": false, "bias": "none", "fan_in_fan_out": false, "init_lora_weights": true}""";
    private const string Config = """{"format_version": 1, "architecture": "MultilayerPerceptron", "config": {"inputs": 2, "hidden": [3], "outputs": 1, "dropout": 0}}""";
    private static readonly string[] NoNumbers = ["null", "true", "\"1\"", "[1]", "{}", "-1", "1.5", "1e999", "99999999999999999999", "\"\\ud800\""];

    private static readonly string[] Formats = ["safetensors", "npy", "npz", "tokenizer.json", "adapter_config.json", "config.json", "IDX", "gzipped IDX", "CIFAR", "CSV", "JSONL", "text lines", "text", "token shard"];

    [Fact]
    public void Load_BadFiles_AreRefusedAtOnceInLittleMemory()
    {
        BadFile[] files = [.. Safetensors(), .. Npy(), .. Npz(), .. Tokenizers(), .. Adapters(), .. Configs(), .. Idx(), .. Cifar(), .. Csv(), .. JsonLines(), .. Text(), .. Shards()];
        double slowest = 0;
        List<string> loaded = [];
        foreach (BadFile file in files)
        {
            (string path, Action<string> load) = Loader(file);
            File.WriteAllBytes(path, file.Bytes);
            GuardedLoad.Outcome outcome = GuardedLoad.Try(path, load);
            if (outcome.Seconds > 1) outcome = GuardedLoad.Try(path, load); // slow once may be the machine's fault
            slowest = Math.Max(slowest, outcome.Seconds);
            if (outcome.Loaded) loaded.Add($"{file.Format}: {file.Fault}");
        }
        Assert.Empty(loaded);
        Assert.InRange(slowest, 0, 1);
        Assert.Equal(Formats.Order(), files.Select(file => file.Format).Distinct().Order());
        Assert.InRange(files.Select(file => Convert.ToHexString(file.Bytes)).Distinct().Count(), 366, int.MaxValue);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measured: {files.Length} bad files of {Formats.Length} formats, 0 untyped, 0 loaded, the slowest took {slowest * 1000:F1} ms."));
    }

    private (string Path, Action<string> Load) Loader(BadFile file) => file.Format switch
    {
        "safetensors" => (PathOf("bad"), path => MiniStack.Formats.Safetensors.Load(path)),
        "npy" => (PathOf("bad"), path => MiniStack.Formats.Npy.Load(path)),
        "npz" => (PathOf("bad"), path => MiniStack.Formats.Npz.Load(path)),
        "tokenizer.json" => (PathOf("bad"), path => TokenizerJson.Load(path)),
        "adapter_config.json" => (PathOf("adapter_config.json"), LoadAdapter),
        "config.json" => (PathOf("config.json"), LoadModel),
        "IDX" or "gzipped IDX" => (PathOf("bad"), path => IdxFile.Read(path)),
        "CIFAR" => (PathOf("bad"), path => CifarFile.Read(CifarKind.Cifar10, path)),
        "CSV" => (PathOf("bad"), path => new CsvFile(path).ReadFrom().Count()),
        "JSONL" => (PathOf("bad"), path => new JsonLines(path, 1 << 20).ReadFrom().Count()),
        "text lines" => (PathOf("bad"), path => new TextLines(path, 100).ReadFrom().Count()),
        "text" => (PathOf("bad"), path => TextFile.Read(path)),
        _ => (PathOf("bad"), path =>
        {
            using TokenShard shard = TokenShard.Open(path);
            shard.Verify();
        }),
    };

    private void LoadAdapter(string path)
    {
        string weights = PathOf("adapter_model.safetensors");
        if (!File.Exists(weights))
            MiniStack.Formats.Safetensors.Save(weights, [new("base_model.model.lora_A.weight", Tensor.Ones([2, 2])), new("base_model.model.lora_B.weight", Tensor.Ones([2, 2]))]);
        Peft.Load(Folder, new Linear(2, 2, new Rng(1)), new Rng(2));
    }

    private void LoadModel(string path)
    {
        if (!File.Exists(PathOf("model.safetensors")))
            MiniStack.Formats.Safetensors.Save(PathOf("model.safetensors"), new MultilayerPerceptron(new MultilayerPerceptronConfig(2, [3], 1), new Rng(1)).StateDict());
        ModelFolder.Load(Folder);
    }

    private static IEnumerable<BadFile> Safetensors()
    {
        const string Format = "safetensors";
        byte[] good = SafetensorsBytes.Of($"{{{Entry("a", "F32", "[2]", 0, 8)},{Entry("b", "BOOL", "[2]", 8, 10)}}}", 10)[..];
        good[^1] = good[^2] = 1;
        string header = W("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]");
        foreach (BadFile file in Cut(Format, good, 25)) yield return file;
        yield return Patched(Format, good, good.Length - 1, 2);
        foreach (ulong length in (ulong[])[0, 1, 7, (ulong)good.Length, 100_000_000, 100_000_001, long.MaxValue, ulong.MaxValue]) yield return Patched(Format, good, 0, Length(length));
        foreach ((string right, string[] wrong) in ((string, string[])[])
        [
            ("\"F32\"", ["\"F64\"", "\"XX\"", "\"f32\"", "null", "1", "[]", "\"F4\"", "\"I8\"", "\"C64\"", "\"\\ud800\""]),
            ("[2]", ["2", "[-2]", "[2.0]", "[3]", "[2,2]", "[2147483648]", "[18446744073709551615]", "[18446744073709551616]", "null", "\"2\"", "[null]", "[[2]]", "[2147483647,2147483647,2147483647]", $"[{string.Join(',', Enumerable.Repeat(1, 65))}]"]),
            ("[0,8]", ["[0,9]", "[1,9]", "[8,0]", "[0]", "[0,8,8]", "[-1,7]", "[0,9223372036854775808]", "[0,8.5]", "null", "[[0],8]"]),
            ("\"dtype\"", ["\"Dtype\"", "\"shape\"", "\"extra\""]),
            ("\"w\"", ["\"__metadata__\"", "w", "\"\\ud800\"", "1"]),
        ])
        {
            foreach (string text in wrong) yield return new BadFile(Format, $"{right} is {text}", SafetensorsBytes.Of(header.Replace(right, text, StringComparison.Ordinal), 8));
        }
        string entry = Entry("w", "F32", "[2]", 0, 8);
        foreach (string json in (string[])["", " ", "[]", "null", "{", $"{{{entry}", $"{{{entry}}}x", $"{{{entry},}}", $"{{{entry},{entry}}}", $"{{{entry},{Entry("v", "F32", "[2]", 4, 12)}}}", $"{{{entry},{Entry("v", "F32", "[2]", 9, 17)}}}",
            $"{{\"__metadata__\":1,{entry}}}", $"{{\"__metadata__\":{{\"a\":1}},{entry}}}", $"{{\"__metadata__\":{{\"a\":\"b\",\"a\":\"b\"}},{entry}}}", $"{{\"__metadata__\":{{}},\"__metadata__\":{{}},{entry}}}", $"{{\"__metadata__\":{{\"{new string('k', 5000)}\":\"\"}},{entry}}}",
            $"{{\"{new string('n', 5000)}\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}}}", $"{{{string.Join(',', Enumerable.Range(0, 9000).Select(i => Entry($"t{i}", "F32", "[0]", 0, 0)))}}}", new string('[', 100_000), "{\"a\":" + new string('{', 1000)])
            yield return new BadFile(Format, json.Length > 60 ? json[..60] : json, SafetensorsBytes.Of(json, 8));
        yield return new BadFile(Format, "not UTF-8", SafetensorsBytes.Of([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'], 8));
    }

    private static IEnumerable<BadFile> Npy()
    {
        const string Format = "npy";
        byte[] good = NpyBytes.Of(Dict("<f4", "(2,)"), 8);
        foreach (BadFile file in Cut(Format, good, 25)) yield return file;
        foreach ((int at, byte[] bytes) in ((int, byte[])[])[(0, [0]), (1, "X"u8.ToArray()), (6, [0]), (6, [4]), (7, [1]), (8, [255, 255]), (8, [0, 0]), (8, [1, 0])]) yield return Patched(Format, good, at, bytes);
        foreach (string descr in (string[])["<f3", "f4", "=f4", ">O", "|O", "<U4", "|S2", "<M8[s]", "<c8", "<c16", "<i2", "<u2", "<u4", "<u8", "|i1", "<f16", "|V4", "", "é", "<f4<f4"]) yield return new BadFile(Format, $"descr {descr}", NpyBytes.Of(Dict(descr, "(2,)"), 8));
        foreach (string shape in (string[])["(2)", "(3,)", "(-2,)", "(2.0,)", "(02,)", "(2147483648,)", "(2147483647, 2147483647, 2147483647)", "[2]", "2", "None", "(2,,)", "(2", $"({string.Join(',', Enumerable.Repeat(1, 65))})", "('2',)", "(0x2,)", "(9999999999,)"]) yield return new BadFile(Format, $"shape {shape}", NpyBytes.Of(Dict("<f4", shape), 8));
        foreach (string header in (string[])["", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'shape': (2,)}", "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}",
            "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} 1", "__import__('os')", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)"]) yield return new BadFile(Format, header, NpyBytes.Of(header, 8));
        yield return new BadFile(Format, "an element too many", NpyBytes.Of(Dict("<f4", "(2,)"), 12));
        yield return new BadFile(Format, "a bool of 2", NpyBytes.Of(Dict("|b1", "(2,)"), 2));
        yield return new BadFile(Format, "an archive", Zip(("a.npy", good)));
    }

    private static IEnumerable<BadFile> Npz()
    {
        const string Format = "npz";
        byte[] array = NpyBytes.Of(Dict("<f4", "(2,)"), 8), zip = Zip(("a.npy", array));
        foreach (BadFile file in Cut(Format, zip, 25)) yield return file;
        yield return new BadFile(Format, "a single array", array);
        yield return new BadFile(Format, "no array", Zip(("a.txt", array)));
        yield return new BadFile(Format, "a name twice", Zip(("a.npy", array), ("a.npy", array)));
        yield return new BadFile(Format, "a damaged array", Zip(("a.npy", array[..^1])));
        yield return new BadFile(Format, "an empty array file", Zip(("a.npy", [])));
        foreach ((int field, byte[] value) in ((int, byte[])[])[(8, [1]), (10, [99]), (16, [1, 2, 3, 4]), (20, [255, 255, 255, 127]), (24, [255, 255, 255, 127]), (24, [1, 0, 0, 0]), (42, [255, 255, 255, 127]), (42, [5, 0, 0, 0])]) yield return new BadFile(Format, $"field {field} is {Convert.ToHexString(value)}", WithDirectory(zip, field, value));
        // Bombs: a thousand bytes for one, in one entry and in many.
        byte[] zeros = [.. NpyBytes.Of(Dict("|u1", "(40000000,)")), .. new byte[40_000_000]];
        yield return new BadFile(Format, "40 MB of zeros", Zip(CompressionLevel.Optimal, ("a.npy", zeros)));
        byte[] some = [.. NpyBytes.Of(Dict("|u1", "(3000000,)")), .. new byte[3_000_000]];
        yield return new BadFile(Format, "twelve times 3 MB of zeros", Zip(CompressionLevel.Optimal, [.. Enumerable.Range(0, 12).Select(i => ($"{i}.npy", some))]));
    }

    private static IEnumerable<BadFile> Tokenizers()
    {
        const string Format = "tokenizer.json";
        string bpe = TokenizerFiles.Bpe, wordPiece = TokenizerFiles.WordPiece;
        foreach (BadFile file in Cut(Format, Encoding.UTF8.GetBytes(bpe)).Concat(Cut(Format, Encoding.UTF8.GetBytes(wordPiece)))) yield return file;
        foreach ((string right, string[] wrong) in ((string, string[])[])
        [
            ("\"1.0\"", ["\"2.0\"", "1", "\"\\ud800\""]), ("\"truncation\": null", ["\"truncation\": {\"max_length\": 5}"]), ("\"padding\": null", ["\"padding\": {\"strategy\": \"BatchLongest\"}"]),
            ("\"normalizer\": null", ["\"normalizer\": {\"type\": \"NFC\"}", "\"normalizer\": {\"type\": \"Lowercase\"}", "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFD\"}]}", "\"normalizer\": []", "\"extra\": 1, \"normalizer\": null"]),
            ("{\"type\": \"ByteLevel\", \"add_prefix_space\": false", ["{\"type\": \"Whitespace\", \"add_prefix_space\": false", "{\"type\": \"ByteLevel\", \"extra\": 1, \"add_prefix_space\": false", "{\"type\": \"Metaspace\"", "{\"type\": 1", "{\"add_prefix_space\": false"]),
            ("\"use_regex\": true", ["\"use_regex\": false", "\"use_regex\": 1"]), ("\"dropout\": null", ["\"dropout\": 0.1", "\"dropout\": \"0\""]),
            ("\"byte_fallback\": false", ["\"byte_fallback\": true", "\"byte_fallback\": 0"]), ("\"ignore_merges\": false", ["\"ignore_merges\": 1", "\"ignore_spaces\": true"]),
            ("\"continuing_subword_prefix\": null", ["\"continuing_subword_prefix\": \"##\"", "\"continuing_subword_prefix\": 1"]), ("\"end_of_word_suffix\": null", ["\"end_of_word_suffix\": \"</w>\""]),
            ("\"single_word\": false", ["\"single_word\": true", "\"single_word\": 1", "\"extra\": true"]), ("\"id\": 260", ["\"id\": -1", "\"id\": 2147483648", "\"id\": 5", "\"id\": \"260\"", "\"id\": null"]),
            ("\"ab\": 256", ["\"ab\": -1", "\"ab\": 255", "\"ab\": 300", "\"ab\": 2147483647", "\"ab\": null", "\"ab\": 1.5", "\"a b\": 256"]), ("\"a b\"", ["\"a\"", "\"a b c\"", "1", "[\"a\"]", "[\"a\", \"b\", \"c\"]", "\"a zz\"", "\"zz b\""]),
            ("\"type\": \"BPE\"", ["\"type\": \"Unigram\"", "\"type\": \"WordLevel\"", "\"type\": \"WordPiece\"", "\"type\": 1"]), ("\"cls\": [\"<s>\", 260]", ["\"cls\": [\"<s>\", 300]", "\"cls\": [\"<s>\"]", "\"cls\": 260"]),
            ("\"RobertaProcessing\"", ["\"Other\"", "\"TemplateProcessing\"", "1"]),
        ])
        {
            foreach (BadFile file in Replaced(Format, bpe, right, wrong)) yield return file;
        }
        foreach ((string right, string[] wrong) in ((string, string[])[])
        [
            ("\"BertNormalizer\"", ["\"NFC\"", "\"StripAccents\""]), ("\"clean_text\": true", ["\"clean_text\": 1", "\"extra\": true"]), ("\"strip_accents\": null", ["\"strip_accents\": \"no\""]), ("\"normalized\": false", ["\"normalized\": true"]),
            ("\"BertPreTokenizer\"", ["\"Whitespace\"", "\"BertPreTokenizer\", \"extra\": 1"]), ("\"prefix\": \"##\"", ["\"prefix\": \"@\"", "\"prefix\": 1"]), ("\"unk_token\": \"[UNK]\"", ["\"unk_token\": \"?\"", "\"unk_token\": null"]),
            ("\"max_input_chars_per_word\": 100", ["\"max_input_chars_per_word\": 0", "\"max_input_chars_per_word\": 1e9", "\"max_input_chars_per_word\": 2147483647"]), ("\"cleanup\": true", ["\"cleanup\": 0", "\"extra\": true, \"cleanup\": true"]),
            ("\"ids\": [1]", ["\"ids\": [99]", "\"ids\": [-1]", "\"ids\": 1"]), ("{\"Sequence\": {\"id\": \"A\"", ["{\"Sequence\": {\"id\": \"B\"", "{\"Other\": {\"id\": \"A\""]),
        ])
        {
            foreach (BadFile file in Replaced(Format, wordPiece, right, wrong)) yield return file;
        }
    }

    private static IEnumerable<BadFile> Adapters()
    {
        const string Format = "adapter_config.json";
        foreach (BadFile file in Cut(Format, Encoding.UTF8.GetBytes(Adapter))) yield return file;
        foreach (string start in (string[])["\"pissa\"", "\"pissa_niter_16\"", "\"olora\"", "\"corda\"", "\"loftq\"", "\"eva\"", "\"lora_ga\"", "\"new\"", "1", "[]", "{}"]) yield return Replaced(Format, Adapter, "\"init_lora_weights\": true", $"\"init_lora_weights\": {start}").First();
        foreach (string field in (string[])["use_dora", "use_qalora", "lora_bias", "ensure_weight_tying", "use_bdlora", "unheard_of"]) yield return Replaced(Format, Adapter, "\"r\"", $"\"{field}\": true, \"r\"").First();
        foreach (string field in (string[])["rank_pattern", "alpha_pattern", "megatron_config", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "arrow_config", "trainable_token_indices", "unheard_of"]) yield return Replaced(Format, Adapter, "\"r\"", $"\"{field}\": {{\"up\": 1}}, \"r\"").First();
        foreach (string field in (string[])["layer_replication", "target_parameters", "alora_invocation_tokens", "unheard_of"]) yield return Replaced(Format, Adapter, "\"r\"", $"\"{field}\": [1], \"r\"").First();
        foreach (BadFile file in Replaced(Format, Adapter, "\"r\": 2", [.. NoNumbers.Append("0").Append("3").Append("1048577").Select(number => $"\"r\": {number}"), "\"r\": 2, \"r\": 4"])) yield return file;
        foreach (BadFile file in Replaced(Format, Adapter, "\"lora_alpha\": 4", [.. NoNumbers.Where(number => number is not ("1.5" or "99999999999999999999")).Select(number => $"\"lora_alpha\": {number}")])) yield return file;
        foreach (BadFile file in Replaced(Format, Adapter, "\"lora_dropout\": 0", [.. NoNumbers.Select(number => $"\"lora_dropout\": {number}")])) yield return file;
        foreach (string bias in (string[])["\"all\"", "\"lora_only\"", "true", "null", "1"]) yield return Replaced(Format, Adapter, "\"bias\": \"none\"", $"\"bias\": {bias}").First();
        foreach (string type in (string[])["\"IA3\"", "\"ADALORA\"", "\"LOHA\"", "\"lora\"", "null", "1", "\"\\ud800\""]) yield return Replaced(Format, Adapter, "\"LORA\"", type).First();
        foreach (string flag in (string[])["1", "\"true\"", "[1]"]) yield return Replaced(Format, Adapter, "\"use_rslora\": false", $"\"use_rslora\": {flag}").First();
        foreach (string flag in (string[])["1", "\"true\"", "[1]"]) yield return Replaced(Format, Adapter, "\"fan_in_fan_out\": false", $"\"fan_in_fan_out\": {flag}").First();
        foreach (string json in (string[])["", "[]", "null", "1", "\"a\"", "{}", new string('[', 10_000), "\uFEFF" + Adapter, new string(' ', 2 << 20)]) yield return new BadFile(Format, json.Length > 20 ? json[..20] : json, json);
    }

    private static IEnumerable<BadFile> Configs()
    {
        const string Format = "config.json";
        foreach (BadFile file in Cut(Format, Encoding.UTF8.GetBytes(Config))) yield return file;
        foreach (BadFile file in Replaced(Format, Config, "\"format_version\": 1", [.. NoNumbers.Append("0").Append("2").Select(number => $"\"format_version\": {number}"), "\"version\": 1", "\"extra\": 1, \"format_version\": 1", "\"format_version\": 1, \"format_version\": 1", "\"\\ud800\": 1, \"format_version\": 1"])) yield return file;
        foreach (BadFile file in Replaced(Format, Config, "\"MultilayerPerceptron\"", "\"Gpt\"", "\"Other\"", "null", "1", "\"\"", "\"\\ud800\"", $"\"{new string('a', 79)}😀\"", "\"a\\nb\"")) yield return file;
        foreach (BadFile file in Replaced(Format, Config, "\"inputs\": 2", [.. NoNumbers.Append("0").Append("3").Append("10000001").Append("2147483647").Select(number => $"\"inputs\": {number}"), "\"extra\": 1, \"inputs\": 2", "\"Inputs\": 2", "\"inputs\": 2, \"inputs\": 2", "\"\\ud800\": 1, \"inputs\": 2"])) yield return file;
        foreach (BadFile file in Replaced(Format, Config, "[3]", "3", "null", "[null]", "[\"3\"]", "[3, 1e40]", "[0]", "[-1]", "[1000001]", "[1000000, 1000000]", $"[{string.Join(',', Enumerable.Repeat(1, 1001))}]", "[[3]]", "{}")) yield return file;
        foreach (BadFile file in Replaced(Format, Config, "\"dropout\": 0", "\"dropout\": 1", "\"dropout\": -0.1", "\"dropout\": null", "\"dropout\": \"0\"", "\"dropout\": 1e999", "\"dropout\": \"NaN\"")) yield return file;
        foreach (string json in (string[])["", "[]", "null", "{}", "{\"model_type\": \"llama\"}", "{\"architectures\": [\"GPT2LMHeadModel\"]}", "{\"model_type\": \"\\ud800\"}", "{\"architectures\": [\"\\ud800\"]}", new string('[', 10_000), new string('{', 10_000), new string(' ', (1 << 20) + 1), "\uFEFF" + Config]) yield return new BadFile(Format, json.Length > 40 ? json[..40] : json, json);
    }

    private static IEnumerable<BadFile> Idx()
    {
        byte[] good = ReaderFiles.Idx(0x08, [3, 2], 1, 2, 3, 4, 5, 6), zipped = ReaderFiles.Gzip(good);
        foreach (BadFile file in Cut("IDX", good, 18)) yield return file;
        foreach ((int at, byte[] bytes) in ((int, byte[])[])[(0, [1]), (1, [1]), (2, [0]), (2, [7]), (2, [10]), (2, [15]), (2, [14]), (3, [0]), (3, [9]), (3, [255]), (4, [0, 0, 0, 2]), (4, [255, 255, 255, 255]), (4, [127, 255, 255, 255]), (8, [127, 255, 255, 255])]) yield return Patched("IDX", good, at, bytes);
        yield return new BadFile("IDX", "a byte too many", [.. good, 7]);
        foreach (BadFile file in Cut("gzipped IDX", zipped, 18)) yield return file.Bytes is [0x1F, 0x8B, ..] ? file : file with { Format = "IDX" };
        yield return new BadFile("gzipped IDX", "a sum that is wrong", [.. zipped[..^8], 1, 2, 3, 4, .. zipped[^4..]]);
        yield return new BadFile("gzipped IDX", "a length that is wrong", [.. zipped[..^4], 1, 2, 3, 4]);
        yield return new BadFile("gzipped IDX", "an element too few", ReaderFiles.Gzip(good[..^1]));
        yield return new BadFile("gzipped IDX", "an element too many", ReaderFiles.Gzip([.. good, 7]));
        yield return new BadFile("gzipped IDX", "100 MB of zeros", ReaderFiles.Gzip(ReaderFiles.Idx(0x08, [100_000_000], new byte[100_000_000])));
    }

    private static IEnumerable<BadFile> Cifar()
    {
        byte[] good = ReaderFiles.Cifar(2, 1);
        foreach (BadFile file in Cut("CIFAR", good, 16).Where(file => file.Bytes.Length is 0 || file.Bytes.Length % 3073 != 0)) yield return file;
        foreach (byte label in (byte[])[10, 11, 100, 255]) yield return Patched("CIFAR", good, 3073, label);
        yield return new BadFile("CIFAR", "a byte too many", [.. good, 0]);
    }

    private static IEnumerable<BadFile> Csv()
    {
        foreach (string text in (string[])["", "a,a\n1,2\n", "a,b\n1\n", "a,b\n1,2,3\n", "a,b\n\"1,2\n", "a,b\n1\"2,3\n", "a,b\n\"1\"2,3\n", "a,b\n\"1\" ,2\n", "a,b\n1,\"2\n3", "a\n\"\"\"\n", "a,b\r1\r", "\"a\n1\n", "a,b\n1,2\n\"\n", "a,b\n,,\n", "a,b\n1,2\n3,4,\n", "a\n\"b\"\"\n", "a,b\n1,\ud800\n"])
            yield return new BadFile("CSV", text, text == "a,b\n1,\ud800\n" ? [.. "a,b\n1,"u8, 0xED, 0xA0, 0x80, (byte)'\n'] : Encoding.UTF8.GetBytes(text));
        yield return new BadFile("CSV", "not UTF-8", [.. "a,b\n1,"u8, 0xFF]);
        yield return new BadFile("CSV", "a row without end", $"a\n\"{new string('x', 2 << 20)}");
        yield return new BadFile("CSV", "very many fields", new string(',', 2 << 20));
    }

    private static IEnumerable<BadFile> JsonLines()
    {
        foreach (string text in (string[])["{", "}", "[1", "[1,]", "{\"a\":}", "{\"a\":1,\"a\":2}", "{a:1}", "'a'", "nul", "01", "1.", "-", "NaN", "Infinity", "1 2", "\"", "\"\t\"", "\"\\x\"", "\"\\ud800\"", "{\"\\ud800\":1}", "[1]]", "// comment", "\u0000", "1e", "{\"a\":1}\n{\"a\"\n"]) yield return new BadFile("JSONL", text, text);
        yield return new BadFile("JSONL", "not UTF-8", [(byte)'"', 0xFF, (byte)'"']);
        yield return new BadFile("JSONL", "too deep", new string('[', 1000) + new string(']', 1000));
        yield return new BadFile("JSONL", "too long a line", $"\"{new string('x', 2 << 20)}\"");
    }

    private static IEnumerable<BadFile> Text()
    {
        foreach (byte[] bytes in (byte[][])[[0xFF], [0x61, 0x80], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xC0, 0x80], [0xEF, 0xBB, 0xBF, 0xFF], [.. new byte[70_000], 0xE2], [.. new byte[65_535], 0xE2, 0x28]])
        {
            yield return new BadFile("text", Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length))), bytes);
            yield return new BadFile("text lines", Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length))), [(byte)'\n', .. bytes]);
        }
        yield return new BadFile("text", "empty", [0xEF, 0xBB, 0xBF]);
        yield return new BadFile("text lines", "a line that is too long", new string('x', 101));
    }

    private IEnumerable<BadFile> Shards()
    {
        const string Format = "token shard";
        using (TokenShardWriter writer = new(PathOf("seed"), 100))
        {
            writer.Append([1, 2, 3, 99, 5]);
            writer.Complete();
        }
        byte[] good = File.ReadAllBytes(PathOf("seed"));
        foreach (BadFile file in Cut(Format, good, 30)) yield return file;
        foreach ((int at, byte[] bytes) in ((int, byte[])[])[(0, [0]), (8, [0]), (8, [2]), (12, [0]), (12, [1]), (12, [4]), (12, [3]), (16, [4]), (16, [6]), (16, [255, 255, 255, 255, 255, 255, 255, 255]), (16, [0, 0, 0, 0, 0, 0, 0, 128]), (24, [1]), (31, [1]), (32, [.. good[32..33].Select(b => (byte)~b)]), (64, [7]), (73, [7])]) yield return Patched(Format, good, at, bytes);
    }
}
