namespace Tasker;

/// <summary>The host or the step is set up wrongly.</summary>
public sealed class ConfigurationException : PermanentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public ConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException, "configuration_error") { }
}
