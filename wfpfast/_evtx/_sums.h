/* The checksum of chunks, CRC-32 as in zlib, without the GIL; knows no chunk.
 *
 * Without the checksum a chunk is read in less time than zlib needs to sum it. So where the processor
 * multiplies without carry, 64 bytes are folded at a time (Gopal et al., "Fast CRC Computation for
 * Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009); elsewhere eight bytes are looked
 * up at a time (Kounavis and Berry, "A Systematic Approach to Building High Performance,
 * Software-based, CRC Generators", 2005). */
#ifndef WFPFAST_SUMS_H
#define WFPFAST_SUMS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint32_t wf_crc_tables[8][256];

static void wf_crc_init(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        wf_crc_tables[0][i] = crc;
    }
    for (int k = 1; k < 8; k++)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t before = wf_crc_tables[k - 1][i];
            wf_crc_tables[k][i] = before >> 8 ^ wf_crc_tables[0][before & 255];
        }
}

/* Continue a checksum, which begins with 0, with `size` bytes. */
static uint32_t wf_crc32_portable(uint32_t crc, const uint8_t *data, size_t size)
{
    uint64_t word;
    crc = ~crc;
    for (; size >= 8; size -= 8, data += 8) {
        memcpy(&word, data, 8); /* little-endian, as all that wfpfast runs on */
        word ^= crc;
        crc = 0;
        for (int k = 0; k < 8; k++)
            crc ^= wf_crc_tables[7 - k][word >> 8 * k & 255];
    }
    for (; size; size--)
        crc = crc >> 8 ^ wf_crc_tables[0][(crc ^ *data++) & 255];
    return ~crc;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define WF_CLMUL __attribute__((target("pclmul,sse4.1")))

static inline WF_CLMUL __m128i wf_load(const uint8_t *data)
{
    return _mm_loadu_si128((const __m128i *)data);
}

/* Multiply the remainder `x` by two powers of the polynomial, and add the bits after it. */
static inline WF_CLMUL __m128i wf_fold_bits(__m128i x, __m128i powers, __m128i next)
{
    __m128i low = _mm_clmulepi64_si128(x, powers, 0x00);
    __m128i high = _mm_clmulepi64_si128(x, powers, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* The state of a checksum after `size` bytes, at least 64 and a multiple of 16. */
static WF_CLMUL uint32_t wf_crc_folded(uint32_t state, const uint8_t *data, size_t size)
{
    const __m128i by_64 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    const __m128i by_16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i by_8 = _mm_set_epi64x(0, 0x0163cd6124);
    const __m128i barrett = _mm_set_epi64x(0x01f7011641, 0x01db710641);
    const __m128i words = _mm_set_epi32(0, -1, 0, -1);
    __m128i x[4], rest;
    for (int k = 0; k < 4; k++)
        x[k] = wf_load(data + 16 * k);
    x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)state));
    for (data += 64, size -= 64; size >= 64; data += 64, size -= 64)
        for (int k = 0; k < 4; k++)
            x[k] = wf_fold_bits(x[k], by_64, wf_load(data + 16 * k));
    for (int k = 1; k < 4; k++)
        x[0] = wf_fold_bits(x[0], by_16, x[k]);
    for (; size; data += 16, size -= 16)
        x[0] = wf_fold_bits(x[0], by_16, wf_load(data));
    rest = _mm_clmulepi64_si128(x[0], by_16, 0x10);
    rest = _mm_xor_si128(_mm_srli_si128(x[0], 8), rest);
    x[0] = _mm_clmulepi64_si128(_mm_and_si128(rest, words), by_8, 0x00);
    x[0] = _mm_xor_si128(_mm_srli_si128(rest, 4), x[0]);
    rest = _mm_clmulepi64_si128(_mm_and_si128(x[0], words), barrett, 0x10);
    rest = _mm_clmulepi64_si128(_mm_and_si128(rest, words), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x[0], rest), 1);
}

static uint32_t wf_crc32(uint32_t crc, const uint8_t *data, size_t size)
{
    size_t folded = size & ~(size_t)15;
    if (folded >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) {
        crc = ~wf_crc_folded(~crc, data, folded);
        data += folded;
        size -= folded;
    }
    return wf_crc32_portable(crc, data, size);
}
#else
#define wf_crc32 wf_crc32_portable
#endif

#endif
