"""The engine's part of _layout's table: sessions, templates, filters; knows no member's meaning."""

from cython cimport typeof
from libc.string cimport memset

from wfpfast._layout_row cimport row
from wfpfast.abi.fwpmobjects cimport *


def objects():
    """Return one description of each struct, as _layout explains it."""
    return [
        display_data_0(), session_0(), filter_condition_0(), enum_template_0(), subscription_0(),
        field_0(), layer_0(), action_0(), filter_0(), sublayer_0(), provider_0(),
    ]


cdef tuple display_data_0():
    cdef (char, FWPM_DISPLAY_DATA0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "name", &x.name, sizeof(x.name), typeof(x.name))
    row(rows, x, "description", &x.description, sizeof(x.description), typeof(x.description))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple session_0():
    cdef (char, FWPM_SESSION0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "sessionKey", &x.sessionKey, sizeof(x.sessionKey), typeof(x.sessionKey))
    row(rows, x, "displayData", &x.displayData, sizeof(x.displayData), typeof(x.displayData))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "txnWaitTimeoutInMSec", &x.txnWaitTimeoutInMSec,
        sizeof(x.txnWaitTimeoutInMSec), typeof(x.txnWaitTimeoutInMSec))
    row(rows, x, "processId", &x.processId, sizeof(x.processId), typeof(x.processId))
    row(rows, x, "sid", &x.sid, sizeof(x.sid), typeof(x.sid))
    row(rows, x, "username", &x.username, sizeof(x.username), typeof(x.username))
    row(rows, x, "kernelMode", &x.kernelMode, sizeof(x.kernelMode), typeof(x.kernelMode))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple filter_condition_0():
    cdef (char, FWPM_FILTER_CONDITION0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "fieldKey", &x.fieldKey, sizeof(x.fieldKey), typeof(x.fieldKey))
    row(rows, x, "matchType", &x.matchType, sizeof(x.matchType), typeof(x.matchType))
    row(rows, x, "conditionValue", &x.conditionValue,
        sizeof(x.conditionValue), typeof(x.conditionValue))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple enum_template_0():
    cdef (char, FWPM_NET_EVENT_ENUM_TEMPLATE0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "startTime", &x.startTime, sizeof(x.startTime), typeof(x.startTime))
    row(rows, x, "endTime", &x.endTime, sizeof(x.endTime), typeof(x.endTime))
    row(rows, x, "numFilterConditions", &x.numFilterConditions,
        sizeof(x.numFilterConditions), typeof(x.numFilterConditions))
    row(rows, x, "filterCondition", &x.filterCondition,
        sizeof(x.filterCondition), typeof(x.filterCondition))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple subscription_0():
    cdef (char, FWPM_NET_EVENT_SUBSCRIPTION0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "enumTemplate", &x.enumTemplate, sizeof(x.enumTemplate), typeof(x.enumTemplate))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "sessionKey", &x.sessionKey, sizeof(x.sessionKey), typeof(x.sessionKey))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple field_0():
    cdef (char, FWPM_FIELD0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "fieldKey", &x.fieldKey, sizeof(x.fieldKey), typeof(x.fieldKey))
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "dataType", &x.dataType, sizeof(x.dataType), typeof(x.dataType))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple layer_0():
    cdef (char, FWPM_LAYER0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "layerKey", &x.layerKey, sizeof(x.layerKey), typeof(x.layerKey))
    row(rows, x, "displayData", &x.displayData, sizeof(x.displayData), typeof(x.displayData))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "numFields", &x.numFields, sizeof(x.numFields), typeof(x.numFields))
    row(rows, x, "field", &x.field, sizeof(x.field), typeof(x.field))
    row(rows, x, "defaultSubLayerKey", &x.defaultSubLayerKey,
        sizeof(x.defaultSubLayerKey), typeof(x.defaultSubLayerKey))
    row(rows, x, "layerId", &x.layerId, sizeof(x.layerId), typeof(x.layerId))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple action_0():
    cdef (char, FWPM_ACTION0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "type", &x.type, sizeof(x.type), typeof(x.type))
    row(rows, x, "filterType", &x.context.filterType,
        sizeof(x.context.filterType), typeof(x.context.filterType))
    row(rows, x, "calloutKey", &x.context.calloutKey,
        sizeof(x.context.calloutKey), typeof(x.context.calloutKey))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple filter_0():
    cdef (char, FWPM_FILTER0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "filterKey", &x.filterKey, sizeof(x.filterKey), typeof(x.filterKey))
    row(rows, x, "displayData", &x.displayData, sizeof(x.displayData), typeof(x.displayData))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "providerKey", &x.providerKey, sizeof(x.providerKey), typeof(x.providerKey))
    row(rows, x, "providerData", &x.providerData, sizeof(x.providerData), typeof(x.providerData))
    row(rows, x, "layerKey", &x.layerKey, sizeof(x.layerKey), typeof(x.layerKey))
    row(rows, x, "subLayerKey", &x.subLayerKey, sizeof(x.subLayerKey), typeof(x.subLayerKey))
    row(rows, x, "weight", &x.weight, sizeof(x.weight), typeof(x.weight))
    row(rows, x, "numFilterConditions", &x.numFilterConditions,
        sizeof(x.numFilterConditions), typeof(x.numFilterConditions))
    row(rows, x, "filterCondition", &x.filterCondition,
        sizeof(x.filterCondition), typeof(x.filterCondition))
    row(rows, x, "action", &x.action, sizeof(x.action), typeof(x.action))
    row(rows, x, "rawContext", &x.context.rawContext,
        sizeof(x.context.rawContext), typeof(x.context.rawContext))
    row(rows, x, "providerContextKey", &x.context.providerContextKey,
        sizeof(x.context.providerContextKey), typeof(x.context.providerContextKey))
    row(rows, x, "reserved", &x.reserved, sizeof(x.reserved), typeof(x.reserved))
    row(rows, x, "filterId", &x.filterId, sizeof(x.filterId), typeof(x.filterId))
    row(rows, x, "effectiveWeight", &x.effectiveWeight,
        sizeof(x.effectiveWeight), typeof(x.effectiveWeight))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple sublayer_0():
    cdef (char, FWPM_SUBLAYER0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "subLayerKey", &x.subLayerKey, sizeof(x.subLayerKey), typeof(x.subLayerKey))
    row(rows, x, "displayData", &x.displayData, sizeof(x.displayData), typeof(x.displayData))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "providerKey", &x.providerKey, sizeof(x.providerKey), typeof(x.providerKey))
    row(rows, x, "providerData", &x.providerData, sizeof(x.providerData), typeof(x.providerData))
    row(rows, x, "weight", &x.weight, sizeof(x.weight), typeof(x.weight))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows


cdef tuple provider_0():
    cdef (char, FWPM_PROVIDER0) pair
    memset(&pair, 0, sizeof(pair))
    x = &pair[1]
    rows = []
    row(rows, x, "providerKey", &x.providerKey, sizeof(x.providerKey), typeof(x.providerKey))
    row(rows, x, "displayData", &x.displayData, sizeof(x.displayData), typeof(x.displayData))
    row(rows, x, "flags", &x.flags, sizeof(x.flags), typeof(x.flags))
    row(rows, x, "providerData", &x.providerData, sizeof(x.providerData), typeof(x.providerData))
    row(rows, x, "serviceName", &x.serviceName, sizeof(x.serviceName), typeof(x.serviceName))
    return typeof(x[0]), sizeof(x[0]), sizeof(pair) - sizeof(x[0]), rows
