using MiniStack.Data;

namespace MiniStack.Tests.Digits;

public sealed class TinyDigitsTests
{
    [Fact]
    public void Get_SameSeedAndIndex_IsTheSamePicture()
    {
        ImageExample one = new TinyDigits(100, 4).Get(57), other = new TinyDigits(1000, 4).Get(57);
        Assert.Equal(one.Image.Pixels, other.Image.Pixels);
        Assert.Equal(one.Label, other.Label);
        Assert.NotEqual(one.Image.Pixels, new TinyDigits(100, 5).Get(57).Image.Pixels);
    }

    [Fact]
    public void Get_ManyPictures_HaveEqualClassesAndInk()
    {
        TinyDigits digits = new(5000, 1);
        int[] counts = new int[10];
        for (int i = 0; i < digits.Count; i++)
        {
            ImageExample example = digits.Get(i);
            counts[example.Label]++;
            Assert.All(example.Image.Pixels, pixel => Assert.InRange(pixel, 0, 1));
            Assert.InRange(example.Image.Pixels.Sum(), 12, 250);
        }
        Assert.All(counts, count => Assert.InRange(count, 395, 605)); // five deviations about 500
    }

    [Fact]
    public void Draw_EachDigit_StaysInsideThePicture()
    {
        // What touches the border may have been cut off.
        for (int digit = 0; digit < 10; digit++)
        {
            int touched = 0;
            for (ulong seed = 0; seed < 100; seed++)
            {
                float[] pixels = TinyDigits.Draw(digit, new Rng(seed)).Pixels;
                if (Enumerable.Range(0, 28).Any(i => pixels[i] + pixels[27 * 28 + i] + pixels[i * 28] + pixels[i * 28 + 27] > 0)) touched++;
            }
            Assert.InRange(touched, 0, 20);
        }
    }

    [Fact]
    public void Draw_NoDigit_Says()
    {
        Assert.Equal("TinyDigits.Draw: 10 is no digit; choose 0 to 9.", Assert.Throws<ConfigException>(() => TinyDigits.Draw(10, new Rng(0))).Message);
        Assert.Equal("TinyDigits: the count must not be negative, but is -1.", Assert.Throws<ConfigException>(() => new TinyDigits(-1, 0)).Message);
    }
}
