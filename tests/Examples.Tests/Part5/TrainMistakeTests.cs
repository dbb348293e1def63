using System.Diagnostics;
using MiniStack.Cuda;
using MiniStack.Formats;

namespace MiniStack.Tests.Part5;

/// <summary>Every mistake of the user: one line that says what was wrong and what to do, exit code 2, and nothing lost.</summary>
public sealed class TrainMistakeTests(TrainFixture fixture) : IClassFixture<TrainFixture>
{
    [Theory]
    [InlineData("--steps must be a whole number from 1 to 1000000000, not '0'.", "--steps", "0")]
    [InlineData("--steps must be a whole number from 1 to 1000000000, not '-5'.", "--steps", "-5")]
    [InlineData("--batch must be a whole number from 1 to 100000, not '99999999999999999999'.", "--batch", "99999999999999999999")]
    [InlineData("--layers must be a whole number from 1 to 1000, not 'many'.", "--layers", "many")]
    [InlineData("--context must be a whole number from 1 to 1000000, not '1.5'.", "--context", "1.5")]
    [InlineData("--heads must be a whole number from 1 to 10000, not ''.", "--heads", "")]
    [InlineData("--threads must be a whole number from 1 to 1024, not '0'.", "--threads", "0")]
    [InlineData("--seed must be a whole number from 0 to 9223372036854775807, not '-1'.", "--seed", "-1")]
    [InlineData("--sample must be a whole number from 0 to 1000000, not '-1'.", "--sample", "-1")]
    [InlineData("--device must be one of cpu, cuda, not 'gpu'.", "--device", "gpu")]
    [InlineData("--lr must be a number above 0 and at most 10, not 'NaN'.", "--lr", "NaN")]
    [InlineData("--lr must be a number above 0 and at most 10, not '-1'.", "--lr", "-1")]
    [InlineData("There is no option --layer. Did you mean --layers? Run with --help to see all options.", "--layer", "3")]
    [InlineData("There is no option --frobnicate. Run with --help to see all options.", "--frobnicate")]
    [InlineData("There is no demo walk. Run with --help to see them.", "walk")]
    [InlineData("There is no demo clinick. Did you mean clinic? Run with --help to see them.", "clinick")]
    [InlineData("--precision must be one of f32, bf16, f16, f16-unscaled, not 'f8'.", "train", "--precision", "f8")]
    [InlineData("--data is empty. Name a file after it, or leave the option out.", "--data", "")]
    [InlineData("--out is empty. Name a folder after it, or leave the option out.", "--out", " ")]
    [InlineData("--resume is empty. Name a folder after it, or leave the option out.", "--resume", "")]
    [InlineData("--out is empty. Name a folder after it, or leave the option out.", "clinic", "--out", "")]
    [InlineData("--lr must be a number above 0 and at most 10, not '∞'.", "--lr", "∞")]
    [InlineData("--data needs a value. Give one after it, or leave the option out.", "--data")]
    [InlineData("--steps needs a value. Give one after it, or leave the option out.", "--steps")]
    [InlineData("--steps was given more than one value. Give it once.", "--steps", "5", "--steps", "6")]
    [InlineData("--stop-at 50 lies beyond --steps 10. Stop earlier, or train for more steps.", "--steps", "10", "--stop-at", "50")]
    [InlineData("--layers cannot change when a run is resumed: its own settings stand in config.json. With --resume, only --stop-at, --device, --threads, --sample, --prompt, --profile and --data may be given.", "--resume", "x", "--layers", "2")]
    [InlineData("--out cannot be combined with --resume: a resumed run stays in its folder.", "--resume", "x", "--out", "y")]
    [InlineData("no-such-run: there is no such folder, so there is no run to continue. Check the path.", "--resume", "no-such-run")]
    [InlineData("no-such-file.txt: there is no such file. Check the path.", "--data", "no-such-file.txt")]
    [InlineData("3 heads do not divide 128 channels evenly. Choose heads that divide the channels.", "--heads", "3")]
    public void CommandLine_WithAMistake_IsOneLineAndExit2(string sentence, params string[] arguments) =>
        Says(sentence, TrainFixture.Train(arguments));

    [Fact]
    public void Device_WithoutAGpu_IsSaidBeforeTraining()
    {
        Assert.SkipUnless(CudaDevice.Count == 0, "This machine has a GPU.");
        ExampleResult result = fixture.Small("no-gpu", "--device", "cuda");
        Assert.Equal(2, result.ExitCode);
        Assert.Matches(@"^error: .+\. (Install it, or c|C)ompute on the CPU\.\s*$", result.Error);
        Assert.False(Directory.Exists(fixture.Path("no-gpu")));
    }

