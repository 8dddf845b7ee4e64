// Attention in tiles of keys, with a softmax that goes along (Milakov & Gimelshein, "Online normalizer calculation for softmax";
// Dao et al., "FlashAttention"): no matrix of scores is ever whole.
//
// A tile of keys is turned so that a vector holds one element of neighbouring keys; it then serves all queries of the call. A score is
// summed over the head's elements in their order, an output over the keys in theirs, and tiles begin at fixed keys: so an output is
// the same bits whatever other queries or later keys there are.
#ifndef ATTENTION_H
#define ATTENTION_H

#include <math.h>

#include "vectors.h"

enum {
    attention_rows = LANES == 8 ? 3 : 6,  // with four vectors each; AVX2 has sixteen registers, the others thirty-two
    attention_queries = 256,  // as many share a turned tile
    tile_vectors = attention_tile / LANES,
};

// One tile at work. All that follows is in `scratch`: 384·head_dim floats and 17 for each query, with room to align.
typedef struct attention_state {
    float *queries;                      // [attention_queries, head_dim]
    float *keys;                         // [head_dim, attention_tile]
    const float *values;                 // [attention_tile, head_dim], rows `value_stride` apart
    size_t value_stride;
    float *own_values;                   // where values are copied to
    vfloat *totals;                      // [attention_queries], sums of the weights in partial sums
    float *greatest;                     // [attention_queries]
    size_t head_dim;
    float scale;
    _Alignas(64) float weights[attention_rows][attention_tile];  // scores, then softmax's weights
    float kept[(attention_rows + LANES - 1) / LANES * LANES];  // what remains of each row's earlier sums
} attention_state;

// How one precision does the three parts that depend on it.
typedef struct attention_steps {
    void (*pack_queries)(attention_state *s, const dk_attention *a, size_t first, size_t count);
    void (*pack_tile)(attention_state *s, const dk_attention *a, size_t first, size_t count, size_t queries);
    void (*score)(attention_state *s, size_t row, size_t rows);
    void (*add_values)(attention_state *s, float *out, size_t out_stride, size_t rows, size_t count);
} attention_steps;

#if LANES == 16
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif LANES == 8
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

// Rows become columns: log2(LANES) rounds, each of which interleaves the first half of the rows with the second.
INLINE void turn(vfloat rows[LANES]) {
    UNROLLED for (int round = 1; round < LANES; round *= 2) {
        vfloat next[LANES];
        UNROLLED for (int i = 0; i < LANES / 2; i++) {
            next[2 * i] = LOW_HALVES(rows[i], rows[i + LANES / 2]);
            next[2 * i + 1] = HIGH_HALVES(rows[i], rows[i + LANES / 2]);
        }
        UNROLLED for (int i = 0; i < LANES; i++) rows[i] = next[i];
    }
}

// Writes `count` turned columns of LANES keys, beginning with key `key` of the tile.
INLINE void store_turned(float *keys, size_t key, vfloat rows[LANES], size_t column, size_t count) {
    turn(rows);
    UNROLLED for (size_t i = 0; i < LANES; i++) {
        if (i < count) store(keys + (column + i) * attention_tile + key, rows[i]);
    }
}

// Asks for the tile that comes next: its rows lie far apart, as keys of all heads lie beside each other.
INLINE void prefetch_tile(const attention_state *s, const dk_attention *a, size_t first) {
    if (first >= a->keys) return;
    const float *k = key_row(a, first), *v = value_row(a, first);
    size_t count = a->keys - first < attention_tile ? a->keys - first : attention_tile;
    for (size_t j = 0; j < count; j++) {
        for (size_t d = 0; d < s->head_dim; d += 16) {
            __builtin_prefetch(k + j * a->k_stride + d);
            __builtin_prefetch(v + j * a->v_stride + d);
        }
    }
}

