using System.Security.Principal;
using Microsoft.Azure.Amqp.Sasl;

namespace ServiceBusEmulator.Amqp;

/// <summary>SASL PLAIN with the name of a key and the key, as in Service Bus. Any key is accepted.</summary>
internal sealed class PlainAuthenticator : ISaslPlainAuthenticator
{
    public Task<IPrincipal> AuthenticateAsync(string identity, string password) =>
        Task.FromResult<IPrincipal>(new GenericPrincipal(new GenericIdentity(identity), roles: null));
}
