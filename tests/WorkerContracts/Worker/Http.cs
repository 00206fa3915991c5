using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;

namespace Microsoft.Azure.Functions.Worker.Http;

public class HttpHeadersCollection : HttpHeaders;

public interface IHttpCookie;

public abstract class HttpCookies;

public abstract class HttpRequestData
{
    public HttpRequestData(FunctionContext functionContext) => FunctionContext = functionContext ?? throw new ArgumentNullException(nameof(functionContext));

    public abstract Stream Body { get; }

    public abstract HttpHeadersCollection Headers { get; }

    public abstract IReadOnlyCollection<IHttpCookie> Cookies { get; }

    public abstract Uri Url { get; }

    public abstract IEnumerable<ClaimsIdentity> Identities { get; }

    public abstract string Method { get; }

    public FunctionContext FunctionContext { get; }

    public abstract HttpResponseData CreateResponse();
}

public abstract class HttpResponseData
{
    public HttpResponseData(FunctionContext functionContext) => ArgumentNullException.ThrowIfNull(functionContext);

    public abstract HttpStatusCode StatusCode { get; set; }

    public abstract HttpHeadersCollection Headers { get; set; }

    public abstract Stream Body { get; set; }

    public abstract HttpCookies Cookies { get; }
}
