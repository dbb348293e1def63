using System.IO.Compression;
using static MiniStack.Formats.Tests.NpyBytes;

namespace MiniStack.Formats.Tests;

/// <summary>Valid arrays and archives, damaged at random: each loads or is refused with a sentence, at once.</summary>
public sealed class NpyMutationTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    private static readonly string[] Fragments =
    [
        "{", "}", "(", ")", ",", ":", "'", "\"", "0", "1", "-1", "8", "2147483647", "9223372036854775807", "'descr'", "'shape'", "'fortran_order'",
        "True", "False", "'<f4'", "'>f8'", "'|b1'", "'|O'", "<", ">", "|", " ", "\n", "\\", "é", "L", "PK\u0001\u0002", "PK\u0003\u0004", ".npy",
    ];

    private static readonly byte[][] Arrays =
    [
        Of(Dict("<f4", "(2, 3)").PadRight(117) + "\n", 24),
        Of(Dict(">f8", "(2, 1, 2)", "True"), 32, 2),
        Of(Dict("<f2", "()"), 2, 3),
        Of(Dict("|b1", "(1,)"), 1),
        Of(Dict("<i8", "(3, 0)"), 0),
    ];

    [Fact]
    public void LoadArray_MutatedFiles_LoadOrAreRefused() => output.WriteLine(Mutants.Try(
        PathOf("mutant.npy"), path => Npy.Load(path), (i, random) => Mutate(Arrays[i % Arrays.Length], 100, random)));

    [Fact]
    public void LoadArchive_MutatedFiles_LoadOrAreRefused()
    {
        byte[][] seeds =
        [
            Zip(("a.npy", Arrays[0]), ("b/c.npy", Arrays[1]), ("π.npy", Arrays[3])),
            Zip(CompressionLevel.Optimal, ("a.npy", Arrays[0]), ("b.npy", Of(Dict("|u1", "(900,)"), 900))),
            Zip(),
        ];
        output.WriteLine(Mutants.Try(PathOf("mutant.npz"), path => Npz.Load(path), (i, random) => MutateArchive(seeds, i, random)));
    }

    /// <summary>In half of the cases the array inside is damaged, and the archive around it is whole.</summary>
    private static byte[] MutateArchive(byte[][] seeds, int i, Random random)
    {
        byte[] seed = seeds[i % seeds.Length];
        if (random.Next(2) == 0) return Mutate(seed, seed.Length, random);
        CompressionLevel level = random.Next(2) == 0 ? CompressionLevel.NoCompression : CompressionLevel.Fastest;
        return Zip(level, ("a.npy", Mutate(Arrays[i % Arrays.Length], 100, random)), ("b.npy", Arrays[0]));
    }

    private static byte[] Mutate(byte[] seed, int headerEnd, Random random)
    {
        List<byte> bytes = [.. seed];
        int changes = random.Next(3) == 0 ? random.Next(2, 4) : 1;
        for (int change = 0; change < changes; change++) Mutants.Change(bytes, Math.Min(headerEnd, bytes.Count), Fragments, random);
        return [.. bytes];
    }
}
