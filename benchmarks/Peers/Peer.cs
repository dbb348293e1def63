using System.Diagnostics;
using System.Text.Json;

namespace MiniStack.Benchmarks.Peers;

/// <summary>A Python process that runs what it is asked for, one JSON line each way, and is silent in between.</summary>
internal sealed class Peer : IDisposable
{
    /// <summary>Debian's Python sees Debian's PyTorch; others may not.</summary>
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;
    private readonly string _script;

    public Peer(string script, int threads, params string[] arguments)
    {
        _script = script;
        _process = Start(script, threads, [.. arguments, "--serve"]);
        Hello = Read();
    }

    /// <summary>What the process said of itself.</summary>
    public JsonElement Hello { get; }

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    public static JsonElement Run(string script, int threads, params string[] arguments)
    {
        using Process process = Start(script, threads, arguments);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new PeerException($"{script} ended with exit code {process.ExitCode}; its error is above.");
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    /// <summary>Times of some calls in microseconds.</summary>
    public double[] Times(object request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _process.StandardInput.Flush();
        double[] times = [.. Read().GetProperty("us").EnumerateArray().Select(time => time.GetDouble())];
        // Its threads look out for more work for a while before they sleep; until then they would take our cores.
        Thread.Sleep(60);
        return times;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000)) _process.Kill();
        _process.Dispose();
    }

    private static Process Start(string script, int threads, string[] arguments)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "peers", script);
        ProcessStartInfo start = new(Python, [path, "--threads", $"{threads}", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = $"{threads}";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new PeerException($"{Python} is missing. Run ./bench.sh, which installs the peers, or apt-get install python3-torch libopenblas0-pthread.");
        }
    }

    private JsonElement Read()
    {
        string? line = _process.StandardOutput.ReadLine();
        return line is null
            ? throw new PeerException($"{_script} ended without an answer; its error is above. If PyTorch is missing, run ./bench.sh, which installs it.")
            : JsonSerializer.Deserialize<JsonElement>(line);
    }
}

/// <summary>The peer could not be started, or failed.</summary>
internal sealed class PeerException(string message) : Exception(message);
