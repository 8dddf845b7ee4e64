// Attention in tiles of keys, with a softmax that goes along (Milakov & Gimelshein, "Online normalizer calculation for softmax";
// Dao et al., "FlashAttention"): no matrix of scores is ever whole.
//
// Scores are powers of two: the queries carry the factor log2(e). A weight is taken against a reference, a whole number, that is raised
// only where a score exceeds it by more than `headroom`: so sums are seldom scaled, and then by a power of two, which rounds nothing.
//
// A score is summed over the head's elements in their order, an output over the keys in theirs, and a reference depends on its own
// query's scores: so an output is the same bits whatever other queries or later keys there are.
#ifndef ATTENTION_H
#define ATTENTION_H

#include <math.h>

#include "key_tiles.h"

enum {
    attention_rows = 6,                    // queries at once
    attention_vectors = LANES == 8 ? 2 : 4,  // of each; AVX2 has sixteen registers, the others thirty-two
    attention_chunk = 4 * attention_rows,  // as many go by a tile's keys before they go by its values
};
_Static_assert(attention_queries % attention_chunk == 0, "chunks are whole");
_Static_assert(LANES <= widest_vector && LANES + 2 <= attention_query_floats, "`attend_by` stays within dk_attention_scratch");

// How far a score may exceed its query's reference.
static const float headroom = 8;

// A call at work. What the pointers show is in `scratch`.
typedef struct attention_state {
    float *queries;     // [attention_queries, width], scaled
    size_t width;       // head_dim, or pairs of elements
    vfloat *totals;     // [attention_queries], sums of the weights in partial sums
    float *references;  // [attention_queries]
    float *limits;      // [attention_queries]: what a score less its reference may be; at first nothing
    float *sums;        // [attention_queries, sum_stride], of values times weights
    size_t sum_stride;  // head_dim, up to whole vectors
    float *widened;     // where a tile may become one of floats
    const void *keys, *values;  // the tile
    size_t head_dim;
    // Weights of a chunk's queries, or pairs of them.
    _Alignas(64) float weights[attention_chunk][DK_TILE_KEYS];
} attention_state;

// How one precision does the parts that depend on it; by the number of queries, less one, what is done to so many at once.
typedef struct attention_steps {
    void (*prepare)(attention_state *s, const dk_attention *a, size_t first, size_t count);
    void (*prepare_tile)(attention_state *s);  // may be NULL
    // Scores of queries from `row` on, hidden where they do not see (`visible`, if not all see all), become weights from `line` on.
    void (*weigh[attention_rows])(attention_state *s, size_t row, size_t line, const size_t *visible);
    // Values of keys `from`..<`end` times weights; `from` is even.
    void (*add_values[attention_rows])(const attention_state *s, size_t row, size_t line, size_t from, size_t end);
} attention_steps;

INLINE bool any_lane(vint condition) {
#if LANES == 16
    return _mm512_movepi32_mask((__m512i)condition) != 0;
#elif LANES == 8
    return _mm256_movemask_ps((__m256)condition) != 0;
#else
    return __builtin_reduce_or(condition) != 0;
#endif
}

// Two to the power of each lane, within 1e-7 of it; zero below -126. The polynomials of this file are minimax in relative error.
INLINE vfloat power_of_two(vfloat x) {
    vfloat n = __builtin_elementwise_rint(x), r = x - n;
    vfloat p = splat(1.5345812e-4f);
    p = fused(p, r, splat(1.3399931e-3f));
    p = fused(p, r, splat(9.618489e-3f));
    p = fused(p, r, splat(5.5503286e-2f));
    p = fused(p, r, splat(2.4022646e-1f));
    p = fused(p, r, splat(6.931472e-1f));
    p = fused(p, r, splat(1));
#if LANES == 16
    return (vfloat)_mm512_scalef_ps((__m512)p, (__m512)n);
#else
    vint too_small = x < splat(-126);
    n = choose(too_small, splat(0), n);
    vfloat power = (vfloat)((__builtin_convertvector(n, vint) + 127) << 23);
    return choose(too_small, splat(0), p * power);
#endif
}

// Which of the scores `first`... of a row are below `visible`.
INLINE vint seen_lanes(int first, size_t visible) {
    vint lane;
    UNROLLED for (int i = 0; i < LANES; i++) lane[i] = first + i;
    return lane < (vint)(int32_t)visible;
}

