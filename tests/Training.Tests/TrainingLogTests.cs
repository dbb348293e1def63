using System.Globalization;
using System.Xml.Linq;
using MiniStack.Training;

namespace MiniStack.Tests;

public sealed class TrainingLogTests
{
    [Fact]
    public void Continue_AfterACrash_DropsLaterAndCutLines()
    {
        using TemporaryFolder folder = new();
        TrainingLog log = TrainingLog.Start(folder.Run.Log);
        for (int step = 1; step <= 5; step++) log.Add(new StepReport(step, 1.0 / step, 0.1, 2, 100, TimeSpan.FromMilliseconds(10)));
        log.AddValidation(3, 0.25);
        log.Flush();
        File.AppendAllText(folder.Run.Log, "{\"step\":2,\"tr"); // cut by a crash

        TrainingLog continued = TrainingLog.Continue(folder.Run.Log, step: 3);
        Assert.Equal([(1, 1.0), (2, 0.5), (3, 1.0 / 3)], continued.Training);
        Assert.Equal([(3, 0.25)], continued.Validation);
        Assert.Equal(4, File.ReadAllLines(folder.Run.Log).Length);
        Assert.Equal((0.5 + 1.0 / 3) / 2, continued.Recent(2), 12);
    }

    [Fact]
    public void Add_UnderACultureWithCommas_WritesJson()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            using TemporaryFolder folder = new();
            TrainingLog log = TrainingLog.Start(folder.Run.Log);
            log.Add(new StepReport(1, 1.5, 0.25, 2, 100, TimeSpan.FromMilliseconds(10)));
            log.Flush();
            Assert.Equal("{\"step\":1,\"train\":1.5,\"lr\":0.25,\"grad_norm\":2,\"tokens_per_s\":10000}\n", File.ReadAllText(folder.Run.Log));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Draw_WithAFloor_DrawsItBelowTheLosses()
    {
        string svg = LossChart.Draw(
            "a < b", [.. Enumerable.Range(1, 500).Select(i => ((long)i, 1 + 3.0 / i))], [(250, 1.1), (500, 1.05)], floor: 0.9, "exact entropy");
        XElement root = XDocument.Parse(svg).Root!; // well-formed, though the title has a '<'
        XElement floor = root.Elements().Single(element => (string?)element.Attribute("class") == "floor");
        double floorY = Number(floor, "y1");
        Assert.All(root.Elements().Where(element => element.Name.LocalName == "circle"), circle => Assert.True(Number(circle, "cy") < floorY));
        Assert.Contains(root.Elements(), element => element.Value == "exact entropy 0.9000");

        static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Draw_OfARunWithoutSteps_IsAPicture() => Assert.Contains("<svg", LossChart.Draw("empty", [], []));

    [Fact]
    public void Create_UnderAFile_SaysSo()
    {
        string file = Path.GetTempFileName();
        try
        {
            CheckpointException error = Assert.Throws<CheckpointException>(() => new RunFolder(Path.Combine(file, "run")).Create());
            Assert.Contains("the folder cannot be made", error.Message);
            Assert.Contains("Choose another one.", error.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
