/* Functions that vector instructions speed up, each with a portable version; knows no struct. */
#ifndef WFPFAST_VECTOR_H
#define WFPFAST_VECTOR_H

#include <stdint.h>
#include <string.h>

#include "_portable.h"

/* Transpose 64 x 64 bits: bit r of columns[c] is bit c of rows[r]. */
static inline void wf_transpose_portable(const uint64_t rows[64], uint64_t columns[64])
{
    uint64_t mask = 0xffffffffu;
    memcpy(columns, rows, 64 * sizeof *rows);
    for (int half = 32; half; half >>= 1, mask ^= mask << half)
        for (int k = 0; k < 64; k = ((k | half) + 1) & ~half) {
            uint64_t swap = ((columns[k] >> half) ^ columns[k | half]) & mask;
            columns[k] ^= swap << half;
            columns[k | half] ^= swap;
        }
}

/* Write 16 bytes as 32 hexadecimal digits; bit k of the result says that digit k is not 0. */
static inline uint32_t wf_hex16_portable(char out[32], const uint8_t bytes[16])
{
    uint32_t others = 0;
    for (int k = 0; k < 32; k++) {
        int digit = bytes[k / 2] >> (k & 1 ? 0 : 4) & 15;
        out[k] = "0123456789abcdef"[digit];
        others |= (uint32_t)(digit != 0) << k;
    }
    return others;
}

/* Write 16 units of UTF-16 as 16 bytes; false, and any bytes, if one is NUL or not ASCII. */
static inline int wf_narrow_16_portable(uint8_t out[16], const uint8_t units[32], int big)
{
    unsigned others = 0;
    for (int k = 0; k < 16; k++) {
        unsigned unit = units[2 * k + !big] << 8 | units[2 * k + big];
        others |= (unit - 1) | unit;
        out[k] = (uint8_t)unit;
    }
    return !(others & 0xff80);
}

/* How many of 16 bytes, from the first on, are plain in a JSON string: ASCII that is no control
 * character, no quotation mark and no backslash. */
static inline int wf_plain_16_portable(const uint8_t text[16])
{
    int k = 0;
    while (k < 16 && text[k] >= 0x20 && text[k] < 0x80 && text[k] != '"' && text[k] != '\\')
        k++;
    return k;
}

/* The NH hash of UMAC (RFC 4418, section 5.2) of 32 to 192 bytes. Blocks past the end are moved
 * back to end with the text: reading bytes twice does no harm, and a loop count that does not depend on
 * the size is never mispredicted. */
static inline uint64_t wf_hash_192_portable(
    const uint8_t *text, uint64_t size, const uint64_t secrets[24])
{
    uint64_t sum = 0;
    for (uint64_t k = 0; k < 6; k++) {
        const uint8_t *block = text + (32 * k < size - 32 ? 32 * k : size - 32);
        for (int word = 0; word < 4; word++) {
            uint32_t pair[2], secret[2];
            memcpy(pair, block + 8 * word, 8);
            memcpy(secret, secrets + 4 * k + word, 8);
            sum += (uint64_t)(uint32_t)(pair[0] + secret[0]) * (uint32_t)(pair[1] + secret[1]);
        }
    }
    return sum;
}

/* Whether 16 to 192 bytes are equal. */
static inline int wf_same_192_portable(const uint8_t *a, const uint8_t *b, uint64_t size)
{
    return memcmp(a, b, size) == 0;
}

#if defined(__SSE2__) || (defined(_MSC_VER) && defined(_M_X64))
#include <emmintrin.h>

