"""Where the filter of a drop comes from: the values of filterOrigin; must not know filters.

Source: Microsoft, "Filter origin audit log" (windows-itpro-docs), but for the ones marked. Sources
spell the names in several ways: they are compared without blanks, hyphens and case.
"""

DEFAULT_BLOCK = "a default block of Windows Firewall, no rule"

# Spellings, the first one Windows' own -> which kind it is and what it means, what to do.
ORIGINS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("Query User Default",),
     f"{DEFAULT_BLOCK}: a program listens and no inbound rule allows it, or the user said no when"
     " Windows asked",
     "Create an inbound allow rule for the program, and delete block rules that the question left:"
     " Get-NetFirewallRule | Where Name -like '*Query User*'. If nothing is to come in, it is"
     " right."),
    (("Stealth",),
     f"{DEFAULT_BLOCK}: a packet to a port on which nobody listens is dropped in silence, against"
     " port scans",
     "Usually nothing: start the program that should listen, and allow it. Microsoft tells how to"
     " disable stealth mode."),
    (("AppContainer Loopback", "AppContainerLoopback"),
     f"{DEFAULT_BLOCK}: an app in an AppContainer may not use the loopback interface",
     "While developing: CheckNetIsolation.exe LoopbackExempt -a -n=PACKAGE (inbound: -is). In a"
     " published app: uap4:LoopbackAccessRules in its manifest."),
    (("Boottime Default", "Boot Time Default"),
     f"{DEFAULT_BLOCK}: Windows was starting, and the firewall's service not yet running",
     "Nothing, if the drops end with the start of the service. Firewall rules cannot allow"
     " traffic so early: a service needs boot-time filters of its own."),
    (("Quarantine Default",),
     f"{DEFAULT_BLOCK}: the interface is in quarantine after a change of the network; new inbound"
     " connections wait",
     "Usually it passes by itself. If not: Get-NetIPInterface -InterfaceIndex N, with"
     " interface_index of the event."),
    (("UWP Default", "UWP Default Inbound Block Rule", "UWP Default Outbound Block Rule",
      "Universal Windows Platform (UWP) default"),
     f"{DEFAULT_BLOCK}: an app of the Store lacks the capability for this network, or the private"
     " range is not configured as the network is",
     "Give the app the capability (internetClient, internetClientServer,"
     " privateNetworkClientServer) in its manifest, or correct the private range in group policy"
     " (Network Isolation)."),
    (("WSH Default", "Windows Service Hardening (WSH) default"),
     f"{DEFAULT_BLOCK}: Windows Service Hardening allows the service only what its own rules name,"
     " and none fits",
     "The service's author adds an allow rule for it; a firewall rule of yours does not help, as"
     " another sublayer blocks."),
    # Seen in audits 5157 (public reports): no page of Microsoft has it.
    (("Default Outbound",),
     "no rule: the profile blocks what goes out and is not allowed (as its name says; no page of"
     " Microsoft describes it)",
     "Create an outbound allow rule for the program, or see the profile's DefaultOutboundAction:"
     " Get-NetFirewallProfile."),
    (("Unknown",),
     "Windows could not tell: often the filter is of another product, or was added before the"
     " service of Windows Firewall ran",
     "Look the filter id up: netsh wfp show state, or audits 5441 and 5447 before the drop."),
)

# What else a filterOrigin can be: a firewall rule.
RULE = (
    "the id of a firewall rule, if it stood in filterOrigin: Get-NetFirewallRule -Name 'ID' shows"
    " it (rules of MDM are not found so)"
)
QUERY_USER_RULE = (
    "a firewall rule that Windows made when it asked the user about this program:"
    " Get-NetFirewallRule -Name 'ID' shows it"
)
