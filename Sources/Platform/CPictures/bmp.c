// Windows and OS/2 bitmaps of every depth, either way up, run-length coded ones too.
#include "decoders.h"

#include <stdlib.h>

enum { plain = 0, rle8 = 1, rle4 = 2, fields = 3, alpha_fields = 6 };

typedef struct Header {
    int64_t width, height;
    int top_down;
    int bits;
    uint32_t compression;
    const uint8_t *palette;
    size_t palette_count;
    int palette_stride;
    uint32_t mask[4];  // red, green, blue, alpha
    size_t data;
    double x_dpi, y_dpi;
} Header;

static uint32_t u16(const uint8_t *bytes) { return bytes[0] | (uint32_t)bytes[1] << 8; }
static uint32_t u32(const uint8_t *bytes) { return u16(bytes) | u16(bytes + 2) << 16; }
static int64_t s32(const uint8_t *bytes) { return (int32_t)u32(bytes); }

static void read_masks(const Input *in, size_t info_size, Header *header) {
    static const uint32_t of_16[4] = {0x7c00, 0x3e0, 0x1f, 0};
    static const uint32_t of_32[4] = {0xff0000, 0xff00, 0xff, 0};
    memcpy(header->mask, header->bits == 16 ? of_16 : of_32, sizeof header->mask);
    if (header->compression != fields && header->compression != alpha_fields) return;
    // The masks follow a 40-byte header, and lie inside a longer one: the same place.
    int count = info_size >= 56 || header->compression == alpha_fields ? 4 : 3;
    for (int i = 0; i < count && in->count >= 54 + 4 * (size_t)(i + 1); i++)
        header->mask[i] = u32(in->bytes + 54 + 4 * i);
}

static int read_header(const Input *in, Header *header, PicturesReport *report) {
    memset(header, 0, sizeof *header);
    if (in->count < 26) return fail(report, PICTURES_CORRUPT, "the header is cut short");
    size_t info = u32(in->bytes + 14);
    header->data = u32(in->bytes + 10);
    size_t colours_used = 0;
    if (info == 12) {
        header->width = u16(in->bytes + 18);
        header->height = u16(in->bytes + 20);
        header->bits = (int)u16(in->bytes + 24);
        header->palette_stride = 3;
    } else if (info >= 16 && info <= 1024 && in->count >= 14 + (info < 40 ? info : 40)) {
        header->width = s32(in->bytes + 18);
        header->height = s32(in->bytes + 22);
        header->bits = (int)u16(in->bytes + 28);
        header->palette_stride = 4;
        if (info >= 40) {
            header->compression = u32(in->bytes + 30);
            header->x_dpi = (double)u32(in->bytes + 38) * 0.0254;
            header->y_dpi = (double)u32(in->bytes + 42) * 0.0254;
            colours_used = u32(in->bytes + 46);
        }
    } else {
        return fail(report, PICTURES_CORRUPT, "not a bitmap header");
    }
    if (header->height < 0) {
        header->height = -header->height;
        header->top_down = 1;
    }
    size_t palette = 14 + info;
    if (info == 40 && header->compression == fields) palette += 12;
    if (info == 40 && header->compression == alpha_fields) palette += 16;
    if (header->bits <= 8) {
        size_t most = (size_t)1 << header->bits;
        if (colours_used == 0 || colours_used > most) colours_used = most;
        size_t room = in->count > palette ? (in->count - palette) / (size_t)header->palette_stride : 0;
        header->palette = in->bytes + (palette < in->count ? palette : in->count);
        header->palette_count = colours_used < room ? colours_used : room;
    }
    read_masks(in, info, header);
    int b = header->bits;
    uint32_t c = header->compression;
    int known = (c == plain && (b == 1 || b == 2 || b == 4 || b == 8 || b == 16 || b == 24 || b == 32))
                || (c == rle8 && b == 8) || (c == rle4 && b == 4)
                || ((c == fields || c == alpha_fields) && (b == 16 || b == 32));
    if (!known)
        return fail(report, PICTURES_UNSUPPORTED, "%d bits with compression %u", b, c);
    return PICTURES_OK;
}

int bmp_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    Header header;
    if (read_header(in, &header, report) != PICTURES_OK) return report->outcome;
    page->stored_width = header.width;
    page->stored_height = header.height;
    page->x_dpi = header.x_dpi;
    page->y_dpi = header.y_dpi;
    return PICTURES_OK;
}

static uint32_t palette_word(const Header *header, uint32_t index) {
    if (index >= header->palette_count) return 0;
    const uint8_t *colour = header->palette + index * (uint32_t)header->palette_stride;
    return rgb_word(colour[2], colour[1], colour[0]);
}

