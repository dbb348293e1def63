namespace MiniStack.Tests;

public class AnomalyTests
{
    [Fact]
    public void Forward_FirstNaN_NamesTheOperator()
    {
        using Anomalies.Detection detection = Anomalies.Detect();
        Variable x = Tensor.CopyOf([1.0, -1, 4]);
        AnomalyException error = Assert.Throws<AnomalyException>(() => (x.Log() * 2).Sum());
        Assert.Equal(
            "Log: 1 of 3 elements of the result are NaN; input 1 of shape (3) has none. " +
            "Look at the inputs: 0/0, ∞ − ∞, the logarithm or root of a negative number?", error.Message);
    }

    [Fact]
    public void Forward_NaNInTheData_IsSaidToBeThereAlready()
    {
        using Anomalies.Detection detection = Anomalies.Detect();
        Variable x = Tensor.CopyOf([1.0, double.NaN]);
        Assert.Contains("input 1 of shape (2) has 1 NaN", Assert.Throws<AnomalyException>(() => x.Exp()).Message);
    }

    [Fact]
    public void Backward_FirstNaN_NamesTheOperatorAndTheModule()
    {
        Parameter w = new(Tensor.CopyOf([0.0, 4]));
        using Anomalies.Detection detection = Anomalies.Detect();
        using Tape tape = Tape.Begin();
        Variable root;
        using (Anomalies.Enter("encoder.norm")) root = w.Sqrt(); // its slope at 0 is infinite, and 0·∞ is NaN
        Variable loss = (root * 0).Sum();
        AnomalyException error = Assert.Throws<AnomalyException>(() => tape.Backward(loss));
        Assert.Equal(
            "Backward of Sqrt: 1 of 2 elements of the gradient of input 1, of shape (2), are NaN. " +
            "The forward pass was finite: look for a slope that is not, such as that of a root at 0 or of a division by something tiny. [in module encoder.norm]", error.Message);
    }

    [Fact]
    public void Grad_FirstNaN_IsFoundToo()
    {
        using Anomalies.Detection detection = Anomalies.Detect();
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.CopyOf([0.0])), y = x.Sqrt() * 0;
        Assert.StartsWith("Backward of Sqrt: 1 of 1", Assert.Throws<AnomalyException>(() => tape.Grad(y, x)).Message);
    }

    [Fact]
    public void Detection_Disposed_StopsLooking()
    {
        using (Anomalies.Detect()) Assert.True(Anomalies.AreDetected);
        Assert.False(Anomalies.AreDetected);
        Assert.True(double.IsNaN(new Variable(Tensor.Scalar(-1)).Log().Item()));
    }
}
