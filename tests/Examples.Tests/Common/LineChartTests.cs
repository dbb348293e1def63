using System.Globalization;
using System.Xml.Linq;
using MiniStack.Examples;

namespace MiniStack.Tests.Common;

/// <summary>A picture of any numbers ends, is XML, and has only finite numbers within its frame.</summary>
public sealed class LineChartTests
{
    private static readonly double[] Numbers =
    [
        0, 1, -1, 0.1, 1e-300, double.Epsilon, 1e15, 1e17, -1e17, 1e100, 1e300, double.MaxValue, double.MinValue,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Draw_AnyTwoPoints_IsAPicture(bool logX, bool logY)
    {
        foreach (double a in Numbers)
            foreach (double b in Numbers)
                Check(New(logX, logY).Add("line", [(a, b), (b, a), (1, 2)]).Add("dots", [(a, a)], dots: true).Floor("floor", b));
        Check(New(logX, logY));
        Check(New(logX, logY).Add("none", []));
        foreach (double a in Numbers) Check(New(logX, logY).Add("constant", [(1, a), (2, a)]));
    }

    private static LineChart New(bool logX, bool logY) => new() { Title = "a < b", X = "x", Y = "y", LogX = logX, LogY = logY };

    private static void Check(LineChart chart)
    {
        string svg = chart.Draw();
        Assert.InRange(svg.Length, 100, 40_000);
        foreach (XAttribute attribute in XDocument.Parse(svg).Root!.Elements().SelectMany(element => element.Attributes()))
        {
            if (attribute.Name.LocalName is not ("x" or "y" or "x1" or "x2" or "y1" or "y2" or "cx" or "cy" or "points")) continue;
            foreach (string number in attribute.Value.Split(' ', ',')) Assert.InRange(double.Parse(number, CultureInfo.InvariantCulture), -60, 860);
        }
    }
}
