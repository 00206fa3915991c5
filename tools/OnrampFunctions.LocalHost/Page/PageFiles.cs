using System.Collections.Frozen;
using System.Reflection;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>The files of the page, with a content security policy that only allows this host.</summary>
internal static class PageFiles
{
    /// <summary>The path of the files; each is a resource with the same name.</summary>
    private const string Prefix = "page/";
    private const string Start = Prefix + "index.html";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Methods = ["GET", "HEAD"];

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
    }.ToFrozenDictionary();

    public static void Map(IEndpointRouteBuilder routes)
    {
        var program = typeof(PageFiles).Assembly;
        foreach (
            var name in program
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        )
        {
            var (content, type) = (Read(program, name), Types[Path.GetExtension(name)]);
            routes.MapMethods(name == Start ? "/" : "/" + name, Methods, context => WriteAsync(context, content, type));
        }
    }

    private static Task WriteAsync(HttpContext context, byte[] content, string type)
    {
        var response = context.Response;
        response.ContentType = type;
        response.ContentLength = content.Length;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";

        // Another version of the host may use the same address a minute later.
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.BodyWriter.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static byte[] Read(Assembly program, string name)
    {
        using var resource = program.GetManifestResourceStream(name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
