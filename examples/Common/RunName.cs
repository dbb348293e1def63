using System.Globalization;

namespace MiniStack.Examples;

/// <summary>Where an example writes when it is not told: <c>runs/date-time-name</c>.</summary>
public static class RunName
{
    /// <summary>A folder that does not exist yet.</summary>
    public static string Fresh(string name)
    {
        string date = DateTime.Now.ToString("yyyy-MM-dd-HHmmss", CultureInfo.InvariantCulture), path = Path.Combine("runs", $"{date}-{name}");
        for (int i = 2; Directory.Exists(path); i++) path = Path.Combine("runs", $"{date}-{name}-{i}");
        return path;
    }
}
