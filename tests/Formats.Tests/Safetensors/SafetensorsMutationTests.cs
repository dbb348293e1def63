using System.Text;
using static MiniStack.Formats.Tests.SafetensorsBytes;
using MiniStack.Tests;

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
        int cases = Soak.IsOn ? 100_000 : 10_000, loaded = 0;
        double slowest = 0;
        byte[][] seeds = Seeds();
        Random random = new(20240607);
        string path = PathOf("mutant.safetensors");
        for (int i = 0; i < cases; i++)
        {
            File.WriteAllBytes(path, Mutate(seeds[i % seeds.Length], random));
            GuardedLoad.Outcome outcome = GuardedLoad.Try(path);
            // Slow once may be the machine's fault; slow twice is the loader's.
            if (outcome.Seconds > 1) outcome = GuardedLoad.Try(path);
            if (outcome.Loaded) loaded++;
            slowest = Math.Max(slowest, outcome.Seconds);
        }
        output.WriteLine($"{cases} mutants: {loaded} loaded, {cases - loaded} refused, the slowest took {slowest * 1000:F1} ms.");
        Assert.InRange(slowest, 0, 1);
        // Both ways must be walked, or the mutations are too tame or too wild to tell anything.
        Assert.InRange(loaded, cases / 100, cases * 9 / 10);
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
            MutateOnce(bytes, Math.Min(8 + headerBytes, bytes.Count), random);
            headerBytes += bytes.Count - header;
        }
        // Most mutants keep a true header length, so that the damage lies deeper.
        if (random.Next(4) > 0 && bytes.Count >= 8 && headerBytes >= 0)
            for (int i = 0; i < 8; i++) bytes[i] = Length((ulong)headerBytes)[i];
        return [.. bytes];
    }

    private static void MutateOnce(List<byte> bytes, int headerEnd, Random random)
    {
        int at = random.Next(random.Next(4) == 0 ? bytes.Count + 1 : Math.Max(headerEnd, 1));
        bool inside = at < bytes.Count;
        switch (random.Next(8))
        {
            case 0 when inside: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1 when inside: bytes[at] = (byte)random.Next(256); break;
            case 2 when inside: bytes.RemoveAt(at); break;
            case 3 when inside: bytes.RemoveRange(at, random.Next(Math.Min(bytes.Count - at, 40)) + 1); break;
            case 4 when inside: bytes.InsertRange(at, [.. bytes.Skip(at).Take(random.Next(60))]); break;
            case 5 when random.Next(4) == 0: bytes.RemoveRange(Math.Min(at, bytes.Count), bytes.Count - Math.Min(at, bytes.Count)); break;
            case 6 when inside && bytes[at] is >= (byte)'0' and <= (byte)'9': bytes[at] = (byte)random.Next('0', '9' + 1); break;
            default: bytes.InsertRange(Math.Min(at, bytes.Count), Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)])); break;
        }
    }
}
