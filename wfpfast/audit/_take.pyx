"""Puts single fields of an audit record into cells; must not know which event has which field.

A field that is not there, or that says nothing, leaves its cell null. One that cannot be read is
counted, or named by an error.
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from wfpfast._base.text cimport ADDRESS_SIZE, put_decimal
from wfpfast._decode.schema cimport DIRECTION, DIRECTION_CODE, TIMESTAMP
from wfpfast._decode.values cimport is_in_range, put_ip
from wfpfast._evtx.templates cimport TIME
from wfpfast._evtx.values cimport (
    MAX_TEXT, TYPE_SID, TYPE_TEXT, text_size, value_ascii, value_message, value_number, value_time)
from wfpfast.abi.minwindef cimport FILETIME_UNIX_EPOCH
from wfpfast.audit._fields cimport DIRECTION_FIELD, LAYER_NAME, field_name
from wfpfast.audit._messages cimport Word, enumerator_of, layer_word
from wfpfast.audit._rows cimport (
    put_bool, put_long_text, put_mac_address, put_number, put_sid, put_utf16,
    put_word, ready, vouch)
from wfpfast.audit._schema cimport LAYER_KIND
from wfpfast.audit._values cimport prefix_of, read_address, read_bool, read_hex, read_mac

cdef enum:
    FIRST_DIRECTION = 14592  # %%14592 is inbound; the number is what msFwpDirection has, too
    N_DIRECTIONS = 4
    HASH_SIZE = 20
    MAX_SID = 8 + 4 * 255
    PREFIX = 8               # characters of `UNKNOWN_`
    # Messages that say that something is not known: of an authentication, of a state, and none.
    UNKNOWN_AUTHENTICATION = 8194
    UNKNOWN_STATE = 8211
    NONE = 8229


cdef void bad(Taking* t, int target) noexcept nogil:
    """Count a field that could not be read, or note it for an error."""
    if t.null_errors:
        t.malformed += 1
    elif t.bad_field == NULL:
        t.bad_field = field_name(target)


cdef bint get_number(Taking* t, int target, uint64_t most, uint64_t* number) noexcept nogil:
    """Read a number of at most `most`; False if there is none."""
    cdef const Value* value = said(t, target)
    if value == NULL:
        return False
    if not value_number(value, number) or number[0] > most:
        bad(t, target)
        return False
    return True


cdef inline uint64_t most_of(const Taking* t, int column) noexcept nogil:
    """Return the largest number that fits a column."""
    return ~<uint64_t>0 >> (64 - 8 * t.rows.out.columns[column].spec.width)


cdef void take_number(Taking* t, int target, int column) noexcept nogil:
    cdef uint64_t number = 0
    if get_number(t, target, most_of(t, column), &number):
        put_number(t.rows, column, number)


cdef void take_id(Taking* t, int target, int column) noexcept nogil:
    """Take a number of which 0 stands for none."""
    cdef uint64_t number = 0
    if get_number(t, target, most_of(t, column), &number) and number:
        put_number(t.rows, column, number)


cdef void take_text(Taking* t, int target, int column) noexcept nogil:
    cdef const Value* value = said(t, target)
    if value == NULL:
        return
    if value.type == TYPE_TEXT:
        put_utf16(t.rows, column, value.data, text_size(value))
    else:
        bad(t, target)


cdef void take_sid(Taking* t, int target, int column) noexcept nogil:
    """Take a SID, in binary or as text; nobody is null."""
    cdef const Value* value = said(t, target)
    cdef char[MAX_TEXT + 1] text
    cdef uint32_t size = 0
    if value == NULL:
        return
    if value.type == TYPE_SID and 8 <= value.size <= MAX_SID and (
        value.size == 8 + 4 * <uint32_t>value.data[1]
    ):
        put_sid(t.rows, column, value.data, value.size)
    elif value.type != TYPE_TEXT:
        bad(t, target)
    elif not value_ascii(value, text, &size) or size != 7 or text[2] != c"1" or text[4] != c"0":
        put_utf16(t.rows, column, value.data, text_size(value))


cdef void take_layer_kind(Taking* t) noexcept nogil:
    """Take the kind of a layer: the text of its message, or what is there in its place."""
    cdef const Value* value = said(t, LAYER_NAME)
    cdef uint64_t message = 0
    cdef const Word* word = NULL
    if value == NULL:
        return
    if value_message(value, &message):
        word = layer_word(message)
    if word != NULL:
        put_word(t.rows, LAYER_KIND, word.text, word.size)
    else:
        take_text(t, LAYER_NAME, LAYER_KIND)


cdef void take_enumerator(Taking* t, int target, int column) noexcept nogil:
    """Take the enumerator that a message stands for; others are UNKNOWN_ and the message."""
    cdef const Value* value = said(t, target)
    cdef char[PREFIX + MAX_TEXT + 1] text
    cdef uint64_t message = 0
    cdef uint32_t size = 0
    cdef int enumerator
    if value == NULL:
        return
    if value_message(value, &message):
        enumerator = enumerator_of(column, message)
        if enumerator >= 0:
            put_number(t.rows, column, <uint64_t>enumerator)
            return
        if message in (UNKNOWN_AUTHENTICATION, UNKNOWN_STATE, NONE):
            return
    if not value_ascii(value, text + PREFIX, &size):
        bad(t, target)
        return
    memcpy(text, b"UNKNOWN_", PREFIX)
    put_word(t.rows, column, text, PREFIX + size)
    t.unknown_names += 1


cdef void take_bool(Taking* t, int target, int column) noexcept nogil:
    """Take yes or no. No file shows how Windows writes it: another form is null, and counted."""
    cdef const Value* value = said(t, target)
    cdef bint answer = False
    if value == NULL:
        return
    if read_bool(value, &answer):
        put_bool(t.rows, column, answer)
    else:
        t.unknown_forms += 1


cdef void take_profile(Taking* t, int target, int column) noexcept nogil:
    """Take the number of a profile. No file shows how Windows writes it: as take_bool()."""
    cdef const Value* value = said(t, target)
    cdef uint64_t number = 0
    if value == NULL:
        return
    if value_number(value, &number) and number <= most_of(t, column):
        put_number(t.rows, column, number)
    else:
        t.unknown_forms += 1


cdef void take_hash(Taking* t, int target, int column) noexcept nogil:
    cdef const Value* value = said(t, target)
    cdef uint8_t[HASH_SIZE] data
    if value == NULL:
        return
    if not read_hex(value, data, HASH_SIZE):
        bad(t, target)
    elif ready(t.rows, column):
        memcpy(t.rows.values[column] + HASH_SIZE * t.rows.row, data, HASH_SIZE)
        vouch(t.rows, column)


cdef void take_mac(Taking* t, int target, int column) noexcept nogil:
    cdef const Value* value = said(t, target)
    cdef uint8_t[6] address
    if value == NULL:
        return
    if read_mac(value, address):
        put_mac_address(t.rows, column, address)
    else:
        bad(t, target)


cdef void take_time(Taking* t) noexcept nogil:
    cdef const Value* value = said(t, TIME)
    cdef uint64_t ticks = 0
    if value == NULL:
        return
    if not value_time(value, &ticks):
        bad(t, TIME)
    elif is_in_range(ticks):
        put_number(t.rows, TIMESTAMP, (ticks - FILETIME_UNIX_EPOCH) * 100)
    else:
        t.out_of_range += 1


cdef int take_direction(Taking* t) noexcept nogil:
    """Take the direction, which is a message; return which one, from 0, or -1."""
    cdef const Value* value = said(t, DIRECTION_FIELD)
    cdef uint64_t message = 0
    if value == NULL:
        return -1
    if not value_message(value, &message) or message - FIRST_DIRECTION >= N_DIRECTIONS:
        bad(t, DIRECTION_FIELD)
        return -1
    put_number(t.rows, DIRECTION, message - FIRST_DIRECTION)
    put_number(t.rows, DIRECTION_CODE, message)
    return <int>(message - FIRST_DIRECTION)


cdef bint get_address(Taking* t, int target, Address* address) noexcept nogil:
    """Read an IP address; False if there is none."""
    cdef const Value* value = said(t, target)
    if value == NULL:
        return False
    if not read_address(value, address):
        bad(t, target)
        return False
    return True


cdef void take_subnet(Taking* t, int target, int mask, int column) noexcept nogil:
    """Take an address and a mask as a network, such as 10.0.0.0/8."""
    cdef Address address, bits
    cdef char[ADDRESS_SIZE + 4] text
    cdef char* end
    cdef int prefix
    if not get_address(t, target, &address) or not get_address(t, mask, &bits):
        return
    prefix = prefix_of(&bits)
    if prefix < 0 or bits.is_v6 != address.is_v6:
        bad(t, mask)
        return
    end = put_ip(text, address.octets, address.is_v6)
    end[0] = c"/"
    end = put_decimal(end + 1, <uint64_t>prefix)
    put_long_text(t.rows, column, text, <size_t>(end - text))
