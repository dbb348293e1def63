namespace MiniStack.Training;

/// <summary>Something that looks on while a <see cref="TrainingLoop"/> runs. Override what you care about.</summary>
public abstract class TrainingCallback
{
    /// <summary>Before the first step; the loop's step and notes are those of the checkpoint when the run continues one.</summary>
    public virtual void OnStart(TrainingLoop loop)
    {
    }

    /// <summary>Before each step, its batch not yet made.</summary>
    public virtual void BeforeStep(TrainingLoop loop)
    {
    }

    /// <summary>After each step.</summary>
    public virtual void OnStep(TrainingLoop loop, StepReport report)
    {
    }

    /// <summary>After a checkpoint was saved.</summary>
    public virtual void OnSave(TrainingLoop loop)
    {
    }

    /// <summary>After an evaluation.</summary>
    /// <param name="loop">Which loop; its step says when.</param>
    /// <param name="loss">Mean validation loss.</param>
    public virtual void OnEvaluation(TrainingLoop loop, double loss)
    {
    }

    /// <summary>At the end, whatever it was.</summary>
    public virtual void OnEnd(TrainingLoop loop, TrainingEnd end)
    {
    }
}
