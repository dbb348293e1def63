using System.Diagnostics;
using System.Globalization;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>Two processes that begin in one run folder at the same moment: one is refused with a sentence, the other ends bit by bit as if it had
/// been alone; and one that was killed blocks nobody.</summary>
public sealed class TwoProcessTests(ITestOutputHelper output)
{
    private const long Steps = 8;

    [Fact]
    public void Run_TwoProcessesInOneFolder_OneIsRefusedAndTheOtherIsRight()
    {
        string right = Alone();
        int rounds = Soak.IsOn ? 200 : 2, kills = 0;
        for (int round = 0; round < rounds; round++)
        {
            using TemporaryFolder folder = new();
            (Process winner, Process refused) = Race(folder.Run);
            if (round % 2 == 1)
            {
                winner.Kill();
                winner.WaitForExit();
                winner.Dispose();
                kills++;
                (winner, Process again) = Race(folder.Run); // what was killed holds no lock, and its run goes on
                CheckRefused(again, folder.Run);
            }
            CheckRefused(refused, folder.Run);
            winner.StandardInput.WriteLine("end");
            string result = winner.StandardOutput.ReadToEnd().Trim();
            winner.WaitForExit();
            Assert.Equal(0, winner.ExitCode);
            Assert.Equal(right, result);
            winner.Dispose();
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"measured: {rounds} rounds of two processes in one folder, {kills} with a kill: one refused with a sentence and the other right in each"));
    }

    /// <summary>What the program does: a run that keeps the folder until it is told to end.</summary>
    public static int Child(string path)
    {
        RunFolder folder = new(path);
        try
        {
            using IDisposable locked = folder.Lock();
            Console.WriteLine("locked");
            string result = Train(folder);
            Console.ReadLine();
            Console.WriteLine(result);
            return 0;
        }
        catch (CheckpointException refused)
        {
            Console.WriteLine(refused.Message);
            return 2;
        }
    }

    private static string Alone()
    {
        using TemporaryFolder folder = new();
        return Train(folder.Run);
    }

    private static string Train(RunFolder folder)
    {
        using TinyRun run = new();
        if (folder.HasRun) run.Load(folder);
        while (run.Checkpoint.Step < Steps)
        {
            run.Step();
            run.Save(folder);
        }
        return string.Join(' ', run.Bits().Select(bits => bits.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Both begin; the one that has the lock has said so, and the other has ended.</summary>
    private static (Process Winner, Process Refused) Race(RunFolder folder)
    {
        Process[] both = [Start(folder), Start(folder)];
        string[] lines = [.. both.Select(process => process.StandardOutput.ReadLine() ?? "")];
        int winner = Array.IndexOf(lines, "locked");
        Assert.True(winner >= 0, string.Join(" | ", lines));
        Assert.Equal($"{folder.Path}: another run is at work in this folder. Wait until it ends, or choose another folder.", lines[1 - winner]);
        return (both[winner], both[1 - winner]);
    }

    private static void CheckRefused(Process process, RunFolder folder)
    {
        process.WaitForExit();
        Assert.Equal(2, process.ExitCode);
        Assert.True(Directory.Exists(folder.Path));
        process.Dispose();
    }

    private static Process Start(RunFolder folder)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        // The tests may run as an executable of their own or inside dotnet.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(Program).Assembly.Location);
        start.ArgumentList.Add(Program.TwoCommand);
        start.ArgumentList.Add(folder.Path);
        return Process.Start(start)!;
    }
}
