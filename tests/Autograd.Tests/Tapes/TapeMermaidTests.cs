namespace MiniStack.Tests;

/// <summary>The drawing of a tape has every operation, every input once, and says when there is nothing left to draw.</summary>
public class TapeMermaidTests
{
    [Fact]
    public void ToMermaid_OfALoss_DrawsOperationsInputsAndShapes()
    {
        Parameter w = new(Tensor.Ones([3, 1])) { Name = "w" };
        Tensor x = Tensor.Ones([4, 3]);
        using Tape tape = Tape.Begin();
        Variable h = new Variable(x).MatMul(w).Tanh();
        (h * h).Sum();
        Assert.Equal(
            """
            flowchart TD
              in1["constant (4, 3)"]
              in2(["w (3, 1)"])
              op1[["1 MatMul"]]
              in1 -->|"(4, 3)"| op1
              in2 -->|"(3, 1)"| op1
              op2[["2 Tanh"]]
              op1 -->|"(4, 1)"| op2
              op3[["3 Multiply"]]
              op2 -->|"(4, 1)"| op3
              op2 -->|"(4, 1)"| op3
              op4[["4 Sum"]]
              op3 -->|"(4, 1)"| op4

            """.ReplaceLineEndings("\n"), tape.ToMermaid());
    }

    [Fact]
    public void ToMermaid_OfOneInputUsedTwice_DrawsItOnce()
    {
        Parameter quoted = new(Tensor.Ones([2])) { Name = "a \"b\"" }, unnamed = new(Tensor.Ones([2]));
        using Tape tape = Tape.Begin();
        Variable watched = Variable.Watch(Tensor.Ones([2]));
        Variable sum = quoted + watched;
        Variable _ = sum * unnamed + watched;
        string drawing = tape.ToMermaid();
        Assert.Contains("([\"a #quot;b#quot; (2)\"])", drawing);
        Assert.Contains("([\"parameter (2)\"])", drawing);
        Assert.Single(drawing.Split('\n'), line => line.Contains("[/\"input (2)\"/]"));
        Assert.Equal(6, drawing.Split('\n').Count(line => line.Contains("-->")));
    }

    [Fact]
    public void ToMermaid_OfNothing_IsTheHeadingAlone()
    {
        using Tape tape = Tape.Begin();
        Assert.Equal("flowchart TD\n", tape.ToMermaid());
    }

    [Fact]
    public void ToMermaid_AfterBackward_SaysToDrawBefore()
    {
        Parameter p = new(Tensor.Ones([1]));
        using Tape tape = Tape.Begin();
        tape.Backward(p.Sum());
        Assert.Equal(
            "ToMermaid: this tape has ended and recorded nothing that could still be drawn. Draw it before Backward or Dispose.",
            Assert.Throws<TapeException>(() => tape.ToMermaid()).Message);
    }
}