INLINE void pack_float_queries(attention_state *s, const dk_attention *a, size_t first, size_t count, const bool narrow) {
    for (size_t r = 0; r < count; r++) {
        const float *from = a->q + (first + r) * a->q_stride;
        for (size_t d = 0; d < s->head_dim; d++) {
            float value = ((const any_float *)from)[d];
            s->queries[r * s->head_dim + d] = narrow ? float_of_bf16(bf16_of_float(value)) : value;
        }
    }
}

INLINE void pack_float_tile(attention_state *s, const dk_attention *a, size_t first, size_t count, size_t queries,
                            const bool narrow) {
    const float *k = key_row(a, first), *v = value_row(a, first);
    for (size_t key = 0; key < attention_tile; key += LANES) {
        for (size_t d = 0; d < s->head_dim; d += LANES) {
            size_t wide = s->head_dim - d < LANES ? s->head_dim - d : LANES;
            vfloat rows[LANES];
            UNROLLED for (size_t i = 0; i < LANES; i++) {
                const float *from = k + (key + i) * a->k_stride + d;
                rows[i] = key + i >= count ? splat(0) : wide == LANES ? load(from) : load_part(from, wide);
                if (narrow) rows[i] = rounded_to_bf16(rows[i]);
            }
            store_turned(s->keys, key, rows, d, wide);
        }
    }
    if (!narrow && queries < 2 * attention_rows) {  // so few do not repay a copy
        s->values = v;
        s->value_stride = a->v_stride;
        return;
    }
    s->values = s->own_values;
    s->value_stride = s->head_dim;
    for (size_t j = 0; j < count; j++) {
        const float *from = v + j * a->v_stride;
        float *to = s->own_values + j * s->head_dim;
        size_t d = 0;
        for (; d + LANES <= s->head_dim; d += LANES) {
            store(to + d, narrow ? rounded_to_bf16(load(from + d)) : load(from + d));
        }
        if (d < s->head_dim) {
            vfloat part = load_part(from + d, s->head_dim - d);
            store_part(to + d, narrow ? rounded_to_bf16(part) : part, s->head_dim - d);
        }
    }
}

INLINE void score_rows(attention_state *s, const float *queries, const int rows) {
    for (size_t key = 0; key < attention_tile; key += 4 * LANES) {
        vfloat sums[attention_rows][4];
        UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int i = 0; i < 4; i++) sums[r][i] = splat(0);
        ROLLED for (size_t d = 0; d < s->head_dim; d++) {
            const float *column = s->keys + d * attention_tile + key;
            UNROLLED for (int r = 0; r < rows; r++) {
                vfloat query = splat(queries[(size_t)r * s->head_dim + d]);
                UNROLLED for (int i = 0; i < 4; i++) sums[r][i] = fused(query, load(column + i * LANES), sums[r][i]);
            }
        }
        UNROLLED for (int r = 0; r < rows; r++) {
            UNROLLED for (int i = 0; i < 4; i++) store(&s->weights[r][key + i * LANES], sums[r][i] * splat(s->scale));
        }
    }
}

// `vectors` neighbouring vectors of the outputs; of the last, `lanes` lanes.
INLINE void add_value_columns(attention_state *s, float *out, size_t out_stride, const float *values, size_t count,
                              const int rows, const int vectors, size_t lanes) {
    vfloat sums[attention_rows][4];
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) {
            const float *from = out + (size_t)r * out_stride + i * LANES;
            sums[r][i] = (lanes == LANES ? load(from) : load_part(from, lanes)) * splat(s->kept[r]);
        }
    }
    ROLLED for (size_t j = 0; j < count; j++) {
        const float *row = values + j * s->value_stride;
        UNROLLED for (int i = 0; i < vectors; i++) {
            vfloat value = lanes == LANES ? load(row + i * LANES) : load_part(row + i * LANES, lanes);
            UNROLLED for (int r = 0; r < rows; r++) sums[r][i] = fused(splat(s->weights[r][j]), value, sums[r][i]);
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) {
            float *to = out + (size_t)r * out_stride + i * LANES;
            if (lanes == LANES) store(to, sums[r][i]);
            else store_part(to, sums[r][i], lanes);
        }
    }
}

