using System.Globalization;

namespace MiniStack.Machine;

/// <summary>Sizes of the data caches that one core sees, in bytes.</summary>
/// <param name="L1">First level, of the core.</param>
/// <param name="L2">Second level, of the core.</param>
/// <param name="L3">Third level, shared.</param>
/// <param name="Known">False when the system does not tell and common sizes stand in.</param>
internal sealed record Caches(long L1, long L2, long L3, bool Known)
{
    /// <summary>As Linux lists them; elsewhere 32 KiB, 1 MiB and 32 MiB.</summary>
    public static Caches Read()
    {
        Dictionary<int, long> sizes = [];
        const string Folder = "/sys/devices/system/cpu/cpu0/cache";
        if (Directory.Exists(Folder))
        {
            foreach (string index in Directory.GetDirectories(Folder, "index*"))
            {
                if (Line(index, "type") is not ("Data" or "Unified") || !int.TryParse(Line(index, "level"), out int level)) continue;
                string size = Line(index, "size");
                long unit = size.EndsWith('M') ? 1 << 20 : size.EndsWith('K') ? 1 << 10 : 1;
                if (long.TryParse(size.TrimEnd('K', 'M'), NumberStyles.None, CultureInfo.InvariantCulture, out long count)) sizes[level] = count * unit;
            }
        }
        return new Caches(Size(1, 32 << 10), Size(2, 1 << 20), Size(3, 32 << 20), sizes.Count == 3);

        long Size(int level, long otherwise) => sizes.TryGetValue(level, out long size) ? size : otherwise;
        static string Line(string folder, string file) => File.Exists(Path.Combine(folder, file)) ? File.ReadAllText(Path.Combine(folder, file)).Trim() : "";
    }
}
