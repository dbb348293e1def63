namespace MiniStack.Cuda;

internal sealed partial class CudaBackend
{
    // The factors that a step's numbers come down to are computed in F64, once, and rounded to the kernel's type.
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        if (all[0].Parameter.DType.IsHalf())
        {
            _widened.AdamW(all, step);
            return;
        }
        foreach ((Tensor parameter, Tensor gradient, Tensor m, Tensor v) in all) AdamW(parameter, gradient, m, v, step);
    }

    private void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step)
    {
        if (parameter.Count == 0) return;
        double correction1 = 1 - Math.Pow(step.Beta1, step.Step), correction2 = 1 - Math.Pow(step.Beta2, step.Step);
        DType dtype = parameter.DType;
        Arguments arguments = new();
        arguments.Pointer(parameter).Operand(gradient).Pointer(m).Pointer(v);
        arguments.Numbers(dtype,
            step.GradientScale, 1 - step.LearningRate * step.WeightDecay, step.Beta1, 1 - step.Beta1, step.Beta2, 1 - step.Beta2,
            -step.LearningRate / correction1, 1 / correction2, step.Epsilon);
        arguments.Value(parameter.Count);
        _engine.RunFlat(new("adamw", dtype), parameter.Count, ref arguments);
    }

    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        if (parameter.DType.IsHalf())
        {
            _widened.Sgd(parameter, gradient, velocity, step);
            return;
        }
        if (parameter.Count == 0) return;
        Arguments arguments = new();
        arguments.Pointer(parameter).Operand(gradient).Pointer(velocity);
        arguments.Numbers(parameter.DType, step.GradientScale, step.WeightDecay, -step.LearningRate, step.Momentum, step.Nesterov ? 1 : 0);
        arguments.Value(parameter.Count);
        _engine.RunFlat(new("sgd", parameter.DType), parameter.Count, ref arguments);
    }
}
