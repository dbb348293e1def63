using MiniStack;
using MiniStack.Examples.StepMe;
using MiniStack.Nn;
using MiniStack.Optim;

CpuThreads.Count = 1;                           // nothing is handed to another thread: F11 walks the whole way
if (args.Contains("--stack")) CallStack.PrintAtTheFirstMultiplyAdd();

var rng = new Rng(seed: 1);
var hidden = new Linear(2, 4, rng);
var output = new Linear(4, 1, rng);
var optimizer = new Sgd(hidden.Parameters().Concat(output.Parameters()), learningRate: 0.1);
Tensor inputs = Tensor.CopyOf(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } });
Tensor targets = Tensor.CopyOf(new float[,] { { 0 }, { 1 }, { 1 }, { 0 } });

using (Tape tape = Tape.Begin())                // records gradients, owns this step's memory
{
    Variable loss = Loss();
    Console.WriteLine($"loss before the step: {loss.Item():F4}");
    tape.Backward(loss);
    optimizer.Step();
}
Console.WriteLine($"loss after the step:  {Loss().Item():F4}");
return CallStack.ExitCode;

Variable Loss()
{
    Variable error = output.Call(hidden.Call(inputs).Gelu()) - targets;
    return (error * error).Mean();
}
