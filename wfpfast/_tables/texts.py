"""What SIDs mean, for people; must not know how the text was asked for."""

SIDS: dict[str, str] = {
    "S-1-0-0": "Null SID; as package_sid: the program runs in no AppContainer",
    "S-1-1-0": "Everyone",
    "S-1-5-7": "Anonymous logon",
    "S-1-5-11": "Authenticated users",
    "S-1-5-18": "LocalSystem: Windows itself and many of its services",
    "S-1-5-19": "LocalService",
    "S-1-5-20": "NetworkService",
    "S-1-5-32-544": "Group Administrators",
    "S-1-5-32-545": "Group Users",
    "S-1-5-32-556": "Group Network Configuration Operators",
    "S-1-15-2-1": "Any AppContainer",
    "S-1-15-3-1": "AppContainer capability internetClient",
    "S-1-15-3-2": "AppContainer capability internetClientServer",
    "S-1-15-3-3": "AppContainer capability privateNetworkClientServer",
}

# For the SIDs that differ between machines; no prefix is the beginning of another.
SID_PREFIXES: dict[str, str] = {
    "S-1-5-5-": "A logon session",
    "S-1-5-21-": "An account or group of a machine or domain; the last number is its own",
    "S-1-5-32-": "A built-in group",
    "S-1-5-80-": "A service, by a hash of its name",
    "S-1-5-82-": "An application pool of IIS",
    "S-1-5-83-": "A virtual machine of Hyper-V",
    "S-1-5-90-": "The window manager of a session",
    "S-1-5-96-": "The font driver host of a session",
    "S-1-12-1-": "An account of Microsoft Entra ID",
    "S-1-15-2-": "An AppContainer, by its package name",
    "S-1-15-3-": "An AppContainer capability",
}
