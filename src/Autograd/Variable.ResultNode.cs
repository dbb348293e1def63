namespace MiniStack;

public partial class Variable
{
    /// <summary>An operation y = f(x) whose gradient is simplest in its result: y is saved, and x may change before Backward.</summary>
    private abstract class ResultNode : GradNode
    {
        /// <param name="x">What goes in.</param>
        /// <param name="y">What comes out.</param>
        /// <param name="savesHalves">Whether x of 16 bits is saved too: near a limit of y,
        /// 1 − y would tell nothing but its rounding.</param>
        protected ResultNode(Variable x, Tensor y, bool savesHalves = false)
            : base(savesInputs: savesHalves && x.IsHalf, x) => (X, Y) = (x, Save(y, "the result"));

        protected Variable X { get; }

        protected Tensor Y { get; }

        /// <summary>y, differentiable where the gradient is to be differentiated: this operation made it.</summary>
        protected Variable Result => Tape.CreatesGraph ? new Variable(Y, this) : new Variable(Y);
    }
}
