"""Numbers the values of columns as they are met; must not know who counts, nor what they mean.

Number 0 is null. Rows are read where they lie; nothing is checked that Arrow promises, but that a
code is one of its dictionary: whoever gets rows from elsewhere validates them.
"""

import os

from cpython.bytes cimport PyBytes_AsString, PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stddef cimport size_t
from libc.stdint cimport UINT32_MAX, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy, memset

from wfpfast._base.growing cimport put_bytes
from wfpfast._base.portable cimport wf_fold
from wfpfast._columns.dictionaries cimport hash_bytes, same
from wfpfast._columns.export cimport ArrowArray
from wfpfast.counting._rows cimport Numbers, Rows, at
from wfpfast.lines cimport (
    BYTES, INT32, LIST, NOTHING, TEXT, TIME, TRUTH, UINT64, Kind, Node, has_bit, span)
from wfpfast.lines cimport number as whole

cdef enum:
    FIRST_SLOTS = 64
    LATELY = 4096           # words that are found without a hash
    NOT_MET = 0xffffffff    # no number: that of a code which no row had so far
    NO_MEMORY = -1
    BAD_CODE = -2


cdef Family family_of(const Node* node) noexcept nogil:
    cdef Kind kind = node.kind if node.dictionary == NULL else node.dictionary.kind
    if kind == UINT64:
        return UNSIGNED
    if kind < TRUTH:
        return SIGNED
    if kind == TRUTH:
        return TRUTHS
    if kind == TIME:
        return TIMES
    return TEXTS if kind < BYTES else OCTETS


cdef inline uint64_t word_of(const Node* node, int64_t k) noexcept nogil:
    if node.kind == UINT64:
        return (<const uint64_t*>node.values)[k]
    if node.kind == TRUTH:
        return has_bit(node.values, k)
    return <uint64_t>whole(node, k)    # of TIME, too: it is an int64


