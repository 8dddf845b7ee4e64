// How a product with packed weights is cut into tiles: a few rows of activations by a panel, over all groups.
//
// A file chooses an instruction set and defines the tiles; `packed_product` calls them. Sums of integers are exact, so a tile may take them in
// any order; across groups there is one order, that of CKernels.h, so a result is the same bits in every tile and every version.
#ifndef PACKED_TILES_H
#define PACKED_TILES_H

#include "../vector/vectors.h"
#include "layout.h"

#ifndef PART_OFFSET
#define PART_OFFSET(sum) (-8 * (sum))
#endif

// One tile at work.
typedef struct packed_tile {
    float *y;                // [rows, columns]
    size_t y_stride;
    size_t columns;          // of the panel, those that are stored
    const int8_t *x;         // [rows, groups · DK_GROUP], and so on, as in dk_int8_rows
    size_t x_stride;
    const float *scales;
    const int32_t *sums;
    size_t group_stride;
    const int32_t *parts;    // [rows, groups, sub_blocks]: what sums of sub-blocks of 4-bit weights begin at
    const uint8_t *blocks;
    size_t groups;
    size_t ahead;            // how far the bytes lie that are fetched meanwhile
} packed_tile;

typedef void packed_tile_function(const packed_tile *t);

// Functions for 1...most rows.
typedef struct packed_tiles {
    packed_tile_function *const *functions;
    size_t most;
} packed_tiles;

enum {
    panel_vectors = DK_PANEL / LANES,   // of 32-bit sums
    vector_bytes = quad_inputs * LANES, // one quad of LANES columns
    stream_ahead = 8192,                // bytes, where weights are used once
    panel_ahead = 2048,                 // where they come out of the second-level cache
    block_activations = 512 * 1024,     // bytes of x that stay in the second-level cache beside a panel
};

INLINE void fetch_line(const uint8_t *bytes, size_t ahead) {
    __builtin_prefetch((const char *)((uintptr_t)bytes + ahead), 0, 3);
}

// A tile's results lie where nobody has been for long: their lines are called for beforehand, a few with every group, as more at once
// would keep weights waiting.
INLINE void fetch_results(const packed_tile *t, size_t g, size_t rows, size_t column, size_t columns) {
    for (size_t r = g; r < rows; r += t->groups) {
        for (size_t c = 0; c < columns; c += 16) __builtin_prefetch(t->y + r * t->y_stride + column + c, 1, 3);
    }
}

INLINE vfloat block_scales(const uint8_t *block, int vector) { return widen_bf16(block + 2 * LANES * vector); }

// y = fma(sum, w_scale·x_scale, y), lane by lane.
INLINE vfloat scaled_sum(vfloat y, vint sum, vfloat w_scale, float x_scale) {
    return fused(__builtin_convertvector(sum, vfloat), w_scale * splat(x_scale), y);
}

INLINE void store_columns(const packed_tile *t, size_t row, int vector, vfloat values) {
    size_t first = (size_t)vector * LANES;
    if (first >= t->columns) return;
    float *to = t->y + row * t->y_stride + first;
    if (first + LANES <= t->columns) store(to, values);
    else store_part(to, values, t->columns - first);
}

// -8·(sum of x) of each row's sub-blocks: what the offset of 4-bit weights comes to.
static void sum_sub_blocks(int32_t *parts, const dk_int8_rows *x, size_t first, size_t rows, size_t groups) {
    typedef int8_t vpart __attribute__((ext_vector_type(sub_block)));
    typedef int16_t vwide __attribute__((ext_vector_type(sub_block)));
    for (size_t r = 0; r < rows; r++) {
        const int8_t *values = x->values + (first + r) * x->stride;
        for (size_t part = 0; part < groups * sub_blocks; part++) {
            vpart some;
            memcpy(&some, values + part * sub_block, sizeof some);
            parts[r * groups * sub_blocks + part] = PART_OFFSET(__builtin_reduce_add(__builtin_convertvector(some, vwide)));
        }
    }
}

// `rows` of x from `first` on by one panel, in tiles as equal as can be. The last tile fetches what lies `ahead`.
INLINE void panel_product(packed_tile t, const packed_tiles *tiles, float *y, const dk_int8_rows *x, size_t first, size_t rows,
                          size_t ahead) {
    size_t count = (rows + tiles->most - 1) / tiles->most, row = 0;
    const int32_t *parts = t.parts;
    for (size_t i = 0; i < count; i++) {
        size_t next = rows * (i + 1) / count;
        t.y = y + (first + row) * t.y_stride;
        t.x = x->values + (first + row) * x->stride;
        t.scales = x->scales + (first + row) * x->group_stride;
        t.sums = x->sums + (first + row) * x->group_stride;
        t.parts = parts + row * t.groups * sub_blocks;
        t.ahead = i + 1 == count ? ahead : panel_ahead;
        tiles->functions[next - row - 1](&t);
        row = next;
    }
}

// Above `most_int4_rows` rows, `expand` makes 8-bit panels first.
INLINE void packed_product(float *y, size_t y_stride, const dk_int8_rows *x, size_t rows, const void *panels, dk_packing packing,
                           size_t columns, size_t depth, void *scratch, const packed_tiles *int8_tiles, const packed_tiles *int4_tiles,
                           size_t most_int4_rows, void (*expand)(uint8_t *, const uint8_t *, size_t)) {
    size_t size = packing == DK_INT4 ? int4_block_bytes : int8_block_bytes, groups = groups_of(depth), panel_bytes = groups * size;
    size_t block = groups == 0 ? rows : block_activations / (groups * DK_GROUP);
    if (block > most_block_rows) block = most_block_rows;
    if (block < least_block_rows) block = least_block_rows;
    uint8_t *expanded = scratch;
    int32_t *parts = (int32_t *)(expanded + groups * int8_block_bytes);
    for (size_t first = 0; first < rows; first += block) {
        size_t count = rows - first < block ? rows - first : block;
        bool direct = packing == DK_INT4 && count <= most_int4_rows;
        if (direct) sum_sub_blocks(parts, x, first, count, groups);
        for (size_t c = 0; c < columns; c += DK_PANEL) {
            const uint8_t *panel = (const uint8_t *)panels + c / DK_PANEL * panel_bytes;
            packed_tile t = {.y_stride = y_stride, .x_stride = x->stride, .group_stride = x->group_stride, .groups = groups,
                             .columns = columns - c < DK_PANEL ? columns - c : DK_PANEL, .parts = parts, .blocks = panel};
            const packed_tiles *tiles = direct ? int4_tiles : int8_tiles;
            size_t ahead = count <= tiles->most ? stream_ahead : panel_bytes;
            if (packing == DK_INT4 && !direct) {
                expand(expanded, panel, groups);
                t.blocks = expanded;
                ahead = panel_ahead;
            }
            panel_product(t, tiles, y + c, x, first, count, ahead);
        }
    }
}

#endif
