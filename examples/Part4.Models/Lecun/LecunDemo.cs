using System.CommandLine;
using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Optim;
using Spectre.Console;

namespace MiniStack.Examples.Models;

/// <summary>After some epochs: mean loss, and the share of digits that are read wrong.</summary>
internal sealed record LecunEpoch(int Epoch, double Loss, double TrainingError, double TestError);

/// <summary>The demo lecun1989: the first convolutional network that read handwriting.</summary>
internal sealed class LecunDemo
{
    private const int Size = 16;
    private readonly DemoOptions _common = new();
    private readonly Option<string?> _data = CommandLine.Path("--data", "FOLDER", "Folder with MNIST's t10k files (default: TinyDigits)");
    private readonly Option<long?> _epochs = CommandLine.Whole("--epochs", 1, 1000, "Times that all digits are seen (default: 12)");

    public Command Command()
    {
        Command command = _common.AddTo(new Command("lecun1989", "The network of 1989 with 9,760 numbers learns to read digits of 16×16 pixels."), Run);
        command.Options.Add(_data);
        command.Options.Add(_epochs);
        return command;
    }

    /// <summary>Trains as in 1989, on the squared error to targets of ±1, but with Adam, in batches, and a rate that falls.</summary>
    public static IReadOnlyList<LecunEpoch> Train(LeCun1989 model, SmallDigits digits, int epochs)
    {
        DataLoader<ImageExample, TensorBatch> loader = new(Dataset.From(digits.Training), Collate.Images, new LoaderOptions(Size) { Seed = 1 });
        Adam optimizer = new(model.Parameters());
        CosineSchedule schedule = new(3e-3, 3e-5, 0, epochs * loader.BatchesPerEpoch);
        List<LecunEpoch> path = [];
        long step = 0;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            double sum = 0;
            using LoaderRun<TensorBatch> run = loader.Epoch(new LoaderPosition(epoch, 0));
            foreach (TensorBatch batch in run)
            {
                using Tape tape = Tape.Begin();
                Variable loss = model.Call(batch.Inputs).MeanSquaredError(Targets(batch.Targets));
                tape.Backward(loss);
                optimizer.Step(schedule.At(step++));
                sum += loss.Item();
            }
            path.Add(new LecunEpoch(epoch + 1, sum / loader.BatchesPerEpoch, Error(model, digits.Training), Error(model, digits.Test)));
        }
        return path;
    }

    /// <summary>What the model takes each digit for.</summary>
    public static int[] Read(LeCun1989 model, IReadOnlyList<ImageExample> digits)
    {
        List<int> read = [];
        foreach (ImageExample[] part in digits.Chunk(500))
        {
            using MemoryScope scope = MemoryScope.Begin();
            using Tape.Pause pause = Tape.NoGrad();
            read.AddRange(model.Call(Collate.Images(part).Inputs).Value.ArgMax(-1).ToArray<long>().Select(digit => (int)digit));
        }
        return [.. read];
    }

    private static double Error(LeCun1989 model, IReadOnlyList<ImageExample> digits) =>
        Read(model, digits).Zip(digits).Count(pair => pair.First != pair.Second.Label) / (double)digits.Count;

    /// <summary>1 for the digit itself and −1 for the others.</summary>
    private static Tensor Targets(Tensor labels)
    {
        float[] targets = new float[labels.Count * TinyDigits.Classes];
        Array.Fill(targets, -1);
        foreach ((int row, long label) in labels.ToArray<long>().Index()) targets[row * TinyDigits.Classes + label] = 1;
        return Tensor.CopyOf(targets, [(int)labels.Count, TinyDigits.Classes]);
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        SmallDigits digits = SmallDigits.Of(options.GetValue(_data), quick ? 1500 : 8000, quick ? 500 : 2000);
        string folder = _common.Folder(options, "lecun1989");
        int epochs = (int)(options.GetValue(_epochs) ?? (quick ? 5 : 12));
        LeCun1989 model = new(new LeCun1989Config(), new Rng(1));
        Report.Line($"{digits.Name}: {digits.Training.Count:N0} digits to learn from, {digits.Test.Count:N0} to test; {model.ParameterCount:N0} parameters, {epochs} epochs.");
        Report.Line($"Predicted: at most 5 % of the test digits wrong, as in 1989 with 7,291 digits and 23 epochs{(quick ? "; with a fifth of the digits, more" : "")}.");
        IReadOnlyList<LecunEpoch> path = Train(model, digits, epochs);
        Table table = Report.Table("epoch", "loss", "training error", "test error");
        foreach (LecunEpoch one in path) Report.Row(table, $"{one.Epoch}", $"{one.Loss:F4}", $"{100 * one.TrainingError:F2} %", $"{100 * one.TestError:F2} %");
        AnsiConsole.Write(table);
        int[] read = Read(model, digits.Test);
        (ImageExample Digit, int Read)[] wrong = [.. digits.Test.Zip(read).Where(pair => pair.First.Label != pair.Second)];
        double share = wrong.Length / (double)digits.Test.Count;
        Report.Line($"{wrong.Length} of {digits.Test.Count:N0} wrong: {100 * share:F2} % ± {100 * Math.Sqrt(share * (1 - share) / digits.Test.Count):F2}, one deviation of a count.");
        Report.Picture(folder, "lecun1989.svg", new LineChart { Title = $"Reading digits, {digits.Training.Count:N0} to learn from", X = "epoch", Y = "% wrong" }
            .Add("training", path.Select(one => ((double)one.Epoch, 100 * one.TrainingError))).Add("test", path.Select(one => ((double)one.Epoch, 100 * one.TestError)))
            .Floor("5 %, 1989", 5).Draw());
        Report.Picture(folder, "mistakes.svg", Mistakes(wrong));
        return ExitCode.Done;
    }

    /// <summary>The first digits that were read wrong, each with what it is and what it was taken for.</summary>
    private static string Mistakes((ImageExample Digit, int Read)[] wrong)
    {
        const int pixel = 4, side = SmallDigits.Side * pixel, columns = 8;
        int rows = Math.Max(1, (Math.Min(wrong.Length, 24) + columns - 1) / columns);
        Svg svg = new(40 + columns * (side + 26), 50 + rows * (side + 36));
        svg.Text(20, 26, "Read wrong: what it is, and what it was taken for", size: 15);
        foreach ((int i, (ImageExample digit, int read)) in wrong.Take(24).Index())
        {
            int left = 20 + i % columns * (side + 26), top = 44 + i / columns * (side + 36);
            svg.Rectangle(left, top, side, side, "white", "#ccc");
            for (int at = 0; at < digit.Image.Pixels.Length; at++)
            {
                int gray = (int)Math.Round(255 * (1 - (digit.Image.Pixels[at] + 1) / 2));
                if (gray < 250) svg.Rectangle(left + at % SmallDigits.Side * pixel, top + at / SmallDigits.Side * pixel, pixel, pixel, $"#{gray:x2}{gray:x2}{gray:x2}");
            }
            svg.Text(left + side / 2.0, top + side + 16, FormattableString.Invariant($"{digit.Label}, not {read}"), "middle");
        }
        return svg.ToString();
    }
}
