using MiniStack.Operators;

namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        Cells left = new(a), right = new(b), to = new(c);
        int m = c.Shape[^2], n = c.Shape[^1], k = a.Shape[^1];
        long batches = m * n == 0 ? 0 : c.Count / ((long)m * n);
        for (long batch = 0; batch < batches; batch++)
        {
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    long ct = (batch * m + i) * n + j;
                    double sum = accumulate ? to[ct] : 0;
                    long whole = accumulate && !c.DType.IsFloat() ? to.Integer(ct) : 0;
                    for (int p = 0; p < k; p++)
                    {
                        long at = (batch * m + i) * k + p, bt = (batch * k + p) * n + j;
                        if (c.DType.IsFloat()) sum += left[at] * right[bt];
                        else whole += left.Integer(at) * right.Integer(bt);
                    }
                    if (c.DType.IsFloat()) to[ct] = sum;
                    else to.SetInteger(ct, whole);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        Cells rows = new(x), weights = new(weight), to = new(y), biases = bias is null ? default : new(bias);
        int n = x.Shape[0], inputs = x.Shape[1], outputs = weight.Shape[0];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < outputs; j++)
            {
                double sum = bias is null ? 0 : biases[j];
                for (int p = 0; p < inputs; p++) sum += rows[(long)i * inputs + p] * weights[(long)j * inputs + p];
                to[(long)i * outputs + j] = sum;
            }
        }
    }

    /// <inheritdoc/>
    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y)
    {
        Linear(x, weight, bias, h);
        Unary<Gelu>(h, y);
    }
}
