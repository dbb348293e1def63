using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MiniStack.Benchmarks.Peers;

/// <summary>The training step against <c>peers/torch_gpt_step.py</c>: same weights, same batch.</summary>
internal static class StepSection
{
    private static readonly (string Shape, Asked Asked, double Seconds)[] Shapes =
        [("nano", new Asked(2.3), 5), ("baby", new Asked(1.8, 75), 20)];

    public static IEnumerable<Row> Run(Limits limits, int threads, double seconds)
    {
        foreach ((string shape, Asked asked, double least) in Shapes)
        {
            limits.Refresh();
            var work = new StepWork(shape);
            using Peer peer = Load(work, shape, arguments => new Peer("torch_gpt_step.py", threads, arguments));
            Case step = new(() => { }, () => work.Step(), () => { });
            (double[] ours, double[] theirs) = Duel.Fight(step, slice => peer.Times(new { seconds = slice }), Math.Max(seconds, least));
            yield return new Row(
                "step", shape, threads, ours[0], theirs[0], ours[ours.Length / 2], theirs[theirs.Length / 2],
                Limit.Flops(work.Flops).Percent(limits, ours[0]), "FMA peak")
            {
                Asked = asked.Ratio,
                AskedPct = asked.Percent,
            };
        }
    }

    /// <summary>Peak working sets and garbage, each in a process of its own.</summary>
    public static IEnumerable<(string Shape, StepMemory Ours, long PeerBytes)> Memory(int threads)
    {
        foreach ((string shape, _, _) in Shapes)
        {
            ProcessStartInfo start = new("dotnet", [typeof(StepSection).Assembly.Location, "step-memory", shape, $"{threads}"])
            {
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new PeerException($"step-memory {shape} ended with exit code {process.ExitCode}.");
            JsonElement peer = Peer.Run("torch_gpt_step.py", threads, "--shape", shape, "--steps", "5");
            yield return (shape, JsonSerializer.Deserialize<StepMemory>(output)!, peer.GetProperty("peak_bytes").GetInt64());
        }
    }

    /// <summary>Gives a peer our weights and batch, and compares the first loss.</summary>
    public static Peer Load(StepWork work, string shape, Func<string[], Peer> start)
    {
        string file = Path.Combine(Path.GetTempPath(), $"ministack-step-{Environment.ProcessId}.safetensors");
        try
        {
            work.Save(file);
            Peer peer = start(["--shape", shape, "--weights", file]);
            long parameters = peer.Hello.GetProperty("parameters").GetInt64();
            double theirs = peer.Hello.GetProperty("loss").GetDouble(), ours = work.Step();
            if (parameters != work.Parameters)
                throw new PeerException($"step {shape}: the peer has {parameters} parameters, we have {work.Parameters}.");
            if (!(Math.Abs(ours - theirs) <= 1e-4 * Math.Abs(theirs)))
                throw new PeerException(string.Create(CultureInfo.InvariantCulture, $"step {shape}: the peer's first loss is {theirs:F6}, ours {ours:F6}."));
            return peer;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
