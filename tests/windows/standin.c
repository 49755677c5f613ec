/* A fwpuclnt.dll whose calls a wfpfast.Simulator answers; must not know what they mean.
 *
 * It has the real one's exports, so that it is loaded, looked up and called as the real one is. The
 * process that loads it hands it the simulator's functions, by name. Until then it answers as
 * Windows does while the Base Filtering Engine is stopped. Signatures are those of fwpmu.h. */
#include <windows.h>
#include <string.h>

#define EPT_NOT_REGISTERED 1753

#define ENUMERATION(CALL, KIND, N)                                                                 \
    CALL(Fwpm##KIND##Enum##N,                                                                      \
         (HANDLE engine, HANDLE handle, UINT32 most, void ***entries, UINT32 *returned),           \
         (engine, handle, most, entries, returned))
#define OBJECTS(CALL, KIND)                                                                        \
    CALL(Fwpm##KIND##CreateEnumHandle0, (HANDLE engine, const void *template, HANDLE *handle),     \
         (engine, template, handle))                                                               \
    CALL(Fwpm##KIND##DestroyEnumHandle0, (HANDLE engine, HANDLE handle), (engine, handle))
#define SUBSCRIPTION(CALL, N)                                                                      \
    CALL(FwpmNetEventSubscribe##N,                                                                 \
         (HANDLE engine, const void *subscription, void *callback, void *context, HANDLE *handle), \
         (engine, subscription, callback, context, handle))

/* The calls of which every Windows since 7 has all; those that came later have a number above. */
#define CALLS(CALL)                                                                                \
    CALL(FwpmEngineClose0, (HANDLE engine), (engine))                                              \
    CALL(FwpmEngineGetOption0, (HANDLE engine, UINT32 option, void **value),                       \
         (engine, option, value))                                                                  \
    CALL(FwpmEngineSetOption0, (HANDLE engine, UINT32 option, const void *value),                  \
         (engine, option, value))                                                                  \
    OBJECTS(CALL, Filter) ENUMERATION(CALL, Filter, 0)                                             \
    OBJECTS(CALL, Layer) ENUMERATION(CALL, Layer, 0)                                               \
    OBJECTS(CALL, Provider) ENUMERATION(CALL, Provider, 0)                                         \
    OBJECTS(CALL, Callout) ENUMERATION(CALL, Callout, 0)                                           \
    OBJECTS(CALL, ProviderContext) ENUMERATION(CALL, ProviderContext, 0)                           \
    OBJECTS(CALL, SubLayer) ENUMERATION(CALL, SubLayer, 0)                                         \
    OBJECTS(CALL, NetEvent) ENUMERATION(CALL, NetEvent, 0)                                         \
    ENUMERATION(CALL, NetEvent, 1) ENUMERATION(CALL, NetEvent, 2) ENUMERATION(CALL, NetEvent, 3)   \
    ENUMERATION(CALL, NetEvent, 4) ENUMERATION(CALL, NetEvent, 5)                                  \
    SUBSCRIPTION(CALL, 0) SUBSCRIPTION(CALL, 1) SUBSCRIPTION(CALL, 2) SUBSCRIPTION(CALL, 3)        \
    SUBSCRIPTION(CALL, 4)                                                                          \
    CALL(FwpmNetEventUnsubscribe0, (HANDLE engine, HANDLE handle), (engine, handle))               \
    CALL(FwpmNetEventsGetSecurityInfo0,                                                            \
         (HANDLE engine, UINT32 what, void **owner, void **group, void **dacl, void **sacl,        \
          void **descriptor),                                                                      \
         (engine, what, owner, group, dacl, sacl, descriptor))

#define FORWARD(NAME, PARAMETERS, ARGUMENTS)                                                       \
    static DWORD(WINAPI *to_##NAME) PARAMETERS;                                                    \
    DWORD WINAPI NAME PARAMETERS                                                                   \
    {                                                                                              \
        return to_##NAME ? to_##NAME ARGUMENTS : EPT_NOT_REGISTERED;                               \
    }

CALLS(FORWARD)

/* A program leaves the server's name out: this machine's engine is meant. */
static const WCHAR *simulator;
static DWORD(WINAPI *to_FwpmEngineOpen0)(const WCHAR *, UINT32, void *, const void *, HANDLE *);
static void(WINAPI *to_FwpmFreeMemory0)(void **);

DWORD WINAPI FwpmEngineOpen0(const WCHAR *server, UINT32 service, void *identity,
                             const void *session, HANDLE *engine)
{
    if (to_FwpmEngineOpen0 == NULL)
        return EPT_NOT_REGISTERED;
    return to_FwpmEngineOpen0(server ? server : simulator, service, identity, session, engine);
}

void WINAPI FwpmFreeMemory0(void **p)
{
    if (to_FwpmFreeMemory0)
        to_FwpmFreeMemory0(p);
}

/* Take one entry of a simulator's table; false if there is none of that name here. */
BOOL standin_connect(const char *name, void *address)
{
#define TAKE(NAME)                                                                                 \
    if (strcmp(name, #NAME) == 0) {                                                                \
        to_##NAME = (void *)address;                                                               \
        return TRUE;                                                                               \
    }
#define TAKE_CALL(NAME, PARAMETERS, ARGUMENTS) TAKE(NAME)
    CALLS(TAKE_CALL)
    TAKE(FwpmEngineOpen0)
    TAKE(FwpmFreeMemory0)
    if (strcmp(name, "server_name") != 0)
        return FALSE;
    simulator = address;
    return TRUE;
}
