// How keys and values lie in tiles; CKernels.h says what for.
#ifndef KEY_TILES_H
#define KEY_TILES_H

#include "CKernels.h"

// What vector/attention.h lays out in its scratch memory.
enum {
    attention_queries = 240,                     // as many go by a tile before the next one
    widest_vector = 16,                          // floats of the widest vectors of all versions
    attention_query_floats = widest_vector + 2,  // of each query, beside itself and its sums: its total in partial sums, reference, limit
};

// The tile that begins at position `first`.
static inline const char *tile_at(const dk_attention *a, size_t first) {
    size_t tile = first % a->block_keys / DK_TILE_KEYS;
    return (const char *)a->blocks[first / a->block_keys] + tile * dk_tile_bytes(a->format, a->head_dim);
}

// Bytes of a tile's keys; its values follow them.
static inline size_t tile_key_bytes(dk_tiles format, size_t head_dim) {
    return DK_TILE_KEYS * (format == DK_TILES_F32 ? head_dim * 4 : (head_dim + 1) / 2 * 4);
}

// Where element `d` of a position's key is among the tile's numbers, and of its value among those after the keys.
static inline size_t key_place(dk_tiles format, size_t position, size_t d) {
    return format == DK_TILES_F32 ? d * DK_TILE_KEYS + position : (d / 2 * DK_TILE_KEYS + position) * 2 + d % 2;
}

static inline size_t value_place(dk_tiles format, size_t head_dim, size_t position, size_t d) {
    return format == DK_TILES_F32 ? position * head_dim + d : (position / 2 * head_dim + d) * 2 + position % 2;
}

#endif
