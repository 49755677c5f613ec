"""What to do about codes of the filtering engine, of Windows and of sockets; as `remedies`.

FWP_E_x is given as 0x8032xxxx; its twin STATUS_FWP_x has the same remedy.
"""

_START_BFE = (
    "Start the service 'Base Filtering Engine' (elevated: sc query bfe, then net start bfe);"
    " open a new session afterwards."
)
_REOPEN = "Close the engine and open a new one: Base Filtering Engine may have restarted."

GROUPS: dict[str, tuple[tuple[int, ...], str]] = {
    # Microsoft, "Access Control" of WFP: the default DACL grants administrators, Network
    # Configuration Operators and some services; henrypp/simplewall#580, #1515, #1617: ACLs that
    # other programs changed.
    "access": ((5, 0xC0000022, 1314, 0xC0000061, 1300, 740), (
        "Run it elevated (as administrator), or as a member of Network Configuration Operators"
        " (S-1-5-32-556), or have an administrator grant the account"
        " FWPM_ACTRL_ENUM and FWPM_ACTRL_READ (enumerate) or FWPM_ACTRL_SUBSCRIBE (watch) on net"
        " events; changing options needs FWPM_ACTRL_WRITE on the engine. Denied although elevated:"
        " another program changed the engine's access lists.")),
    "handle": ((6, 0xC0000008, 0x80320010), _REOPEN),
    "call broken": ((1726, 0xC002001B), _REOPEN),
    # henrypp/simplewall#1049, #1212, #1515, #1585, winsiderss/systeminformer#2488: no cause found.
    "path": ((3,), (
        "From the filtering engine (setting options, subscribing; seen on Server 2022 and Windows"
        " 11 24H2, also after sleep): the cause is not known. Restart Base Filtering Engine or"
        " Windows, and try again; in one report a repair installation of Windows helped. From"
        " anything else: the folder is not there.")),
    # pylorak/TinyWall#130: BFE ran out of memory, subscriptions were dead afterwards.
    "memory": ((8, 14, 1450, 1455, 1130, 0xC0000017, 0xC000009A, 0xC000012D, 0x80090300,
                0xC0000044), (
        "Memory, handles or kernel pool are used up, in the program or in Base Filtering Engine:"
        " look at both in Task Manager. Read fewer events at once, close engines and enumerations,"
        " restart what grows; a subscription may be dead afterwards, so open it anew.")),
    "update": ((120, 126, 127, 182, 50, 0xC00000BB, 0xC0000002),
        "Ask for an older event version, or use a Windows that has this function."),
    "parameter": ((87, 0xC000000D, 0x80320035),
        "Look at the values of the call: a number out of range, a structure of another version."),
    "buffer": ((122, 234, 111, 0xC0000023, 0x80000005),
        "Give a larger buffer: the call says which size it needs, or double it."),
    "service disabled": ((1058,), "Set the service's start type back to automatic and start it."),
    "service missing": ((1060, 1075), (
        "The service is not installed: its driver or program was removed. Install it again, or"
        " remove what asks for it. Base Filtering Engine (bfe) itself missing: repair Windows"
        " (DISM /Online /Cleanup-Image /RestoreHealth, then sfc /scannow).")),
    "service fails": ((1053, 1066, 1067, 1068, 1069, 1070, 1077, 1079, 1792), (
        "Look at the System event log (source Service Control Manager) for the service that"
        " failed, and at its dependencies with sc qc NAME: Base Filtering Engine needs RpcSs, and"
        " Windows Defender Firewall and IKEEXT need Base Filtering Engine.")),
    "start bfe": ((1062, 1722, 1727, 1753, 1715, 1717, 0xC0020017, 0xC002001C, 0xC0020036),
                  _START_BFE),
    "busy": ((1723, 170, 54, 1721), "Try again later, with longer pauses between the calls."),
    # Microsoft's FwpmEngineOpen0: only RPC_C_AUTHN_WINNT and RPC_C_AUTHN_DEFAULT.
    "authentication service": ((1747, 1748, 1825, 1821), (
        "Open the engine with RPC_C_AUTHN_WINNT or RPC_C_AUTHN_DEFAULT; wfpfast does. If it does:"
        " the security package of RPC fails, so restart Windows.")),
    "cancelled": ((1818, 995, 1223, 0xC0000120, 1235, 0xC0000240),
        "Somebody ended the call, often by closing the handle in another thread. Try again."),
    "shutdown": ((1115, 0xC00002FE, 0x8009033F), "Nothing to mend: Windows is shutting down."),
    "stub data": ((1783, 1745), (
        "The two ends of the call are of different versions: use the fwpuclnt.dll of this"
        " Windows, and restart after an update.")),
    "wine": ((1764,),
        "Use a real Windows, or wfpfast.Simulator to try a pipeline without one."),
    # Microsoft, "Windows Sockets Error Codes"; ALE layers give the program this code.
    "socket denied": ((10013,), (
        "1. A filter blocks the program: find the drop with wfpfast summary or watch, by program"
        " and port, and change that rule. 2. bind: another program owns the port exclusively"
        " (netstat -abno), or it is reserved (netsh int ipv4 show excludedportrange tcp). 3. A raw"
        " socket needs an administrator; a broadcast needs SO_BROADCAST.")),
    # Microsoft, "Windows Sockets Error Codes"; Windows Firewall drops in silence (stealth mode).
    "socket silence": ((10060, 121, 1460, 258, 0xC00000B5, 0xC000013F, 1231, 1232, 10051, 10065,
                        10064, 0xC000023C, 0xC000023D, 53, 0xC00000BE, 12002, 12029,
                        12163), (
        "1. On this end: was it dropped going out? (wfpfast summary, by remote address and port)"
        " 2. On the other end: does it run and listen (Test-NetConnection HOST -Port N), and does"
        " its firewall drop it in silence (audit 5152 or net events there)? 3. Between them:"
        " route, gateway, VPN, other firewalls (tracert, pktmon).")),
    "socket refused": ((10061, 1225, 1234, 0xC0000236, 0xC000023F, 10054, 0xC000020D, 64), (
        "The packet arrived and was answered with no. On the other end: does the program run and"
        " listen on this address and port (netstat -ano)? Does a firewall or filter there reset"
        " connections? A filter on this end can do so, too: look for a drop.")),
    "socket aborted": ((10053, 1236, 0xC0000241, 10052, 12030, 12031), (
        "This computer ended the connection: look for a filter or a security product that cut it"
        " (drops at STREAM or ALE layers at that moment), a time-out, or a network that went"
        " away.")),
    "port taken": ((10048, 0xC000020A), (
        "Another program has the port: netstat -abno shows which. Stop it or take another port.")),
    "ports used up": ((10055,), (
        "Too many ports or buffers are in use: netstat -ano, netsh int ipv4 show dynamicport tcp."
        " Close connections, or widen the range.")),
    "name": ((11001, 11002, 11003, 11004, 9001, 9002, 9003, 9005, 9501, 12007), (
        "DNS: nslookup NAME; look whether UDP or TCP 53 to the DNS server is dropped: wfpfast"
        " summary, by remote port.")),
    "unsigned": ((577, 0xC0000428), (
        "The driver is not signed as this Windows demands (Secure Boot, memory integrity): get a"
        " signed version. Filters that call its callout block as long as it is not loaded.")),
    # --- The filtering engine. Microsoft, "WFP Error Codes", unless something else is said.
    "filter gone": ((0x80320003,), (
        "Resolve filter ids while capturing, or from a 'netsh wfp show filters' file of the"
        " same time: ids go with their filters and are used again.")),
    "object gone": ((0x80320001, 0x80320002, 0x80320004, 0x80320005, 0x80320006, 0x80320007,
                     0x80320008), (
        "Look what there is: netsh wfp show state. Objects go with the dynamic session that added"
        " them, and callouts with their driver; add provider, sublayer and callout before the"
        " filter that names them; an older Windows lacks newer layers and conditions.")),
    "object exists": ((0x80320009,), (
        "Let Windows choose the session key, or close the session that has it. For other objects:"
        " take a new key, or remove the one that is there (it survives a restart if persistent).")),
    "object in use": ((0x8032000A,),
        "Remove first what refers to it: filters before their sublayer, callout and provider."),
    "dynamic session": ((0x8032000B,), "Set engine options from a session that is not dynamic."),
    "other session": ((0x8032000C,),
        "Change it in the session that added it; a dynamic object of another session is not"
        " yours."),
    "no transaction": ((0x8032000D,), (
        "Begin a transaction first (FwpmTransactionBegin0); if one was open, the engine ended it:"
        " look for an earlier error, then begin anew.")),
    "in transaction": ((0x8032000E,),
        "Commit or abort the transaction before enumerating or subscribing."),
    "transaction ended": ((0x8032000F,), (
        "The engine ended the transaction, often because it took too long: begin anew and keep it"
        " short; nothing of it was done.")),
    "read-only": ((0x80320011,),
        "Begin the transaction without FWPM_TXN_READ_ONLY for changes."),
    "lock": ((0x80320012,), "Try again: another program holds the transaction lock."),
    "collection off": ((0x80320013,), (
        "Switch collection on (elevated): netsh wfp set options netevents=on. It holds for"
        " the whole machine and over reboots; the log starts empty.")),
    "layer": ((0x80320014, 0x8032002C, 0x8032002D, 0x8032002E, 0x8032002F, 0x80320034), (
        "The parts of the filter do not fit: see in Microsoft's 'Filtering conditions available at"
        " each filtering layer' what the layer allows, and use a callout and context made for"
        " it.")),
    "kernel only": ((0x80320015,), "Only a driver can do this: there is no way from a program."),
    "lifetime": ((0x80320016,), (
        "Make both objects persistent, or both dynamic: a persistent filter needs a persistent"
        " provider, sublayer and context.")),
    "built in": ((0x80320017,), "Nothing to mend: leave it, and add a filter of more weight."),
    "too many": ((0x80320018, 0x80320036), (
        "Remove what nobody needs: netsh wfp show state lists callouts and sublayers; some"
        " products leave theirs behind.")),
    "notifications": ((0x80320019,), (
        "Events are missing: read faster, subscribe with a narrower template, or leave out"
        " the multicast, broadcast and allow keywords.")),
    "sa context": ((0x8032001A, 0x8032001B), (
        "The SA context must be made for this traffic, and its SAs added in order: get the SPI,"
        " then inbound, then outbound.")),
    "null": ((0x8032001C, 0x80320023, 0x80320022), (
        "Fill the member that must be given: an object needs displayData.name, an array needs"
        " elements.")),
    # winsiderss/systeminformer#721: a keyword bit that this Windows does not know; SDK guard of
    # PORT_SCANNING_DROP: Windows 10 1903.
    "flags": ((0x8032001E,), (
        "A flag is not known to this Windows. Keywords: PORT_SCANNING_DROP needs Windows 10 1903"
        " (build 18362) or later: leave it out on an older one.")),
    "value": ((0x8032001D, 0x8032001F, 0x80320020, 0x80320024, 0x80320025, 0x80320026, 0x80320028,
               0x80320029, 0x80320042), (
        "Correct the value: enumerator, mask, range (low before high), weight, or a reserved"
        " member that is not zero.")),
    "interval": ((0x80320021,), "Give the template a start time that is not after its end time."),
    "type": ((0x80320027,),
        "Give the template's condition a value of the type that its field has."),
    "twice": ((0x8032002A,), "Name each field only once in the template."),
    "policy twice": ((0x8032002B, 0x8032003C),
        "Name each keying module and authentication method only once in the policy."),
    "policy": ((0x80320030, 0x80320031, 0x80320032, 0x80320038, 0x80320039, 0x8032003A, 0x8032003B,
                0x8032003D), (
        "Correct the IPsec policy: methods, groups and algorithms must be ones that its keying"
        " module knows (extended mode only with AuthIP), and the ends of a tunnel of one"
        " family.")),
    "never": ((0x80320033,),
        "Remove a condition from the template: together they exclude every event."),
    "callout refused": ((0x80320037,), (
        "The callout's driver refused the change: look for it in netsh wfp show state, update or"
        " remove its product.")),
    "layer 2": ((0x8032003E,), (
        "Wait until the lightweight filter driver of WFP runs (sc query wfplwfs), then add the"
        " filter.")),
    "key manager": ((0x8032003F, 0x80320040),
        "Another key manager dictates the keys: unregister it, or do not dictate."),
    "connections": ((0x80320041,),
        "Switch it on: the engine's option FWPM_ENGINE_MONITOR_IPSEC_CONNECTIONS."),
    "still on": ((0x80320043,),
        "Nothing to mend: another program needs the option; it goes off with the last one."),
    "no ikeext": ((0x80320044,),
        "Nothing to mend unless IPsec is wanted: the service starts with an IPsec policy."),
    # Microsoft's FWP_E_DROP_NOICMP: what a callout may answer.
    "no icmp": ((0x80320104,), "Nothing to mend: the sender is not told of the drop on purpose."),
    "driver": ((0xC0220100, 0xC0220101, 0xC0220102, 0xC0220103),
        "For the author of the driver: wait for the stack, or make a new injection handle; pend"
        " only where the layer allows it."),
}
