using System.Globalization;

namespace MiniStack.Examples.Data;

/// <summary>Draws the bytes that a formula moves, composed above fused, forward and backward beside each other.</summary>
internal static class FusionChart
{
    private const int Width = 760, Left = 180, Right = 170, Top = 66, Bar = 22, Group = 66;

    public static string Draw(IReadOnlyList<FusionResult> results, FusionInputs inputs)
    {
        int height = Top + Group * results.Count + 20;
        double most = results.Max(result => Math.Max(Total(result.Composed), Total(result.Fused)));
        Svg svg = new(Width, height);
        svg.Text(Width / 2.0, 24, $"What moves for one {inputs.X.Shape} of F32", "middle", size: 15);
        svg.Text(Width / 2.0, 46, "blue: forward; orange: backward; beside them: MiB in sum, and milliseconds", "middle", "#555");
        foreach ((int i, FusionResult result) in results.Index())
        {
            double y = Top + Group * i;
            One($"{result.Case.Name}, composed", result.Composed, y);
            One("fused", result.Fused, y + Bar + 4);
        }
        return svg.ToString();

        void One(string name, (FusionCost Forward, FusionCost Backward) cost, double y)
        {
            double forward = Scale(cost.Forward.Bytes), backward = Scale(cost.Backward.Bytes);
            svg.Text(Left - 8, y + 15, name, "end");
            svg.Rectangle(Left, y, forward, Bar, "#1a56db");
            svg.Rectangle(Left + forward, y, backward, Bar, "#e67e22");
            svg.Text(Left + forward + backward + 6, y + 15, string.Create(CultureInfo.InvariantCulture,
                $"{Total(cost) / 1024 / 1024:F1} MiB, {cost.Forward.Milliseconds + cost.Backward.Milliseconds:F1} ms"));
        }

        double Scale(long bytes) => bytes / most * (Width - Left - Right);
    }

    private static double Total((FusionCost Forward, FusionCost Backward) cost) => cost.Forward.Bytes + cost.Backward.Bytes;
}
