using System.Globalization;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>What the user sees while the model trains.</summary>
internal abstract class Display
{
    /// <summary>A live line on a terminal, plain lines elsewhere.</summary>
    public static Display Create() =>
        Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive ? new PlainDisplay() : new LiveDisplay();

    /// <summary>Runs the training with this display around it.</summary>
    public abstract void Around(long steps, Action train);

    /// <summary>Writes a line that stays.</summary>
    public abstract void Line(string text);

    /// <summary>Tells where the training stands.</summary>
    public abstract void Progress(long step, long steps, double loss, double validation, double tokensPerSecond);

    /// <summary>Step, losses, speed and time left in one line.</summary>
    protected static string Describe(long step, long steps, double loss, double validation, double tokensPerSecond, TimeSpan left)
    {
        string last = double.IsNaN(validation) ? "-" : validation.ToString("F4", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"step {step}/{steps}  loss {loss:F4}  val {last}  {tokensPerSecond:N0} tokens/s  left {left:hh\\:mm\\:ss}");
    }
}

/// <summary>Lines for files and pipes: at most one a second.</summary>
internal sealed class PlainDisplay : Display
{
    private readonly Pace _pace = new();

    public override void Around(long steps, Action train) => train();

    public override void Line(string text) => Console.WriteLine(text);

    public override void Progress(long step, long steps, double loss, double validation, double tokensPerSecond)
    {
        if (_pace.Due(step, steps, TimeSpan.FromSeconds(1)))
            Console.WriteLine(Describe(step, steps, loss, validation, tokensPerSecond, _pace.Left(step, steps)));
    }
}

/// <summary>One line that changes in place, with a bar.</summary>
internal sealed class LiveDisplay : Display
{
    private readonly Pace _pace = new();
    private ProgressTask? _task;

    public override void Around(long steps, Action train) =>
        AnsiConsole.Progress().HideCompleted(false).Columns(new TaskDescriptionColumn(), new ProgressBarColumn()).Start(context =>
        {
            _task = context.AddTask("starting", maxValue: steps);
            train();
        });

    public override void Line(string text) => AnsiConsole.WriteLine(text);

    public override void Progress(long step, long steps, double loss, double validation, double tokensPerSecond)
    {
        if (_task is null || !_pace.Due(step, steps, TimeSpan.FromMilliseconds(100))) return;
        _task.Value = step;
        _task.Description = Describe(step, steps, loss, validation, tokensPerSecond, _pace.Left(step, steps)).EscapeMarkup();
    }
}

/// <summary>Keeps lines apart in time and guesses what is left.</summary>
internal sealed class Pace
{
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
    private TimeSpan _last = TimeSpan.MinValue;
    private long _firstStep = -1;

    /// <summary>True for the first step, the last, and when the interval has passed.</summary>
    public bool Due(long step, long steps, TimeSpan interval)
    {
        if (_firstStep < 0) _firstStep = step - 1;
        if (step < steps && _last != TimeSpan.MinValue && _clock.Elapsed - _last < interval) return false;
        _last = _clock.Elapsed;
        return true;
    }

    public TimeSpan Left(long step, long steps) => _clock.Elapsed * ((steps - step) / (double)Math.Max(1, step - _firstStep));
}