INLINE void add_value_rows(attention_state *s, float *out, size_t out_stride, size_t count, const int rows) {
    size_t d = 0;
    for (; d + 4 * LANES <= s->head_dim; d += 4 * LANES) {
        add_value_columns(s, out + d, out_stride, s->values + d, count, rows, 4, LANES);
    }
    for (; d + LANES <= s->head_dim; d += LANES) {
        add_value_columns(s, out + d, out_stride, s->values + d, count, rows, 1, LANES);
    }
    if (d < s->head_dim) {
        add_value_columns(s, out + d, out_stride, s->values + d, count, rows, 1, s->head_dim - d);
    }
}

// Calls `body` with the number of rows as a constant.
#if LANES == 8
#define FOR_ROWS(rows, body) \
    switch (rows) {          \
    case 1: body(1); break;  \
    case 2: body(2); break;  \
    default: body(3); break; \
    }
#else
#define FOR_ROWS(rows, body) \
    switch (rows) {          \
    case 1: body(1); break;  \
    case 2: body(2); break;  \
    case 3: body(3); break;  \
    case 4: body(4); break;  \
    case 5: body(5); break;  \
    default: body(6); break; \
    }
#endif

static void score_float(attention_state *s, size_t row, size_t rows) {
    const float *queries = s->queries + row * s->head_dim;
#define SCORE(n) score_rows(s, queries, n)
    FOR_ROWS(rows, SCORE)
#undef SCORE
}

static void add_float_values(attention_state *s, float *out, size_t out_stride, size_t rows, size_t count) {
#define ADD(n) add_value_rows(s, out, out_stride, count, n)
    FOR_ROWS(rows, ADD)
#undef ADD
}

// Which of the scores `first`... of a row are below `visible`.
INLINE vint seen_lanes(int first, size_t visible) {
    vint lane;
    UNROLLED for (int i = 0; i < LANES; i++) lane[i] = first + i;
    return lane < (vint)(int32_t)visible;
}

// Scores become weights; from `visible[line]` on a key weighs nothing, and where that is zero all stays as it was.
INLINE void soften(attention_state *s, size_t row, size_t rows, const size_t *visible) {
    for (size_t line = 0; line < rows; line++) {
        float *scores = s->weights[line];
        if (visible[line] < attention_tile) {
            UNROLLED for (int i = 0; i < tile_vectors; i++) {
                vint seen = seen_lanes(i * LANES, visible[line]);
                store(scores + i * LANES, choose(seen, load(scores + i * LANES), splat(-INFINITY)));
            }
        }
        vfloat top = load(scores);
        UNROLLED for (int i = 1; i < tile_vectors; i++) top = greater(load(scores + i * LANES), top);
        float before = s->greatest[row + line], after = greatest_lane(greater(top, splat(before)));
        s->greatest[row + line] = after;
        s->kept[line] = visible[line] > 0 ? before - after : 0;
    }
    UNROLLED for (size_t line = 0; line < attention_rows; line += LANES) {
        store(s->kept + line, exponential(load(s->kept + line)));
    }
    for (size_t line = 0; line < rows; line++) {
        float *scores = s->weights[line];
        if (visible[line] == 0) {
            memset(scores, 0, sizeof s->weights[line]);
            continue;
        }
        vfloat sum = splat(0), top = splat(s->greatest[row + line]);
        UNROLLED for (int i = 0; i < tile_vectors; i++) {
            vfloat weights = exponential(load(scores + i * LANES) - top);
            sum += weights;
            store(scores + i * LANES, weights);
        }
        s->totals[row + line] = fused(s->totals[row + line], splat(s->kept[line]), sum);
    }
}

