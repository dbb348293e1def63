using MiniStack.Data;

namespace MiniStack.Tests.Transforms;

public sealed class TransformTests
{
    private static Image Counting(int channels, int height, int width) =>
        new([.. Enumerable.Range(1, channels * height * width).Select(i => (float)i)], channels, height, width);

    [Fact]
    public void Normalize_Channels_GetTheirOwnMeanAndDeviation()
    {
        Image image = new Normalize([1, 10], [2, 4]).Apply(new([1, 3, 10, 2], 2, 1, 2), new Rng(0));
        Assert.Equal([0, 1, 0, -2], image.Pixels);
    }

    [Fact]
    public void NormalizeOf_Dataset_GivesMeanZeroAndDeviationOne()
    {
        TinyDigits digits = new(200, 3);
        Normalize normalize = Normalize.Of(digits);
        float[] all = [.. Enumerable.Range(0, 200).SelectMany(i => normalize.Apply(digits.Get(i).Image, new Rng(0)).Pixels)];
        Assert.Equal(0, all.Average(), 4);
        Assert.Equal(1, all.Average(x => (double)x * x), 4);
    }

    [Fact]
    public void Normalize_WrongArguments_Say()
    {
        Assert.Equal("Normalize: 1 means and 2 deviations; give one of each for each channel.", Assert.Throws<ConfigException>(() => new Normalize([1], [1, 2])).Message);
        Assert.Equal("Normalize: deviations must be positive and finite, but one is 0.", Assert.Throws<ConfigException>(() => new Normalize([1], [0])).Message);
        Assert.Equal(
            "Normalize: the image has 2 channels, but 1 means were given.",
            Assert.Throws<DataException>(() => new Normalize([1], [1]).Apply(Counting(2, 1, 1), new Rng(0))).Message);
        Assert.Equal("Normalize.Of: the dataset has no images.", Assert.Throws<DataException>(() => Normalize.Of(new TinyDigits(0, 1))).Message);
        Assert.Equal(
            "Normalize.Of: a channel is the same everywhere; it cannot be given deviation 1.",
            Assert.Throws<DataException>(() => Normalize.Of(Dataset.From<ImageExample>([new(Image.Empty(1, 2, 2), 0)]))).Message);
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(1 / 3f)]
    [InlineData(1e6f)]
    public void NormalizeOf_ConstantChannel_Says(float value)
    {
        Image[] images = [.. Enumerable.Range(0, 100).Select(i => new Image([.. Enumerable.Repeat((float)i, 77), .. Enumerable.Repeat(value, 77)], 2, 7, 11))];
        Assert.Equal(
            "Normalize.Of: a channel is the same everywhere; it cannot be given deviation 1.",
            Assert.Throws<DataException>(() => Normalize.Of(Dataset.From(images).Select(image => new ImageExample(image, 0)))).Message);
    }

    [Fact]
    public void NormalizeOf_SmallDeviationOfALargeMean_IsExact()
    {
        Normalize normalize = Normalize.Of(Dataset.From<ImageExample>([new(new([1e7f, 1e7f + 2], 1, 1, 2), 0), new(new([1e7f, 1e7f + 2], 1, 2, 1), 0)]));
        Assert.Equal([-1, 1], normalize.Apply(new([1e7f, 1e7f + 2], 1, 1, 2), new Rng(0)).Pixels);
    }

    [Fact]
    public void NormalizeOf_OtherChannels_Says() => Assert.Equal(
        "Normalize.Of: image 1 has 3 channels, but image 0 has 1. Give all the same.",
        Assert.Throws<DataException>(() => Normalize.Of(Dataset.From<ImageExample>([new(Counting(1, 2, 2), 0), new(Counting(3, 2, 2), 0)]))).Message);

    [Fact]
    public void RandomCrop_ManyDraws_AreAllWindowsOfThePaddedImage()
    {
        Image image = Counting(2, 3, 4);
        Rng rng = new(1);
        HashSet<string> seen = [];
        for (int i = 0; i < 500; i++) seen.Add(string.Join(' ', new RandomCrop(2, 3, padding: 1).Apply(image, rng).Pixels));
        // Cut from the image with a border, by plain loops.
        HashSet<string> expected = [];
        for (int top = -1; top <= 2; top++)
        {
            for (int left = -1; left <= 2; left++)
            {
                List<float> window = [];
                for (int c = 0; c < 2; c++)
                    for (int y = top; y < top + 2; y++)
                        for (int x = left; x < left + 3; x++) window.Add(y is >= 0 and < 3 && x is >= 0 and < 4 ? image.Pixels[(((c * 3) + y) * 4) + x] : 0);
                expected.Add(string.Join(' ', window));
            }
        }
        Assert.Equal(expected.Order(), seen.Order());
    }

