"""The SDK's layouts of values, filters and what is wfpfast's own; must not know what they are for.

Written by tools/layouts.py; layouts.py says what a row is.
"""

ROWS: dict[str, tuple[tuple[int, int, int, int], dict[str, tuple[str, int, int, int, int]]]] = {
    "FWP_BYTE_BLOB": ((16, 8, 8, 4), {
        "size": ("UINT32", 0, 4, 0, 4), "data": ("UINT8 *", 8, 8, 4, 4),
    }),
    "FWP_BYTE_ARRAY6": ((6, 1, 6, 1), {
        "byteArray6": ("UINT8[6]", 0, 6, 0, 6),
    }),
    "FWP_BYTE_ARRAY16": ((16, 1, 16, 1), {
        "byteArray16": ("UINT8[16]", 0, 16, 0, 16),
    }),
    "FWP_VALUE0": ((16, 8, 8, 4), {
        "type": ("FWP_DATA_TYPE", 0, 4, 0, 4), "value.uint8": ("UINT8", 8, 1, 4, 1),
        "value.uint16": ("UINT16", 8, 2, 4, 2), "value.uint32": ("UINT32", 8, 4, 4, 4),
        "value.uint64": ("UINT64 *", 8, 8, 4, 4), "value.int8": ("INT8", 8, 1, 4, 1),
        "value.int16": ("INT16", 8, 2, 4, 2), "value.int32": ("INT32", 8, 4, 4, 4),
        "value.int64": ("INT64 *", 8, 8, 4, 4), "value.float32": ("float", 8, 4, 4, 4),
        "value.double64": ("double *", 8, 8, 4, 4),
        "value.byteArray16": ("FWP_BYTE_ARRAY16 *", 8, 8, 4, 4),
        "value.byteBlob": ("FWP_BYTE_BLOB *", 8, 8, 4, 4), "value.sid": ("SID *", 8, 8, 4, 4),
        "value.sd": ("FWP_BYTE_BLOB *", 8, 8, 4, 4),
        "value.tokenInformation": ("FWP_TOKEN_INFORMATION *", 8, 8, 4, 4),
        "value.tokenAccessInformation": ("FWP_BYTE_BLOB *", 8, 8, 4, 4),
        "value.unicodeString": ("LPWSTR", 8, 8, 4, 4),
        "value.byteArray6": ("FWP_BYTE_ARRAY6 *", 8, 8, 4, 4),
    }),
    "FWP_CONDITION_VALUE0": ((16, 8, 8, 4), {
        "type": ("FWP_DATA_TYPE", 0, 4, 0, 4), "value.uint8": ("UINT8", 8, 1, 4, 1),
        "value.uint16": ("UINT16", 8, 2, 4, 2), "value.uint32": ("UINT32", 8, 4, 4, 4),
        "value.uint64": ("UINT64 *", 8, 8, 4, 4), "value.int8": ("INT8", 8, 1, 4, 1),
        "value.int16": ("INT16", 8, 2, 4, 2), "value.int32": ("INT32", 8, 4, 4, 4),
        "value.int64": ("INT64 *", 8, 8, 4, 4), "value.float32": ("float", 8, 4, 4, 4),
        "value.double64": ("double *", 8, 8, 4, 4),
        "value.byteArray16": ("FWP_BYTE_ARRAY16 *", 8, 8, 4, 4),
        "value.byteBlob": ("FWP_BYTE_BLOB *", 8, 8, 4, 4), "value.sid": ("SID *", 8, 8, 4, 4),
        "value.sd": ("FWP_BYTE_BLOB *", 8, 8, 4, 4),
        "value.tokenInformation": ("FWP_TOKEN_INFORMATION *", 8, 8, 4, 4),
        "value.tokenAccessInformation": ("FWP_BYTE_BLOB *", 8, 8, 4, 4),
        "value.unicodeString": ("LPWSTR", 8, 8, 4, 4),
        "value.byteArray6": ("FWP_BYTE_ARRAY6 *", 8, 8, 4, 4),
        "value.v4AddrMask": ("FWP_V4_ADDR_AND_MASK *", 8, 8, 4, 4),
        "value.v6AddrMask": ("FWP_V6_ADDR_AND_MASK *", 8, 8, 4, 4),
        "value.rangeValue": ("FWP_RANGE0 *", 8, 8, 4, 4),
    }),
    "FWP_RANGE0": ((32, 8, 16, 4), {
        "valueLow": ("FWP_VALUE0", 0, 16, 0, 8), "valueHigh": ("FWP_VALUE0", 16, 16, 8, 8),
    }),
    "FWP_V4_ADDR_AND_MASK": ((8, 4, 8, 4), {
        "addr": ("UINT32", 0, 4, 0, 4), "mask": ("UINT32", 4, 4, 4, 4),
    }),
    "FWP_V6_ADDR_AND_MASK": ((17, 1, 17, 1), {
        "addr": ("UINT8[16]", 0, 16, 0, 16), "prefixLength": ("UINT8", 16, 1, 16, 1),
    }),
    "FWP_TOKEN_INFORMATION": ((32, 8, 16, 4), {
        "sidCount": ("ULONG", 0, 4, 0, 4), "sids": ("PSID_AND_ATTRIBUTES", 8, 8, 4, 4),
        "restrictedSidCount": ("ULONG", 16, 4, 8, 4),
        "restrictedSids": ("PSID_AND_ATTRIBUTES", 24, 8, 12, 4),
    }),
    "SID_AND_ATTRIBUTES": ((16, 8, 8, 4), {
        "Sid": ("PSID", 0, 8, 0, 4), "Attributes": ("DWORD", 8, 4, 4, 4),
    }),
    "SID": ((12, 4, 12, 4), {
        "Revision": ("BYTE", 0, 1, 0, 1), "SubAuthorityCount": ("BYTE", 1, 1, 1, 1),
        "IdentifierAuthority": ("SID_IDENTIFIER_AUTHORITY", 2, 6, 2, 6),
        "SubAuthority": ("DWORD[1]", 8, 4, 8, 4),
    }),
    "SID_IDENTIFIER_AUTHORITY": ((6, 1, 6, 1), {
        "Value": ("BYTE[6]", 0, 6, 0, 6),
    }),
    "GUID": ((16, 4, 16, 4), {
        "Data1": ("unsigned long", 0, 4, 0, 4), "Data2": ("unsigned short", 4, 2, 4, 2),
        "Data3": ("unsigned short", 6, 2, 6, 2), "Data4": ("unsigned char[8]", 8, 8, 8, 8),
    }),
    "FILETIME": ((8, 4, 8, 4), {
        "dwLowDateTime": ("DWORD", 0, 4, 0, 4), "dwHighDateTime": ("DWORD", 4, 4, 4, 4),
    }),
    "FWPM_DISPLAY_DATA0": ((16, 8, 8, 4), {
        "name": ("wchar_t *", 0, 8, 0, 4), "description": ("wchar_t *", 8, 8, 4, 4),
    }),
    "FWPM_SESSION0": ((72, 8, 48, 4), {
        "sessionKey": ("GUID", 0, 16, 0, 16), "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4), "txnWaitTimeoutInMSec": ("UINT32", 36, 4, 28, 4),
        "processId": ("DWORD", 40, 4, 32, 4), "sid": ("SID *", 48, 8, 36, 4),
        "username": ("wchar_t *", 56, 8, 40, 4), "kernelMode": ("BOOL", 64, 4, 44, 4),
    }),
    "FWPM_FILTER_CONDITION0": ((40, 8, 28, 4), {
        "fieldKey": ("GUID", 0, 16, 0, 16), "matchType": ("FWP_MATCH_TYPE", 16, 4, 16, 4),
        "conditionValue": ("FWP_CONDITION_VALUE0", 24, 16, 20, 8),
    }),
    "FWPM_NET_EVENT_ENUM_TEMPLATE0": ((32, 8, 24, 4), {
        "startTime": ("FILETIME", 0, 8, 0, 8), "endTime": ("FILETIME", 8, 8, 8, 8),
        "numFilterConditions": ("UINT32", 16, 4, 16, 4),
        "filterCondition": ("FWPM_FILTER_CONDITION0 *", 24, 8, 20, 4),
    }),
    "FWPM_NET_EVENT_SUBSCRIPTION0": ((32, 8, 24, 4), {
        "enumTemplate": ("FWPM_NET_EVENT_ENUM_TEMPLATE0 *", 0, 8, 0, 4),
        "flags": ("UINT32", 8, 4, 4, 4), "sessionKey": ("GUID", 12, 16, 8, 16),
    }),
    "FWPM_FIELD0": ((16, 8, 12, 4), {
        "fieldKey": ("GUID *", 0, 8, 0, 4), "type": ("FWPM_FIELD_TYPE", 8, 4, 4, 4),
        "dataType": ("FWP_DATA_TYPE", 12, 4, 8, 4),
    }),
    "FWPM_LAYER0": ((72, 8, 56, 4), {
        "layerKey": ("GUID", 0, 16, 0, 16), "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4), "numFields": ("UINT32", 36, 4, 28, 4),
        "field": ("FWPM_FIELD0 *", 40, 8, 32, 4), "defaultSubLayerKey": ("GUID", 48, 16, 36, 16),
        "layerId": ("UINT16", 64, 2, 52, 2),
    }),
    "FWPM_ACTION0": ((20, 4, 20, 4), {
        "type": ("FWP_ACTION_TYPE", 0, 4, 0, 4), "context.filterType": ("GUID", 4, 16, 4, 16),
        "context.calloutKey": ("GUID", 4, 16, 4, 16),
    }),
    "FWPM_FILTER0": ((200, 8, 152, 8), {
        "filterKey": ("GUID", 0, 16, 0, 16), "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4), "providerKey": ("GUID *", 40, 8, 28, 4),
        "providerData": ("FWP_BYTE_BLOB", 48, 16, 32, 8), "layerKey": ("GUID", 64, 16, 40, 16),
        "subLayerKey": ("GUID", 80, 16, 56, 16), "weight": ("FWP_VALUE0", 96, 16, 72, 8),
        "numFilterConditions": ("UINT32", 112, 4, 80, 4),
        "filterCondition": ("FWPM_FILTER_CONDITION0 *", 120, 8, 84, 4),
        "action": ("FWPM_ACTION0", 128, 20, 88, 20),
        "context.rawContext": ("UINT64", 152, 8, 112, 8),
        "context.providerContextKey": ("GUID", 152, 16, 112, 16),
        "reserved": ("GUID *", 168, 8, 128, 4), "filterId": ("UINT64", 176, 8, 136, 8),
        "effectiveWeight": ("FWP_VALUE0", 184, 16, 144, 8),
    }),
    "FWPM_SUBLAYER0": ((72, 8, 44, 4), {
        "subLayerKey": ("GUID", 0, 16, 0, 16), "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4), "providerKey": ("GUID *", 40, 8, 28, 4),
        "providerData": ("FWP_BYTE_BLOB", 48, 16, 32, 8), "weight": ("UINT16", 64, 2, 40, 2),
    }),
    "FWPM_PROVIDER0": ((64, 8, 40, 4), {
        "providerKey": ("GUID", 0, 16, 0, 16), "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4), "providerData": ("FWP_BYTE_BLOB", 40, 16, 28, 8),
        "serviceName": ("wchar_t *", 56, 8, 36, 4),
    }),
    "TERMINATING_FILTER0": ((24, 8, 16, 8), {
        "filterId": ("UINT64", 0, 8, 0, 8), "subLayer": ("wchar_t *", 8, 8, 8, 4),
        "actionType": ("wchar_t *", 16, 8, 12, 4),
    }),
    "INTERNAL_FIELDS0": ((64, 8, 48, 8), {
        "present": ("UINT32", 0, 4, 0, 4), "processId": ("UINT32", 4, 4, 4, 4),
        "interfaceIndex": ("UINT32", 8, 4, 8, 4), "numTerminatingFilters": ("UINT32", 12, 4, 12, 4),
        "filterOrigin": ("wchar_t *", 16, 8, 16, 4),
        "terminatingFilters": ("TERMINATING_FILTER0 *", 24, 8, 20, 4),
        "absent": ("UINT64[2]", 32, 16, 24, 16), "numUnknownNames": ("UINT32", 48, 4, 40, 4),
        "unknownNames": ("UNKNOWN_NAME0 *", 56, 8, 44, 4),
    }),
    "UNKNOWN_NAME0": ((16, 8, 8, 4), {
        "member": ("UINT32", 0, 4, 0, 4), "text": ("wchar_t *", 8, 8, 4, 4),
    }),
    "FWPM_CALLOUT0": ((88, 8, 60, 4), {
        "calloutKey": ("GUID", 0, 16, 0, 16), "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8),
        "flags": ("UINT32", 32, 4, 24, 4), "providerKey": ("GUID *", 40, 8, 28, 4),
        "providerData": ("FWP_BYTE_BLOB", 48, 16, 32, 8),
        "applicableLayer": ("GUID", 64, 16, 40, 16), "calloutId": ("UINT32", 80, 4, 56, 4),
    }),
    "FWPM_PROVIDER_CONTEXT0": ((88, 8, 56, 8), {
        "providerContextKey": ("GUID", 0, 16, 0, 16),
        "displayData": ("FWPM_DISPLAY_DATA0", 16, 16, 16, 8), "flags": ("UINT32", 32, 4, 24, 4),
        "providerKey": ("GUID *", 40, 8, 28, 4), "providerData": ("FWP_BYTE_BLOB", 48, 16, 32, 8),
        "type": ("FWPM_PROVIDER_CONTEXT_TYPE", 64, 4, 40, 4),
        "dataBuffer": ("FWP_BYTE_BLOB *", 72, 8, 44, 4),
        "providerContextId": ("UINT64", 80, 8, 48, 8),
    }),
    "FWPM_PROVIDER_CONTEXT_ENUM_TEMPLATE0": ((16, 8, 8, 4), {
        "providerKey": ("GUID *", 0, 8, 0, 4),
        "providerContextType": ("FWPM_PROVIDER_CONTEXT_TYPE", 8, 4, 4, 4),
    }),
}
