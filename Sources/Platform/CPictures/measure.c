// How tall the letters are, how many there are, and how far the lines lean.
#include "ink.h"

#include <math.h>
#include <stdlib.h>

enum { band = 16 };

typedef struct Mark {
    int left, top, right, bottom;
} Mark;

static int height_of(const Mark *mark) { return mark->bottom - mark->top; }

// By foot line in bands, then from left to right.
static int by_place(const void *a, const void *b) {
    const Mark *m = a, *n = b;
    int difference = m->bottom / band - n->bottom / band;
    return difference ? difference : m->left - n->left;
}

static int by_number(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

// The first mark at or after (`foot_band`, `left`).
static size_t lower_bound(const Mark *marks, size_t count, int foot_band, int left) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int other = marks[middle].bottom / band;
        if (other < foot_band || (other == foot_band && marks[middle].left < left)) low = middle + 1;
        else high = middle;
    }
    return low;
}

// A letter has another of its kind close to its right: same height, same foot line.
static int has_neighbour(const Mark *marks, size_t count, const Mark *mark) {
    double height = height_of(mark);
    int reach = mark->right + (int)(1.2 * height);
    int first = (mark->bottom - (int)(0.3 * height)) / band;
    int last = (mark->bottom + (int)(0.3 * height)) / band;
    for (int row = first; row <= last; row++) {
        size_t i = lower_bound(marks, count, row, mark->left + 1);
        for (; i < count && marks[i].bottom / band == row && marks[i].left <= reach; i++) {
            const Mark *other = &marks[i];
            if (other->left < mark->right - (int)(0.2 * height)) continue;
            if (fabs(height_of(other) - height) > 0.25 * height) continue;
            if (abs(other->bottom - mark->bottom) <= 0.3 * height) return 1;
        }
    }
    return 0;
}

// Marks of a letter's shape, in `by_place` order.
static Mark *find_marks(PIX *ink, size_t *count) {
    *count = 0;
    BOXA *boxes = pixConnCompBB(ink, 8);
    int all = boxes ? boxaGetCount(boxes) : 0;
    Mark *marks = malloc(sizeof(Mark) * (size_t)(all + 1));
    int side = pixGetWidth(ink) > pixGetHeight(ink) ? pixGetWidth(ink) : pixGetHeight(ink);
    for (int i = 0; marks && i < all; i++) {
        int x, y, w, h;
        if (boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h) != 0) continue;
        if (h < 5 || h >= side / 8 || w < 2 || w >= 2.5 * h || h >= 8 * w) continue;
        marks[(*count)++] = (Mark){x, y, x + w, y + h};
    }
    boxaDestroy(&boxes);
    if (marks) qsort(marks, *count, sizeof(Mark), by_place);
    return marks;
}

// The value below which half of the sum lies: tall letters weigh more than specks.
static int weighted_median(int *sorted, size_t count) {
    int64_t sum = 0, half = 0;
    for (size_t i = 0; i < count; i++) sum += sorted[i];
    for (size_t i = 0; i < count; i++)
        if ((half += sorted[i]) * 2 >= sum) return sorted[i];
    return 0;
}

static int rank_of(int *numbers, size_t count, double rank) {
    qsort(numbers, count, sizeof(int), by_number);
    return numbers[(size_t)(rank * (double)(count - 1) + 0.5)];
}

static int measure(PIX *ink, PicturesLetters *letters) {
    size_t count = 0, pairs = 0;
    Mark *marks = find_marks(ink, &count);
    int *numbers = malloc(sizeof(int) * (count + 1));
    Mark *kept = malloc(sizeof(Mark) * (count + 1));
    if (!marks || !numbers || !kept) {
        free(marks);
        free(numbers);
        free(kept);
        return 1;
    }
    for (size_t i = 0; i < count; i++)
        if (has_neighbour(marks, count, &marks[i])) kept[pairs++] = marks[i];
    letters->pairs = (int)pairs;
    if (pairs > 0) {
        for (size_t i = 0; i < pairs; i++) numbers[i] = height_of(&kept[i]);
        qsort(numbers, pairs, sizeof(int), by_number);
        // Small letters pull the median to .95 of a capital.
        letters->height = weighted_median(numbers, pairs) / 0.95;
        for (size_t i = 0; i < pairs; i++) numbers[i] = kept[i].left;
        letters->left = rank_of(numbers, pairs, 0.005);
        for (size_t i = 0; i < pairs; i++) numbers[i] = kept[i].top;
        letters->top = rank_of(numbers, pairs, 0.005);
        for (size_t i = 0; i < pairs; i++) numbers[i] = kept[i].right;
        letters->right = rank_of(numbers, pairs, 0.995);
        for (size_t i = 0; i < pairs; i++) numbers[i] = kept[i].bottom;
        letters->bottom = rank_of(numbers, pairs, 0.995);
    }
    free(marks);
    free(numbers);
    free(kept);
    return 0;
}

int pictures_measure(const struct Pix *pix, PicturesLetters *letters, PicturesSkew *skew) {
    memset(letters, 0, sizeof *letters);
    memset(skew, 0, sizeof *skew);
    PIX *ink = find_ink(pix);
    if (ink == NULL) return 1;
    int failed = measure(ink, letters);
    float degrees = 0, confidence = 0;
    if (!failed && pixFindSkew(ink, &degrees, &confidence) == 0) {
        skew->degrees = degrees;
        skew->confidence = confidence;
    }
    pixDestroy(&ink);
    return failed;
}
