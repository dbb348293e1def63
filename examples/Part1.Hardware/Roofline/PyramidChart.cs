using System.Globalization;

namespace MiniStack.Examples.Hardware;

/// <summary>Draws the levels of the memory as a pyramid: small and fast above, large and slow below.</summary>
internal static class PyramidChart
{
    private const int Width = 760, Step = 62, Top = 48;

    public static string Draw(IReadOnlyList<MemoryLevel> levels, Caches caches, int threads)
    {
        string[] sizes = [$"{caches.L1 >> 10} KiB a core", $"{caches.L2 >> 10} KiB a core", $"{caches.L3 >> 20} MiB shared", "gigabytes"];
        int rows = levels.Count + 1;
        Svg svg = new(Width, Top + Step * rows + 16);
        svg.Text(Width / 2.0, 24, $"Memory as {threads} thread(s) see it: GB/s read, write, copy, update", "middle", size: 15);
        Row(0, "registers", "32 vectors of 64 bytes a core (AVX-512)", "every instruction", "#d9f2e6");
        string[] colors = ["#cfe8ff", "#d6dcff", "#eadcff", "#ffdcd6"];
        foreach ((int i, MemoryLevel level) in levels.Index())
            Row(i + 1, level.Name, sizes[i], string.Create(CultureInfo.InvariantCulture, $"{level.Read:F0}, {level.Write:F0}, {level.Copy:F0}, {level.Update:F0} GB/s"), colors[i]);
        return svg.ToString();

        void Row(int i, string name, string size, string speed, string color)
        {
            double y = Top + Step * i, from = 120 + 46 * i, to = 120 + 46 * (i + 1), middle = Width / 2.0;
            svg.Polygon([(middle - from, y), (middle + from, y), (middle + to, y + Step), (middle - to, y + Step)], color, "#888");
            svg.Text(middle, y + 20, name, "middle", size: 14);
            svg.Text(middle, y + 37, size, "middle", "#333", 11);
            svg.Text(middle, y + 53, speed, "middle", "#111", 12);
        }
    }
}
