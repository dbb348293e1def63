namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Einstein's sum: products of elements, summed over the axes that the result does not have.</summary>
    /// <remarks>
    /// <para><c>Einsum("bij,bjk->bik", a, b)</c> is a batch of matrix products: a letter names an axis, and equal letters run together. A
    /// letter that the result lacks is summed; one that stands twice in an operand takes its diagonal; <c>...</c> are any leading axes,
    /// which broadcast. Without an arrow, the result has the letters that stand only once, in alphabetical order.</para>
    /// <para>Two operands at a time, from the left, meet in a product of matrices. The result has their dtype.</para>
    /// </remarks>
    /// <param name="equation">Letters for the axes of each operand, commas between operands, and after <c>-></c> the axes of the
    /// result.</param>
    /// <param name="operands">One or more, of one dtype.</param>
    /// <exception cref="ShapeException">The equation has a mistake, or does not fit the operands; the message tells the
    /// position.</exception>
    /// <exception cref="DTypeException">The dtypes differ or are Bool.</exception>
    public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> operands) => Einsum(equation, out _, operands);

    /// <summary>
    /// As <see cref="Einsum(string, ReadOnlySpan{Tensor})"/>, with what its gradient needs: the equation with every axis named and its
    /// result written out.
    /// </summary>
    public static Tensor Einsum(string equation, out string complete, params ReadOnlySpan<Tensor> operands)
    {
        EinsumEquation parsed = EinsumEquation.Parse(equation, operands);
        complete = parsed.ToString();
        foreach (Tensor operand in operands)
        {
            CheckSame(operands[0], operand, nameof(Einsum));
            operand.CheckNumber(nameof(Einsum));
        }
        DType dtype = operands[0].DType;
        Einstein result = default;
        for (int i = 0; i < operands.Length; i++)
        {
            Einstein next = new Einstein(operands[i].To(dtype.Wide()), parsed.Inputs[i]).Diagonals().WithoutStretched(parsed.Sizes);
            string needed = parsed.Output + string.Concat(parsed.Inputs[(i + 1)..]);
            result = i == 0 ? next.SumAllBut(needed) : result.Times(next, needed);
        }
        return result.InOrder(parsed.Output).To(dtype);
    }

    /// <summary>A tensor whose axes have letters.</summary>
    private readonly record struct Einstein(Tensor Tensor, string Labels)
    {
        /// <summary>Each letter once: equal ones become one axis, along the diagonal.</summary>
        public Einstein Diagonals()
        {
            string labels = Labels;
            string distinct = string.Concat(labels.Distinct());
            if (distinct.Length == labels.Length) return this;
            int[] sizes = new int[distinct.Length];
            long[] strides = new long[distinct.Length];
            for (int axis = 0; axis < labels.Length; axis++)
            {
                int to = distinct.IndexOf(labels[axis]);
                sizes[to] = Tensor.Shape[axis];
                strides[to] += Tensor.Strides[axis];
            }
            return new(Tensor.View(new Layout(sizes, strides, Tensor.Layout.Offset)), distinct);
        }

        /// <summary>Without axes of size 1 that other operands have longer: what has no such axis is the same along it.</summary>
        public Einstein WithoutStretched(Dictionary<char, int> sizes)
        {
            Tensor tensor = Tensor;
            string labels = Labels;
            for (int axis = labels.Length - 1; axis >= 0; axis--)
            {
                if (tensor.Shape[axis] == sizes[labels[axis]]) continue;
                tensor = tensor.Squeeze(axis);
                labels = labels.Remove(axis, 1);
            }
            return new(tensor, labels);
        }

        public Einstein SumAllBut(string needed)
        {
            string labels = Labels;
            int[] summed = [.. Enumerable.Range(0, labels.Length).Where(axis => !needed.Contains(labels[axis]))];
            return summed.Length == 0 ? this : new(Tensor.Sum(summed).To(Tensor.DType), string.Concat(labels.Where(needed.Contains)));
        }

        /// <summary>The product, summed over the letters of both that are no longer needed.</summary>
        public Einstein Times(Einstein other, string needed)
        {
            Einstein a = SumAllBut(needed + other.Labels), b = other.SumAllBut(needed + Labels);
            string both = string.Concat(a.Labels.Where(b.Labels.Contains));
            string batch = string.Concat(both.Where(needed.Contains)), contracted = string.Concat(both.Except(batch));
            string rows = string.Concat(a.Labels.Except(both)), columns = string.Concat(b.Labels.Except(both));
            Tensor left = a.InOrder(batch + rows + contracted), right = b.InOrder(batch + contracted + columns);
            int[] shape = [.. left.Shape[..(batch.Length + rows.Length)], .. right.Shape[(batch.Length + contracted.Length)..]];
            if (contracted.Length == 0)
            {
                int[] stretched = [.. left.Shape, .. Enumerable.Repeat(1, columns.Length)];
                int[] beside = [.. right.Shape[..batch.Length], .. Enumerable.Repeat(1, rows.Length), .. right.Shape[batch.Length..]];
                return new(left.Reshape(stretched) * right.Reshape(beside), batch + rows + columns);
            }
            if (batch.Length > 0 && rows.Length + columns.Length == 0)
            {
                // Many small dot products: matrices of one row and one column would each be a product of its own.
                int[] inside = [.. Enumerable.Range(batch.Length, contracted.Length)];
                return new((left * right).Sum(inside).To(left.DType), batch);
            }
            int depth = Size(right, batch.Length, contracted.Length);
            int m = Size(left, batch.Length, rows.Length), n = Size(right, batch.Length + contracted.Length, columns.Length);
            if (batch.Length == 0) return new(left.Reshape(m, depth).MatMul(right.Reshape(depth, n)).Reshape(shape), rows + columns);
            int batches = Size(left, 0, batch.Length);
            return new(left.Reshape(batches, m, depth).MatMul(right.Reshape(batches, depth, n)).Reshape(shape), batch + rows + columns);
        }

        /// <summary>The axes in the order of <paramref name="labels"/>, which are those of this.</summary>
        public Tensor InOrder(string labels)
        {
            string mine = Labels;
            return labels == mine ? Tensor : Tensor.Permute([.. labels.Select(label => mine.IndexOf(label))]);
        }

        private static int Size(Tensor tensor, int axis, int count) =>
            Shape.ToSize(tensor.Shape[axis..(axis + count)].Count, nameof(Einsum));
    }
}
