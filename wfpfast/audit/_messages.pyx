"""What the numbers of messages in fields stand for; must not know events.

In place of names, fields have the number of a message, `%%14610`, whatever the machine's language.
The messages are those of msobjs.dll (`_tables/audits.py`). Which enumerator each stands for is from
the words of both, and was never seen in a file beside a net event.
"""

from wfpfast._decode.schema cimport N_EVENT_COLUMNS

from wfpfast._decode.schema import COLUMN_SLOTS
from wfpfast._tables.audits import ENUMERATORS, MESSAGES
from wfpfast._tables.enums import ENUMS

cdef enum:
    FIRST_LAYER = 14596
    N_LAYERS = 48
    FIRST_MESSAGE = 8192
    N_MESSAGES = 57
    UNKNOWN = -1

cdef Word[N_LAYERS] layers
# By column: the enumerator of each message, plus 1; 0: none.
cdef signed char[N_EVENT_COLUMNS][N_MESSAGES] enumerators

_ALIVE = []


cdef const Word* layer_word(uint64_t message) noexcept nogil:
    """Return the name of a kind of layer, or NULL."""
    if not FIRST_LAYER <= message < FIRST_LAYER + N_LAYERS:
        return NULL
    message -= FIRST_LAYER
    return layers + message if layers[message].text != NULL else NULL


cdef int enumerator_of(int column, uint64_t message) noexcept nogil:
    """Return which enumerator of a column a message stands for, or -1."""
    if not FIRST_MESSAGE <= message < FIRST_MESSAGE + N_MESSAGES:
        return UNKNOWN
    return enumerators[column][message - FIRST_MESSAGE] - 1


for number in range(FIRST_LAYER, FIRST_LAYER + N_LAYERS):
    if number in MESSAGES:
        kind = MESSAGES[number].encode()
        _ALIVE.append(kind)
        layers[<int>number - FIRST_LAYER] = Word(<bytes>kind, len(kind))
for name, (enumeration, meanings) in ENUMERATORS.items():
    for number, enumerator in meanings.items():
        enumerators[<int>COLUMN_SLOTS[name]][<int>number - FIRST_MESSAGE] = (
            ENUMS[enumeration][enumerator] + 1)