// What is rare: hides keys from `visible` on, and raises the reference where a score exceeds its limit.
static __attribute__((noinline)) void settle(attention_state *s, size_t row, vfloat scores[tile_vectors], size_t visible) {
    UNROLLED for (int i = 0; i < tile_vectors; i++) {
        scores[i] = choose(seen_lanes(i * LANES, visible), scores[i], splat(-INFINITY));
    }
    if (visible == 0) return;
    vfloat top = scores[0];
    UNROLLED for (int i = 1; i < tile_vectors; i++) top = greater(scores[i], top);
    float raise = ceilf(greatest_lane(top));
    if (raise <= s->limits[row]) return;
    if (s->limits[row] > 0) {
        float kept = raise < 126 ? float_of_bits((uint32_t)(127 - (int)raise) << 23) : 0;
        s->totals[row] *= splat(kept);
        for (size_t d = 0; d < s->head_dim; d++) s->sums[row * s->sum_stride + d] *= kept;
    }
    s->references[row] += raise;
    s->limits[row] = headroom;
    UNROLLED for (int i = 0; i < tile_vectors; i++) scores[i] -= splat(raise);
}

// What a precision's `weigh` does after it has the scores less their references: `power` makes weights of them, `keep` puts them into the
// form in which they are multiplied, and adds up what it has put there.
INLINE void soften(attention_state *s, vfloat (*scores)[tile_vectors], size_t row, size_t line, const size_t *visible,
                   const int rows, vfloat (*power)(vfloat), vfloat (*keep)(float *, const vfloat *, vfloat)) {
    vint over = (vint)splat(0);
    UNROLLED for (int r = 0; r < rows; r++) {
        vfloat top = scores[r][0];
        UNROLLED for (int i = 1; i < tile_vectors; i++) top = greater(scores[r][i], top);
        over |= ~(top <= splat(s->limits[row + (size_t)r]));
    }
    if (__builtin_expect(visible != NULL || any_lane(over), 0)) {
        vfloat settled[attention_rows][tile_vectors];
        UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int i = 0; i < tile_vectors; i++) settled[r][i] = scores[r][i];
        for (int r = 0; r < rows; r++) {
            settle(s, row + (size_t)r, settled[r], visible ? visible[r] : DK_TILE_KEYS);
        }
        UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int i = 0; i < tile_vectors; i++) scores[r][i] = settled[r][i];
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < tile_vectors; i++) scores[r][i] = power(scores[r][i]);
        s->totals[row + (size_t)r] = keep(s->weights[line + (size_t)r], scores[r], s->totals[row + (size_t)r]);
    }
}

// How many keys query `i` sees: rows' queries lie beside one another.
INLINE size_t seen_keys(const dk_attention *a, size_t i) { return visible_keys(a, i / a->heads); }

// The same of one tile.
INLINE size_t seen_in_tile(const dk_attention *a, size_t i, size_t tile) {
    size_t keys = seen_keys(a, i);
    return keys <= tile ? 0 : keys - tile < DK_TILE_KEYS ? keys - tile : DK_TILE_KEYS;
}

// Each query adds the values that it sees and no others: a hidden one's weight is zero, but zero times infinity is no number. What all see,
// up to a whole pair, is added for all at once; a later query sees no fewer keys than one before it.
static void add_seen(const attention_state *s, const attention_steps *steps, size_t row, size_t line, size_t rows, const size_t *visible) {
    size_t common = visible[0] == visible[rows - 1] ? visible[0] : visible[0] / 2 * 2;
    if (common > 0) steps->add_values[rows - 1](s, row, line, 0, common);
    for (size_t r = 0; r < rows; r++) {
        if (visible[r] > common) steps->add_values[0](s, row + r, line + r, common, visible[r]);
    }
}

