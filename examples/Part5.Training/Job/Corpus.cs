using System.Security.Cryptography;
using System.Text;
using MiniStack.Data;

namespace MiniStack.Examples.Training;

/// <summary>The text to learn from, and what is known about it.</summary>
/// <param name="Name">TinyTales, or the file's path.</param>
/// <param name="Text">All of it.</param>
/// <param name="Entropy">Nats per character that no model can go below, where it is known exactly.</param>
internal sealed record Corpus(string Name, string Text, double? Entropy)
{
    public const string TinyTalesName = "TinyTales";
    private const int TinyTalesLength = 1_000_000;

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>A short name for the run's folder.</summary>
    public string ShortName => Name == TinyTalesName ? "tinytales" : Path.GetFileNameWithoutExtension(Name);

    /// <summary>TinyTales when <paramref name="file"/> is null. The text does not depend on the run's seed, so that runs can be compared.</summary>
    /// <exception cref="DataException">The file is missing, empty or not text.</exception>
    public static Corpus Load(string? file) => file is null
        ? new Corpus(TinyTalesName, TinyTales.Generate(TinyTalesLength, new Rng(1)), TinyTales.EntropyPerCharacter)
        : new Corpus(Path.GetFullPath(file), TextFile.Read(file), null);
}
