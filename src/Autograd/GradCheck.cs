using System.Globalization;

namespace MiniStack;

/// <summary>Compares the gradients that <see cref="Tape.Backward(Variable)"/> computes with differences of the function itself.</summary>
public static class GradCheck
{
    private const double Tolerance = 1e-7;
    private const double Step = 1e-3;

    /// <summary>Checks every element of every input's gradient for the loss Σ r·f(inputs) with random r.</summary>
    /// <remarks>
    /// A plain sum would not do: through softmax and layer norm its gradient is zero, whatever the code does. The numeric
    /// derivative is (8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h with h = 10⁻³, whose error is of order h⁴. An element
    /// passes when |analytic − numeric| ≤ 10⁻⁷·max(1, |analytic|, |numeric|). Keep inputs at least 0.01 away from kinks.
    /// Then gradients of the result that are broadcast, permuted or sliced views must give what the same numbers give row by row.
    /// </remarks>
    /// <param name="function">The function; it must give the same result when called again (seed its random numbers inside).</param>
    /// <param name="inputs">F64, of any strides. They are changed during the check and restored.</param>
    /// <returns>The largest error over its bound: at most 1.</returns>
    /// <exception cref="DTypeException">An input is not F64.</exception>
    /// <exception cref="GradCheckException">A gradient is wrong; the message says where.</exception>
    public static double Run(Func<Variable[], Variable> function, params Tensor[] inputs)
    {
        Parameter[] parameters = Array.ConvertAll(inputs, input => new Parameter(input));
        return Run(() => function(parameters), parameters);
    }