// One tile for the queries `row`... of those at work, of which the first is the call's `first`.
static void attend_chunk(attention_state *s, const dk_attention *a, const attention_steps *steps, size_t first, size_t row,
                         size_t count, size_t tile) {
    size_t visible[attention_chunk];
    bool whole = seen_in_tile(a, first + row, tile) == DK_TILE_KEYS;
    for (size_t i = 0; i < count; i++) visible[i] = whole ? DK_TILE_KEYS : seen_in_tile(a, first + row + i, tile);
    if (visible[count - 1] == 0) return;
    for (size_t line = 0; line < count; line += attention_rows) {
        size_t rows = count - line < attention_rows ? count - line : attention_rows;
        steps->weigh[rows - 1](s, row + line, line, visible[line] == DK_TILE_KEYS ? NULL : visible + line);
    }
    for (size_t line = 0; line < count; line += attention_rows) {
        size_t rows = count - line < attention_rows ? count - line : attention_rows;
        add_seen(s, steps, row + line, line, rows, visible + line);
    }
}

static void divide_sums(const attention_state *s, const dk_attention *a, size_t first, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float *out = a->out + (first + i) / a->heads * a->out_stride + (first + i) % a->heads * a->head_dim;
        const float *sums = s->sums + i * s->sum_stride;
        vfloat total = splat(sum_lanes(s->totals[i]));
        size_t d = 0;
        for (; d + LANES <= a->head_dim; d += LANES) store(out + d, load(sums + d) / total);
        if (d < a->head_dim) store_part(out + d, load(sums + d) / total, a->head_dim - d);
    }
}

static void attend_by(const dk_attention *a, float *scratch, const attention_steps *steps) {
    attention_state s;
    s.head_dim = a->head_dim;
    s.sum_stride = (a->head_dim + LANES - 1) / LANES * LANES;
    s.totals = (vfloat *)(((uintptr_t)scratch + 63) / 64 * 64);
    s.sums = (float *)(s.totals + attention_queries);
    s.widened = s.sums + attention_queries * s.sum_stride;
    s.references = s.widened + 2 * DK_TILE_KEYS * (a->head_dim + 1);
    s.limits = s.references + attention_queries;
    s.queries = s.limits + attention_queries;
    size_t queries_of_all = a->rows * a->heads, key_bytes = tile_key_bytes(a->format, a->head_dim);
    for (size_t first = 0; first < queries_of_all; first += attention_queries) {
        size_t queries = queries_of_all - first < attention_queries ? queries_of_all - first : attention_queries;
        size_t seen = seen_keys(a, first + queries - 1);
        steps->prepare(&s, a, first, queries);
        memset(s.sums, 0, queries * s.sum_stride * sizeof *s.sums);
        for (size_t r = 0; r < queries; r++) {
            s.totals[r] = splat(seen == 0);  // nothing is divided by one
            s.references[r] = 0;
            s.limits[r] = -INFINITY;
        }
        for (size_t tile = 0; tile < seen; tile += DK_TILE_KEYS) {
            s.keys = tile_at(a, tile);
            s.values = (const char *)s.keys + key_bytes;
            if (steps->prepare_tile) steps->prepare_tile(&s);
            for (size_t row = 0; row < queries; row += attention_chunk) {
                size_t count = queries - row < attention_chunk ? queries - row : attention_chunk;
                attend_chunk(&s, a, steps, first, row, count, tile);
            }
        }
        divide_sums(&s, a, first, queries);
    }
}

#define LOG2_E 1.44269504088896341f

INLINE const float *query_row(const dk_attention *a, size_t i) {
    return a->q + i / a->heads * a->q_stride + i % a->heads * a->head_dim;
}

// In float, over tiles of floats or of pairs that are widened as they come.

static void float_prepare(attention_state *s, const dk_attention *a, size_t first, size_t count) {
    s->width = (a->head_dim + 1) / 2 * 2;
    float scale = a->scale * LOG2_E;
    for (size_t r = 0; r < count; r++) {
        const any_float *from = query_row(a, first + r);
        float *to = s->queries + r * s->width;
        for (size_t d = 0; d < a->head_dim; d++) to[d] = from[d] * scale;
        if (a->head_dim % 2 != 0) to[a->head_dim] = 0;
    }
}

INLINE vfloat widened_half(vfloat pairs, const int half) {
    return (vfloat)(half == 0 ? (vuint)pairs << 16 : (vuint)pairs & 0xffff0000);
}

