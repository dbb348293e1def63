using System.CommandLine;
using Spectre.Console;

namespace MiniStack.Examples.Data;

/// <summary>The tool inspect: what is in a file of numbers.</summary>
internal sealed class InspectDemo
{
    private readonly Argument<string[]> _files = new("file") { Description = "safetensors, npy, npz, IDX (gzipped or not) or token shard", Arity = ArgumentArity.ZeroOrMore };

    public Command Command()
    {
        Command command = new("inspect", "Prints a file's header, and shapes, types, bytes and statistics of its tensors.") { _files };
        _files.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } option)
                result.AddError($"inspect has no option {option.Value}, it takes files only. If it is a file, write ./{option.Value}.");
        });
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult options)
    {
        if (options.GetValue(_files) is not { Length: > 0 } files)
            throw new ConfigException("inspect needs a file: safetensors, npy, npz, IDX or a token shard. Name one after it.");
        if (files.Any(string.IsNullOrWhiteSpace)) throw new ConfigException("inspect: the name of a file is empty. Name one.");
        foreach (string path in files)
        {
            InspectedFile file = InspectedFile.Open(path);
            Report.Line($"{path}: {file.Kind}, {new FileInfo(path).Length} bytes, {file.Tensors.Count} tensor(s).");
            foreach (string line in file.Header) Report.Line($"  {line}");
            Table table = Report.Table("name", "in the file", "shape", "dtype", "bytes", "min", "mean", "max", "std", "not finite");
            foreach ((string name, string stored, Func<Tensor> read) in file.Tensors)
            {
                Tensor tensor = read();
                TensorStatistics all = TensorStatistics.Of(tensor);
                Report.Row(
                    table, $"{name}", $"{stored}", $"{tensor.Shape}", $"{tensor.DType}", $"{tensor.Count * tensor.DType.Size()}",
                    $"{all.Least:0.####}", $"{all.Mean:0.####}", $"{all.Greatest:0.####}", $"{all.Deviation:0.####}", $"{all.NotFinite}");
            }
            AnsiConsole.Write(table);
        }
        return ExitCode.Done;
    }
}
