namespace MiniStack;

public sealed partial class CpuBackend
{
}
