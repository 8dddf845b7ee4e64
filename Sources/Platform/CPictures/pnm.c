// PBM, PGM, PPM in text and binary, and PAM. poppler's programs write the binary ones.
#include "decoders.h"

#include <stdlib.h>

typedef struct Header {
    int kind;  // the digit after P
    int64_t width, height;
    int channels;   // 1 to 4; the even ones end in alpha
    uint32_t most;  // the brightest value
    size_t data;
} Header;

static int is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static size_t skip_space(const Input *in, size_t at) {
    while (at < in->count) {
        if (in->bytes[at] == '#') {
            while (at < in->count && in->bytes[at] != '\n') at++;
        } else if (is_space(in->bytes[at])) {
            at++;
        } else {
            break;
        }
    }
    return at;
}

// A decimal number of at most nine digits at `*at`, or -1.
static int64_t number(const Input *in, size_t *at) {
    *at = skip_space(in, *at);
    int64_t value = 0;
    int digits = 0;
    while (*at < in->count && in->bytes[*at] >= '0' && in->bytes[*at] <= '9') {
        if (++digits > 9) return -1;
        value = value * 10 + (in->bytes[(*at)++] - '0');
    }
    return digits ? value : -1;
}

static int read_pam(const Input *in, Header *header, PicturesReport *report) {
    size_t at = 2;
    int64_t depth = 0, most = 0;
    for (;;) {
        at = skip_space(in, at);
        size_t end = at;
        while (end < in->count && !is_space(in->bytes[end])) end++;
        size_t length = end - at;
        const char *word = (const char *)in->bytes + at;
        if (length == 0) return fail(report, PICTURES_CORRUPT, "the header is cut short");
        if (length == 6 && memcmp(word, "ENDHDR", 6) == 0) {
            header->data = end < in->count ? end + 1 : end;
            break;
        }
        at = end;
        if (length == 5 && memcmp(word, "WIDTH", 5) == 0) header->width = number(in, &at);
        else if (length == 6 && memcmp(word, "HEIGHT", 6) == 0) header->height = number(in, &at);
        else if (length == 5 && memcmp(word, "DEPTH", 5) == 0) depth = number(in, &at);
        else if (length == 6 && memcmp(word, "MAXVAL", 6) == 0) most = number(in, &at);
        else while (at < in->count && in->bytes[at] != '\n') at++;
    }
    if (depth < 1 || depth > 4)
        return fail(report, PICTURES_UNSUPPORTED, "%lld channels", (long long)depth);
    header->channels = (int)depth;
    if (most < 1 || most > 65535) return fail(report, PICTURES_CORRUPT, "a bad brightest value");
    header->most = (uint32_t)most;
    return PICTURES_OK;
}

static int read_header(const Input *in, Header *header, PicturesReport *report) {
    memset(header, 0, sizeof *header);
    if (in->count < 3) return fail(report, PICTURES_CORRUPT, "the header is cut short");
    header->kind = in->bytes[1] - '0';
    if (header->kind == 7) return read_pam(in, header, report);
    size_t at = 2;
    header->width = number(in, &at);
    header->height = number(in, &at);
    header->channels = header->kind == 3 || header->kind == 6 ? 3 : 1;
    header->most = 1;
    if (header->kind != 1 && header->kind != 4) {
        int64_t most = number(in, &at);
        if (most < 1 || most > 65535) return fail(report, PICTURES_CORRUPT, "a bad brightest value");
        header->most = (uint32_t)most;
    }
    header->data = at < in->count ? at + 1 : at;  // one space before the pixels
    return PICTURES_OK;
}

int pnm_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    Header header;
    if (read_header(in, &header, report) != PICTURES_OK) return report->outcome;
    page->stored_width = header.width;
    page->stored_height = header.height;
    return PICTURES_OK;
}

// Where the next sample is; text has numbers, binary has one or two bytes.
typedef struct Samples {
    const Input *in;
    const Header *header;
    size_t at;
} Samples;

