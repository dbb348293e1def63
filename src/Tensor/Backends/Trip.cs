namespace MiniStack;

/// <summary>One operator of a <see cref="RelayBackend"/>: what it wrote travels back at the end.</summary>
internal sealed class Trip : IDisposable
{
    private readonly RelayBackend _relay;
    private readonly MemoryScope _scope;
    private readonly List<(Tensor Sent, Tensor Original)> _results = [];

    public Trip(RelayBackend relay, string name)
    {
        relay.Announce(name);
        _relay = relay;
        _scope = MemoryScope.Begin();
    }

    public Tensor In(Tensor tensor) => _relay.Send(tensor, withContent: true);

    public Tensor? InIf(Tensor? tensor) => tensor is null ? null : In(tensor);

    public Tensor Out(Tensor tensor) => Result(tensor, withContent: false);

    public Tensor? OutIf(Tensor? tensor) => tensor is null ? null : Out(tensor);

    public Tensor Change(Tensor tensor) => Result(tensor, withContent: true);

    public Tensor? ChangeIf(Tensor? tensor) => tensor is null ? null : Change(tensor);

    public void Dispose()
    {
        foreach ((Tensor sent, Tensor original) in _results) _relay.Return(sent, original);
        _scope.Dispose();
    }

    private Tensor Result(Tensor tensor, bool withContent)
    {
        Tensor sent = _relay.Send(tensor, withContent);
        _results.Add((sent, tensor));
        return sent;
    }
}