    [Fact]
    public void Memory_BeyondTheMachine_IsSaidBeforeTraining()
    {
        ExampleResult result = TrainFixture.Train("--data", fixture.Text, "--out", fixture.Path("huge"), "--context", "64", "--layers", "1000", "--channels", "100000", "--heads", "1");
        Assert.Equal(2, result.ExitCode);
        Assert.Matches(@"^error: This model and batch need about [\d.]+ GiB of memory, but the machine has [\d.]+ GiB\. Lower --batch, --context, --channels or --layers\.\s*$", result.Error);
        Assert.False(Directory.Exists(fixture.Path("huge")));
    }

    [Fact]
    public void Data_EmptyTooShortOrNoText_IsSaid()
    {
        string file = fixture.Path("bad.txt");
        File.WriteAllText(file, "");
        Says($"{file}: the file is empty. Name a file with text.", TrainFixture.Train("--data", file));
        File.WriteAllText(file, "too short a text for a context of sixty-four characters");
        Says("The text is too short: its validation part has 6 characters, but a context of 64 needs at least 65. Use a longer text or a smaller context.",
            TrainFixture.Train("--data", file));
        File.WriteAllBytes(file, [65, 66, 0xFF, 67]);
        Says($"{file}: it is not UTF-8 text (byte 2). Convert it to UTF-8 first.", TrainFixture.Train("--data", file));
        Says($"{fixture.Folder}: it is a folder. Name a file inside it.", TrainFixture.Train("--data", fixture.Folder));
    }

    [Fact]
    public void Prompt_WithAForeignCharacter_IsSaid() => Says(
        "CharTokenizer: the character '€' (U+20AC) at position 1 does not occur in the text the tokenizer was made from. Leave it out, or make a tokenizer of a text that has it.",
        fixture.Small("prompt", "--prompt", "a€"));

    [Fact]
    public void Out_ThatCannotBeWritten_IsSaid()
    {
        string file = fixture.Path("a-file");
        File.WriteAllText(file, "");
        ExampleResult result = fixture.Small("a-file/run");
        Assert.Equal(2, result.ExitCode);
        Assert.Matches($@"^error: {file}/run: the folder cannot be made \(.+\)\. Choose another one\.\s*$", result.Error);
    }

    [Fact]
    public void Out_OnAFullDisk_IsSaidAndTheCheckpointBeforeIsKept()
    {
        string disk = fixture.Path("disk");
        Directory.CreateDirectory(disk);
        // Room for the three checkpoints that there are while one is written.
        if (!OperatingSystem.IsLinux() || !Succeeds("mount", "-t", "tmpfs", "-o", "size=320k", "tmpfs", disk))
            Assert.Skip("A small disk can only be made by root on Linux.");
        try
        {
            ExampleResult first = fixture.Small("disk/run", "--stop-at", "4");
            Assert.True(first.ExitCode == 0, first.Error);
            byte[] before = fixture.Checkpoint("disk/run");
            using (FileStream ballast = File.Create(Path.Combine(disk, "ballast")))
            {
                try
                {
                    while (true) ballast.Write(new byte[4096]);
                }
                catch (IOException)
                {
                    // Full, as wanted.
                }
            }
            ExampleResult second = TrainFixture.Train("--resume", fixture.Path("disk/run"), "--sample", "0");
            Assert.Equal(2, second.ExitCode);
            Assert.Contains("no file can be written there (", second.Error);
            Assert.Equal(before, fixture.Checkpoint("disk/run"));
            File.Delete(Path.Combine(disk, "ballast"));
            Assert.Equal(0, TrainFixture.Train("--resume", fixture.Path("disk/run"), "--sample", "0").ExitCode);
        }
        finally
        {
            Succeeds("umount", disk);
        }
    }

    [Fact]
    public void Out_ThatHoldsARun_IsRefusedAndKept()
    {
        Assert.Equal(0, fixture.Small("taken").ExitCode);
        byte[] before = fixture.Checkpoint("taken");
        string folder = fixture.Path("taken");
        Says($"{folder} holds a run already. Continue it with --resume {folder}, or choose another --out.", fixture.Small("taken"));
        Assert.Equal(before, fixture.Checkpoint("taken"));
    }

