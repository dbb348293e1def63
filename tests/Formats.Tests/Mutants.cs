using System.Globalization;
using System.Text;
using MiniStack.Tests;

namespace MiniStack.Formats.Tests;

/// <summary>Files damaged at random with a fixed seed: each loads or is refused with a sentence, at once.</summary>
internal static class Mutants
{
    /// <summary>Loads ten thousand of them, in soak runs a hundred thousand; returns a line that tells how it went.</summary>
    /// <param name="path">Where each is written.</param>
    /// <param name="load">Loads it.</param>
    /// <param name="mutant">Makes the i-th.</param>
    public static string Try(string path, Action<string> load, Func<int, Random, byte[]> mutant)
    {
        int cases = Soak.IsOn ? 100_000 : 10_000, loaded = 0;
        double slowest = 0;
        Random random = new(20240607);
        for (int i = 0; i < cases; i++)
        {
            File.WriteAllBytes(path, mutant(i, random));
            GuardedLoad.Outcome outcome = GuardedLoad.Try(path, load);
            // Slow once may be the machine's fault; slow twice is the loader's.
            if (outcome.Seconds > 1) outcome = GuardedLoad.Try(path, load);
            if (outcome.Loaded) loaded++;
            slowest = Math.Max(slowest, outcome.Seconds);
        }
        Assert.InRange(slowest, 0, 1);
        // Both ways must be walked, or the mutations are too tame or too wild to tell anything.
        Assert.InRange(loaded, cases / 100, cases * 9 / 10);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{cases} mutants: {loaded} loaded, {cases - loaded} refused, the slowest took {slowest * 1000:F1} ms.");
    }

    /// <summary>One random change, in three of four cases before <paramref name="headerEnd"/>.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="headerEnd">Where the data begin.</param>
    /// <param name="fragments">What a header is made of, so that many mutants get past its first checks.</param>
    /// <param name="random">Chooses.</param>
    public static void Change(List<byte> bytes, int headerEnd, string[] fragments, Random random)
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
            default: bytes.InsertRange(Math.Min(at, bytes.Count), Encoding.UTF8.GetBytes(fragments[random.Next(fragments.Length)])); break;
        }
    }
}
