using System.Globalization;

namespace MiniStack.Tests;

public class CultureTests
{
    [Fact]
    public async Task Culture_WhenOneIsAskedFor_WritesNumbersItsWay()
    {
        if (Environment.GetEnvironmentVariable("MINISTACK_CULTURE") is not "de-DE") return; // as most runs: nothing was asked for
        Assert.Equal("1,5", 1.5.ToString(CultureInfo.CurrentCulture));
        Assert.Equal("1,5", await Task.Run(() => 1.5.ToString(CultureInfo.CurrentCulture)));
        Assert.Equal("Tensor() F64 1.5", Tensor.Scalar(1.5, DType.F64).ToString());
    }
}