INLINE void score_floats(const attention_state *s, size_t row, vfloat (*scores)[tile_vectors], const int rows, const dk_tiles format) {
    const float *queries = s->queries + row * s->width;
    const int vectors = attention_vectors;
    UNROLLED for (int part = 0; part < tile_vectors; part += vectors) {
        vfloat sums[attention_rows][attention_vectors];
        UNROLLED for (int r = 0; r < rows; r++) {
            UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = splat(-s->references[row + (size_t)r]);
        }
        const float *column = (const float *)s->keys + part * LANES;
        if (format == DK_TILES_F32) {
            ROLLED for (size_t d = 0; d < s->head_dim; d++, column += DK_TILE_KEYS) {
                vfloat keys[attention_vectors];
                UNROLLED for (int i = 0; i < vectors; i++) keys[i] = load(column + i * LANES);
                UNROLLED for (int r = 0; r < rows; r++) {
                    vfloat query = splat(queries[(size_t)r * s->width + d]);
                    UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = fused(query, keys[i], sums[r][i]);
                }
            }
        } else {
            ROLLED for (size_t d = 0; d < s->width; d += 2, column += DK_TILE_KEYS) {
                UNROLLED for (int half = 0; half < 2; half++) {
                    vfloat keys[attention_vectors];
                    UNROLLED for (int i = 0; i < vectors; i++) keys[i] = widened_half(load(column + i * LANES), half);
                    UNROLLED for (int r = 0; r < rows; r++) {
                        vfloat query = splat(queries[(size_t)r * s->width + d + (size_t)half]);
                        UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = fused(query, keys[i], sums[r][i]);
                    }
                }
            }
        }
        UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int i = 0; i < vectors; i++) scores[r][part + i] = sums[r][i];
    }
}

// Returns the total with the weights added.
INLINE vfloat keep_floats(float *weights, const vfloat *values, vfloat total) {
    vfloat sum = splat(0);
    UNROLLED for (int i = 0; i < tile_vectors; i++) {
        sum += values[i];
        store(weights + i * LANES, values[i]);
    }
    return total + sum;
}

// `vectors` neighbouring vectors of the sums; of the last value, `lanes` lanes.
INLINE void add_float_columns(const attention_state *s, size_t row, size_t line, size_t column, size_t from, size_t end,
                              const int rows, const int vectors, size_t lanes, const dk_tiles format) {
#define PART(p) (lanes == LANES ? load(p) : load_part(p, lanes))
#define ADD_KEY(j, value_of)                                                                                                 \
    do {                                                                                                                     \
        vfloat value[attention_vectors];                                                                                     \
        UNROLLED for (int i = 0; i < vectors; i++) value[i] = value_of;                                                      \
        UNROLLED for (int r = 0; r < rows; r++) {                                                                            \
            vfloat weight = splat(s->weights[line + (size_t)r][j]);                                                          \
            UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = fused(weight, value[i], sums[r][i]);                     \
        }                                                                                                                    \
    } while (0)
    vfloat sums[attention_rows][attention_vectors];
    float *to = s->sums + row * s->sum_stride + column;
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = load(to + (size_t)r * s->sum_stride + (size_t)i * LANES);
    }
    const float *values = (const float *)s->values + column;
    if (format == DK_TILES_F32) {
        values += from * s->head_dim;
        ROLLED for (size_t j = from; j < end; j++, values += s->head_dim) ADD_KEY(j, PART(values + i * LANES));
    } else {
        values += from / 2 * s->head_dim;
        ROLLED for (size_t j = from; j + 2 <= end; j += 2, values += s->head_dim) {
            ADD_KEY(j, widened_half(PART(values + i * LANES), 0));
            ADD_KEY(j + 1, widened_half(PART(values + i * LANES), 1));
        }
        if (end % 2 != 0) ADD_KEY(end - 1, widened_half(PART(values + i * LANES), 0));  // the other half is nobody's yet, or another's
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) store(to + (size_t)r * s->sum_stride + (size_t)i * LANES, sums[r][i]);
    }
#undef ADD_KEY
#undef PART
}

INLINE void add_floats(const attention_state *s, size_t row, size_t line, size_t from, size_t end, const int rows, const dk_tiles format) {
    const int vectors = attention_vectors;
    size_t d = 0;
    for (; d + vectors * LANES <= s->head_dim; d += vectors * LANES) {
        add_float_columns(s, row, line, d, from, end, rows, vectors, LANES, format);
    }
    for (; d + LANES <= s->head_dim; d += LANES) add_float_columns(s, row, line, d, from, end, rows, 1, LANES, format);
    if (d < s->head_dim) add_float_columns(s, row, line, d, from, end, rows, 1, s->head_dim - d, format);
}