    [Fact]
    public void RandomCrop_WrongArguments_Say()
    {
        Assert.Equal(
            "RandomCrop: height and width must be at least 1 and padding at least 0, but are 0, 1 and 0.", Assert.Throws<ConfigException>(() => new RandomCrop(0, 1)).Message);
        Assert.Equal(
            "RandomCrop: a window of 3×9 does not fit into an image of 3×4 with a border of 1. Crop less or pad more.",
            Assert.Throws<DataException>(() => new RandomCrop(3, 9, 1).Apply(Counting(1, 3, 4), new Rng(0))).Message);
    }

    [Fact]
    public void RandomCrop_BorderWiderThanTheImage_IsBlackOrPart()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            Image crop = new RandomCrop(1, 1, padding: 5).Apply(Counting(1, 2, 2), new Rng(seed));
            Assert.InRange(crop.Pixels.Single(), 0, 4);
        }
    }

    [Fact]
    public void RandomFlip_Certain_MirrorsRowsAndTwiceIsTheSame()
    {
        Image image = Counting(1, 2, 3);
        image = new RandomFlip(1).Apply(image, new Rng(0));
        Assert.Equal([3, 2, 1, 6, 5, 4], image.Pixels);
        Assert.Equal([3, 2, 1, 6, 5, 4], new RandomFlip(0).Apply(image, new Rng(0)).Pixels);
        int flipped = Enumerable.Range(0, 1000).Count(i => new RandomFlip(0.25).Apply(new([1, 2], 1, 1, 2), new Rng((ulong)i)).Pixels[0] == 2);
        Assert.InRange(flipped, 195, 305);
        Assert.Equal("RandomFlip: the probability must be 0 to 1, but is 1.5.", Assert.Throws<ConfigException>(() => new RandomFlip(1.5)).Message);
    }

    [Fact]
    public void Affine_WholePixelMoves_AreExact()
    {
        Image moved = RandomAffine.Apply(Counting(1, 2, 3), AffineMap.Of(0, 0, 1, 1, moveX: 1, moveY: 0));
        Assert.Equal([0, 1, 2, 0, 4, 5], moved.Pixels);
        moved = RandomAffine.Apply(Counting(1, 2, 3), AffineMap.Of(0, 0, 1, 1, moveX: 0, moveY: -1));
        Assert.Equal([4, 5, 6, 0, 0, 0], moved.Pixels);
    }

    [Fact]
    public void Affine_HalfAPixel_IsTheMeanOfTwo() =>
        Assert.Equal([0.5f, 1.5f, 2.5f], RandomAffine.Apply(Counting(1, 1, 3), AffineMap.Of(0, 0, 1, 1, 0.5, 0)).Pixels);

    [Fact]
    public void Affine_QuarterTurn_IsARotation()
    {
        // From the x-axis towards the y-axis, which points down: clockwise.
        Image turned = RandomAffine.Apply(Counting(2, 3, 3), AffineMap.Of(Math.PI / 2, 0, 1, 1, 0, 0));
        float[] expected = [7, 4, 1, 8, 5, 2, 9, 6, 3];
        for (int i = 0; i < 9; i++) Assert.Equal(expected[i], turned.Pixels[i], 4);
        for (int i = 0; i < 9; i++) Assert.Equal(expected[i] + 9, turned.Pixels[9 + i], 4);
    }

    /// <summary>Turned, leant, stretched and moved, one by one and together; the pixels are F32, which PyTorch's are not.</summary>
    [Fact]
    public void Affine_EqualsPyTorchsGridSample()
    {
        GoldenFile golden = GoldenFile.Open("data_affine.safetensors");
        Tensor pixels = golden["image"];
        Image image = new(pixels.To(DType.F32).ToArray<float>(), pixels.Shape[0], pixels.Shape[1], pixels.Shape[2]);
        double[] maps = golden["maps"].ToArray<double>();
        Assert.Equal(7 * 6, maps.Length);
        for (int i = 0; i < 7; i++)
        {
            double[] map = maps[(6 * i)..(6 * i + 6)];
            Image moved = RandomAffine.Apply(image, AffineMap.Of(map[0], map[1], map[2], map[3], map[4], map[5]));
            Assert.InRange(GoldenFile.Difference(golden[$"moved.{i}"], Tensor.CopyOf(moved.Pixels, pixels.Shape)), 0, 1e-6);
        }
    }

    [Fact]
    public void Affine_Inverse_LeadsBack()
    {
        AffineMap map = AffineMap.Of(0.7, 0.3, 1.5, 0.8, -2, 5), back = map.Inverse();
        (double x, double y) = back.Apply(map.Apply(3, -4).X, map.Apply(3, -4).Y);
        Assert.Equal(3, x, 9);
        Assert.Equal(-4, y, 9);
    }

    [Fact]
    public void RandomAffine_AllRangesZero_ChangesNothing()
    {
        Image image = Counting(3, 5, 4);
        Assert.Equal(image.Pixels, new RandomAffine().Apply(image, new Rng(1)).Pixels);
    }

    [Fact]
    public void RandomAffine_Seeds_NameTheDistortion()
    {
        RandomAffine affine = new(degrees: 20, shift: 0.1, scaleLow: 0.8, scaleHigh: 1.2, shear: 0.2);
        Image image = TinyDigits.Draw(3, new Rng(5));
        Assert.Equal(affine.Apply(image, new Rng(1)).Pixels, affine.Apply(image, new Rng(1)).Pixels);
        Assert.NotEqual(affine.Apply(image, new Rng(1)).Pixels, affine.Apply(image, new Rng(2)).Pixels);
        Assert.All(affine.Apply(image, new Rng(1)).Pixels, pixel => Assert.InRange(pixel, 0, 1));
    }

    [Fact]
    public void RandomAffine_WrongArguments_Say()
    {
        Assert.Equal(
            "RandomAffine: degrees, shift and shear must be finite and not negative, but are -1, 0 and 0.", Assert.Throws<ConfigException>(() => new RandomAffine(-1)).Message);
        Assert.Equal(
            "RandomAffine: the scales must be positive and finite, the low one first, but are 2 and 1.",
            Assert.Throws<ConfigException>(() => new RandomAffine(scaleLow: 2)).Message);
    }

    public static TheoryData<string> WrongTransforms => [.. Wrong.Keys];

    private static readonly Dictionary<string, Func<object>> Wrong = new[] { double.NaN, double.PositiveInfinity, -1 }
        .SelectMany(bad => (KeyValuePair<string, Func<object>>[])
        [
            new($"degrees {bad}", () => new RandomAffine(degrees: bad)), new($"shift {bad}", () => new RandomAffine(shift: bad)),
            new($"scaleLow {bad}", () => new RandomAffine(scaleLow: bad)), new($"scaleHigh {bad}", () => new RandomAffine(scaleHigh: bad)),
            new($"shear {bad}", () => new RandomAffine(shear: bad)), new($"probability {bad}", () => new RandomFlip(bad)),
            new($"deviation {bad}", () => new Normalize([0], [(float)bad])),
        ]).Concat((KeyValuePair<string, Func<object>>[])
        [
            new("scale 0", () => new RandomAffine(scaleLow: 0)), new("probability 2", () => new RandomFlip(2)), new("deviation 0", () => new Normalize([0], [0])),
            new("mean NaN", () => new Normalize([float.NaN], [1])), new("mean infinite", () => new Normalize([float.NegativeInfinity], [1])), new("no means", () => new Normalize([], [])),
            new("crop 0 high", () => new RandomCrop(0, 1)), new("crop 0 wide", () => new RandomCrop(1, 0)), new("crop -1", () => new RandomCrop(-1, 1)),
            new("padding -1", () => new RandomCrop(1, 1, -1)), new("padding huge", () => new RandomCrop(1, 1, int.MaxValue)),
        ]).ToDictionary();

    [Theory]
    [MemberData(nameof(WrongTransforms))]
    public void Constructor_ANumberWithoutSense_ThrowsAConfigException(string which) => Assert.Throws<ConfigException>(Wrong[which]);

    [Fact]
    public void RandomAffine_SharesAboveOne_SayThatTheyAreShares()
    {
        const string Message = "RandomAffine: shift and shear are shares of the image's size, from 0 to 1, but are {0} and {1}. For pixels, divide by the size; for degrees of shear, take the tangent.";
        Assert.Equal(string.Format(null, Message, 2, 0), Assert.Throws<ConfigException>(() => new RandomAffine(shift: 2)).Message);
        Assert.Equal(string.Format(null, Message, 0, 10), Assert.Throws<ConfigException>(() => new RandomAffine(shear: 10)).Message);
        _ = new RandomAffine(shift: 1, shear: 1);
    }

    [Fact]
    public void Images_Chain_ChangesTheImageAndKeepsTheLabel()
    {
        ITransform<ImageExample> transform = Transform.Images(new RandomFlip(1), new Normalize([1], [2]));
        ImageExample changed = transform.Apply(new(new([1, 3], 1, 1, 2), 7), new Rng(0));
        Assert.Equal([1, 0], changed.Image.Pixels);
        Assert.Equal(7, changed.Label);
    }

    [Fact]
    public void CollateImages_SizesDiffer_Says() => Assert.Equal(
        "Collate.Images: image 1 is 1×2×3, but image 0 is 1×2×2. Crop all to one size first.",
        Assert.Throws<DataException>(() => Collate.Images([new(Image.Empty(1, 2, 2), 0), new(Image.Empty(1, 2, 3), 0)])).Message);
}
