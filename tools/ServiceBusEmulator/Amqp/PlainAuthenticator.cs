using System.Security.Principal;
using Microsoft.Azure.Amqp.Sasl;

namespace ServiceBusEmulator.Amqp;

/// <summary>
/// SASL PLAIN with a key's name and the key, as Service Bus offers it. Like any token, any key will do.
/// </summary>
internal sealed class PlainAuthenticator : ISaslPlainAuthenticator
{
    public Task<IPrincipal> AuthenticateAsync(string identity, string password) =>
        Task.FromResult<IPrincipal>(new GenericPrincipal(new GenericIdentity(identity), roles: null));
}