/* Split 16 rows of eight bytes: plane b gets byte b of every row. */
static inline void wf_byte_planes(const uint64_t rows[16], __m128i planes[8])
{
    __m128i a[8], b[8];
    for (int k = 0; k < 8; k++)
        a[k] = _mm_loadu_si128((const __m128i *)rows + k); /* rows 2k, 2k + 1 */
    for (int k = 0; k < 4; k++) { /* bytes of rows 2k, 2k + 8; of 2k + 1, 2k + 9 */
        b[2 * k] = _mm_unpacklo_epi8(a[k], a[k + 4]);
        b[2 * k + 1] = _mm_unpackhi_epi8(a[k], a[k + 4]);
    }
    for (int k = 0; k < 4; k++) { /* of four rows, four apart */
        a[2 * k] = _mm_unpacklo_epi8(b[k], b[k + 4]);
        a[2 * k + 1] = _mm_unpackhi_epi8(b[k], b[k + 4]);
    }
    /* a[0], a[1]: bytes 0-3 and 4-7 of rows 0, 4, 8, 12; then those of 1, 2 and 3 */
    for (int k = 0; k < 2; k++) {
        b[k] = _mm_unpacklo_epi8(a[k], a[k + 4]);
        b[k + 2] = _mm_unpackhi_epi8(a[k], a[k + 4]);
        b[k + 4] = _mm_unpacklo_epi8(a[k + 2], a[k + 6]);
        b[k + 6] = _mm_unpackhi_epi8(a[k + 2], a[k + 6]);
    }
    for (int k = 0; k < 4; k++) { /* k: bytes 0-1, 4-5, 2-3, 6-7 */
        int byte = (k & 1) * 4 + (k & 2);
        planes[byte] = _mm_unpacklo_epi8(b[k], b[k + 4]);
        planes[byte + 1] = _mm_unpackhi_epi8(b[k], b[k + 4]);
    }
}

static inline void wf_transpose(const uint64_t rows[64], uint64_t columns[64])
{
    __m128i planes[4][8];
    for (int quarter = 0; quarter < 4; quarter++)
        wf_byte_planes(rows + 16 * quarter, planes[quarter]);
    for (int byte = 0; byte < 8; byte++) {
        __m128i q0 = planes[0][byte], q1 = planes[1][byte];
        __m128i q2 = planes[2][byte], q3 = planes[3][byte];
        __m128i any = _mm_or_si128(_mm_or_si128(q0, q1), _mm_or_si128(q2, q3));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(any, _mm_setzero_si128())) == 0xffff) {
            memset(columns + 8 * byte, 0, 64);
            continue;
        }
        for (int bit = 7; bit >= 0; bit--) { /* the highest bit of every byte, then the next */
            uint32_t low = (uint32_t)_mm_movemask_epi8(q0) | (uint32_t)_mm_movemask_epi8(q1) << 16;
            uint32_t high = (uint32_t)_mm_movemask_epi8(q2) | (uint32_t)_mm_movemask_epi8(q3) << 16;
            columns[8 * byte + bit] = low | (uint64_t)high << 32;
            q0 = _mm_add_epi8(q0, q0), q1 = _mm_add_epi8(q1, q1);
            q2 = _mm_add_epi8(q2, q2), q3 = _mm_add_epi8(q3, q3);
        }
    }
}

static inline uint32_t wf_hex16(char out[32], const uint8_t bytes[16])
{
    __m128i given = _mm_loadu_si128((const __m128i *)bytes), nibble = _mm_set1_epi8(15);
    __m128i high = _mm_and_si128(_mm_srli_epi16(given, 4), nibble);
    __m128i low = _mm_and_si128(given, nibble);
    uint32_t others = 0;
    for (int half = 0; half < 2; half++) {
        __m128i digits = half ? _mm_unpackhi_epi8(high, low) : _mm_unpacklo_epi8(high, low);
        __m128i positive = _mm_cmpgt_epi8(digits, _mm_setzero_si128());
        others |= (uint32_t)_mm_movemask_epi8(positive) << 16 * half;
        __m128i letters = _mm_cmpgt_epi8(digits, _mm_set1_epi8(9));
        digits = _mm_add_epi8(digits, _mm_set1_epi8('0'));
        digits = _mm_add_epi8(digits, _mm_and_si128(letters, _mm_set1_epi8('a' - '0' - 10)));
        _mm_storeu_si128((__m128i *)out + half, digits);
    }
    return others;
}

