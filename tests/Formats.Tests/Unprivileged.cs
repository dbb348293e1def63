using System.Runtime.InteropServices;

namespace MiniStack.Formats.Tests;

/// <summary>Runs a test as a user to whom something is forbidden, even when the tests run as root.</summary>
internal static partial class Unprivileged
{
    private const uint Nobody = 65534;

    /// <summary>
    /// Runs <paramref name="test"/> on this thread with the file rights of "nobody" when the process is root. Linux keeps
    /// these rights for each thread and takes root's file capabilities away with the user (setfsuid, man page 2), so that
    /// tests on other threads notice nothing.
    /// </summary>
    public static void Run(Action test)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            test();
            return;
        }
        _ = SetFileUser(Nobody);
        try
        {
            test();
        }
        finally
        {
            _ = SetFileUser(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(uint user);
}
