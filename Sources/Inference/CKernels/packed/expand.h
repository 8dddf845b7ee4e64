// Panels of 4-bit weights as panels of 8-bit ones, exactly: step·(q - 8) + 128.
#ifndef PACKED_EXPAND_H
#define PACKED_EXPAND_H

#include "tiles.h"

typedef uint8_t vstored __attribute__((ext_vector_type(4 * LANES)));
typedef uint16_t vwords __attribute__((ext_vector_type(2 * LANES)));

// Each column's step in all four bytes of its lane.
INLINE vstored steps_of(const uint8_t *block, size_t pair, size_t vector, int shift) {
    typedef uint8_t vsteps __attribute__((ext_vector_type(LANES)));
    vsteps both;
    memcpy(&both, block + scale_bytes + pair * DK_PANEL + vector * LANES, sizeof both);
    vuint steps = __builtin_convertvector(shift ? both >> 4 : both & 15, vuint);
    return (vstored)(steps * 0x01010101);
}

// Products of bytes that are below 256, by multiplying even and odd bytes apart; `base` is 128 - 8·step.
INLINE vstored stepped(vstored nibbles, vstored steps, vstored base) {
    vwords even = ((vwords)nibbles & 0xff) * ((vwords)steps & 0xff), odd = ((vwords)nibbles >> 8) * ((vwords)steps & 0xff);
    return (vstored)(even | odd << 8) + base;
}

static void expand_panel(uint8_t *to, const uint8_t *from, size_t groups) {
    for (size_t g = 0; g < groups; g++, to += int8_block_bytes, from += int4_block_bytes) {
        memcpy(to, from, scale_bytes);
        for (size_t line = 0; line < scale_bytes + step_bytes; line += 64) fetch_line(from + line, stream_ahead);
        for (size_t pair = 0; pair < pairs; pair++) {
            for (size_t vector = 0; vector < panel_vectors; vector++) {
                vstored low_steps = steps_of(from, pair, vector, 0), high_steps = steps_of(from, pair, vector, 4);
                vstored low_base = 128 - 8 * low_steps, high_base = 128 - 8 * high_steps;
                const uint8_t *nibbles = from + scale_bytes + step_bytes + pair * pair_quads * quad_bytes + vector * vector_bytes;
                uint8_t *low = to + scale_bytes + pair * 2 * pair_quads * quad_bytes + vector * vector_bytes, *high = low + pair_quads * quad_bytes;
                for (size_t quad = 0; quad < pair_quads; quad++) {
                    fetch_line(nibbles + quad * quad_bytes, stream_ahead);
                    vstored both;
                    memcpy(&both, nibbles + quad * quad_bytes, sizeof both);
                    vstored w_low = stepped(both & 15, low_steps, low_base), w_high = stepped(both >> 4, high_steps, high_base);
                    memcpy(low + quad * quad_bytes, &w_low, sizeof w_low);
                    memcpy(high + quad * quad_bytes, &w_high, sizeof w_high);
                }
            }
        }
    }
}

#endif
