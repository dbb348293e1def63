using System.Globalization;
using System.Numerics;
using System.Text;

namespace MiniStack;

public sealed partial class Tensor
{
    private const int PrintedEdge = 3;
    private const int PrintedLimit = 1000;

    /// <summary>The elements in brackets, as in NumPy, with shape and dtype; of long axes only the ends.</summary>
    public override string ToString()
    {
        string head = $"Tensor{Shape} {DType}{(Device == Device.Cpu ? "" : $" on {Device}")}";
        if (!IsAlive) return $"{head}, returned to its pool";
        if (Count == 0) return $"{head} []";
        using MemoryScope scope = MemoryScope.Begin();
        Tensor local = Device is CpuDevice ? this : Device.Download(this);
        // 17 characters hold every number below; one width for all keeps columns straight.
        int width = 0;
        StringBuilder cells = new();
        Measure(local.Layout, 0, 0, local, ref width);
        Append(cells, local.Layout, 0, 0, local, width, indent: 1);
        return Rank == 0 ? $"{head} {cells}" : $"{head}\n{cells}";
    }

    /// <summary>One line for a debugger; it touches neither pool nor threads.</summary>
    internal string DebugText
    {
        get
        {
            string head = $"Tensor{Shape} {DType} {Device}";
            if (!IsAlive) return $"{head}, returned to its pool";
            if (Device is not CpuDevice || Count == 0) return head;
            Cells cells = new(this);
            double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0;
            long nans = 0, looked = Math.Min(Count, 1 << 20);
            for (long i = 0; i < looked; i++)
            {
                double value = cells[i];
                if (double.IsNaN(value)) nans++;
                else (min, max, sum) = (Math.Min(min, value), Math.Max(max, value), sum + value);
            }
            string mean = nans == looked ? "NaN" : Format(sum / (looked - nans));
            string part = looked < Count ? string.Create(CultureInfo.InvariantCulture, $" (first {looked:N0})") : "";
            return $"{head}, min {Format(min)}, mean {mean}, max {Format(max)}{(nans > 0 ? $", {nans} NaN" : "")}{part}";
        }
    }

    private static string Format(double value) => value.ToString("G5", CultureInfo.InvariantCulture);

    private static string FormatCell(Tensor tensor, long position)
    {
        Tensor cell = tensor.View(new Layout([], [], tensor._layout.Offset + position));
        if (tensor.DType == DType.Bool) return cell.Item() != 0 ? "true" : "false";
        if (tensor.DType.IsInteger()) return new Cells(cell).Integer(0).ToString(CultureInfo.InvariantCulture);
        // An F32 printed as F64 would show digits that it does not have.
        return tensor.DType == DType.F64 ? Text(cell.Item()) : Text((float)cell.Item());

        static string Text<T>(T value) where T : IFloatingPoint<T> =>
            value.ToString("0.####", CultureInfo.InvariantCulture) is { Length: <= 12 } plain && !Tiny(double.CreateSaturating(value))
                ? plain
                : value.ToString("0.####e+0", CultureInfo.InvariantCulture);

        static bool Tiny(double value) => value != 0 && Math.Abs(value) < 1e-3;
    }

    /// <summary>Indices of an axis to print; −1 stands for the dots.</summary>
    private IEnumerable<int> PrintedIndices(int size)
    {
        if (Count <= PrintedLimit || size <= 2 * PrintedEdge) return Enumerable.Range(0, size);
        return [.. Enumerable.Range(0, PrintedEdge), -1, .. Enumerable.Range(size - PrintedEdge, PrintedEdge)];
    }

    private void Measure(Layout layout, int axis, long position, Tensor local, ref int width)
    {
        if (axis == layout.Shape.Rank)
        {
            width = Math.Max(width, FormatCell(local, position).Length);
            return;
        }
        foreach (int index in PrintedIndices(layout.Shape[axis]))
            if (index >= 0) Measure(layout, axis + 1, position + index * layout.Strides[axis], local, ref width);
    }

    private void Append(StringBuilder text, Layout layout, int axis, long position, Tensor local, int width, int indent)
    {
        if (axis == layout.Shape.Rank)
        {
            text.Append(FormatCell(local, position).PadLeft(width));
            return;
        }
        bool innermost = axis == layout.Shape.Rank - 1;
        string separator = innermost ? ", " : ",\n" + new string(' ', indent);
        text.Append('[');
        bool first = true;
        foreach (int index in PrintedIndices(layout.Shape[axis]))
        {
            if (!first) text.Append(separator);
            first = false;
            if (index < 0) text.Append("...");
            else Append(text, layout, axis + 1, position + index * layout.Strides[axis], local, width, indent + 1);
        }
        text.Append(']');
    }
}

/// <summary>What a debugger shows when a tensor is opened: its facts, and a readable slice of its last two axes.</summary>
internal sealed class TensorDebugView(Tensor tensor)
{
    public string Summary => tensor.DebugText;

    public int[] Shape => tensor.Shape.ToArray();

    public long[] Strides => tensor.Strides.ToArray();

    public Storage? Storage => tensor.IsAlive ? tensor.Storage : null;

    /// <summary>The first matrix of the tensor, one string a row, at most 16 rows and columns.</summary>
    public string[] Rows
    {
        get
        {
            if (!tensor.IsAlive || tensor.Device is not CpuDevice || tensor.Count == 0) return [];
            Cells cells = new(tensor);
            int columns = tensor.Rank == 0 ? 1 : tensor.Shape[^1], rows = tensor.Rank < 2 ? 1 : tensor.Shape[^2];
            string[] lines = new string[Math.Min(rows, 16)];
            for (int row = 0; row < lines.Length; row++)
            {
                string[] line = new string[Math.Min(columns, 16)];
                for (int column = 0; column < line.Length; column++)
                    line[column] = cells[(long)row * columns + column].ToString("G5", CultureInfo.InvariantCulture);
                lines[row] = string.Join("  ", line) + (columns > 16 ? "  ..." : "");
            }
            return lines;
        }
    }
}
