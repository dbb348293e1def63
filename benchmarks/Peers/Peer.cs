using System.Diagnostics;
using System.Text.Json;

namespace MiniStack.Benchmarks.Peers;

/// <summary>A Python process that runs what it is asked for, one JSON line each way, and is silent in between.</summary>
internal sealed class Peer : IDisposable
{
    /// <summary>Debian's Python sees Debian's PyTorch; others may not.</summary>
    private const string SystemPython = "/usr/bin/python3";

    private readonly Process _process;
    private readonly string _script;

    public Peer(string script, int threads, params string[] arguments)
        : this(SystemPython, script, threads, arguments)
    {
    }

    /// <summary>Of another Python than the system's.</summary>
    public Peer(string python, string script, int threads, params string[] arguments)
    {
        _script = script;
        _process = Start(python, script, threads, [.. arguments, "--serve"]);
        Hello = Read("at its start");
    }

    /// <summary>What the process said of itself.</summary>
    public JsonElement Hello { get; }

    /// <summary>Runs a script to its end and returns what it printed.</summary>
    public static JsonElement Run(string script, int threads, params string[] arguments)
    {
        using Process process = Start(SystemPython, script, threads, arguments);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new PeerException($"{script} ended with exit code {process.ExitCode}; its error is above.");
        return Parse(output, script, "at its end");
    }

    /// <summary>Times of some calls in microseconds; at least one.</summary>
    /// <exception cref="PeerException">The peer does not know what was asked for, or failed: the row would be missing.</exception>
    public double[] Times(object request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _process.StandardInput.Flush();
        JsonElement answer = Read($"to {request}");
        double[] times = answer.TryGetProperty("us", out JsonElement us) ? [.. us.EnumerateArray().Select(time => time.GetDouble())] : [];
        if (times.Length == 0) throw new PeerException($"{_script} answered {answer} to {request}, which holds no times.");
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

    private static Process Start(string python, string script, int threads, string[] arguments)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "peers", script);
        ProcessStartInfo start = new(python, [path, "--threads", $"{threads}", .. arguments])
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
            throw new PeerException($"{python} is missing. Run ./bench.sh, which installs the peers, or apt-get install python3-torch libopenblas0-pthread.");
        }
    }

    private JsonElement Read(string when)
    {
        string? line = _process.StandardOutput.ReadLine();
        if (line is null)
            throw new PeerException($"{_script} ended without an answer {when}; its error is above. If PyTorch is missing, run ./bench.sh, which installs it.");
        return Parse(line, _script, when);
    }

    private static JsonElement Parse(string text, string script, string when)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            throw new PeerException($"{script} answered '{text}' {when}, which is not JSON.");
        }
    }
}

/// <summary>The peer could not be started, or failed.</summary>
internal sealed class PeerException(string message) : Exception(message);
