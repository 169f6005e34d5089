namespace Tasker;

/// <summary>A rule of the business forbids the step.</summary>
public sealed class BusinessRuleException : PermanentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public BusinessRuleException(string message, Exception? innerException = null)
        : base(message, innerException, "business_logic_error") { }
}
