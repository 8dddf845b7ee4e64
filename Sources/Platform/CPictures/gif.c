// The first frame of a GIF, on its canvas. Own reader: the usual library decodes every frame of an
// animation before it gives the first, and drops a frame that ends early.
#include "decoders.h"

#include <stdlib.h>

typedef struct Frame {
    uint32_t canvas_width, canvas_height;
    uint32_t left, top, width, height;
    int interlaced;
    int transparent;        // palette index, or -1
    const uint8_t *colours;  // 3 bytes each
    int colour_count;
    size_t data;  // position of the code size
} Frame;

static uint32_t u16(const uint8_t *bytes) { return bytes[0] | (uint32_t)bytes[1] << 8; }

// Position after the sub-blocks that begin at `at`.
static size_t skip_blocks(const Input *in, size_t at) {
    while (at < in->count && in->bytes[at] != 0) at += (size_t)in->bytes[at] + 1;
    return at + 1;
}

static int find_frame(const Input *in, Frame *frame, PicturesReport *report) {
    memset(frame, 0, sizeof *frame);
    frame->transparent = -1;
    if (in->count < 13) return fail(report, PICTURES_CORRUPT, "the header is cut short");
    frame->canvas_width = u16(in->bytes + 6);
    frame->canvas_height = u16(in->bytes + 8);
    size_t at = 13;
    if (in->bytes[10] & 0x80) {
        frame->colour_count = 2 << (in->bytes[10] & 7);
        frame->colours = in->bytes + at;
        at += 3 * (size_t)frame->colour_count;
    }
    while (at < in->count && in->bytes[at] == 0x21) {
        // Graphic control extension: the transparent colour of the frame that follows.
        if (in->count - at >= 8 && in->bytes[at + 1] == 0xf9 && in->bytes[at + 2] == 4)
            frame->transparent = in->bytes[at + 3] & 1 ? in->bytes[at + 6] : -1;
        at = skip_blocks(in, at + 2);
    }
    if (at >= in->count || in->count - at < 11 || in->bytes[at] != 0x2c)
        return fail(report, PICTURES_CORRUPT, "no picture in the file");
    const uint8_t *head = in->bytes + at + 1;
    frame->left = u16(head);
    frame->top = u16(head + 2);
    frame->width = u16(head + 4);
    frame->height = u16(head + 6);
    frame->interlaced = head[8] & 0x40;
    at += 10;
    if (head[8] & 0x80) {
        frame->colour_count = 2 << (head[8] & 7);
        frame->colours = in->bytes + at;
        at += 3 * (size_t)frame->colour_count;
    }
    if (at >= in->count) return fail(report, PICTURES_CORRUPT, "the data ends before the picture");
    frame->data = at;
    // Some writers leave the canvas empty or smaller than its first frame.
    if (frame->canvas_width < frame->left + frame->width)
        frame->canvas_width = frame->left + frame->width;
    if (frame->canvas_height < frame->top + frame->height)
        frame->canvas_height = frame->top + frame->height;
    return PICTURES_OK;
}

int gif_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    Frame frame;
    if (find_frame(in, &frame, report) != PICTURES_OK) return report->outcome;
    page->stored_width = frame.canvas_width;
    page->stored_height = frame.canvas_height;
    return PICTURES_OK;
}

typedef struct Bits {
    const Input *in;
    size_t at;
    uint32_t left_in_block;
    uint32_t buffer;
    int count;
} Bits;

// The next code, or -1 at the end.
static int next_code(Bits *bits, int size) {
    while (bits->count < size) {
        if (bits->at >= bits->in->count) return -1;
        if (bits->left_in_block == 0) {
            bits->left_in_block = bits->in->bytes[bits->at++];
            if (bits->left_in_block == 0) {
                bits->at = bits->in->count;
                return -1;
            }
            continue;
        }
        bits->buffer |= (uint32_t)bits->in->bytes[bits->at++] << bits->count;
        bits->count += 8;
        bits->left_in_block--;
    }
    int code = (int)(bits->buffer & ((1u << size) - 1));
    bits->buffer >>= size;
    bits->count -= size;
    return code;
}

typedef struct Table {
    uint16_t prefix[4096];
    uint8_t suffix[4096];
    uint8_t stack[4097];
} Table;

