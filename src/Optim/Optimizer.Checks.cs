namespace MiniStack.Optim;

// What must hold before a step: kernels trust it.
public abstract partial class Optimizer
{
    private readonly (Shape Shape, DType DType, Device Device)[] _made; // what each parameter was when its state was made

    /// <summary>Whether a parameter takes part in this step.</summary>
    /// <exception cref="MiniStackException">It does, but its value or gradient is no longer what the state was made for.</exception>
    private protected bool IsDue(int index)
    {
        Parameter parameter = Parameters[index];
        if (!parameter.RequiresGrad || parameter.Grad is not { } gradient || parameter.Value.Count == 0) return false;
        CheckFits(index);
        if (gradient.DType != parameter.Value.DType)
        {
            throw new DTypeException(
                $"{Owner(index)} is {parameter.Value.DType}, but its gradient {gradient.DType}. Give gradients in the parameter's type.");
        }
        if (gradient.Device != parameter.Value.Device)
        {
            throw new DeviceException(
                $"{Owner(index)} lies on {parameter.Value.Device}, but its gradient on {gradient.Device}. " +
                "Compute the loss where the parameters are.");
        }
        if (gradient.Shape != parameter.Shape)
        {
            throw new ShapeException(
                $"{Owner(index)} is {parameter.Shape}, but its gradient {gradient.Shape}. Give gradients in the parameter's shape.");
        }
        return true;
    }

    /// <summary>Throws unless a parameter's value is what it was when the state was made.</summary>
    private protected void CheckFits(int index)
    {
        Tensor value = Parameters[index].Value;
        if (!SavedState.Fits(value, _made[index])) SavedState.CheckFits(value, _made[index], Owner(index), "the optimizer");
        CheckLayout(index);
    }

    private void CheckLayout(int index)
    {
        if (!Parameters[index].Value.IsContiguous)
        {
            throw new ShapeException(
                $"{Owner(index)} is a view whose elements do not lie row by row; it cannot be updated in place. " +
                "Make it of a copy: new Parameter(x.Contiguous()).");
        }
    }

    private string Owner(int index) => $"{GetType().Name}: the parameter '{SavedState.NameOf(Parameters, index)}'";
}
