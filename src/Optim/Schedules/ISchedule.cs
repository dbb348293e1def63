namespace MiniStack.Optim;

/// <summary>A learning rate for every step. <c>schedule.At</c> is what a loop or a trainer asks.</summary>
public interface ISchedule
{
    /// <summary>The rate of a step, counted from 0.</summary>
    double At(long step);
}