// The steps called `name`, of functions for each number of rows made of `weigh` and `add`.
#define WITH_ROWS(name, n)                                                                                                       \
    static __attribute__((noinline)) void name##_weigh_##n(attention_state *s, size_t row, size_t line, const size_t *visible) { \
        name##_weigh(s, row, line, visible, n);                                                                                  \
    }                                                                                                                            \
    static __attribute__((noinline)) void name##_add_##n(const attention_state *s, size_t row, size_t line, size_t from,         \
                                                         size_t end) {                                                           \
        name##_add(s, row, line, from, end, n);                                                                                  \
    }
#define ATTENTION_STEPS(name)                                                                                               \
    WITH_ROWS(name, 1) WITH_ROWS(name, 2) WITH_ROWS(name, 3) WITH_ROWS(name, 4) WITH_ROWS(name, 5) WITH_ROWS(name, 6)       \
    static const attention_steps name##_attention = {                                                                           \
        .prepare = name##_prepare,                                                                                          \
        .weigh = {name##_weigh_1, name##_weigh_2, name##_weigh_3, name##_weigh_4, name##_weigh_5, name##_weigh_6},          \
        .add_values = {name##_add_1, name##_add_2, name##_add_3, name##_add_4, name##_add_5, name##_add_6},                 \
    };

INLINE void float_weigh(attention_state *s, size_t row, size_t line, const size_t *visible, const int rows) {
    vfloat scores[attention_rows][tile_vectors];
    score_floats(s, row, scores, rows, DK_TILES_F32);
    soften(s, scores, row, line, visible, rows, power_of_two, keep_floats);
}

INLINE void float_add(const attention_state *s, size_t row, size_t line, size_t from, size_t end, const int rows) {
    add_floats(s, row, line, from, end, rows, DK_TILES_F32);
}

ATTENTION_STEPS(float)

#ifndef NATIVE_BF16
INLINE void widening_weigh(attention_state *s, size_t row, size_t line, const size_t *visible, const int rows) {
    vfloat scores[attention_rows][tile_vectors];
    score_floats(s, row, scores, rows, DK_TILES_BF16);
    soften(s, scores, row, line, visible, rows, power_of_two, keep_floats);
}

INLINE void widening_add(const attention_state *s, size_t row, size_t line, size_t from, size_t end, const int rows) {
    add_floats(s, row, line, from, end, rows, DK_TILES_BF16);
}

#define widening_prepare float_prepare
ATTENTION_STEPS(widening)

// The tile in floats: many queries are worth that.
static void widen_tile(attention_state *s) {
    const float *pairs = s->keys;
    float *to = s->widened;
    s->keys = to;
    for (size_t p = 0; p < s->width / 2; p++, to += 2 * DK_TILE_KEYS, pairs += DK_TILE_KEYS) {
        UNROLLED for (int i = 0; i < tile_vectors; i++) {
            store(to + i * LANES, widened_half(load(pairs + i * LANES), 0));
            store(to + DK_TILE_KEYS + i * LANES, widened_half(load(pairs + i * LANES), 1));
        }
    }
    pairs = s->values;
    s->values = to;
    for (size_t j = 0; j < DK_TILE_KEYS; j += 2, to += 2 * s->head_dim, pairs += s->head_dim) {
        for (size_t d = 0; d < s->head_dim; d += LANES) {
            size_t there = s->head_dim - d < LANES ? s->head_dim - d : LANES;
            vfloat pair = load_part(pairs + d, there);
            store_part(to + d, widened_half(pair, 0), there);
            store_part(to + s->head_dim + d, widened_half(pair, 1), there);
        }
    }
}

static void attend(const dk_attention *a, float *scratch) {
    attention_steps steps = float_attention;
    if (a->format == DK_TILES_BF16) {
        if (a->rows * a->heads <= attention_chunk) steps = widening_attention;
        else steps.prepare_tile = widen_tile;
    }
    attend_by(a, scratch, &steps);
}
#endif

#endif
