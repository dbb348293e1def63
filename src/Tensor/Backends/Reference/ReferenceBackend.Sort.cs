namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Sort(Tensor x, bool descending, Tensor values, Tensor indices) => FirstInOrder(x, descending, values, indices);

    /// <inheritdoc/>
    public override void TopK(Tensor x, bool largest, Tensor values, Tensor indices) => FirstInOrder(x, largest, values, indices);

    /// <inheritdoc/>
    public override void CumSum(Tensor x, int axis, bool reverse, Tensor y)
    {
        Cells from = new(x), to = new(y);
        int length = x.Shape[axis];
        long inner = x.Shape[(axis + 1)..].Count;
        for (long start = 0; start < to.Count; start++)
        {
            if (start / inner % length != 0) continue; // only where a sum begins
            double sum = 0;
            long whole = 0;
            for (int i = 0; i < length; i++)
            {
                long at = start + (reverse ? length - 1 - i : i) * inner;
                if (x.DType.IsFloat()) to[at] = sum += from[at];
                else to.SetInteger(at, whole += from.Integer(at));
            }
        }
    }

    /// <inheritdoc/>
    public override void BinCount(Tensor x, Tensor counts)
    {
        Cells from = new(x), to = new(counts);
        for (long i = 0; i < to.Count; i++) to.SetInteger(i, 0);
        for (long i = 0; i < from.Count; i++) to.SetInteger(from.Integer(i), to.Integer(from.Integer(i)) + 1);
    }

    /// <summary>The first elements of each row in ascending or descending order, by a sort that keeps the order of equal ones.</summary>
    private static void FirstInOrder(Tensor x, bool descending, Tensor values, Tensor indices)
    {
        Cells from = new(x), to = new(values), places = new(indices);
        int length = x.Shape[^1], wanted = values.Shape[^1];
        for (long row = 0; row * wanted < to.Count; row++)
        {
            double[] numbers = new double[length];
            long[] wholes = new long[length];
            for (int i = 0; i < length; i++)
            {
                if (x.DType.IsFloat()) numbers[i] = from[row * length + i];
                else wholes[i] = from.Integer(row * length + i);
            }
            Comparer<int> comparer = Comparer<int>.Create((a, b) =>
                double.IsNaN(numbers[a]) || double.IsNaN(numbers[b]) ? double.IsNaN(numbers[a]).CompareTo(double.IsNaN(numbers[b]))
                : numbers[a] != numbers[b] ? numbers[a].CompareTo(numbers[b])
                : wholes[a].CompareTo(wholes[b]));
            IEnumerable<int> all = Enumerable.Range(0, length);
            int next = 0;
            foreach (int i in (descending ? all.OrderDescending(comparer) : all.Order(comparer)).Take(wanted))
            {
                CopyCell(from, row * length + i, to, row * wanted + next, x.DType);
                places.SetInteger(row * wanted + next++, i);
            }
        }
    }

    private static void CopyCell(Cells from, long source, Cells to, long destination, DType dtype)
    {
        if (dtype.IsFloat()) to[destination] = from[source];
        else to.SetInteger(destination, from.Integer(source));
    }
}
