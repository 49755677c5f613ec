/* The checksum of chunks, CRC-32 as in zlib, without the GIL; must not know what is summed.

   Eight bytes at a time (slicing by 8; Kounavis and Berry, "A Systematic Approach to Building High
   Performance, Software-based, CRC generators", 2005). */
#ifndef WF_CRC32_H
#define WF_CRC32_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint32_t wf_crc32_tables[8][256];

static void wf_crc32_init(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        wf_crc32_tables[0][i] = crc;
    }
    for (int k = 1; k < 8; k++)
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t before = wf_crc32_tables[k - 1][i];
            wf_crc32_tables[k][i] = before >> 8 ^ wf_crc32_tables[0][before & 255];
        }
}

/* Continue a checksum, which begins with 0, with `size` bytes. */
static uint32_t wf_crc32(uint32_t crc, const uint8_t *data, size_t size) {
    const uint32_t (*t)[256] = (const uint32_t (*)[256])wf_crc32_tables;
    uint64_t word;
    crc = ~crc;
    for (; size >= 8; size -= 8, data += 8) {
        memcpy(&word, data, 8); /* little-endian, as all that wfpfast runs on */
        word ^= crc;
        crc = t[7][word & 255] ^ t[6][word >> 8 & 255] ^ t[5][word >> 16 & 255]
            ^ t[4][word >> 24 & 255] ^ t[3][word >> 32 & 255] ^ t[2][word >> 40 & 255]
            ^ t[1][word >> 48 & 255] ^ t[0][word >> 56];
    }
    for (; size; size--)
        crc = crc >> 8 ^ t[0][(crc ^ *data++) & 255];
    return ~crc;
}

#endif
