/* What plain C does with a block: no checks, no options, 25 columns; must not know wfpfast's code.
 *
 * As one would write it to be fast and be done: one loop over FWPM_NET_EVENT5, columns allocated
 * for each block, addresses as text, validity as bitmaps, dictionaries that live on. It trusts
 * every pointer. The structs are those of fwpmtypes.h, written down after their documentation.
 */

#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct { uint32_t size; const uint8_t *data; } Blob;

typedef struct {
    uint32_t time_low, time_high, flags;
    int32_t ip_version;
    uint8_t ip_protocol;
    union { uint32_t v4; uint8_t v6[16]; } local, remote;
    uint16_t local_port, remote_port;
    uint32_t scope_id;
    Blob app_id;
    const uint8_t *user_sid;
    int32_t address_family;
    const uint8_t *package_sid;
    const uint16_t *enterprise_id;
    uint64_t policy_flags;
    Blob effective_name;
} Header3;

typedef struct { Header3 header; uint32_t type; const uint8_t *payload; } Event5;

typedef struct {    /* CLASSIFY_DROP2, which begins as CLASSIFY_ALLOW0 does */
    uint64_t filter_id;
    uint16_t layer_id;
    uint32_t reauth_reason, original_profile, current_profile, direction;
    int32_t is_loopback;
} Classify;

typedef struct { int32_t status; uint32_t direction, spi; uint64_t filter_id; uint16_t layer_id; }
    KernelDrop;
typedef struct { uint32_t capability; uint64_t filter_id; int32_t is_loopback; } Capability;

enum { PROTOCOL = 1, LOCAL = 2, REMOTE = 4, LOCAL_PORT = 8, REMOTE_PORT = 16, APP = 32, USER = 64,
       SCOPE = 128, VERSION = 256, PACKAGE = 1024 };
enum { CLASSIFY_DROP = 3, KERNEL_DROP = 4, DOSP_DROP = 5, CLASSIFY_ALLOW = 6, CAPABILITY_DROP = 7,
       CAPABILITY_ALLOW = 8, CLASSIFY_DROP_MAC = 9, LPM_PACKET_ARRIVAL = 10 };
enum { DOSP_STATUS = 36, CLASSIFY_IN_MAC = 48 };    /* offsets of what is read of these */

/* --- Columns: values, and bitmaps of those that may be null */

enum { V_PROTOCOL, V_LOCAL, V_REMOTE, V_LOCAL_PORT, V_REMOTE_PORT, V_SCOPE, V_APP, V_USER,
       V_PACKAGE, V_VERSION, V_FILTER, V_LAYER, V_REAUTH, V_ORIGINAL, V_CURRENT, V_DIRECTION,
       V_LOOPBACK, V_SPI, V_STATUS, V_CAPABILITY, N_BITMAPS };

typedef struct {
    int64_t *timestamp;
    uint32_t *flags, *event_type;
    uint8_t *ip_version, *ip_protocol;
    int32_t *local_offsets, *remote_offsets;
    char *local_text, *remote_text;
    uint16_t *local_port, *remote_port;
    uint32_t *scope_id;
    int32_t *app_path, *user_sid, *package_sid;         /* places in the dictionaries */
    uint64_t *filter_id;
    uint16_t *layer_id;
    uint32_t *reauth_reason, *original_profile, *current_profile, *direction;
    uint8_t *is_loopback;
    uint32_t *spi;
    int32_t *failure_status;
    uint32_t *network_capability;
    uint64_t *valid[N_BITMAPS];
} Columns;

#define MOST_ADDRESS 40     /* bytes of an IPv6 address as text */