INLINE void attend_by(const dk_attention *a, float *scratch, const attention_steps steps) {
    uintptr_t address = ((uintptr_t)scratch + 63) / 64 * 64;
    attention_state s = {.head_dim = a->head_dim, .scale = a->scale};
    s.totals = (vfloat *)address;
    s.greatest = (float *)(s.totals + attention_queries);
    s.keys = s.greatest + attention_queries;
    s.own_values = s.keys + attention_tile * a->head_dim;
    s.queries = s.own_values + attention_tile * a->head_dim;
    for (size_t first = 0; first < a->queries; first += attention_queries) {
        size_t queries = a->queries - first < attention_queries ? a->queries - first : attention_queries;
        size_t seen = visible_keys(a, first + queries - 1);
        steps.pack_queries(&s, a, first, queries);
        for (size_t r = 0; r < queries; r++) {
            s.totals[r] = splat(0);
            s.greatest[r] = -INFINITY;
            for (size_t d = 0; d < a->head_dim; d++) ((any_float *)a->out)[(first + r) * a->out_stride + d] = 0;
        }
        for (size_t tile = 0; tile < seen; tile += attention_tile) {
            prefetch_tile(&s, a, tile + attention_tile);
            steps.pack_tile(&s, a, tile, seen - tile < attention_tile ? seen - tile : attention_tile, queries);
            for (size_t r = 0; r < queries; r += attention_rows) {
                size_t rows = queries - r < attention_rows ? queries - r : attention_rows;
                size_t end = visible_keys(a, first + r + rows - 1);
                if (end <= tile) continue;
                steps.score(&s, r, rows);
                size_t visible[attention_rows];
                for (size_t line = 0; line < rows; line++) {
                    size_t keys = visible_keys(a, first + r + line);
                    visible[line] = keys <= tile ? 0 : keys - tile < attention_tile ? keys - tile : attention_tile;
                }
                soften(&s, r, rows, visible);
                steps.add_values(&s, a->out + (first + r) * a->out_stride, a->out_stride, rows,
                                 end - tile < attention_tile ? end - tile : attention_tile);
            }
        }
        if (seen == 0) continue;
        for (size_t r = 0; r < queries; r++) {
            float *out = a->out + (first + r) * a->out_stride;
            vfloat total = splat(sum_lanes(s.totals[r]));
            size_t d = 0;
            for (; d + LANES <= a->head_dim; d += LANES) store(out + d, load(out + d) / total);
            if (d < a->head_dim) store_part(out + d, load_part(out + d, a->head_dim - d) / total, a->head_dim - d);
        }
    }
}

static void pack_queries(attention_state *s, const dk_attention *a, size_t first, size_t count) {
    pack_float_queries(s, a, first, count, false);
}

static void pack_tile(attention_state *s, const dk_attention *a, size_t first, size_t count, size_t queries) {
    pack_float_tile(s, a, first, count, queries, false);
}

static void attend(const dk_attention *a, float *scratch) {
    attend_by(a, scratch, (attention_steps){pack_queries, pack_tile, score_float, add_float_values});
}

#ifndef NATIVE_BF16
static void pack_narrow_queries(attention_state *s, const dk_attention *a, size_t first, size_t count) {
    pack_float_queries(s, a, first, count, true);
}

static void pack_narrow_tile(attention_state *s, const dk_attention *a, size_t first, size_t count, size_t queries) {
    pack_float_tile(s, a, first, count, queries, true);
}

static void add_narrow_values(attention_state *s, float *out, size_t out_stride, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < tile_vectors; i++) {
            store(&s->weights[r][i * LANES], rounded_to_bf16(load(&s->weights[r][i * LANES])));
        }
    }
    add_float_values(s, out, out_stride, rows, count);
}

static void attend_bf16(const dk_attention *a, float *scratch) {
    attend_by(a, scratch, (attention_steps){pack_narrow_queries, pack_narrow_tile, score_float, add_narrow_values});
}
#endif

#endif
