using System.Globalization;
using System.Xml.Linq;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>A picture of any losses ends, is XML, and has only finite numbers within its frame.</summary>
public sealed class ChartTests
{
    private static readonly double[] Numbers =
    [
        0, 1, -1, 0.1, 1e-300, double.Epsilon, 1e15, 1e17, -1e17, 1e100, 1e300, double.MaxValue, double.MinValue,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    [Fact]
    public void Draw_AnyTwoLossesInAnyOrder_IsAPicture()
    {
        foreach (double a in Numbers)
            foreach (double b in Numbers)
                foreach (double? floor in (double?[])[null, a])
                    Check(LossChart.Draw("a & b", [(1, a), (2, b), (3, a)], [(2, b), (3, b)], floor, "floor"));
    }

    [Fact]
    public void Draw_ConstantsNoneOneAndHugeSteps_ArePictures()
    {
        foreach (double loss in Numbers)
        {
            Check(LossChart.Draw("", [.. Enumerable.Range(1, 500).Select(step => ((long)step, loss))], []));
            Check(LossChart.Draw("", [(1, loss)], []));
            Check(LossChart.Draw("", [], [(long.MaxValue, loss)]));
        }
        Check(LossChart.Draw("", [], []));
        Check(LossChart.Draw("", [(0, 1), (long.MaxValue, 2)], [(0, 1)]));
    }

    [Fact]
    public void Draw_LossesAsTheyAre_HasLinesAtNiceNumbers()
    {
        string svg = LossChart.Draw("run", [(1, 4.2), (100, 1.3)], [(100, 1.5)]);
        Assert.Equal(["1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "0", "20", "40", "60", "80", "100"], Labels(svg));
    }

    private static string[] Labels(string svg) =>
        [.. XDocument.Parse(svg).Root!.Elements().Where(e => e.Name.LocalName == "text" && double.TryParse(e.Value, CultureInfo.InvariantCulture, out _)).Select(e => e.Value)];

    private static void Check(string svg)
    {
        Assert.InRange(svg.Length, 100, 40_000);
        XElement root = XDocument.Parse(svg).Root!;
        foreach (XAttribute attribute in root.Elements().SelectMany(element => element.Attributes()))
        {
            if (attribute.Name.LocalName is not ("x" or "y" or "x1" or "x2" or "y1" or "y2" or "cx" or "cy" or "points")) continue;
            foreach (string number in attribute.Value.Split(' ', ',')) Assert.InRange(double.Parse(number, CultureInfo.InvariantCulture), -60, 860);
        }
    }
}