static inline void columns_new(Columns *c, size_t n)
{
#define ROOM(name, each) c->name = malloc((n * (each) + 64) * sizeof *c->name)
    ROOM(timestamp, 1); ROOM(flags, 1); ROOM(event_type, 1); ROOM(ip_version, 1);
    ROOM(ip_protocol, 1); ROOM(local_offsets, 1); ROOM(remote_offsets, 1);
    ROOM(local_text, MOST_ADDRESS); ROOM(remote_text, MOST_ADDRESS);
    ROOM(local_port, 1); ROOM(remote_port, 1); ROOM(scope_id, 1);
    ROOM(app_path, 1); ROOM(user_sid, 1); ROOM(package_sid, 1);
    ROOM(filter_id, 1); ROOM(layer_id, 1); ROOM(reauth_reason, 1); ROOM(original_profile, 1);
    ROOM(current_profile, 1); ROOM(direction, 1); ROOM(is_loopback, 1);
    ROOM(spi, 1); ROOM(failure_status, 1); ROOM(network_capability, 1);
#undef ROOM
    for (int k = 0; k < N_BITMAPS; k++)
        c->valid[k] = calloc(n / 64 + 1, sizeof(uint64_t));
    c->local_offsets[0] = c->remote_offsets[0] = 0;
}

void floor_free(Columns *c)
{
    void **each = (void **)c;
    for (size_t k = 0; k < sizeof *c / sizeof *each; k++)
        free(each[k]);
}

/* --- Addresses as text */

static char digits[200];    /* "00" to "99" */

static inline char *octet(char *out, unsigned value)
{
    if (value < 10) {
        *out++ = '0' + value;
        return out;
    }
    if (value >= 100) {
        *out++ = '0' + value / 100;
        value %= 100;
    }
    memcpy(out, digits + 2 * value, 2);
    return out + 2;
}

static inline char *ipv4(char *out, uint32_t address)
{
    out = octet(out, address >> 24);
    *out++ = '.';
    out = octet(out, address >> 16 & 255);
    *out++ = '.';
    out = octet(out, address >> 8 & 255);
    *out++ = '.';
    return octet(out, address & 255);
}

static char *ipv6(char *out, const uint8_t *bytes)
{
    unsigned groups[8];
    int zeros = -1, length = 1, first = -1;     /* the longest run of zeros, RFC 5952 */
    for (int k = 0; k < 8; k++) {
        groups[k] = bytes[2 * k] << 8 | bytes[2 * k + 1];
        first = groups[k] ? -1 : first < 0 ? k : first;
        if (first >= 0 && k - first + 1 > length) {
            zeros = first;
            length = k - first + 1;
        }
    }
    for (int k = 0; k < 8; k++) {
        if (k == zeros) {
            *out++ = ':';
            *out++ = ':';
            k += length - 1;
            continue;
        }
        if (k && k != zeros + length)
            *out++ = ':';
        int shift = groups[k] > 0xfff ? 12 : groups[k] > 0xff ? 8 : groups[k] > 0xf ? 4 : 0;
        for (; shift >= 0; shift -= 4)
            *out++ = "0123456789abcdef"[groups[k] >> shift & 15];
    }
    return out;
}

/* --- Dictionaries: open addressing, the whole value hashed and compared */

typedef struct { uint64_t hash; const uint8_t *data; uint32_t size; int32_t place; } Slot;
typedef struct { Slot *slots; Slot *by_place[1 << 16]; uint32_t mask; int32_t count; } Dictionary;
typedef struct { Dictionary paths, users, packages; } State;
const size_t floor_dictionary_size = sizeof(Dictionary);

