namespace MiniStack;

/// <summary>Derivatives of functions, in one call: no tape to open, inside or outside of one. Results are constants.</summary>
/// <remarks>
/// Backward passes give vᵀ·J, one row of the Jacobian J for one v; J·v comes from differentiating vᵀ·J, which is linear in v, by v
/// (Townsend 2017, "A new trick for calculating Jacobian vector products").
/// </remarks>
public static class Gradients
{
    /// <summary>∂(Σ f)/∂x: the gradient, where f gives one number.</summary>
    /// <param name="function">Any function of one variable.</param>
    /// <param name="x">Where; a float.</param>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    public static Tensor Of(Func<Variable, Variable> function, Tensor x) => Inside(x, (tape, at) => tape.Grad(function(at), at));

    /// <summary>vᵀ·J: the sum of the rows of the Jacobian, weighted by v.</summary>
    /// <param name="function">Any function of one variable.</param>
    /// <param name="x">Where; a float.</param>
    /// <param name="v">One weight for each element of the result.</param>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">v has another shape than the result.</exception>
    public static Tensor VectorJacobian(Func<Variable, Variable> function, Tensor x, Tensor v) =>
        Inside(x, (tape, at) => tape.Grad([function(at)], [at], [v])[0]);

    /// <summary>J·v: how the result moves when x moves along v.</summary>
    /// <param name="function">Any function of one variable that can be differentiated twice.</param>
    /// <param name="x">Where; a float.</param>
    /// <param name="v">The direction, of the shape of <paramref name="x"/>.</param>
    /// <returns>Of the shape of the result.</returns>
    /// <exception cref="ShapeException">v has another shape than x.</exception>
    public static Tensor JacobianVector(Func<Variable, Variable> function, Tensor x, Tensor v) => Inside(x, (tape, at) =>
    {
        Variable y = function(at), weights = Variable.Watch(Tensor.Zeros(y.Shape, y.Value.DType, y.Value.Device));
        Variable weighted = tape.Grad([y], [at], [weights], createGraph: true)[0];
        return tape.Grad([weighted], [weights], [v])[0];
    });

    /// <summary>The Jacobian: ∂y/∂x for every element of both.</summary>
    /// <param name="function">Any function of one variable.</param>
    /// <param name="x">Where; a float.</param>
    /// <returns>[…shape of the result, …shape of x]; one backward pass for each element of the result.</returns>
    public static Tensor Jacobian(Func<Variable, Variable> function, Tensor x) => Inside(x, (tape, at) => Rows(tape, function(at), at));

    /// <summary>The Hessian: ∂²f/∂x∂x for a function that gives one number.</summary>
    /// <param name="function">A function of one variable that can be differentiated twice.</param>
    /// <param name="x">Where; a float.</param>
    /// <returns>[…shape of x, …shape of x]; one backward pass for each element of x.</returns>
    /// <exception cref="ShapeException">The function does not give one number.</exception>
    public static Tensor Hessian(Func<Variable, Variable> function, Tensor x) =>
        Inside(x, (tape, at) => Rows(tape, tape.Grad(One(function(at), nameof(Hessian)), at, createGraph: true), at));

    /// <summary>
    /// The Hessian times v, without making the Hessian: two backward passes (Pearlmutter 1994, doi:10.1162/neco.1994.6.1.147).
    /// </summary>
    /// <param name="function">A function of one variable that gives one number and can be differentiated twice.</param>
    /// <param name="x">Where; a float.</param>
    /// <param name="v">The direction, of the shape of <paramref name="x"/>.</param>
    /// <returns>Of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">The function does not give one number, or v has another shape than x.</exception>
    public static Tensor HessianVector(Func<Variable, Variable> function, Tensor x, Tensor v) => Inside(x, (tape, at) =>
        tape.Grad([tape.Grad(One(function(at), nameof(HessianVector)), at, createGraph: true)], [at], [v])[0]);

    private static Tensor Inside(Tensor x, Func<Tape, Variable, Variable> compute)
    {
        using Tape tape = Tape.BeginNested();
        Tensor result = compute(tape, Variable.Watch(x)).Value;
        return result.Storage.Scope == MemoryScope.Current ? result.Keep() : result.Clone().Keep();
    }

    private static Variable Rows(Tape tape, Variable y, Variable x)
    {
        int count = checked((int)y.Value.Count);
        Tensor rows = Tensor.Zeros([count, checked((int)x.Value.Count)], x.Value.DType, x.Value.Device);
        for (int i = 0; i < count; i++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor seed = Tensor.Zeros([count], y.Value.DType, y.Value.Device);
            seed.Slice(0, i, 1).Fill(1);
            rows.Select(0, i).CopyFrom(tape.Grad([y], [x], [seed.Reshape(y.Shape)])[0].Value.Flatten());
        }
        return rows.Reshape([.. y.Shape, .. x.Shape]);
    }

    private static Variable One(Variable y, string operation) => y.Value.Count == 1
        ? y
        : throw new ShapeException(
            $"{operation}: the function gives {y.Shape}, but must give one number. " +
            "Reduce it first, for example with Sum(), or ask for the Jacobian.");
}
