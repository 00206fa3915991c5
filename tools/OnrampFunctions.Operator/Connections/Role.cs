namespace OnrampFunctions.Operator.Connections;

/// <summary>What a command needs to do in the namespace, or in the storage account of the tables.</summary>
internal enum Role
{
    /// <summary>Receive, settle and peek.</summary>
    Receiver,

    /// <summary>Send, schedule and cancel scheduled messages.</summary>
    Sender,

    /// <summary>Create and list entities.</summary>
    Owner,

    /// <summary>Read rows.</summary>
    TableReader,

    /// <summary>Read and write rows.</summary>
    TableContributor,
}

/// <summary>The built-in roles of Azure.</summary>
internal static class Roles
{
    public static string Name(this Role role) =>
        role switch
        {
            Role.Receiver => "Azure Service Bus Data Receiver",
            Role.Sender => "Azure Service Bus Data Sender",
            Role.Owner => "Azure Service Bus Data Owner",
            Role.TableReader => "Storage Table Data Reader",
            Role.TableContributor => "Storage Table Data Contributor",
        };
}