static inline int wf_narrow_16(uint8_t out[16], const uint8_t units[32], int big)
{
    __m128i a = _mm_loadu_si128((const __m128i *)units);
    __m128i b = _mm_loadu_si128((const __m128i *)units + 1);
    __m128i zero = _mm_setzero_si128(), nul, high;
    if (big) {
        a = _mm_or_si128(_mm_slli_epi16(a, 8), _mm_srli_epi16(a, 8));
        b = _mm_or_si128(_mm_slli_epi16(b, 8), _mm_srli_epi16(b, 8));
    }
    nul = _mm_or_si128(_mm_cmpeq_epi16(a, zero), _mm_cmpeq_epi16(b, zero));
    high = _mm_and_si128(_mm_or_si128(a, b), _mm_set1_epi16((short)0xff80));
    _mm_storeu_si128((__m128i *)out, _mm_packus_epi16(a, b));
    return !_mm_movemask_epi8(nul)
        && _mm_movemask_epi8(_mm_cmpeq_epi16(high, zero)) == 0xffff;
}

static inline int wf_plain_16(const uint8_t text[16])
{
    __m128i given = _mm_loadu_si128((const __m128i *)text);
    __m128i others = _mm_cmplt_epi8(given, _mm_set1_epi8(0x20)); /* signed: from 0x80 on, too */
    others = _mm_or_si128(others, _mm_cmpeq_epi8(given, _mm_set1_epi8('"')));
    others = _mm_or_si128(others, _mm_cmpeq_epi8(given, _mm_set1_epi8('\\')));
    return wf_trailing_zeros((uint32_t)_mm_movemask_epi8(others) | 1u << 16);
}

static inline uint64_t wf_hash_192(
    const uint8_t *text, uint64_t size, const uint64_t secrets[24])
{
    __m128i sum = _mm_setzero_si128();
    uint64_t halves[2];
    for (uint64_t k = 0; k < 6; k++) {
        const uint8_t *block = text + (32 * k < size - 32 ? 32 * k : size - 32);
        for (int half = 0; half < 2; half++) {
            __m128i secret = _mm_loadu_si128((const __m128i *)secrets + 2 * k + half);
            __m128i words = _mm_loadu_si128((const __m128i *)block + half);
            words = _mm_add_epi32(words, secret);
            sum = _mm_add_epi64(sum, _mm_mul_epu32(words, _mm_srli_epi64(words, 32)));
        }
    }
    _mm_storeu_si128((__m128i *)halves, sum);
    return halves[0] + halves[1];
}

/* Whether `half` to 2 * `half` bytes are equal; bytes in the middle may be compared twice. */
static inline int wf_same_ends(const uint8_t *a, const uint8_t *b, uint64_t size, int half)
{
    __m128i same = _mm_set1_epi8(-1);
    for (int k = 0; k < half; k += 16) {
        uint64_t at = size - half + k;
        same = _mm_and_si128(same, _mm_cmpeq_epi8(
            _mm_loadu_si128((const __m128i *)(a + k)), _mm_loadu_si128((const __m128i *)(b + k))));
        same = _mm_and_si128(same, _mm_cmpeq_epi8(
            _mm_loadu_si128((const __m128i *)(a + at)), _mm_loadu_si128((const __m128i *)(b + at))));
    }
    return _mm_movemask_epi8(same) == 0xffff;
}

static inline int wf_same_192(const uint8_t *a, const uint8_t *b, uint64_t size)
{
    if (size >= 96) /* most paths: the exit of a loop would be mispredicted */
        return wf_same_ends(a, b, size, 96);
    if (size >= 48)
        return wf_same_ends(a, b, size, 48);
    return size > 32 ? wf_same_ends(a, b, size, 32) : wf_same_ends(a, b, size, 16);
}
#else
#define wf_same_192 wf_same_192_portable
#define wf_hash_192 wf_hash_192_portable
#define wf_transpose wf_transpose_portable
#define wf_hex16 wf_hex16_portable
#define wf_narrow_16 wf_narrow_16_portable
#define wf_plain_16 wf_plain_16_portable
#endif

#endif
