using MiniStack.Training;
using Xunit.Runner.InProc.SystemConsole;

namespace MiniStack.Tests;

/// <summary>Runs the tests; with <see cref="TrainCommand"/>, the training run that a test kills; with <see cref="TwoCommand"/>, one of two in one folder.</summary>
internal static class Program
{
    public const string TrainCommand = "train-and-save", TwoCommand = "train-beside-another";

    public static int Main(string[] args) => args switch
    {
        [TrainCommand, string path] => Train(new RunFolder(path)),
        [TwoCommand, string path] => TwoProcessTests.Child(path),
        _ => ConsoleRunner.Run(args).GetAwaiter().GetResult(),
    };

    /// <summary>Continues the run in a folder, or begins it, and saves after every step for ever.</summary>
    private static int Train(RunFolder folder)
    {
        using TinyRun run = CheckpointKillTests.NewRun();
        if (folder.HasRun) run.Load(folder);
        while (true)
        {
            long step = run.Step().Step;
            Console.WriteLine($"begin {step}");
            run.Save(folder);
            Console.WriteLine($"safe {step}");
        }
    }
}
