namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    public override void Negate(Tensor x, Tensor y) => Map("negate", x, y);

    public override void Abs(Tensor x, Tensor y) => Map("abs", x, y);

    public override void Exp(Tensor x, Tensor y) => Map("exp", x, y);

    public override void Log(Tensor x, Tensor y) => Map("log", x, y);

    public override void Sqrt(Tensor x, Tensor y) => Map("sqrt", x, y);

    public override void Sin(Tensor x, Tensor y) => Map("sin", x, y);

    public override void Cos(Tensor x, Tensor y) => Map("cos", x, y);

    public override void Tanh(Tensor x, Tensor y) => Map("tanh", x, y);

    public override void Sigmoid(Tensor x, Tensor y) => Map("sigmoid", x, y);

    public override void Erf(Tensor x, Tensor y) => Map("erf", x, y);

    public override void Relu(Tensor x, Tensor y) => Map("relu", x, y);

    public override void Gelu(Tensor x, Tensor y) => Map("gelu", x, y);

    public override void Silu(Tensor x, Tensor y) => Map("silu", x, y);

    public override void Not(Tensor x, Tensor y) => Map("not", x, y);

    public override void TanhBackward(Tensor y, Tensor dy, Tensor dx) => Map("tanh_backward", y, dy, dx);

    public override void SigmoidBackward(Tensor y, Tensor dy, Tensor dx) => Map("sigmoid_backward", y, dy, dx);

    public override void ReluBackward(Tensor x, Tensor dy, Tensor dx) => Map("relu_backward", x, dy, dx);

    public override void GeluBackward(Tensor x, Tensor dy, Tensor dx) => Map("gelu_backward", x, dy, dx);

    public override void SiluBackward(Tensor x, Tensor dy, Tensor dx) => Map("silu_backward", x, dy, dx);

    public override void Add(Tensor a, Tensor b, Tensor y) => Map("add", a, b, y);

    public override void Subtract(Tensor a, Tensor b, Tensor y) => Map("subtract", a, b, y);

    public override void Multiply(Tensor a, Tensor b, Tensor y) => Map("multiply", a, b, y);

    public override void Divide(Tensor a, Tensor b, Tensor y) => Map("divide", a, b, y);

    public override void Pow(Tensor a, Tensor b, Tensor y) => Map("pow", a, b, y);

    public override void Maximum(Tensor a, Tensor b, Tensor y) => Map("maximum", a, b, y);

    public override void Minimum(Tensor a, Tensor b, Tensor y) => Map("minimum", a, b, y);

    public override void Equal(Tensor a, Tensor b, Tensor y) => Map("equal", a, b, y);

    public override void Less(Tensor a, Tensor b, Tensor y) => Map("less", a, b, y);

    public override void LessOrEqual(Tensor a, Tensor b, Tensor y) => Map("less_or_equal", a, b, y);

    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Operand(condition).Operand(a).Operand(b).Pointer(y).Value(y.Count);
        engine.RunFlat(new("where", y.DType), y.Count, ref arguments);
    }

    /// <summary>A kernel of one input; its dtype is the input's.</summary>
    private void Map(string name, Tensor x, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Operand(x).Pointer(y).Value(y.Count);
        engine.RunFlat(new(name, x.DType), y.Count, ref arguments);
    }

    /// <summary>A kernel of two inputs; its dtype is theirs.</summary>
    private void Map(string name, Tensor a, Tensor b, Tensor y)
    {
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Operand(a).Operand(b).Pointer(y).Value(y.Count);
        engine.RunFlat(new(name, a.DType), y.Count, ref arguments);
    }
}