    /// <summary>
    /// As <see cref="Run(Func{Variable[], Variable}, Tensor[])"/>, for a function of parameters that it holds itself: a module.
    /// </summary>
    /// <param name="function">The function; it must give the same result when called again.</param>
    /// <param name="parameters">F64. They are changed during the check and restored; their gradients are forgotten.</param>
    /// <inheritdoc cref="Run(Func{Variable[], Variable}, Tensor[])" path="/returns|/exception"/>
    public static double Run(Func<Variable> function, IReadOnlyList<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            DType dtype = parameter.Value.DType;
            if (dtype != DType.F64)
            {
                throw new DTypeException(
                    $"GradCheck: inputs must be F64, not {dtype}: F32 is too coarse for differences. Convert with To(DType.F64).");
            }
            parameter.ClearGrad();
        }
        Tensor weights;
        using (MemoryScope.Begin())
        {
            Variable y = function();
            weights = Tensor.Normal(y.Shape, new Rng(42), dtype: DType.F64, device: y.Value.Device).Persist();
        }
        using (Tape tape = Tape.Begin()) tape.Backward((function() * weights).Sum());
        double worst = 0;
        for (int i = 0; i < parameters.Count; i++) worst = Math.Max(worst, Compare(function, parameters[i], i, weights));
        CompareLayouts(function, parameters, weights);
        return worst;
    }

    /// <summary>
    /// Checks the gradient of the gradient, and that the gradient itself is the same when it is recorded, where formulas take the place of
    /// fused kernels: <see cref="Run(Func{Variable[], Variable}, Tensor[])"/> of Σ s·∂(½·Σ r·f²)/∂input over all inputs, with random r and
    /// s.
    /// </summary>
    /// <param name="function">The function; it must give the same result when called again.</param>
    /// <param name="inputs">F64, of any strides. They are changed during the check and restored.</param>
    /// <returns>The largest error over its bound: at most 1.</returns>
    /// <exception cref="DTypeException">An input is not F64.</exception>
    /// <exception cref="GradCheckException">A second derivative is wrong; the message says where.</exception>
    /// <exception cref="TapeException">The function uses an operator that can be differentiated only once.</exception>
    public static double RunTwice(Func<Variable[], Variable> function, params Tensor[] inputs)
    {
        CompareRecorded(function, inputs);
        return Run(parameters =>
        {
            if (Tape.Current is { } current) return Twice(current, parameters);
            // Differences call it outside any tape.
            using Tape tape = Tape.Begin();
            return Twice(tape, parameters).Value.Clone().Persist();
        },
        inputs);

        Variable Twice(Tape tape, Variable[] parameters)
        {
            Variable y = function(parameters);
            Variable weights = Tensor.Normal(y.Shape, new Rng(43), dtype: DType.F64, device: y.Value.Device);
            // Weights that depend on y: where y is linear in the inputs, the gradient's way through dy is checked so.
            Variable[] gradients = tape.Grad([y], parameters, [weights * y], createGraph: true);
            Variable sum = Tensor.Scalar(0, DType.F64, y.Value.Device);
            // The gradient of a linear function does not depend on its input: these zeros keep it on the tape.
            foreach (Variable parameter in parameters) sum += (parameter * 0).Sum();
            Rng rng = new(44);
            foreach (Variable gradient in gradients)
                sum += (gradient * Tensor.Normal(gradient.Shape, rng, dtype: DType.F64, device: y.Value.Device)).Sum();
            return sum;
        }
    }

    /// <summary>
    /// The gradient of the result may lie in memory in any way: that of a sum is one number, stretched.
    /// Each way must give what the same numbers give row by row.
    /// </summary>
    private static void CompareLayouts(Func<Variable> function, IReadOnlyList<Parameter> parameters, Tensor like)
    {
        if (like.Count < 2) return;
        int[] reverse = [.. Enumerable.Range(0, like.Rank).Reverse()];
        (string Name, Tensor Dy)[] views =
        [
            ("broadcast", Tensor.Scalar(0.7, DType.F64, like.Device).Expand(like.Shape)),
            ("permuted", Draw([.. reverse.Select(axis => like.Shape[axis])]).Permute(reverse)),
            ("sliced", Sliced(Draw([.. like.Shape.Select(size => 2 * size + 1)]))),
        ];
        foreach ((string name, Tensor dy) in views)
        {
            double[][] expected = Gradients(dy.Clone()), actual = Gradients(dy);
            for (int input = 0; input < expected.Length; input++)
            {
                for (int i = 0; i < expected[input].Length; i++)
                {
                    (double plain, double viewed) = (expected[input][i], actual[input][i]);
                    if (Math.Abs(plain - viewed) <= 1e-10 * Math.Max(1, Math.Abs(plain)) || plain.Equals(viewed)) continue;
                    throw new GradCheckException(string.Create(CultureInfo.InvariantCulture,
                        $"GradCheck: input {input}, element {i} of shape {parameters[input].Shape}: " +
                        $"Backward gives {plain:G10}, and {viewed:G10} when the " +
                        $"gradient of the result is a {name} view of the same numbers. " +
                        $"Read it through its strides, or take Contiguous()."));
                }
            }
        }

        Tensor Draw(Shape shape) => Tensor.Normal(shape, new Rng(45), dtype: DType.F64, device: like.Device);

        Tensor Sliced(Tensor block)
        {
            for (int axis = 0; axis < block.Rank; axis++) block = block.Slice(axis, 1, like.Shape[axis], step: 2);
            return block;
        }

        double[][] Gradients(Tensor dy)
        {
            using (Tape tape = Tape.Begin()) tape.Backward(function(), dy);
            double[][] gradients =
                [.. parameters.Select(parameter => parameter.Grad?.ToArray<double>() ?? new double[parameter.Value.Count])];
            foreach (Parameter parameter in parameters) parameter.ClearGrad();
            return gradients;
        }
    }

    private static void CompareRecorded(Func<Variable[], Variable> function, Tensor[] inputs)
    {
        using Tape tape = Tape.Begin();
        Variable[] variables = Array.ConvertAll(inputs, Variable.Watch);
        Variable y = function(variables);
        Variable weights = Tensor.Normal(y.Shape, new Rng(42), dtype: DType.F64, device: y.Value.Device);
        Variable[] plain = tape.Grad([y], variables, [weights]), recorded = tape.Grad([y], variables, [weights], createGraph: true);
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] expected = plain[i].Value.ToArray<double>(), actual = recorded[i].Value.ToArray<double>();
            for (int j = 0; j < expected.Length; j++)
            {
                if (Math.Abs(expected[j] - actual[j]) <= 1e-10 * Math.Max(1, Math.Abs(expected[j])) || expected[j].Equals(actual[j]))
                    continue;
                throw new GradCheckException(string.Create(CultureInfo.InvariantCulture,
                    $"GradCheck: input {i}, element {j} of shape {inputs[i].Shape}: " +
                    $"Grad gives {expected[j]:G10}, and {actual[j]:G10} when it is recorded."));
            }
        }
    }

    private static double Compare(Func<Variable> function, Parameter parameter, int input, Tensor weights)
    {
        Tensor value = parameter.Value;
        double[] elements = value.ToArray<double>();
        double[] analytic = parameter.Grad?.ToArray<double>() ?? new double[elements.Length];
        parameter.ClearGrad();
        double worst = 0;
        try
        {
            for (int i = 0; i < elements.Length; i++) worst = Math.Max(worst, CompareElement(i));
        }
        finally
        {
            value.CopyFrom(Tensor.CopyOf(elements, value.Shape));
        }
        return worst;

        double CompareElement(int i)
        {
            double numeric = (8 * (At(i, Step) - At(i, -Step)) - (At(i, 2 * Step) - At(i, -2 * Step))) / (12 * Step);
            double bound = Tolerance * Math.Max(1, Math.Max(Math.Abs(analytic[i]), Math.Abs(numeric)));
            double error = Math.Abs(analytic[i] - numeric) / bound;
            if (!(error <= 1))
            {
                throw new GradCheckException(string.Create(CultureInfo.InvariantCulture,
                    $"GradCheck: input {input}, element {i} of shape {value.Shape}: " +
                    $"Backward gives {analytic[i]:G10}, differences give {numeric:G10}."));
            }
            return error;
        }

        double At(int element, double shift)
        {
            using MemoryScope scope = MemoryScope.Begin();
            double[] shifted = (double[])elements.Clone();
            shifted[element] += shift;
            value.CopyFrom(Tensor.CopyOf(shifted, value.Shape));
            return (function().Value * weights).Sum().Item();
        }
    }
}

/// <summary>A gradient differs from the function's differences.</summary>
public sealed class GradCheckException(string message) : MiniStackException(message);
