using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace MiniStack.Architecture.Tests;

/// <summary>Who may reference whom. Every other arrow is a mistake.</summary>
public sealed class RoomTests
{
    private const string TensorPackage = "System.Numerics.Tensors", LoggingPackage = "Microsoft.Extensions.Logging.Abstractions", CsvPackage = "CsvHelper";

    /// <summary>The arrows of the design; a room is built when its first tenant needs it.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Tensor"] = [TensorPackage],
        ["Cuda"] = ["Tensor", "ManagedCuda-12"], // the package only with -p:UseManagedCuda=true
        ["Autograd"] = ["Tensor"],
        ["Nn"] = ["Autograd"],
        ["Optim"] = ["Autograd"],
        ["Data"] = ["Tensor", CsvPackage],
        ["Formats"] = ["Data", "Nn"],
        ["Models"] = ["Nn", "Data", "Formats"],
        ["Training"] = ["Nn", "Optim", "Data", "Formats", LoggingPackage],
        ["Distributed"] = ["Training", "Cuda"],
        ["Serving"] = ["Models"],
    };

    public static TheoryData<string> Rooms => [.. Repository.Rooms];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Project_References_AreArrowsOfTheDesign(string room)
    {
        Assert.True(Arrows.TryGetValue(room, out string[]? allowed), $"The design has no room {room}: add its arrows to this table.");
        string[] references =
        [
            .. from element in XDocument.Load(Repository.ProjectOf(room)).Descendants()
               where element.Name.LocalName is "ProjectReference" or "PackageReference" or "Reference"
               let name = ((string?)element.Attribute("Include"))!.Replace('\\', '/')
               select element.Name.LocalName == "ProjectReference" ? Path.GetFileNameWithoutExtension(name) : name,
        ];
        string[] wrong = [.. references.Except(allowed)];
        Assert.True(wrong.Length == 0, $"{room} may reference {string.Join(", ", allowed)}, but references {string.Join(", ", wrong)}.");
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Assembly_References_LieBehindArrowsOfTheDesign(string room)
    {
        // What the compiled code really uses: a package or room that seeps in through another one shows here.
        HashSet<string> reachable = Reachable(room);
        string[] wrong =
        [
            .. Repository.AssemblyOf(room).GetReferencedAssemblies().Select(reference => reference.Name!)
                .Where(name => name.StartsWith("MiniStack.", StringComparison.Ordinal)
                    ? !reachable.Contains(name["MiniStack.".Length..])
                    : name == TensorPackage ? room != "Tensor"
                    : !name.StartsWith("System.", StringComparison.Ordinal) && !(name is LoggingPackage or CsvPackage && Arrows[room].Contains(name))),
        ];
        Assert.True(wrong.Length == 0, $"MiniStack.{room} uses {string.Join(", ", wrong)}, which the design does not allow.");
    }

    /// <summary>Gradients are the other half of Tensor's spine, and a GPU is one of its backends: the doors below the checks are theirs alone.</summary>
    private static readonly string[] FriendsOfTensor = ["MiniStack.Autograd", "MiniStack.Cuda"];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Assembly_Internals_AreVisibleToFriendsTestsAndBenchmarksOnly(string room)
    {
        string[] friends =
            [.. Repository.AssemblyOf(room).GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName)];
        string[] rooms = room == "Tensor" ? FriendsOfTensor : [];
        Assert.All(friends.Except([.. rooms, "MiniStack.Benchmarks"]), friend => Assert.EndsWith(".Tests", friend, StringComparison.Ordinal));
    }

    [Fact]
    public void Solution_Projects_AreAllThere()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "MiniStack.sln")).Replace('\\', '/');
        string[] forgotten =
        [
            .. new[] { "src", "tests", "examples", "benchmarks" }.SelectMany(folder => Repository.Files(folder, "*.csproj"))
                .Select(Repository.Relative).Where(project => !solution.Contains($"\"{project}\"", StringComparison.Ordinal)),
        ];
        Assert.True(forgotten.Length == 0, $"MiniStack.sln lacks {string.Join(", ", forgotten)}: add with dotnet sln add.");
    }

    private static HashSet<string> Reachable(string room)
    {
        HashSet<string> reachable = [];
        Stack<string> open = new(Arrows[room]);
        while (open.TryPop(out string? next))
            if (reachable.Add(next) && Arrows.TryGetValue(next, out string[]? further)) Array.ForEach(further, open.Push);
        return reachable;
    }
}
