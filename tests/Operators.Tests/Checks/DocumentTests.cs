using System.Globalization;
using System.Reflection;
using System.Text;

namespace MiniStack.Tests;

/// <summary>docs/operators.md is the table, written out.</summary>
public class DocumentTests
{
    private static readonly string Root =
        typeof(DocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    [Fact]
    public void Document_IsMadeFromTheTable()
    {
        string path = Path.Combine(Root, "docs", "operators.md"), text = Write();
        if (Environment.GetEnvironmentVariable("MINISTACK_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        Assert.True(File.Exists(path) && File.ReadAllText(path) == text,
            "docs/operators.md is not what the table says. Run MINISTACK_APPROVE=1 dotnet test tests/Operators.Tests --filter FullyQualifiedName~Document and commit the difference.");
    }

    private static string Write()
    {
        StringBuilder text = new();
        int twice = OperatorTable.All.Count(op => op.Gradient == Differentiable.Twice), none = OperatorTable.All.Count(op => op.Gradient == Differentiable.No);
        text.Append($"""
            # Operators

            Made from the table in `tests/Operators.Tests/Table`, which also drives the tests: each row is tried in each of its dtypes against plain
            loops that accumulate in F64, its gradient and its gradient's gradient against differences, and, where a PyTorch name is given and the
            operator computes with numbers, against PyTorch's values and gradients (`tests/Golden`).

            {OperatorTable.All.Length} operators; {twice} can be differentiated as often as one likes, {OperatorTable.All.Length - twice - none} once, {none} not at all, because their result is an
            index, true or false, or flat. "floats" are F32, F64, F16 and BF16; "numbers" also I64, I32 and U8; "all" also Bool. F16 and BF16 are stored
            in 16 bits and computed in F32.

            """.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, Operator> family in OperatorTable.All.GroupBy(op => op.Family))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {family.Key}\n\n| operator | computes | dtypes | gradient | PyTorch | source |\n|---|---|---|---|---|---|\n");
            foreach (Operator op in family)
            {
                string gradient = op.Gradient switch
                {
                    Differentiable.Twice => "yes, and again",
                    Differentiable.Once => $"once: {op.Reason}",
                    _ => $"no: {op.Reason}",
                };
                string pyTorch = op.PyTorch is { } name ? $"`{name}`" : "";
                text.Append(CultureInfo.InvariantCulture, $"| `{op.Name}` | {Cell(op.Formula)} | {DTypesOf(op)} | {gradient} | {pyTorch} | {op.Source} |\n");
            }
        }
        return text.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string DTypesOf(Operator op) =>
        op.DTypes.SequenceEqual(Types.Floats) ? "floats" : op.DTypes.SequenceEqual(Types.Numbers) ? "numbers" : op.DTypes.SequenceEqual(Types.All) ? "all" : string.Join(", ", op.DTypes);
}
