namespace MiniStack.Nn;

/// <summary>Methods that return the module itself, of its own type: <c>var model = new Gpt(config, rng).To(device);</c>.</summary>
public static class ModuleExtensions
{
    /// <summary>Applies layers one after the other.</summary>
    /// <param name="layers">Such as the blocks of a transformer.</param>
    /// <param name="x">The first one's input.</param>
    /// <returns>The last one's output; with no layers, x.</returns>
    /// <remarks>
    /// Where nothing is recorded, the output of a layer returns to the pool when the next one is done, unless that one's output shares its
    /// memory: a forward pass holds the intermediates of one layer, however many there are. What a hook or a field keeps, it must
    /// Persist().
    /// </remarks>
    public static Variable Chain(this IEnumerable<Layer> layers, Variable x) => Chain(layers, x, (layer, x) => layer.Call(x));

    /// <summary>The same for layers of any input.</summary>
    /// <param name="layers">Such as the layers of an encoder.</param>
    /// <param name="x">The first one's input.</param>
    /// <param name="call">Calls a layer with the output of the one before.</param>
    /// <returns>The last one's output; with no layers, x.</returns>
    public static Variable Chain<TLayer>(this IEnumerable<TLayer> layers, Variable x, Func<TLayer, Variable, Variable> call)
    {
        bool isInput = true;
        foreach (TLayer layer in layers)
        {
            Variable y = call(layer, x);
            if (!isInput && !Tape.IsRecording && y.Value.Storage != x.Value.Storage) x.Value.Discard();
            (x, isInput) = (y, false);
        }
        return x;
    }

    /// <summary>Moves all parameters and buffers of a module to a device, as <see cref="Module.MoveTo"/>, and returns the module.</summary>
    /// <remarks>Make the optimizer afterwards: its state lies where the parameters were when it was made.</remarks>
    public static TModule To<TModule>(this TModule module, Device device) where TModule : Module
    {
        module.MoveTo(device);
        return module;
    }

    /// <summary>
    /// Converts the parameters and float buffers of a module to another float type, as <see cref="Module.ConvertTo"/>, and returns the
    /// module.
    /// </summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public static TModule To<TModule>(this TModule module, DType dtype) where TModule : Module
    {
        module.ConvertTo(dtype);
        return module;
    }

    /// <summary>
    /// What the model makes of <paramref name="x"/> in evaluation: see <see cref="Evaluation"/>. Many threads may ask one model at once.
    /// </summary>
    /// <param name="model">In whatever mode it is; it stays in it.</param>
    /// <param name="x">Its input.</param>
    /// <returns>Its output: not recorded, and owned by the scope around this call, or by the garbage collector.</returns>
    public static Tensor Predict<TInput>(this Layer<TInput, Variable> model, TInput x) where TInput : class =>
        Evaluation.Run(() => model.Call(x).Value);

    /// <inheritdoc cref="Predict{TInput}(Layer{TInput, Variable}, TInput)"/>
    public static Tensor Predict(this Layer<Variable, Variable> model, Tensor x) => Evaluation.Run(() => model.Call(x).Value);

    /// <summary>As above, for a model whose output is more than one tensor.</summary>
    /// <param name="model">In whatever mode it is; it stays in it.</param>
    /// <param name="x">Its input.</param>
    /// <param name="read">Takes from the output what is wanted: only the tensors that it returns are kept.</param>
    public static TResult Predict<TInput, TOutput, TResult>(this Layer<TInput, TOutput> model, TInput x, Func<TOutput, TResult> read)
        where TInput : class
        where TOutput : class =>
        Evaluation.Run(() => read(model.Call(x)));

    /// <summary>Makes a forward pass with zeros and lists every module with its output, parameters, FLOPs and memory.</summary>
    /// <param name="model">A model of variables.</param>
    /// <param name="inputShape">The input's shape with its batch, such as [1, 3, 32, 32].</param>
    public static ModuleSummary Summary<TOutput>(this Layer<Variable, TOutput> model, Shape inputShape) where TOutput : class
    {
        Parameter? first = model.Parameters().FirstOrDefault();
        return ModuleSummary.Of(model, () => model.Call(Tensor.Zeros(inputShape, first?.Value.DType ?? DType.F32, first?.Value.Device)));
    }

    /// <summary>
    /// Makes a forward pass with token 0 everywhere and lists every module with its output, parameters, FLOPs and memory.
    /// </summary>
    /// <param name="model">A model of tokens.</param>
    /// <param name="inputShape">The tokens' shape with its batch, such as [1, 64].</param>
    public static ModuleSummary Summary<TOutput>(this Layer<Tensor, TOutput> model, Shape inputShape) where TOutput : class =>
        ModuleSummary.Of(model, () => model.Call(Tensor.Zeros(inputShape, DType.I64, model.Parameters().FirstOrDefault()?.Value.Device)));
}