cdef class Values:
    """The values of a column that were met, each with a number, from 1 on; 0 is null."""

    def __cinit__(self):
        cdef bytes secrets = os.urandom(sizeof(self.secrets))
        memcpy(self.secrets, PyBytes_AsString(secrets), sizeof(self.secrets))
        self.slots = <uint32_t*>calloc(FIRST_SLOTS, sizeof(uint32_t))
        self.entries = <Entry*>calloc(FIRST_SLOTS, sizeof(Entry))
        if self.slots == NULL or self.entries == NULL:
            raise MemoryError
        self.count, self.capacity, self.mask = 1, FIRST_SLOTS, FIRST_SLOTS - 1

    def __dealloc__(self):
        free(self.slots)
        free(self.entries)
        free(self.texts.data)
        free(self.codes)
        free(self.met)

    def __len__(self):
        """How many there are, with null."""
        return self.count

    def __getitem__(self, uint32_t number):
        """Return a value: None, an integer, a truth value, a text, or bytes."""
        cdef const Entry* entry
        if number >= self.count:
            raise IndexError(number)
        if number == 0:
            return None
        entry = &self.entries[number]
        if self.family == TEXTS:
            return PyUnicode_DecodeUTF8(self.texts.data + entry.word, entry.size, "replace")
        if self.family == OCTETS:
            return PyBytes_FromStringAndSize(self.texts.data + entry.word, entry.size)
        if self.family == TRUTHS:
            return entry.word != 0
        return entry.word if self.family == UNSIGNED else <int64_t>entry.word

    def find(self, str text):
        """Return the number of a text, which gets one if it was not met; that of None is 0."""
        cdef bytes data
        cdef uint32_t found
        if text is None:
            return 0
        self.join(TEXTS)
        data = text.encode()
        found = self.of_text(PyBytes_AsString(data), len(data))
        if found == NOT_MET:
            raise MemoryError
        return found

    @property
    def kind(self):
        """What the values are: "times", nanoseconds since 1970, "bytes", or "plain"."""
        return "times" if self.family == TIMES else "bytes" if self.family == OCTETS else "plain"

    def number(self, Rows rows not None, str name):
        """Return the numbers of a column's values.

        Parameters
        ----------
        rows : Rows
            What has the column.
        name : str
            What it is called there.

        Raises
        ------
        ValueError
            A code is not one of its dictionary.
        TypeError
            The values cannot be numbered, or are not of the kind of those before.
        """
        cdef const ArrowArray* array
        cdef const Node* node = rows.node(name, &array)
        cdef Numbers found = Numbers(rows.length)
        cdef int status
        if node.kind == NOTHING or array.null_count == array.length or rows.length == 0:
            return found
        if node.kind >= LIST:
            raise TypeError(f"{name} has no values that can be counted")
        self.join(family_of(node))
        with nogil:
            status = self.put(node, array, rows, found.data)
        if status == NO_MEMORY:
            raise MemoryError
        if status == BAD_CODE:
            raise ValueError(f"{name}: a code that is not in its dictionary")
        found.some = True
        return found

    def steps(self, Rows rows not None, str name, int64_t step):
        """Return the numbers of how many steps below or at each time there are."""
        cdef const ArrowArray* array
        cdef const Node* node = rows.node(name, &array)
        cdef Numbers found = Numbers(rows.length)
        cdef int64_t k, row, value, place = 0, before = 0
        cdef uint64_t low = 0
        cdef uint32_t last = 0
        if node.kind != TIME:
            return found
        self.join(SIGNED)
        with nogil:
            for k in range(rows.length):
                row = at(rows.chosen, k) + node.offset
                if node.validity != NULL and not has_bit(node.validity, row):
                    continue
                value = (<const int64_t*>node.values)[row]
                # Times mostly come in their order. No step is on both sides of 1970.
                if last == 0 or (value ^ before) < 0 or <uint64_t>value - low >= <uint64_t>step:
                    place = value // step - (value % step < 0)
                    low = <uint64_t>place * <uint64_t>step
                    last = self.of_word(<uint64_t>place)
                    if last == NOT_MET:
                        with gil:
                            raise MemoryError
                before = value
                found.data[k] = last
        found.some = last != 0
        return found

    cdef int join(self, Family family) except -1:
        if self.family == UNKNOWN:
            self.family = family
        elif self.family != family:
            raise TypeError("values of two kinds in one column")
        return 0

    cdef int put(
        self, const Node* node, const ArrowArray* array, Rows rows, uint32_t* out
    ) noexcept nogil:
        if node.dictionary != NULL:
            return self.put_codes(
                node, rows.length, rows.chosen, array.dictionary.length, out)
        if node.kind < TEXT:
            return self.put_words(node, rows.length, rows.chosen, out)
        return self.put_texts(node, rows.length, rows.chosen, out)

    cdef int put_codes(
        self, const Node* node, int64_t length, const uint32_t* chosen, int64_t values,
        uint32_t* out
    ) noexcept nogil:
        """Number the codes of a dictionary, each of whose values is looked at once."""
        cdef const Node* value = node.dictionary
        cdef uint32_t* codes = self.codes
        cdef const int32_t* narrow = NULL
        cdef int64_t k, row, code
        cdef size_t size
        cdef const uint8_t* text
        if values > self.n_codes:
            codes = <uint32_t*>realloc(self.codes, values * sizeof(uint32_t))
            if codes == NULL:
                return NO_MEMORY
            self.codes, self.n_codes = codes, values
        memset(codes, 0xff, values * sizeof(uint32_t))
        if node.kind == INT32:
            narrow = <const int32_t*>node.values
        for k in range(length):
            row = at(chosen, k) + node.offset
            if node.validity != NULL and not has_bit(node.validity, row):
                continue
            code = narrow[row] if narrow != NULL else whole(node, row)
            if not 0 <= code < values:
                return BAD_CODE
            if codes[code] == NOT_MET:
                if value.validity != NULL and not has_bit(value.validity, code + value.offset):
                    codes[code] = 0
                elif value.kind < TEXT:
                    codes[code] = self.of_word(word_of(value, code + value.offset))
                else:
                    text = span(value, code + value.offset, &size)
                    codes[code] = self.of_text(text, size)
                if codes[code] == NOT_MET:
                    return NO_MEMORY
            out[k] = codes[code]
        return 0

    cdef int put_words(
        self, const Node* node, int64_t length, const uint32_t* chosen, uint32_t* out
    ) noexcept nogil:
        cdef uint64_t word
        cdef Met* met
        cdef int64_t k, row
        if self.met == NULL:
            self.met = <Met*>calloc(LATELY, sizeof(Met))
            if self.met == NULL:
                return NO_MEMORY
        for k in range(length):
            row = at(chosen, k) + node.offset
            if node.validity != NULL and not has_bit(node.validity, row):
                continue
            word = word_of(node, row)
            met = &self.met[word & (LATELY - 1)]
            if met.number == 0 or met.word != word:
                met.word, met.number = word, self.of_word(word)
                if met.number == NOT_MET:
                    met.number = 0
                    return NO_MEMORY
            out[k] = met.number
        return 0

    cdef int put_texts(
        self, const Node* node, int64_t length, const uint32_t* chosen, uint32_t* out
    ) noexcept nogil:
        cdef int64_t k, row
        cdef size_t size
        cdef const uint8_t* text
        for k in range(length):
            row = at(chosen, k) + node.offset
            if node.validity != NULL and not has_bit(node.validity, row):
                continue
            text = span(node, row, &size)
            out[k] = self.of_text(text, size)
            if out[k] == NOT_MET:
                return NO_MEMORY
        return 0

    cdef uint32_t of_word(self, uint64_t word) noexcept nogil:
        """Return the number of a word; NOT_MET without memory."""
        # Nobody who does not know the secrets can make words whose places are the same.
        cdef uint64_t hash = wf_fold(word ^ self.secrets[0], self.secrets[1] | 1)
        cdef uint64_t place = hash & self.mask
        while self.slots[place]:
            if self.entries[self.slots[place]].word == word:
                return self.slots[place]
            place = (place + 1) & self.mask
        return self.add(hash, word, 0)

    cdef uint32_t of_text(self, const void* text, uint64_t size) noexcept nogil:
        """Return the number of a text or bytes; NOT_MET without memory."""
        cdef uint64_t hash, place, begin = self.texts.used
        cdef const Entry* entry
        if size > UINT32_MAX:
            return NOT_MET
        if size == 0:
            text = <const char*>b""     # what is empty may be nowhere
        hash = hash_bytes(<const uint8_t*>text, size, self.secrets)
        place = hash & self.mask
        while self.slots[place]:
            entry = &self.entries[self.slots[place]]
            if entry.hash == hash and entry.size == size and same(
                    <const uint8_t*>self.texts.data + entry.word, <const uint8_t*>text,
                    <uint32_t>size):
                return self.slots[place]
            place = (place + 1) & self.mask
        if put_bytes(&self.texts, text, size) < 0:
            return NOT_MET
        return self.add(hash, begin, <uint32_t>size)

    cdef uint32_t add(self, uint64_t hash, uint64_t word, uint32_t size) noexcept nogil:
        cdef uint64_t place
        cdef uint32_t new = self.count
        if new == self.capacity and self.grow() < 0:
            return NOT_MET
        place = hash & self.mask
        while self.slots[place]:
            place = (place + 1) & self.mask
        self.slots[place] = new
        self.entries[new] = Entry(hash, word, size)
        self.count = new + 1
        return new

    cdef int grow(self) noexcept nogil:
        """Make room for twice as many values; a quarter of the slots is used at most."""
        cdef uint32_t capacity = 2 * self.capacity
        cdef uint64_t place, mask = 4 * <uint64_t>capacity - 1
        cdef Entry* entries
        cdef uint32_t* slots
        cdef uint32_t k
        if capacity > 1 << 30:
            return NO_MEMORY
        slots = <uint32_t*>calloc(mask + 1, sizeof(uint32_t))
        entries = <Entry*>realloc(self.entries, capacity * sizeof(Entry))
        if entries != NULL:
            self.entries = entries
        if slots == NULL or entries == NULL:
            free(slots)
            return NO_MEMORY
        for k in range(1, self.count):
            place = entries[k].hash & mask
            while slots[place]:
                place = (place + 1) & mask
            slots[place] = k
        free(self.slots)
        self.slots, self.mask, self.capacity = slots, mask, capacity
        return 0

    cdef int compare(self, uint32_t a, uint32_t b) noexcept nogil:
        """Return less than 0 if value a comes before value b: null comes last."""
        cdef const Entry* first = &self.entries[a]
        cdef const Entry* second = &self.entries[b]
        cdef int found = 0
        if a == b:
            return 0
        if a == 0 or b == 0:
            return 1 if a == 0 else -1
        if self.family >= TEXTS:
            if first.size and second.size:
                found = memcmp(
                    self.texts.data + first.word, self.texts.data + second.word,
                    min(first.size, second.size))
            return found if found else (first.size > second.size) - (first.size < second.size)
        if self.family == UNSIGNED:
            return (first.word > second.word) - (first.word < second.word)
        return (<int64_t>first.word > <int64_t>second.word) - (
            <int64_t>first.word < <int64_t>second.word)