// 0…255, or -1 at the end.
static int next_sample(Samples *samples) {
    const Input *in = samples->in;
    uint32_t most = samples->header->most, value;
    switch (samples->header->kind) {
        case 1:
            samples->at = skip_space(in, samples->at);
            if (samples->at >= in->count) return -1;
            return in->bytes[samples->at++] == '0' ? 255 : 0;
        case 2:
        case 3: {
            int64_t read = number(in, &samples->at);
            if (read < 0) return -1;
            value = (uint32_t)read;
            break;
        }
        default:
            if (most > 255) {
                if (in->count - samples->at < 2) return -1;
                value = (uint32_t)in->bytes[samples->at] << 8 | in->bytes[samples->at + 1];
                samples->at += 2;
            } else {
                if (samples->at >= in->count) return -1;
                value = in->bytes[samples->at++];
            }
    }
    if (value > most) value = most;
    return (int)(most == 255 ? value : ((uint64_t)value * 255 + most / 2) / most);
}

static int read_row(Samples *samples, PIX *pix, int64_t y) {
    uint32_t *words = row_words(pix, y);
    int channels = samples->header->channels;
    for (int64_t x = 0; x < samples->header->width; x++) {
        int value[4] = {0, 0, 0, 255};
        for (int c = 0; c < channels; c++)
            if ((value[c] = next_sample(samples)) < 0) return 0;
        if (channels == 1) {
            SET_DATA_BYTE(words, x, value[0]);
            continue;
        }
        if (channels == 2) {
            value[3] = value[1];
            value[1] = value[2] = value[0];
        }
        uint32_t alpha = (uint32_t)value[3];
        words[x] = rgb_word(
            on_white((uint32_t)value[0], alpha), on_white((uint32_t)value[1], alpha),
            on_white((uint32_t)value[2], alpha));
    }
    return 1;
}

// Packed bits are Leptonica's own: 1 is ink, from the high end.
static int64_t read_bits(const Input *in, const Header *header, PIX *pix) {
    size_t stride = ((size_t)header->width + 7) / 8;
    for (int64_t y = 0; y < header->height; y++) {
        size_t at = header->data + stride * (size_t)y;
        if (at > in->count || in->count - at < stride) return y;
        uint32_t *words = row_words(pix, y);
        for (size_t i = 0; i < stride; i++) SET_DATA_BYTE(words, i, in->bytes[at + i]);
    }
    return header->height;
}

// One byte a sample from 0 to 255, grey or colour: what poppler writes, and all but the rarest others.
static int64_t read_bytes(const Input *in, const Header *header, PIX *pix) {
    size_t stride = (size_t)header->width * (size_t)header->channels;
    for (int64_t y = 0; y < header->height; y++) {
        size_t at = header->data + stride * (size_t)y;
        if (at > in->count || in->count - at < stride) return y;
        const uint8_t *row = in->bytes + at;
        uint32_t *words = row_words(pix, y);
        if (header->channels == 1) put_grey_row(pix, y, row);
        else
            for (int64_t x = 0; x < header->width; x++, row += 3)
                words[x] = rgb_word(row[0], row[1], row[2]);
    }
    return header->height;
}

PIX *pnm_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    (void)page;
    Header header;
    if (read_header(in, &header, report) != PICTURES_OK) return NULL;
    if (check_size(in, header.width, header.height, report) != PICTURES_OK) return NULL;
    int depth = header.kind == 4 ? 1 : header.channels == 1 ? 8 : 32;
    PIX *pix = create_pix(header.width, header.height, depth, report);
    if (pix == NULL) return NULL;
    int64_t rows = 0;
    int plain = header.kind >= 5 && header.most == 255 && header.channels % 2 == 1;
    if (plain) {
        rows = read_bytes(in, &header, pix);
    } else if (depth == 1) {
        rows = read_bits(in, &header, pix);
        pixSetPadBits(pix, 0);
    } else {
        Samples samples = {in, &header, header.data};
        while (rows < header.height && read_row(&samples, pix, rows)) rows++;
    }
    if (rows == 0) {
        fail(report, PICTURES_CORRUPT, "the data ends before the first row");
        pixDestroy(&pix);
        return NULL;
    }
    if (rows < header.height) {
        cut_short(report, "the data ends early");
        whiten_rows(pix, rows);
    }
    return grey_if_colourless(pix);
}
