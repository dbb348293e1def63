using System.Reflection;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>The README's listing is compiled here, and does what the README says.</summary>
public sealed class ReadmeTests
{
    private static readonly string Root =
        typeof(ReadmeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Listing_OfTheReadme_LearnsASum()
    {
        // <listing>
        var rng = new Rng(seed: 1);
        var layer = new Linear(2, 1, rng);
        var optimizer = new Sgd(layer.Parameters(), learningRate: 0.1);
        Tensor x = Tensor.Normal([64, 2], rng), y = x.Sum([1], keepDims: true);

        for (int step = 0; step < 100; step++)
        {
            using Tape tape = Tape.Begin();             // records gradients, owns this step's memory
            Variable error = layer.Call(x) - y;
            tape.Backward((error * error).Mean());
            optimizer.Step();
        }
        // </listing>
        Assert.All(layer.Weight.Value.ToArray<float>(), weight => Assert.Equal(1, weight, 0.01f));
        Assert.StartsWith("Tensor(1, 2) F32", layer.Weight.Value.ToString());
    }

    [Fact]
    public void Listing_InTheReadme_IsTheOneCompiledHere()
    {
        string source = File.ReadAllText(Path.Combine(Root, "tests", "Examples.Tests", "Readme", "ReadmeTests.cs"));
        string listing = source.Split("// <listing>")[1].Split("// </listing>")[0];
        string[] compiled = [.. listing.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        string[] readme = [.. File.ReadAllLines(Path.Combine(Root, "README.md")).Select(line => line.Trim()).Where(line => line.Length > 0)];
        int start = Array.IndexOf(readme, compiled[0]);
        Assert.True(start >= 0, "The README's listing begins otherwise.");
        Assert.Equal(compiled, readme[start..(start + compiled.Length)]);
    }

    [Fact]
    public void Commands_InTheReadme_NameWhatExists()
    {
        string readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        Assert.Contains("dotnet run -c Release --project examples/Part5.Training\n./test.sh\n", readme);
        Assert.True(File.Exists(Path.Combine(Root, "test.sh")));
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(readme, @"\]\((?!https?:)([^)#]+)\)"))
        {
            string path = Path.Combine(Root, link.Groups[1].Value);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"The README links to {link.Groups[1].Value}, which does not exist.");
        }
    }
}
