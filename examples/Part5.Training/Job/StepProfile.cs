using System.Globalization;
using MiniStack.Formats;
using MiniStack.Training;

namespace MiniStack.Examples.Training;

/// <summary>Profiles some steps of a run: not the first, which compile the code, and not all, because a trace of thousands is of no use.</summary>
internal sealed class StepProfile(RunFolder folder) : TrainingCallback
{
    public const int Skip = 5, Steps = 20;

    private Profiler? _profiler;
    private int _begun;
    private long _firstStep;

    /// <summary>What was measured and where it is; null before that.</summary>
    public string? Report { get; private set; }

    /// <summary>Opens the profiler when it is time.</summary>
    public override void BeforeStep(TrainingLoop loop)
    {
        if (_begun++ != Skip) return;
        _firstStep = loop.Step + 1;
        _profiler = Profiler.Begin();
    }

    /// <summary>Writes the files when enough were seen.</summary>
    public override void OnStep(TrainingLoop loop, StepReport report)
    {
        if (_begun == Skip + Steps) Write();
    }

    /// <summary>Writes the files, when that was not done: the run is over.</summary>
    public override void OnEnd(TrainingLoop loop, TrainingEnd end) => Write();

    private void Write()
    {
        if (Report is not null) return;
        if (_profiler is null)
        {
            Report = $"Nothing was profiled: the first {Skip} steps of a run compile its code and are left out. Train for more steps.";
            return;
        }
        _profiler.Dispose();
        int steps = _begun - Skip;
        string title = string.Create(CultureInfo.InvariantCulture,
            $"Steps {_firstStep} to {_firstStep + steps - 1}, {CpuThreads.Count} threads, {_profiler.Elapsed.TotalMilliseconds / steps:F2} ms a step");
        AtomicFile.WriteText(folder.Profile, $"{title}\n\n{_profiler.Table()}");
        AtomicFile.Write(folder.Trace, _profiler.WriteChromeTrace);
        Report = $"Profile of steps {_firstStep} to {_firstStep + steps - 1}: {folder.Profile}, and call by call {folder.Trace} (open in ui.perfetto.dev or chrome://tracing)";
    }
}