    [Fact]
    public void Resume_OfDamagedRuns_IsSaidAndNothingIsChanged()
    {
        Assert.Equal(0, fixture.Small("good", "--stop-at", "4").ExitCode);
        string folder = fixture.Path("damaged"), config = fixture.Path("damaged", "config.json");

        Damaged("model.safetensors", bytes => bytes[..^7], "model.safetensors");
        Damaged("state.safetensors", bytes => bytes[..20], "state.safetensors");
        Damaged("state.safetensors", _ => [], "state.safetensors");
        Damaged("config.json", bytes => bytes[..^30], $"{config}: it is damaged (");
        Damaged("config.json", bytes => Replace(bytes, "\"format_version\": 1", "\"format_version\": 2"),
            $"{config}: its format version is 2; this program reads up to 1. Update MiniStack to continue this run.");
        Damaged("config.json", bytes => Replace(bytes, "\"channels\": 16", "\"channels\": 32"),
            "it was saved with another configuration than this run's. Restore the run's own files, or give the configuration it began with.");
        Damaged("config.json", bytes => Replace(bytes, "\"eval_every\": 4", "\"eval_every\": 0"), $"{config}: its eval_every is 0, with which no run begins. Restore it from a copy.");
        Damaged("config.json", bytes => Replace(bytes, "\"batch\": 2", "\"batch\": -2"), $"{config}: its batch is -2, with which no run begins. Restore it from a copy.");
        Damaged("config.json", bytes => Replace(bytes, "\"data\": \"", "\"data\": \"\\ud800"), $"{config}: it is damaged (");
        // Sizes that would cost gigabytes before anything is compared.
        Damaged("config.json", bytes => Replace(bytes, "\"channels\": 16", "\"channels\": 8000"),
            "numbers, but the sizes in config.json make a model of 768");
        Damaged("config.json", bytes => Replace(bytes, "\"heads\": 2", "\"heads\": 5"),
            "5 heads do not divide 16 channels evenly. Choose heads that divide the channels.");
        Damaged("tokenizer.json", _ => "{}"u8.ToArray(), "tokenizer.json: the JSON is damaged or of another kind of tokenizer");
        Damaged("model.safetensors", bytes => Misshapen(bytes), "The weights do not fit the model. misshapen: wte.weight is (1, 1), the model wants (");

        void Damaged(string name, Func<byte[], byte[]> damage, string sentence)
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
            foreach (string file in Directory.GetFiles(fixture.Path("good"))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            File.WriteAllBytes(Path.Combine(folder, name), damage(File.ReadAllBytes(Path.Combine(folder, name))));
            Dictionary<string, byte[]> before = Directory.GetFiles(folder).ToDictionary(file => file, File.ReadAllBytes);
            ExampleResult result = TrainFixture.Train("--resume", folder);
            Assert.Equal(2, result.ExitCode);
            Assert.Contains(sentence, result.Error);
            Assert.Single(result.Error.TrimEnd().Split('\n'));
            foreach ((string file, byte[] bytes) in before) Assert.Equal(bytes, File.ReadAllBytes(file));
        }

        byte[] Misshapen(byte[] bytes)
        {
            string file = fixture.Path("misshapen.safetensors");
            File.WriteAllBytes(file, bytes);
            Dictionary<string, Tensor> tensors = new(Safetensors.Load(file, out IReadOnlyDictionary<string, string> metadata));
            tensors["wte.weight"] = Tensor.Zeros([1, 1]);
            Safetensors.Save(file, tensors, metadata.Where(pair => pair.Key != "sha256").ToDictionary());
            return File.ReadAllBytes(file);
        }
    }

    [Fact]
    public void Resume_WithAnotherText_IsSaid()
    {
        Assert.Equal(0, fixture.Small("texts", "--stop-at", "4").ExitCode);
        string other = fixture.Path("other.txt");
        File.WriteAllText(other, File.ReadAllText(fixture.Text) + "one more line");
        Says($"{other}: this is not the text the run began with. Give the original file with --data, or start a new run.",
            TrainFixture.Train("--resume", fixture.Path("texts"), "--data", other));
        string moved = fixture.Path("moved.txt");
        File.Copy(fixture.Text, moved);
        Assert.Equal(0, TrainFixture.Train("--resume", fixture.Path("texts"), "--data", moved, "--sample", "0").ExitCode);
    }

    private static void Says(string sentence, ExampleResult result)
    {
        Assert.Equal($"error: {sentence}", result.Error.TrimEnd());
        Assert.Equal(2, result.ExitCode);
    }

    private static byte[] Replace(byte[] bytes, string old, string replacement)
    {
        string text = System.Text.Encoding.UTF8.GetString(bytes);
        Assert.Contains(old, text);
        return System.Text.Encoding.UTF8.GetBytes(text.Replace(old, replacement));
    }

    private static bool Succeeds(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
