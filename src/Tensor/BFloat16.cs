using System.Globalization;

namespace MiniStack;

/// <summary>
/// A brain floating point number: F32 without the last 16 bits of its fraction, which leaves 8 significant bits and the whole range.
/// </summary>
/// <remarks>.NET has no such type. It stores and converts; computing is done in F32. Kalamkar et al. 2019, arXiv:1905.12322.</remarks>
/// <param name="Bits">Sign, 8 bits of exponent, 7 bits of fraction.</param>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>The nearest number; of two equally near ones the even one. NaN stays NaN.</summary>
    public static explicit operator BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        // A NaN whose fraction lies in the last bits would become an infinity.
        if (float.IsNaN(value)) return new((ushort)((bits >> 16) | 0x40));
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>The same number: nothing is lost.</summary>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(CultureInfo.InvariantCulture);
}
