namespace MiniStack.Data;

/// <summary>Makes the batches of a run.</summary>
/// <param name="ticket">Which, from 0 at the start of the run. One worker asks in order; several ask at the same time.</param>
/// <param name="batch">What was made.</param>
/// <param name="after">The position of the batch that follows; at the end, where the next epoch begins.</param>
/// <returns>False when the run ends before this batch.</returns>
internal delegate bool BatchSource<TBatch>(long ticket, out TBatch batch, out LoaderPosition after);
