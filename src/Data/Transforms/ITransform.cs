namespace MiniStack.Data;

/// <summary>Changes an example, by chance or not.</summary>
public interface ITransform<T>
{
    /// <summary>The changed example: another object, or the same where nothing changes.</summary>
    /// <param name="example">Must not be written into: a dataset that lies in memory gives the same object in each epoch.</param>
    /// <param name="rng">A stream of this example's own, so that its chance does not depend on who else drew.</param>
    T Apply(T example, Rng rng);
}

/// <summary>Puts transforms together.</summary>
public static class Transform
{
    /// <summary>One after the other.</summary>
    public static ITransform<T> Chain<T>(params IReadOnlyList<ITransform<T>> steps) => new FunctionTransform<T>((example, rng) =>
    {
        foreach (ITransform<T> step in steps) example = step.Apply(example, rng);
        return example;
    });

    /// <summary>A function as a transform.</summary>
    public static ITransform<T> From<T>(Func<T, Rng, T> function) => new FunctionTransform<T>(function);

    /// <summary>Transforms of images, applied to the images of examples; labels stay.</summary>
    public static ITransform<ImageExample> Images(params IReadOnlyList<ITransform<Image>> steps)
    {
        ITransform<Image> chain = Chain(steps);
        return From<ImageExample>((example, rng) => example with { Image = chain.Apply(example.Image, rng) });
    }

    private sealed class FunctionTransform<T>(Func<T, Rng, T> function) : ITransform<T>
    {
        public T Apply(T example, Rng rng) => function(example, rng);
    }
}
