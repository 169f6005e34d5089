namespace Tasker;

/// <summary>The other side does not allow what we ask.</summary>
public sealed class AuthorizationException : PermanentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public AuthorizationException(string message, Exception? innerException = null)
        : base(message, innerException, "authorization_error") { }
}