static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word(const uint8_t *p)
{
    uint64_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

static inline uint64_t hash_of(const uint8_t *p, uint32_t size)
{
    const uint64_t odd1 = 0x9ddfea08eb382d69u, odd2 = 0xc2b2ae3d27d4eb4fu;
    uint64_t h = size * odd1, g = h ^ odd2;
    for (; size >= 32; p += 32, size -= 32) {
        h = mix(word(p) ^ odd1, word(p + 8) ^ h);
        g = mix(word(p + 16) ^ odd2, word(p + 24) ^ g);
    }
    for (h ^= g; size >= 8; p += 8, size -= 8)
        h = mix(word(p) ^ h, odd1);
    uint64_t rest = 0;
    memcpy(&rest, p, size);
    return mix(rest ^ h, odd2);
}

static inline int32_t place_of(Dictionary *d, const uint8_t *data, uint32_t size)
{
    uint64_t hash = hash_of(data, size);
    for (uint32_t at = hash & d->mask;; at = (at + 1) & d->mask) {
        Slot *slot = &d->slots[at];
        if (!slot->data) {
            uint8_t *copy = malloc(size);
            if ((uint32_t)d->count * 2 > d->mask)
                abort();    /* more values than the mixes have */
            memcpy(copy, data, size);
            *slot = (Slot){hash, copy, size, d->count};
            d->by_place[d->count] = slot;
            return d->count++;
        }
        if (slot->hash == hash && slot->size == size && !memcmp(slot->data, data, size))
            return slot->place;
    }
}

State *floor_state(void)
{
    State *state = calloc(1, sizeof *state);
    Dictionary *all[] = {&state->paths, &state->users, &state->packages};
    uint32_t sizes[] = {1 << 16, 1 << 12, 1 << 12};
    for (int k = 0; k < 3; k++) {
        all[k]->slots = calloc(sizes[k], sizeof(Slot));
        all[k]->mask = sizes[k] - 1;
    }
    for (int k = 0; k < 100; k++) {
        digits[2 * k] = '0' + k / 10;
        digits[2 * k + 1] = '0' + k % 10;
    }
    return state;
}

const uint8_t *floor_value(const Dictionary *d, int32_t place, uint32_t *size)
{
    *size = d->count ? d->by_place[place]->size : 0;
    return !d->count ? NULL : d->by_place[place]->data;
}

/* --- The loop */

typedef struct { size_t row; ptrdiff_t shift; char *local, *remote; } At;

#define VALID(bitmap, holds) \
    c->valid[bitmap][at->row >> 6] |= (uint64_t)!!(holds) << (at->row & 63)
#define THERE(pointer) ((const void *)((const char *)(pointer) + at->shift))

static int32_t sid_place(Dictionary *d, const uint8_t *sid)
{
    return place_of(d, sid, 8 + 4 * sid[1]);
}

static inline void header(Columns *c, State *state, At *at, const Header3 *h)
{
    size_t i = at->row;
    uint32_t flags = h->flags;
    uint64_t ticks = (uint64_t)h->time_high << 32 | h->time_low;
    c->timestamp[i] = (int64_t)(ticks - 116444736000000000u) * 100;
    c->flags[i] = flags;
    c->ip_version[i] = h->ip_version ? 6 : 4;
    c->ip_protocol[i] = h->ip_protocol;
    c->local_port[i] = h->local_port;
    c->remote_port[i] = h->remote_port;
    c->scope_id[i] = h->scope_id;
    VALID(V_PROTOCOL, flags & PROTOCOL);
    VALID(V_LOCAL, (flags & (LOCAL | VERSION)) == (LOCAL | VERSION));
    VALID(V_REMOTE, (flags & (REMOTE | VERSION)) == (REMOTE | VERSION));
    VALID(V_LOCAL_PORT, flags & LOCAL_PORT);
    VALID(V_REMOTE_PORT, flags & REMOTE_PORT);
    VALID(V_SCOPE, flags & SCOPE);
    VALID(V_VERSION, flags & VERSION);
    if (flags & VERSION) {
        if (flags & LOCAL)
            at->local = h->ip_version ? ipv6(at->local, h->local.v6) : ipv4(at->local, h->local.v4);
        if (flags & REMOTE)
            at->remote = h->ip_version ? ipv6(at->remote, h->remote.v6)
                                       : ipv4(at->remote, h->remote.v4);
    }
    c->local_offsets[i + 1] = at->local - c->local_text;
    c->remote_offsets[i + 1] = at->remote - c->remote_text;
    int has_app = flags & APP && h->app_id.data;
    VALID(V_APP, has_app);
    VALID(V_USER, flags & USER && h->user_sid);
    VALID(V_PACKAGE, flags & PACKAGE && h->package_sid);
    c->app_path[i] = has_app ? place_of(&state->paths, THERE(h->app_id.data), h->app_id.size) : 0;
    c->user_sid[i] = flags & USER && h->user_sid
        ? sid_place(&state->users, THERE(h->user_sid)) : 0;
    c->package_sid[i] = flags & PACKAGE && h->package_sid
        ? sid_place(&state->packages, THERE(h->package_sid)) : 0;
}

static inline void payload(Columns *c, const At *at, uint32_t type, const void *given)
{
    size_t i = at->row;
    uint64_t filter_id = 0;
    uint16_t layer_id = 0;
    uint32_t reauth = 0, original = 0, current = 0, direction = 0, spi = 0, capability = 0;
    int32_t status = 0;
    uint8_t loopback = 0;
    if (type == CLASSIFY_DROP || type == CLASSIFY_ALLOW || type == CLASSIFY_DROP_MAC) {
        const Classify *p = THERE(given + (type == CLASSIFY_DROP_MAC ? CLASSIFY_IN_MAC : 0));
        filter_id = p->filter_id; layer_id = p->layer_id; reauth = p->reauth_reason;
        original = p->original_profile; current = p->current_profile;
        direction = p->direction; loopback = p->is_loopback != 0;
        VALID(V_FILTER, 1); VALID(V_LAYER, 1); VALID(V_REAUTH, 1); VALID(V_ORIGINAL, 1);
        VALID(V_CURRENT, 1); VALID(V_DIRECTION, 1); VALID(V_LOOPBACK, 1);
    } else if (type == KERNEL_DROP) {
        const KernelDrop *p = THERE(given);
        filter_id = p->filter_id; layer_id = p->layer_id; spi = p->spi; status = p->status;
        direction = p->direction;
        VALID(V_FILTER, filter_id); VALID(V_LAYER, filter_id); VALID(V_DIRECTION, 1);
        VALID(V_SPI, 1); VALID(V_STATUS, 1);
    } else if (type == CAPABILITY_DROP || type == CAPABILITY_ALLOW) {
        const Capability *p = THERE(given);
        filter_id = p->filter_id; capability = p->capability; loopback = p->is_loopback != 0;
        VALID(V_FILTER, 1); VALID(V_CAPABILITY, 1); VALID(V_LOOPBACK, 1);
    } else if (type == DOSP_DROP) {
        const uint32_t *p = THERE(given + DOSP_STATUS);
        status = p[0]; direction = p[1];
        VALID(V_STATUS, 1); VALID(V_DIRECTION, 1);
    } else if (type == LPM_PACKET_ARRIVAL) {
        spi = *(const uint32_t *)THERE(given);
        VALID(V_SPI, 1);
    }
    c->filter_id[i] = filter_id; c->layer_id[i] = layer_id; c->reauth_reason[i] = reauth;
    c->original_profile[i] = original; c->current_profile[i] = current;
    c->direction[i] = direction; c->is_loopback[i] = loopback; c->spi[i] = spi;
    c->failure_status[i] = status; c->network_capability[i] = capability;
}

/* Decode n events whose pointers are `shift` bytes away from where they point to. The columns are
 * the function's own until it returns them: else every byte stored might change their addresses. */
double floor_decode(const uint64_t *entries, size_t n, ptrdiff_t shift, State *state, Columns *out)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    Columns own, *c = &own;
    columns_new(c, n);
    At here = {0, shift, c->local_text, c->remote_text}, *at = &here;
    for (size_t i = 0; i < n; i++) {
        if (i + 8 < n) {
            const char *soon = THERE(entries[i + 8]);
            for (int k = 0; k < 448; k += 64)
                __builtin_prefetch(soon + k);
        }
        const Event5 *event = THERE(entries[i]);
        at->row = i;
        header(c, state, at, &event->header);
        c->event_type[i] = event->type;
        payload(c, at, event->type, event->payload);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    *out = own;
    return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

/* For memcpy's time without Python's: copy once and say how long it took. */
double floor_copy(void *to, const void *from, size_t size)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    memcpy(to, from, size);
    __asm__ volatile("" ::"r"(to) : "memory");
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}
