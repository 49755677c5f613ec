"""Every error code with its SDK name, its meaning and a remedy; must not know where codes occur.

The families share one space of unsigned 32-bit numbers without a collision (a test holds it so).
"""

from wfpfast._tables import fwp_errors, ipsec_errors

_WIN32: dict[int, tuple[str, str]] = {
    0: ("ERROR_SUCCESS", "No error"),
    5: ("ERROR_ACCESS_DENIED", "The caller lacks the right to do this"),
    6: ("ERROR_INVALID_HANDLE", "The handle was never valid or is closed"),
    8: ("ERROR_NOT_ENOUGH_MEMORY", "Out of memory"),
    50: ("ERROR_NOT_SUPPORTED", "This Windows cannot do what was asked"),
    87: ("ERROR_INVALID_PARAMETER", "A parameter is not valid"),
    120: ("ERROR_CALL_NOT_IMPLEMENTED", "The function is only a stub on this system"),
    126: ("ERROR_MOD_NOT_FOUND", "The DLL, or one that it needs, is not there"),
    127: ("ERROR_PROC_NOT_FOUND", "The DLL does not export the function: Windows is too old"),
    1058: ("ERROR_SERVICE_DISABLED", "The service is set never to start"),
    1062: ("ERROR_SERVICE_NOT_ACTIVE", "The service is not running"),
    1722: ("RPC_S_SERVER_UNAVAILABLE", "The Base Filtering Engine cannot be reached"),
    1726: ("RPC_S_CALL_FAILED", "The Base Filtering Engine went away during the call"),
    1727: ("RPC_S_CALL_FAILED_DNE", "The call did not reach the Base Filtering Engine"),
    1753: ("EPT_S_NOT_REGISTERED", "The Base Filtering Engine is not running"),
    1764: ("RPC_S_CANNOT_SUPPORT", "The filtering platform is not there; Wine answers like this"),
}

ERRORS: dict[int, tuple[str, str]] = {
    **_WIN32,
    **{fwp_errors.FWP_E_BASE + n: ("FWP_E_" + s, m) for n, (s, m) in fwp_errors.BOTH.items()},
    **{
        fwp_errors.STATUS_FWP_BASE + n: ("STATUS_FWP_" + s, m)
        for n, (s, m) in (fwp_errors.BOTH | fwp_errors.STATUS_ONLY).items()
    },
    **{n: ("ERROR_IPSEC_" + s, m) for n, (s, m) in ipsec_errors.WIN32.items()},
    **{
        n: ("STATUS_IPSEC_" + ipsec_errors.WIN32[twin][0], ipsec_errors.WIN32[twin][1])
        for n, twin in ipsec_errors.STATUS.items()
    },
    ipsec_errors.QUEUE_OVERFLOW[0]: (
        "STATUS_IPSEC_" + ipsec_errors.QUEUE_OVERFLOW[1],
        ipsec_errors.QUEUE_OVERFLOW[2],
    ),
}

_START_BFE = (
    "Start the service 'Base Filtering Engine' (elevated: sc query bfe, then net start bfe);"
    " open a new session afterwards."
)
_REOPEN = "Close the engine and open a new one: Base Filtering Engine may have restarted."
_UPDATE = "Ask for an older event version, or use a Windows that has this function."

REMEDIES: dict[int, str] = {
    5: "Run it elevated (as administrator), or have an administrator grant the account"
    " FWPM_ACTRL_ENUM and FWPM_ACTRL_READ (enumerate) or FWPM_ACTRL_SUBSCRIBE (watch) on net"
    " events; changing options needs FWPM_ACTRL_WRITE on the engine.",
    6: _REOPEN,
    126: _UPDATE,
    127: _UPDATE,
    1058: "Set the service's start type back to automatic and start it.",
    1062: _START_BFE,
    1722: _START_BFE,
    1726: _REOPEN,
    1727: _START_BFE,
    1753: _START_BFE,
    1764: "Use a real Windows, or wfpfast.Simulator to try a pipeline without one.",
    0x80320003: "Resolve filter ids while capturing, or from a 'netsh wfp show filters' file of the"
    " same time: ids go with their filters and are used again.",
    0x80320009: "Let Windows choose the session key, or close the session that has it.",
    0x8032000B: "Set engine options from a session that is not dynamic.",
    0x8032000E: "Commit or abort the transaction before enumerating or subscribing.",
    0x80320010: _REOPEN,
    0x80320012: "Try again: another program holds the transaction lock.",
    0x80320013: "Switch collection on (elevated): netsh wfp set options netevents=on. It holds for"
    " the whole machine and over reboots; the log starts empty.",
    0x80320019: "Events are missing: read faster, subscribe with a narrower template, or leave out"
    " the multicast, broadcast and allow keywords.",
    0x80320021: "Give the template a start time that is not after its end time.",
    0x80320027: "Give the template's condition a value of the type that its field has.",
    0x8032002A: "Name each field only once in the template.",
    0x80320033: "Remove a condition from the template: together they exclude every event.",
    0x80320044: "Nothing to mend unless IPsec is wanted: the service starts with an IPsec policy.",
}
