namespace Tasker;

/// <summary>The other side does not accept who we are.</summary>
public sealed class AuthenticationException : PermanentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public AuthenticationException(string message, Exception? innerException = null)
        : base(message, innerException, "authentication_error") { }
}
