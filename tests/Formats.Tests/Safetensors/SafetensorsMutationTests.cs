using static MiniStack.Formats.Tests.SafetensorsBytes;

namespace MiniStack.Formats.Tests;

/// <summary>Valid files, damaged at random with a fixed seed: each loads or is refused with a sentence, at once.</summary>
public sealed class SafetensorsMutationTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    // What a header is made of, so that many mutants get past the JSON parser.
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ",", ":", "\"", "0", "1", "-1", "8", "9223372036854775807", "18446744073709551615", "1e9", "null", "true", "\\u0000",
        "\\ud800", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "F32", "F64", "BOOL", "F16", "F4", "XX", " ", "\n", "é", "a",
    ];

    [Fact]
    public void Load_MutatedFiles_LoadOrAreRefused()
    {
        byte[][] seeds = Seeds();
        output.WriteLine(Mutants.Try(PathOf("mutant.safetensors"), path => Safetensors.Load(path), (i, random) => Mutate(seeds[i % seeds.Length], random)));
    }

    private byte[][] Seeds()
    {
        Safetensors.Save(PathOf("seed"), new Dictionary<string, Tensor>
        {
            ["h.0.weight"] = Tensor.Ones([3, 4]),
            ["h.0.bias"] = Tensor.Zeros([4], DType.F64),
            ["ids"] = Tensor.Arange(5),
            ["steps"] = Tensor.Scalar(7, DType.I32),
            ["mask"] = Tensor.Ones([2, 0, 3], DType.Bool),
            ["flags"] = Tensor.Ones([3], DType.Bool),
        }, new Dictionary<string, string> { ["format"] = "pt", ["é"] = "\"\\" });
        return
        [
            File.ReadAllBytes(PathOf("seed")),
            Of("{}"),
            Of($"{{{Entry("w", "F32", "[2]", 0, 8)}}}", 8),
            Of($"{{{Entry("a", "F4", "[2,2]", 0, 2)},{Entry("b", "F32", "[0]", 2, 2)},{Entry("c", "I32", "[]", 2, 6)}}}", 6),
        ];
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        int headerBytes = (int)BitConverter.ToInt64(seed);
        int changes = random.Next(3) == 0 ? random.Next(2, 4) : 1;
        for (int change = 0; change < changes; change++)
        {
            int header = bytes.Count;
            Mutants.Change(bytes, Math.Min(8 + headerBytes, bytes.Count), Fragments, random);
            headerBytes += bytes.Count - header;
        }
        // Most mutants keep a true header length, so that the damage lies deeper.
        if (random.Next(4) > 0 && bytes.Count >= 8 && headerBytes >= 0)
            for (int i = 0; i < 8; i++) bytes[i] = Length((ulong)headerBytes)[i];
        return [.. bytes];
    }
}
