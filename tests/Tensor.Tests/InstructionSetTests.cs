namespace MiniStack.Tests;

/// <summary>A program that was compiled for an older processor is told so, and no other.</summary>
[Collection(nameof(ProcessWide))]
public class InstructionSetTests
{
    private const string Start = "MiniStack: kernels run at 128 bits, several times slower than they could, because the program ";

    [Theory]
    [InlineData(false, true, false, false, Start + "was compiled without AVX2, which this machine has. Publish it with <IlcInstructionSet>x86-64-v3</IlcInstructionSet>, or native.")]
    [InlineData(false, true, false, true, Start + "runs with AVX2 switched off. Look for EnableAVX2 in its runtimeconfig.json.")]
    [InlineData(false, true, true, false, null)]
    [InlineData(false, true, true, true, null)]
    [InlineData(false, false, false, false, null)]
    [InlineData(true, true, false, false, null)]
    [InlineData(true, true, false, true, null)]
    public void Warning_OfNarrowKernels_IsForThoseWhoCanHelpIt(bool usesAvx2, bool machineHasAvx2, bool switchedOff, bool isJit, string? expected) =>
        Assert.Equal(expected, InstructionSets.Warning(usesAvx2, machineHasAvx2, switchedOff, isJit));

    [Fact]
    public void Check_AgainAndAgain_SaysNothingMore()
    {
        _ = Device.Cpu; // has checked
        TextWriter before = Console.Error;
        using StringWriter errors = new();
        Console.SetError(errors);
        try
        {
            for (int i = 0; i < 3; i++) InstructionSets.Check();
        }
        finally
        {
            Console.SetError(before);
        }
        Assert.Equal("", errors.ToString());
    }
}
