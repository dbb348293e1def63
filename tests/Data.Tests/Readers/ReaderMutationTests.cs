using MiniStack.Data;
using MiniStack.Formats.Tests;
using static MiniStack.Tests.Readers.ReaderFiles;

namespace MiniStack.Tests.Readers;

/// <summary>Valid files, damaged at random: each is read or refused with a sentence, at once, in little memory.</summary>
public sealed class ReaderMutationTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    private static readonly byte[] SmallIdx = Idx(0x08, [3, 2, 2], 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

    private static readonly byte[][] TextSeeds =
    [
        "name,x,y\r\nanna,1,2\r\n\"b, c\",3,4\r\nü,5,6\r\n"u8.ToArray(),
        "a,b\n\"line\nbreak\",2\n3,\"say \"\"hi\"\"\"\n"u8.ToArray(),
        "x\n1\n2\n3\n"u8.ToArray(),
    ];

    private static readonly byte[][] JsonSeeds =
    [
        "{\"text\": \"hello\", \"label\": 3}\n{\"text\": \"h\\u00e9llo\\ud83d\\ude00\", \"label\": -1.5e3}\n"u8.ToArray(),
        "[1, 2, [3, {\"a\": null}]]\n\n\"ü\"\ntrue\n"u8.ToArray(),
    ];

    private static readonly string[] Fragments = ["\"", ",", "\n", "\r", "\r\n", "\0", "é", "{", "}", "[", "]", ":", "\\ud800", "\\u", "1e999", ";", "\uFEFF", "\"\""];

    [Fact]
    public void Idx_MutatedFiles_AreReadOrRefused()
    {
        byte[][] seeds = [SmallIdx, Idx(0x0D, [2], 0, 0, 0, 0, 63, 128, 0, 0), Idx(0x0B, [2, 1], 0, 1, 2, 3), Idx(0x0E, [0, 7])];
        Try(path => IdxFile.Read(path), seeds, headerEnd: 16);
    }

    [Fact]
    public void GzippedIdx_MutatedFiles_AreReadOrRefused() => output.WriteLine(Mutants.Try(PathOf("mutant"), path => IdxFile.Read(path), (_, random) =>
    {
        // The packed bytes in one half, and in the other half what is packed.
        bool inside = random.Next(2) == 0;
        List<byte> bytes = [.. inside ? SmallIdx : Gzip(SmallIdx)];
        if (inside && random.Next(3) == 0) bytes[^1] = (byte)random.Next(256);
        else Mutants.Change(bytes, inside ? 16 : bytes.Count, Fragments, random);
        return inside ? Gzip([.. bytes]) : [.. bytes];
    }));

    [Fact]
    public void Cifar_MutatedFiles_AreReadOrRefused() => output.WriteLine(Mutants.Try(PathOf("mutant"), path => CifarFile.Read(CifarKind.Cifar10, path), (_, random) =>
    {
        List<byte> bytes = [.. TwoPictures];
        // Labels are few among the pixels, so they are aimed at.
        if (random.Next(3) == 0) bytes[3073 * random.Next(2)] = (byte)random.Next(20);
        else Mutants.Change(bytes, bytes.Count, Fragments, random);
        return [.. bytes];
    }));

    [Fact]
    public void Csv_MutatedFiles_AreReadOrRefused() => Try(
        path =>
        {
            foreach (CsvRow row in new CsvFile(path).ReadFrom()) Assert.True(row.Line > 0);
        },
        TextSeeds);

    [Fact]
    public void JsonLines_MutatedFiles_AreReadOrRefused() => Try(
        path =>
        {
            // What is read can be used: no text in it is half a character.
            foreach (JsonRow row in new JsonLines(path).ReadFrom()) _ = row.Value.ToString();
        },
        JsonSeeds);

    [Fact]
    public void TextLines_MutatedFiles_AreReadOrRefused() => output.WriteLine(Mutants.Try(PathOf("mutant"), path => new TextLines(path, 60).ReadFrom().Count(), (i, random) =>
    {
        List<byte> bytes = [.. TextSeeds[i % TextSeeds.Length], .. JsonSeeds[i % JsonSeeds.Length].Take(50)];
        for (int change = random.Next(3); change >= 0; change--)
        {
            if (bytes.Count > 0 && random.Next(2) == 0) bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
            else Mutants.Change(bytes, bytes.Count, Fragments, random);
        }
        return [.. bytes];
    }));

    [Fact]
    public void TokenShard_MutatedFiles_AreReadOrRefused()
    {
        string path = PathOf("seed");
        byte[][] seeds = [.. new[] { 100L, 100_000 }.Select(Shard)];
        Try(
            mutant =>
            {
                using TokenShard shard = TokenShard.Open(mutant);
                int[] tokens = new int[shard.Count];
                shard.Read(0, tokens.AsSpan());
                // Half of the damaged tokens are shown to the digest, so that both ways out are walked.
                if (shard.Count % 2 == 0) shard.Verify();
            },
            seeds, headerEnd: 32);

        byte[] Shard(long vocabulary)
        {
            using (TokenShardWriter writer = new(path, vocabulary))
            {
                writer.Append([1, 2, 3, 99, 5, 6, 7]);
                writer.Complete();
            }
            return File.ReadAllBytes(path);
        }
    }

    private static readonly byte[] TwoPictures = Cifar(2, 1);

    private void Try(Action<string> read, byte[][] seeds, int? headerEnd = null) => output.WriteLine(Mutants.Try(PathOf("mutant"), read, (i, random) =>
    {
        List<byte> bytes = [.. seeds[i % seeds.Length]];
        for (int change = random.Next(4) == 0 ? 2 : 1; change > 0; change--) Mutants.Change(bytes, Math.Min(headerEnd ?? bytes.Count, bytes.Count), Fragments, random);
        return [.. bytes];
    }));
}
