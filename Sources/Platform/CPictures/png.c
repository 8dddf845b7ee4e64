#include "decoders.h"

#include <png.h>
#include <setjmp.h>

typedef struct Reader {
    const Input *in;
    size_t position;
    PicturesReport *report;
    PIX *pix;
    int interlaced;
    int64_t rows;  // complete rows, of the last pass when interlaced
    int pass;
} Reader;

static void on_error(png_structp png, png_const_charp text) {
    Reader *reader = png_get_error_ptr(png);
    int outcome = strcmp(text, "Out of memory") == 0 || strstr(text, "insufficient memory")
                      ? PICTURES_OUT_OF_MEMORY
                      : PICTURES_CORRUPT;
    fail(reader->report, outcome, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    Reader *reader = png_get_error_ptr(png);
    warn(reader->report, "%s", text);
}

static void on_read(png_structp png, png_bytep out, png_size_t count) {
    Reader *reader = png_get_io_ptr(png);
    if (count > reader->in->count - reader->position) png_error(png, "the data ends early");
    memcpy(out, reader->in->bytes + reader->position, count);
    reader->position += count;
}

static png_structp create(Reader *reader, png_infop *info) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
    *info = png ? png_create_info_struct(png) : NULL;
    if (*info == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        fail(reader->report, PICTURES_OUT_OF_MEMORY, "no memory for the decoder");
        return NULL;
    }
    return png;
}

// The orientation before the first pixel. libpng would take memory for as many bytes of EXIF as the chunk
// says that it has, up to 2 GB; here none are taken.
static int orientation(const Input *in) {
    for (size_t at = 8; at <= in->count && in->count - at >= 12;) {
        const uint8_t *chunk = in->bytes + at;
        size_t length = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
        if (length > in->count - at - 12 || memcmp(chunk + 4, "IDAT", 4) == 0) break;
        if (memcmp(chunk + 4, "eXIf", 4) == 0) return exif_read(chunk + 8, length).orientation;
        at += length + 12;
    }
    return 1;
}

// Text and colour profiles can expand to gigabytes and say nothing about the letters on the page.
static void read_header(png_structp png, png_infop info, Reader *reader) {
    static const png_byte unwanted[] = "zTXt\0iTXt\0tEXt\0iCCP\0sPLT\0eXIf";
    png_set_read_fn(png, reader, on_read);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, unwanted, 6);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_chunk_malloc_max(png, 8 << 20);
    png_set_chunk_cache_max(png, 100);
    // A file that ends early loses what was asked for last: ask for little.
    png_set_compression_buffer_size(png, 256);
    // Our own check says "too large" where libpng would say "corrupt".
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_read_info(png, info);
}

static void describe(png_structp png, png_infop info, const Input *in, PicturesPage *page) {
    page->stored_width = png_get_image_width(png, info);
    page->stored_height = png_get_image_height(png, info);
    page->x_dpi = png_get_x_pixels_per_meter(png, info) * 0.0254;
    page->y_dpi = png_get_y_pixels_per_meter(png, info) * 0.0254;
    page->orientation = orientation(in);
}

// What a jump must not lose lives in the reader, which the caller owns.
static int try_header(png_structp png, png_infop info, Reader *reader, PicturesPage *page) {
    if (setjmp(png_jmpbuf(png)) != 0) return 0;
    read_header(png, info, reader);
    describe(png, info, reader->in, page);
    return 1;
}

int png_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    Reader reader = {.in = in, .report = report};
    png_infop info = NULL;
    png_structp png = create(&reader, &info);
    if (png == NULL) return report->outcome;
    try_header(png, info, &reader, page);
    png_destroy_read_struct(&png, &info, NULL);
    return report->outcome;
}

// A row of grey words becomes one of bytes in place: what is above 255 becomes 255.
static void saturate(png_structp png, png_row_infop row, png_bytep bytes) {
    (void)png;
    if (row->bit_depth != 16) return;
    for (png_uint_32 x = 0; x < row->width; x++) bytes[x] = bytes[2 * x] ? 0xff : bytes[2 * x + 1];
    row->bit_depth = 8;
    row->pixel_depth = 8;
    row->rowbytes = row->width;
}

// What libpng shall make of the pixels: 8 bits a channel, grey alone or 0xRRGGBBAA in Leptonica's order.
static int transform(png_structp png, png_infop info, int wide_samples) {
    int colour = png_get_color_type(png, info);
    int has_alpha = (colour & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
    int is_grey = !(colour & PNG_COLOR_MASK_COLOR) && !has_alpha;
    png_set_expand(png);
    if (wide_samples == PICTURES_NEAREST) {
        png_set_scale_16(png);
    } else if (wide_samples == PICTURES_SATURATED && is_grey && png_get_bit_depth(png, info) == 16) {
        png_set_read_user_transform_fn(png, saturate);
        png_set_user_transform_info(png, NULL, 8, 1);
    } else {
        png_set_strip_16(png);
    }
    if (is_grey) return 8;
    png_set_gray_to_rgb(png);
    int little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    if (little) png_set_bgr(png);
    if (has_alpha && little) png_set_swap_alpha(png);
    if (!has_alpha) png_set_filler(png, 0xff, little ? PNG_FILLER_BEFORE : PNG_FILLER_AFTER);
    return 32;
}

static int try_rows(png_structp png, png_infop info, Reader *reader) {
    if (setjmp(png_jmpbuf(png)) != 0) return 0;
    read_header(png, info, reader);
    int64_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    if (check_size(reader->in, width, height, reader->report) != PICTURES_OK) return 0;
    int depth = transform(png, info, reader->in->wide_samples);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    reader->interlaced = passes > 1;
    reader->pix = create_pix(width, height, depth, reader->report);
    if (reader->pix == NULL) return 0;
    if (png_get_rowbytes(png, info) > (size_t)pixGetWpl(reader->pix) * 4)
        png_error(png, "row longer than the picture is wide");
    for (reader->pass = 0; reader->pass < passes; reader->pass++) {
        for (int64_t y = 0; y < height; y++) {
            png_bytep row = (png_bytep)row_words(reader->pix, y);
            // Of an interlaced picture each pass shows the whole, first in large blocks.
            if (reader->interlaced) png_read_row(png, NULL, row);
            else png_read_row(png, row, NULL);
            if (reader->pass == passes - 1) reader->rows = y + 1;
        }
    }
    return 1;
}

PIX *png_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    (void)page;
    Reader reader = {.in = in, .report = report};
    png_infop info = NULL;
    png_structp png = create(&reader, &info);
    if (png == NULL) return NULL;
    int finished = try_rows(png, info, &reader);
    png_destroy_read_struct(&png, &info, NULL);

    if (!finished) {
        // Five of seven passes show every other pixel of every other row: enough to be worth reading.
        int worth_keeping = reader.interlaced ? reader.pass >= 5 : reader.rows > 0;
        if (reader.pix == NULL || report->outcome != PICTURES_CORRUPT || !worth_keeping) {
            pixDestroy(&reader.pix);
            return NULL;
        }
        cut_short(report, report->message);
        if (!reader.interlaced) whiten_rows(reader.pix, reader.rows);
    }
    if (pixGetDepth(reader.pix) == 8) {
        pixEndianByteSwap(reader.pix);  // libpng wrote bytes; Leptonica counts from a word's high end
        return reader.pix;
    }
    compose_on_white(reader.pix);
    return grey_if_colourless(reader.pix);
}