// A channel of `mask` stretched to 0…255.
static uint32_t channel(uint32_t word, uint32_t mask) {
    if (mask == 0) return 0;
    int shift = __builtin_ctz(mask);
    uint32_t most = mask >> shift;
    return (uint32_t)(((uint64_t)((word & mask) >> shift) * 255 + most / 2) / most);
}

static uint32_t masked_word(const Header *header, uint32_t word) {
    uint32_t rgb = rgb_word(
        channel(word, header->mask[0]), channel(word, header->mask[1]), channel(word, header->mask[2]));
    return rgb | (header->mask[3] ? channel(word, header->mask[3]) : 0xff);
}

static void put_row(const Header *header, const uint8_t *row, uint32_t *words) {
    for (int64_t x = 0; x < header->width; x++) {
        switch (header->bits) {
            case 1: words[x] = palette_word(header, row[x / 8] >> (7 - x % 8) & 1); break;
            case 2: words[x] = palette_word(header, row[x / 4] >> (6 - x % 4 * 2) & 3); break;
            case 4: words[x] = palette_word(header, row[x / 2] >> (4 - x % 2 * 4) & 15); break;
            case 8: words[x] = palette_word(header, row[x]); break;
            case 16: words[x] = masked_word(header, u16(row + 2 * x)); break;
            case 24: words[x] = rgb_word(row[3 * x + 2], row[3 * x + 1], row[3 * x]); break;
            default: words[x] = masked_word(header, u32(row + 4 * x)); break;
        }
    }
}

static int64_t read_plain(const Input *in, const Header *header, PIX *pix) {
    size_t stride = ((size_t)header->width * (size_t)header->bits + 31) / 32 * 4;
    // Some writers omit the padding of the very last row.
    size_t needed = ((size_t)header->width * (size_t)header->bits + 7) / 8;
    for (int64_t y = 0; y < header->height; y++) {
        size_t at = header->data + stride * (size_t)y;
        if (at > in->count || in->count - at < needed) return y;
        put_row(header, in->bytes + at, row_words(pix, header->top_down ? y : header->height - 1 - y));
    }
    return header->height;
}

// Pixels that the runs leave out keep the first colour's place: they are white in a new picture.
static int64_t read_runs(const Input *in, const Header *header, PIX *pix) {
    int nibbles = header->compression == rle4;
    int64_t x = 0, y = 0;
    size_t at = header->data;
    while (y < header->height) {
        if (at > in->count || in->count - at < 2) return y;
        uint32_t count = in->bytes[at], value = in->bytes[at + 1];
        at += 2;
        if (count == 0 && value == 0) {
            x = 0;
            y++;
            continue;
        }
        if (count == 0 && value == 1) break;
        if (count == 0 && value == 2) {
            if (in->count - at < 2) return y;
            x += in->bytes[at];
            y += in->bytes[at + 1];
            at += 2;
            continue;
        }
        uint32_t *words = row_words(pix, header->top_down ? y : header->height - 1 - y);
        const uint8_t *literal = NULL;
        if (count == 0) {
            size_t size = nibbles ? (value + 1) / 2 : value;
            if (in->count - at < size) return y;
            literal = in->bytes + at;
            count = value;
            at += (size + 1) / 2 * 2;
        }
        for (uint32_t i = 0; i < count; i++, x++) {
            uint32_t packed = literal ? literal[nibbles ? i / 2 : i] : value;
            uint32_t index = !nibbles ? packed : i % 2 == 0 ? packed >> 4 : packed & 15;
            if (x < header->width) words[x] = palette_word(header, index);
        }
    }
    return header->height;
}

PIX *bmp_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    (void)page;
    Header header;
    if (read_header(in, &header, report) != PICTURES_OK) return NULL;
    if (check_size(in, header.width, header.height, report) != PICTURES_OK) return NULL;
    if (header.data >= in->count) {
        fail(report, PICTURES_CORRUPT, "the data ends before the first row");
        return NULL;
    }
    PIX *pix = create_pix(header.width, header.height, 32, report);
    if (pix == NULL) return NULL;
    int runs = header.compression == rle8 || header.compression == rle4;
    int64_t rows = runs ? read_runs(in, &header, pix) : read_plain(in, &header, pix);
    if (rows == 0) {
        fail(report, PICTURES_CORRUPT, "the data ends before the first row");
        pixDestroy(&pix);
        return NULL;
    }
    if (rows < header.height) cut_short(report, "the data ends early");
    if (header.mask[3] != 0 && header.bits > 8) {
        // An alpha channel that is empty everywhere was never meant.
        int transparent = 1;
        for (int64_t y = 0; y < header.height && transparent; y++)
            for (int64_t x = 0; x < header.width && transparent; x++)
                if (row_words(pix, y)[x] & 0xff) transparent = 0;
        if (!transparent) compose_on_white(pix);
    }
    return grey_if_colourless(pix);
}
