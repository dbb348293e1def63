using System.Globalization;

namespace MiniStack.Tests;

public class PrintTests
{
    [Fact]
    public void ToString_Matrix_AlignsColumns() => Assert.Equal(
        "Tensor(2, 3) F32\n[[   1,  2.5,   -3],\n [1000, 0.25,    0]]",
        Tensor.CopyOf([1f, 2.5f, -3f, 1000f, 0.25f, 0f], [2, 3]).ToString());

    [Theory]
    [InlineData(DType.F32, "Tensor(2) F32\n[1, 0]")]
    [InlineData(DType.F64, "Tensor(2) F64\n[1, 0]")]
    [InlineData(DType.I64, "Tensor(2) I64\n[1, 0]")]
    [InlineData(DType.I32, "Tensor(2) I32\n[1, 0]")]
    [InlineData(DType.Bool, "Tensor(2) Bool\n[ true, false]")]
    public void ToString_EveryDType_Prints(DType dtype, string expected) =>
        Assert.Equal(expected, Tensor.CopyOf([1, 0]).To(dtype).ToString());

    [Fact]
    public void ToString_Scalar_IsOneLine() => Assert.Equal("Tensor() F32 3.5", Tensor.Scalar(3.5).ToString());

    [Fact]
    public void ToString_Empty_SaysSo() => Assert.Equal("Tensor(3, 0) F32 []", Tensor.Zeros([3, 0]).ToString());

    [Fact]
    public void ToString_ThreeAxes_Indents() => Assert.Equal(
        "Tensor(2, 1, 2) I32\n[[[1, 2]],\n [[3, 4]]]", Tensor.CopyOf([1, 2, 3, 4], [2, 1, 2]).ToString());

    [Fact]
    public void ToString_LongAxes_ShowsTheEnds()
    {
        string text = Tensor.Arange(5000).Reshape(50, 100).ToString();
        Assert.StartsWith("Tensor(50, 100) I64\n[[   0,    1,    2, ...,   97,   98,   99],\n", text);
        Assert.EndsWith("[4900, 4901, 4902, ..., 4997, 4998, 4999]]", text);
        Assert.Equal(8, text.Split('\n').Length);
    }

    [Fact]
    public void ToString_ExtremeNumbers_UsesExponents()
    {
        string text = Tensor.CopyOf([1e-10, -2.5e-4, 1e20, double.NaN, double.PositiveInfinity, -0.001]).ToString();
        Assert.Equal("Tensor(6) F64\n[   1e-10,  -2.5e-4,    1e+20,      NaN, Infinity,   -0.001]", text);
    }

    [Fact]
    public void ToString_View_PrintsTheView() => Assert.Equal(
        "Tensor(2, 2) I32\n[[1, 3],\n [2, 4]]", Tensor.CopyOf([1, 2, 3, 4], [2, 2]).Transpose().ToString());

    [Fact]
    public void ToString_OtherDevice_NamesIt() => Assert.Equal(
        "Tensor(1) F32 on reference\n[2]", Tensor.Full([1], 2, device: Device.Reference).ToString());

    [Fact]
    public void ToString_CultureWithCommas_PrintsPoints()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            // As de-DE; built by hand, because the tests run without culture data.
            CultureInfo german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            german.NumberFormat.NumberDecimalSeparator = ",";
            german.NumberFormat.NumberGroupSeparator = ".";
            german.NumberFormat.NegativeSign = "−";
            CultureInfo.CurrentCulture = german;
            Tensor x = Tensor.CopyOf([-1.5f, 1e-8f]);
            Assert.Equal("Tensor(2) F32\n[-1.5, 1e-8]", x.ToString());
            Assert.Equal("Tensor(2) F32 cpu, min -1.5, mean -0.75, max 1E-08", x.DebugText);
            Assert.Equal("Tensor(1) I32\n[-7]", Tensor.CopyOf([-7]).ToString());
            Assert.Equal("(2, 3)", new Shape().ToString() == "()" ? Shape.Create([2, 3]).ToString() : "");
            Assert.Contains("first 1,048,576", Tensor.Zeros([1_048_577]).DebugText);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void DebugText_NaNsAndEnded_AreReported()
    {
        Assert.Equal("Tensor(3) F64 cpu, min 1, mean 2, max 3, 1 NaN", Tensor.CopyOf([1.0, double.NaN, 3.0]).DebugText);
        Assert.Equal("Tensor(1) F32 cpu, min ∞, mean NaN, max -∞, 1 NaN".Replace("∞", "Infinity"), Tensor.Scalar(double.NaN).Reshape(1).DebugText);
        Assert.Equal("Tensor(0) F32 cpu", Tensor.Zeros([0]).DebugText);
        Tensor x;
        using (MemoryScope.Begin()) x = Tensor.Zeros([2]);
        Assert.Equal("Tensor(2) F32 cpu, returned to its pool", x.DebugText);
        Assert.Equal("Tensor(2) F32, returned to its pool", x.ToString());
    }

    [Fact]
    public void DebugView_ShowsFirstMatrix()
    {
        TensorDebugView view = new(Tensor.Arange(12, DType.F32).Reshape(2, 2, 3));
        Assert.Equal(["0  1  2", "3  4  5"], view.Rows);
        Assert.Equal([2, 2, 3], view.Shape);
        Assert.Equal([6L, 3, 1], view.Strides);
        Assert.Equal(["1.5"], new TensorDebugView(Tensor.Scalar(1.5)).Rows);
        Assert.EndsWith("...", new TensorDebugView(Tensor.Zeros([1, 40])).Rows[0]);
        Assert.Equal(16, new TensorDebugView(Tensor.Zeros([40, 1])).Rows.Length);
    }

    [Fact]
    public void DebugView_OfTensorWithDebuggerAttributes_IsNamed()
    {
        object[] attributes = typeof(Tensor).GetCustomAttributes(inherit: false);
        Assert.Contains(attributes, a => a is System.Diagnostics.DebuggerDisplayAttribute { Value: "{DebugText,nq}" });
        Assert.Contains(attributes, a => a is System.Diagnostics.DebuggerTypeProxyAttribute);
    }
}
