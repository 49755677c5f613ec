/* The numbers 0 to 255 as text, each with a dot: the parts of an IPv4 address; knows no struct. */
#ifndef WFPFAST_OCTETS_H
#define WFPFAST_OCTETS_H

#include <stdint.h>

/* Bytes 0 to 3, little-endian, are the text with its dot; byte 4 is its size. */
#define WF_PIECE(size, a, b, c, d) \
    ((uint64_t)(size) << 32 | (uint64_t)(d) << 24 | (c) << 16 | (b) << 8 | (a))
#define WF_OCTET(n) \
    ((n) < 10 ? WF_PIECE(2, '0' + (n), '.', 0, 0) \
     : (n) < 100 ? WF_PIECE(3, '0' + (n) / 10, '0' + (n) % 10, '.', 0) \
     : WF_PIECE(4, '0' + (n) / 100, '0' + (n) / 10 % 10, '0' + (n) % 10, '.'))
#define WF_OCTETS_4(n) WF_OCTET(n), WF_OCTET((n) + 1), WF_OCTET((n) + 2), WF_OCTET((n) + 3)
#define WF_OCTETS_16(n) \
    WF_OCTETS_4(n), WF_OCTETS_4((n) + 4), WF_OCTETS_4((n) + 8), WF_OCTETS_4((n) + 12)
#define WF_OCTETS_64(n) \
    WF_OCTETS_16(n), WF_OCTETS_16((n) + 16), WF_OCTETS_16((n) + 32), WF_OCTETS_16((n) + 48)

static const uint64_t wf_octets[256] = {
    WF_OCTETS_64(0), WF_OCTETS_64(64), WF_OCTETS_64(128), WF_OCTETS_64(192)
};

#endif
