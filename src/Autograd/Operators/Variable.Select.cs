namespace MiniStack;

/// <summary>Operators that pick, drop, mask and join.</summary>
public partial class Variable
{
    /// <summary>Rows of this table picked by index; see <see cref="Tensor.Embedding"/>.</summary>
    public Variable Embedding(Tensor indices) => Record(Value.Embedding(indices), new EmbeddingNode(this, indices));

    private sealed class EmbeddingNode : GradNode
    {
        private readonly Variable _table;
        private readonly Tensor _indices;

        public EmbeddingNode(Variable table, Tensor indices)
            : base(savesInputs: false, table) => (_table, _indices) = (table, Save(indices, "the indices"));

        // Each picked row adds its gradient to the row of the table it came from.
        public override void Backward(Variable dy)
        {
            Tensor dtable = Fused.EmbeddingBackward(_table.Shape[0], _indices, dy.Value);
            if (!Tape.CreatesGraph) _table.AddGrad(dtable);
            else _table.AddGrad(Record(dtable, new EmbeddingGradientNode(dy, _indices)));
        }
    }

    private sealed class EmbeddingGradientNode(Variable dy, Tensor indices) : GradNode(savesInputs: false, dy)
    {
        // What was added up row by row is picked row by row.
        public override void Backward(Variable dtable) => dy.AddGrad(dtable.Embedding(indices));
    }

    /// <summary>Each element with probability <paramref name="p"/> set to 0, the others divided by 1 − p.</summary>
    /// <exception cref="ConfigException">p is not in [0, 1).</exception>
    public Variable Dropout(double p, Rng rng)
    {
        ulong block = rng.Reserve(Value.Count);
        return Dropout(p, rng.Key, block);
    }

    private Variable Dropout(double p, ulong key, ulong block) => Record(Value.Dropout(p, key, block), new DropoutNode(this, p, key, block));

    private sealed class DropoutNode(Variable x, double p, ulong key, ulong block) : GradNode(savesInputs: false, x)
    {
        // The mask is not stored: the same words of the stream make it again.
        public override void Backward(Variable dy) => x.AddGrad(dy.Dropout(p, key, block));
    }

    /// <summary>Picks from <paramref name="a"/> where the condition (Bool) is true, otherwise from <paramref name="b"/>; broadcast.</summary>
    public static Variable Where(Tensor condition, Variable a, Variable b) =>
        Record(Tensor.Where(condition, a.Value, b.Value), new WhereNode(condition, a, b));

    private sealed class WhereNode : GradNode
    {
        private readonly Variable _a, _b;
        private readonly Tensor _condition;

        public WhereNode(Tensor condition, Variable a, Variable b)
            : base(savesInputs: false, a, b) => (_condition, _a, _b) = (Save(condition, "the condition"), a, b);

        public override void Backward(Variable dy)
        {
            Variable zero = dy.ScalarLike(0);
            if (_a.NeedsGrad) _a.AddGrad(Where(_condition, dy, zero));
            if (_b.NeedsGrad) _b.AddGrad(Where(_condition, zero, dy));
        }
    }

    /// <summary>Variables one after the other along an existing axis.</summary>
    public static Variable Concat(ReadOnlySpan<Variable> variables, int axis = 0)
    {
        Tensor[] values = new Tensor[variables.Length];
        for (int i = 0; i < values.Length; i++) values[i] = variables[i].Value;
        return Record(Tensor.Concat(values, axis), new ConcatNode(variables.ToArray(), axis));
    }

    private sealed class ConcatNode(Variable[] parts, int axis) : GradNode(savesInputs: false, parts)
    {
        public override void Backward(Variable dy)
        {
            int start = 0;
            foreach (Variable part in Inputs)
            {
                int count = part.Shape[part.Shape.Axis(axis, nameof(Concat))];
                if (part.NeedsGrad) part.AddGrad(dy.Slice(axis, start, count));
                start += count;
            }
        }
    }
}