// Fills `indices` and returns how many there were before the data ended or went wrong.
static size_t unpack(const Input *in, const Frame *frame, uint8_t *indices, size_t wanted, Table *table) {
    int root = in->bytes[frame->data];
    if (root < 1 || root > 11) return 0;
    Bits bits = {.in = in, .at = frame->data + 1};
    int clear = 1 << root, size = root + 1, next = clear + 2, previous = -1;
    uint8_t first = 0;
    size_t done = 0;
    while (done < wanted) {
        int code = next_code(&bits, size);
        if (code < 0 || code == clear + 1) break;
        if (code == clear) {
            size = root + 1;
            next = clear + 2;
            previous = -1;
            continue;
        }
        if (code > next || (code == next && previous < 0) || (previous < 0 && code >= clear)) break;
        int depth = 0, walk = code;
        if (code == next) {  // the string that this very code defines
            table->stack[depth++] = first;
            walk = previous;
        }
        while (walk >= clear + 2 && depth < 4096) {
            table->stack[depth++] = table->suffix[walk];
            walk = table->prefix[walk];
        }
        first = (uint8_t)walk;
        table->stack[depth++] = first;
        while (depth > 0 && done < wanted) indices[done++] = table->stack[--depth];
        if (previous >= 0 && next < 4096) {
            table->prefix[next] = (uint16_t)previous;
            table->suffix[next] = first;
            next++;
            if (next == 1 << size && size < 12) size++;
        }
        previous = code;
    }
    return done;
}

// The canvas row of the n-th stored row.
static uint32_t row_of(const Frame *frame, uint32_t n) {
    if (!frame->interlaced) return n;
    static const uint32_t start[4] = {0, 4, 2, 1}, step[4] = {8, 8, 4, 2};
    for (int pass = 0; pass < 4; pass++) {
        uint32_t rows = frame->height > start[pass]
                            ? (frame->height - start[pass] + step[pass] - 1) / step[pass]
                            : 0;
        if (n < rows) return start[pass] + n * step[pass];
        n -= rows;
    }
    return 0;
}

static void put_rows(const Input *in, const Frame *frame, const uint8_t *indices, size_t count, PIX *pix) {
    const uint8_t *end = in->bytes + in->count;
    for (uint32_t n = 0; n < frame->height && (size_t)n * frame->width < count; n++) {
        uint32_t *words = row_words(pix, frame->top + row_of(frame, n)) + frame->left;
        const uint8_t *row = indices + (size_t)n * frame->width;
        size_t columns = count - (size_t)n * frame->width;
        if (columns > frame->width) columns = frame->width;
        for (size_t x = 0; x < columns; x++) {
            if (row[x] == frame->transparent) continue;
            if (row[x] >= frame->colour_count) {
                // Without a palette the index is as good a grey as any.
                if (frame->colour_count == 0) words[x] = rgb_word(row[x], row[x], row[x]);
                continue;
            }
            const uint8_t *colour = frame->colours + 3 * row[x];
            if (end - colour >= 3) words[x] = rgb_word(colour[0], colour[1], colour[2]);
        }
    }
}

PIX *gif_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    (void)page;
    Frame frame;
    if (find_frame(in, &frame, report) != PICTURES_OK) return NULL;
    if (check_size(in, frame.canvas_width, frame.canvas_height, report) != PICTURES_OK) return NULL;
    size_t wanted = (size_t)frame.width * frame.height;
    uint8_t *indices = malloc(wanted + 1);
    Table *table = malloc(sizeof *table);
    PIX *pix = indices && table
                   ? create_pix(frame.canvas_width, frame.canvas_height, 32, report) : NULL;
    if (pix == NULL) {
        fail(report, PICTURES_OUT_OF_MEMORY, "no memory for the picture");
    } else {
        size_t done = unpack(in, &frame, indices, wanted, table);
        if (done < wanted) cut_short(report, "the data ends early");
        if (done == 0) {
            fail(report, PICTURES_CORRUPT, "no pixel can be read");
            pixDestroy(&pix);
        } else {
            put_rows(in, &frame, indices, done, pix);
        }
    }
    free(indices);
    free(table);
    return grey_if_colourless(pix);
}
