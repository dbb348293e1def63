namespace MiniStack;

public partial class Variable
{
    /// <summary>
    /// Einstein's sum: products of elements, summed over the axes that the result does not have; see
    /// <see cref="Tensor.Einsum(string, ReadOnlySpan{Tensor})"/>.
    /// </summary>
    public static Variable Einsum(string equation, params ReadOnlySpan<Variable> operands)
    {
        Tensor[] values = new Tensor[operands.Length];
        for (int i = 0; i < values.Length; i++) values[i] = operands[i].Value;
        Tensor y = Tensor.Einsum(equation, out string complete, values);
        return Record(y, new EinsumNode(operands.ToArray(), complete));
    }

    private sealed class EinsumNode(Variable[] inputs, string equation) : GradNode(inputs)
    {
        // y = Σ a·b·…  ⇒  da = Σ dy·b·…, over the axes that a does not have
        public override void Backward(Variable dy)
        {
            dy = dy.Wide();
            Variable[] operands = [.. Inputs.Select(input => input.Wide())];
            string[] sides = equation.Split("->"), letters = sides[0].Split(',');
            for (int i = 0; i < operands.Length; i++)
            {
                if (!Inputs[i].NeedsGrad) continue;
                string[] others = [sides[1], .. letters[..i], .. letters[(i + 1)..]];
                Variable[] factors = [dy, .. operands[..i], .. operands[(i + 1)..]];
                // What only this operand has was summed: its gradient is the same along such an axis.
                string known = string.Concat(letters[i].Distinct().Where(string.Concat(others).Contains));
                Variable gradient = Einsum($"{string.Join(',', others)}->{known}", factors);
                Inputs[i].AddWideGrad(Spread(gradient, known, letters[i], operands[i].Shape));
            }
        }

        /// <summary>A gradient by letters, on the axes of the operand; of axes with one letter it lies on the diagonal.</summary>
        private static Variable Spread(Variable gradient, string known, string labels, Shape shape)
        {
            if (labels == known && gradient.Shape == shape) return gradient;
            int[] sizes =
            [
                .. labels.Select((label, axis) =>
                    labels.IndexOf(label) == axis && known.Contains(label) ? gradient.Shape[known.IndexOf(label)] : 1)
            ];
            Variable spread = gradient.Reshape(sizes);
            for (int axis = 0; axis < labels.Length; axis++)
            {
                int first = labels.IndexOf(labels[axis]);
                if (first == axis) continue;
                Tensor index = Tensor.Arange(shape[axis], device: gradient.Value.Device);
                Tensor diagonal = On(index, first).Equal(On(index, axis));
                spread = Where(diagonal, spread, gradient.ScalarLike(0));
            }
            // An axis of size 1 that broadcast keeps the others' size here; AddGrad sums it.
            return spread.Expand([.. labels.Select((_, axis) => Math.Max(spread.Shape[axis], shape[axis]))]);

            Tensor On(Tensor index, int axis) => index.Reshape([.. labels.Select((_, i) => i == axis ? -1 : 1)]);
        }
    }
}
