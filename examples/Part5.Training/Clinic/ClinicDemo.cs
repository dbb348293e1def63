using System.CommandLine;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>The demo clinic: five broken runs and a healthy one, known by what can be seen from outside.</summary>
internal sealed class ClinicDemo
{
    private readonly Option<bool> _answers = new("--answers") { Description = "Also say what is wrong and what to do" };
    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("clinic", "Five broken runs and a healthy one: diagnose them by their symptoms.") { _answers }, Run);

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options), answers = options.GetValue(_answers);
        int steps = quick ? 60 : 250;
        string folder = _common.Folder(options, "clinic");
        Report.Line($"Six runs of {steps} steps. A guess among all characters costs {Math.Log(SmallJob.Text.VocabularySize):F2} nats; the exact entropy is {SmallJob.Entropy:F2}.");
        Table table = Report.Table("run", "first loss", "highest", "last", "validation", "own loss, unseen text", "changed", "moved", "gradient norm");
        List<(Patient Patient, Symptoms Symptoms)> all = [.. Patient.All.Select(patient => (patient, patient.Train(steps)))];
        foreach ((Patient patient, Symptoms seen) in all)
        {
            Report.Row(table, $"{patient.Name}", $"{seen.First:F2}", $"{seen.Highest:F2}", $"{seen.Last:F2}", $"{seen.Validation:F2}", $"{seen.Unseen:F2}", $"{seen.Changed:P0}", $"{seen.Moved:P1}", $"{seen.GradNorm:F2}");
        }
        AnsiConsole.Write(table);
        if (!answers) Report.Line($"Which is which: a rate too high, a rate too low, targets that leak, layers frozen by mistake, a text learned by heart, a healthy run? --answers tells.");
        foreach ((Patient patient, Symptoms seen) in all)
            if (answers) Report.Line($"{patient.Name}: {seen.Diagnosis(SmallJob.Entropy)}. {patient.Remedy}");
        Report.Picture(folder, "clinic.svg", new LineChart { Title = "Training and validation loss of each run", X = "training loss at the end", Y = "validation loss" }
            .Add("runs A to F", all.Select(run => (Math.Min(run.Symptoms.Last, 6), Math.Min(run.Symptoms.Validation, 6))), dots: true)
            .Floor("exact entropy", SmallJob.Entropy).Floor("a guess", Math.Log(SmallJob.Text.VocabularySize)).Draw());
        return ExitCode.Done;
    }
}
