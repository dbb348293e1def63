using System.Text;

namespace MiniStack.Formats;

/// <summary>Reads the header's Python: a dict with exactly the keys descr, fortran_order and shape, and nothing that could run.</summary>
/// <remarks>A header is <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>, padded with spaces.</remarks>
/// <param name="source">For messages.</param>
/// <param name="text">The header's bytes.</param>
/// <param name="start">Where they begin, counted from the first byte of the array's file or entry.</param>
internal ref struct NpyHeaderReader(NpySource source, ReadOnlySpan<byte> text, int start)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>Reads the whole header.</summary>
    /// <exception cref="CheckpointException">It is not such a dict, or no tensor stores its dtype.</exception>
    public NpyHeader Read()
    {
        string? descr = null;
        bool? fortranOrder = null;
        Shape? shape = null;
        Expect('{');
        while (!Take('}'))
        {
            int keyAt = _at;
            string key = ReadText("a key in quotes or '}'");
            Expect(':');
            switch (key)
            {
                case "descr": descr = descr is null ? ReadDescr() : throw Twice(keyAt, key); break;
                case "fortran_order": fortranOrder = fortranOrder is null ? ReadBool() : throw Twice(keyAt, key); break;
                case "shape": shape = shape is null ? ReadShape() : throw Twice(keyAt, key); break;
                default: throw Bad(keyAt, $"the key {FileErrors.Quote(key)} is none of 'descr', 'fortran_order' and 'shape'");
            }
            if (Take('}')) break;
            Expect(',');
        }
        SkipSpace();
        if (_at < _text.Length) throw Bad(_at, "nothing but white space may follow the '}'");
        if (descr is null) throw Missing("descr");
        if (fortranOrder is null) throw Missing("fortran_order");
        if (shape is null) throw Missing("shape");
        return new NpyHeader(NpyTypes.ToDType(descr)!.Value, NpyTypes.IsBigEndian(descr), fortranOrder.Value, shape.Value);
    }

    private string ReadDescr()
    {
        SkipSpace();
        if (Next is '[' or '(')
        {
            throw source.Refused(
                "its dtype has named fields or inner axes, which no tensor has. Save the fields one by one: array['name'].astype('<f4').");
        }
        string descr = ReadText("a dtype in quotes");
        if (NpyTypes.ToDType(descr) is not { } dtype) throw source.Refused(NpyTypes.Refusal(descr));
        if (dtype.Size() > 1 && !NpyTypes.HasByteOrder(descr))
        {
            throw source.Refused(
                $"its dtype {FileErrors.Quote(descr)} does not tell the byte order. Save it again with " +
                $"array.astype('{NpyTypes.NameOf(dtype)}').");
        }
        return descr;
    }

    private bool ReadBool()
    {
        SkipSpace();
        bool value = _text[_at..].StartsWith("True"u8);
        if (!value && !_text[_at..].StartsWith("False"u8)) throw Expected("True or False");
        _at += value ? 4 : 5;
        return value;
    }

    private Shape ReadShape()
    {
        Expect('(');
        Span<int> sizes = stackalloc int[NpyLimits.Rank];
        int rank = 0;
        ulong count = 1;
        while (!Take(')'))
        {
            if (rank == NpyLimits.Rank) throw Bad(_at, $"the shape has more than {NpyLimits.Rank} axes");
            int sizeAt = _at;
            int size = ReadSize(rank);
            if (size != 0 && count > long.MaxValue / (ulong)size) throw Bad(sizeAt, "the array has more elements than 63 bits can count");
            count *= (ulong)size;
            sizes[rank++] = size;
            if (Take(',')) continue;
            if (!Take(')')) throw Expected("',' or ')'");
            if (rank == 1) throw Bad(_at - 1, "the shape of one axis lacks its comma, as in (2,)");
            break;
        }
        return Shape.Create(sizes[..rank]);
    }

    private int ReadSize(int axis)
    {
        int first = _at;
        long size = 0;
        for (; Next is >= '0' and <= '9'; _at++) size = Math.Min(size * 10 + (Next - '0'), int.MaxValue + 1L);
        if (_at == first) throw Expected("a size of digits or ')'");
        if (_at > first + 1 && _text[first] == '0') throw Bad(first, $"the size of axis {axis} begins with 0");
        return size <= int.MaxValue ? (int)size : throw Bad(first, $"the size of axis {axis} is above {int.MaxValue}");
    }

    /// <summary>A string without escapes: no key and no dtype has any.</summary>
    private string ReadText(string expected)
    {
        SkipSpace();
        char quote = Next;
        if (quote is not ('\'' or '"')) throw Expected(expected);
        int first = _at + 1, length = _text[first..].IndexOf((byte)quote);
        if (length < 0) throw Bad(_at, "a text does not end");
        ReadOnlySpan<byte> content = _text.Slice(first, length);
        int odd = content.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        if (odd < 0) odd = content.IndexOf((byte)'\\');
        if (odd >= 0) throw Bad(first + odd, "a text has a character that no key and no dtype has");
        _at = first + length + 1;
        return Encoding.ASCII.GetString(content);
    }

    /// <summary>The character at hand; zero at the end.</summary>
    private readonly char Next => _at < _text.Length ? (char)_text[_at] : '\0';

    private void SkipSpace()
    {
        while (Next is ' ' or '\n' or '\t' or '\r') _at++;
    }

    /// <summary>Steps over white space and this character; only over white space when another comes.</summary>
    private bool Take(char character)
    {
        SkipSpace();
        if (Next != character) return false;
        _at++;
        return true;
    }

    private void Expect(char character)
    {
        if (!Take(character)) throw Expected($"'{character}'");
    }

    private readonly CheckpointException Expected(string what) => Bad(_at, $"{what} is expected there");

    private readonly CheckpointException Twice(int at, string key) => Bad(at, $"it has the key '{key}' twice");

    private readonly CheckpointException Missing(string key) => source.Damaged($"its header has no '{key}'");

    private readonly CheckpointException Bad(int at, string what) => source.Damaged($"its header is wrong at byte {start + at}: {what}");
}
