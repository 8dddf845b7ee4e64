// Tiles of keys and values as memory: how large they are, and copies of a part of one; the memory that attention over them needs.
#include <string.h>

#include "key_tiles.h"

size_t dk_tile_bytes(dk_tiles format, size_t head_dim) {
    size_t values = DK_TILE_KEYS * head_dim * (format == DK_TILES_F32 ? 4 : 2);
    return tile_key_bytes(format, head_dim) + values;
}

// Queries and their sums, up to whole vectors, what else each query has, a widened tile, and some to begin with a cache line.
size_t dk_attention_scratch(size_t head_dim) {
    size_t rows = 2 * attention_queries + 2 * DK_TILE_KEYS;
    return rows * (head_dim + widest_vector) + attention_queries * attention_query_floats + 64;
}

void dk_copy_positions(void *tiles, const void *from, dk_tiles format, size_t head_dim, size_t count) {
    size_t tile = dk_tile_bytes(format, head_dim), whole = count / DK_TILE_KEYS * tile, rest = count % DK_TILE_KEYS;
    if (whole > 0) memcpy(tiles, from, whole);
    if (rest == 0) return;
    char *to = (char *)tiles + whole;
    const char *source = (const char *)from + whole;
    size_t row = DK_TILE_KEYS * 4, keys = tile_key_bytes(format, head_dim);
    for (size_t i = 0; i < keys / row; i++) memcpy(to + i * row, source + i * row, rest * 4);
    size_t together = format == DK_TILES_F32 ? rest : rest / 2;
    memcpy(to + keys, source + keys, together * head_dim * 4);
    if (format == DK_TILES_F32 || rest % 2 == 0) return;
    for (size_t d = 0; d < head_dim; d++) {
        size_t place = keys + value_place(format, head_dim, rest - 1, d) * 2;
        memcpy(to + place, source + place, 2);
    }
}
