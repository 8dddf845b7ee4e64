#include "decoders.h"

#include <setjmp.h>
#include <stdio.h>
// jpeglib.h needs stdio.h first.
#include <jerror.h>
#include <jpeglib.h>

// A progressive picture may repeat its scans without end; real ones have about ten.
enum { max_scans = 100 };

typedef struct Reader {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    PicturesReport *report;
    PIX *pix;
    uint8_t *row;        // for pixels that libjpeg cannot write as we keep them
    int at_end;          // all bytes were used up
    int starved;         // …and the decoder needed more
    int64_t whole_rows;  // rows decoded before it starved
} Reader;

static void on_error(j_common_ptr info) {
    Reader *reader = (Reader *)info;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    int outcome = PICTURES_CORRUPT;
    switch (info->err->msg_code) {
        case JERR_OUT_OF_MEMORY: outcome = PICTURES_OUT_OF_MEMORY; break;
        case JERR_SOF_UNSUPPORTED:
        case JERR_BAD_PRECISION:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_NOT_COMPILED:
        case JERR_COMPONENT_COUNT: outcome = PICTURES_UNSUPPORTED; break;
        default: break;
    }
    fail(reader->report, outcome, "%s", text);
    longjmp(reader->escape, 1);
}

static void on_message(j_common_ptr info, int level) {
    if (level >= 0) return;
    Reader *reader = (Reader *)info;
    if (info->err->msg_code == JWRN_HIT_MARKER && reader->at_end && !reader->starved) {
        reader->starved = 1;
        reader->whole_rows = reader->info.output_scanline;
    }
    info->err->num_warnings++;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    warn(reader->report, "%s", text);
}

static void ignore(j_decompress_ptr info) { (void)info; }

static boolean on_empty(j_decompress_ptr info) {
    static const JOCTET end_of_image[2] = {0xff, JPEG_EOI};
    ((Reader *)info)->at_end = 1;
    info->src->next_input_byte = end_of_image;
    info->src->bytes_in_buffer = 2;
    return TRUE;
}

static void on_skip(j_decompress_ptr info, long count) {
    if (count <= 0) return;
    if ((size_t)count > info->src->bytes_in_buffer) {
        on_empty(info);
        return;
    }
    info->src->next_input_byte += count;
    info->src->bytes_in_buffer -= (size_t)count;
}

static void on_progress(j_common_ptr info) {
    Reader *reader = (Reader *)info;
    if (!info->is_decompressor || reader->info.input_scan_number <= max_scans) return;
    fail(reader->report, PICTURES_CORRUPT, "more than %d progressive scans", max_scans);
    longjmp(reader->escape, 1);
}

// Call under setjmp: libjpeg reports its own set-up faults the same way.
static void begin(Reader *reader, const Input *in) {
    jpeg_create_decompress(&reader->info);
    reader->source = (struct jpeg_source_mgr){
        .next_input_byte = in->bytes,
        .bytes_in_buffer = in->count,
        .init_source = ignore,
        .fill_input_buffer = on_empty,
        .skip_input_data = on_skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = ignore,
    };
    reader->info.src = &reader->source;
    reader->progress.progress_monitor = on_progress;
    reader->info.progress = &reader->progress;
    jpeg_save_markers(&reader->info, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&reader->info, TRUE);
}

static void prepare(Reader *reader, PicturesReport *report) {
    memset(reader, 0, sizeof *reader);
    reader->report = report;
    reader->info.err = jpeg_std_error(&reader->errors);
    reader->errors.error_exit = on_error;
    reader->errors.emit_message = on_message;
}

static void describe(const Reader *reader, PicturesPage *page) {
    const struct jpeg_decompress_struct *info = &reader->info;
    page->stored_width = info->image_width;
    page->stored_height = info->image_height;
    double unit = info->density_unit == 1 ? 1 : info->density_unit == 2 ? 2.54 : 0;
    if (info->saw_JFIF_marker && unit > 0) {
        page->x_dpi = info->X_density * unit;
        page->y_dpi = info->Y_density * unit;
    }
    for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next) {
        if (marker->data_length < 6 || memcmp(marker->data, "Exif\0\0", 6) != 0) continue;
        Exif exif = exif_read(marker->data, marker->data_length);
        page->orientation = exif.orientation;
        if (page->x_dpi == 0) {
            page->x_dpi = exif.x_dpi;
            page->y_dpi = exif.y_dpi;
        }
        break;  // a second picture's block (MPO) is not ours
    }
}

// What a jump must not lose lives in the reader, which the caller owns.
static int try_header(Reader *reader, const Input *in, PicturesPage *page) {
    if (setjmp(reader->escape) != 0) return 0;
    begin(reader, in);
    describe(reader, page);
    return 1;
}

int jpeg_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    Reader reader;
    prepare(&reader, report);
    try_header(&reader, in, page);
    jpeg_destroy_decompress(&reader.info);
    return report->outcome;
}

// Adobe's programs write ink as its inverse, and everyone has followed them.
static void put_cmyk_row(PIX *pix, int64_t y, const uint8_t *row) {
    uint32_t *words = row_words(pix, y);
    int width = pixGetWidth(pix);
    for (int x = 0; x < width; x++, row += 4) {
        uint32_t key = row[3];
        words[x] = rgb_word(row[0] * key / 255, row[1] * key / 255, row[2] * key / 255);
    }
}

// Whether every coefficient of a progressive picture has arrived in full.
static int is_refined(const struct jpeg_decompress_struct *info) {
    if (!info->progressive_mode || info->coef_bits == NULL) return 1;
    for (int c = 0; c < info->num_components; c++)
        for (int k = 0; k < DCTSIZE2; k++)
            if (info->coef_bits[c][k] != 0) return 0;
    return 1;
}

static void give_up(Reader *reader, int outcome, const char *why) {
    fail(reader->report, outcome, "%s", why);
    longjmp(reader->escape, 1);
}

static int try_rows(Reader *reader, const Input *in) {
    if (setjmp(reader->escape) != 0) return 0;
    begin(reader, in);
    struct jpeg_decompress_struct *info = &reader->info;
    if (check_size(in, info->image_width, info->image_height, reader->report) != PICTURES_OK)
        return 0;
    int direct = 0;
    switch (info->jpeg_color_space) {
        case JCS_UNKNOWN: give_up(reader, PICTURES_UNSUPPORTED, "unknown colours"); break;
        case JCS_GRAYSCALE: info->out_color_space = JCS_GRAYSCALE; break;
        case JCS_CMYK:
        case JCS_YCCK: info->out_color_space = JCS_CMYK; break;
        default:
            // Leptonica's word 0xRRGGBBAA, as it lies in memory.
            info->out_color_space =
                __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? JCS_EXT_XBGR : JCS_EXT_RGBX;
            direct = 1;
    }
    int depth = info->out_color_space == JCS_GRAYSCALE ? 8 : 32;
    reader->pix = create_pix(info->image_width, info->image_height, depth, reader->report);
    if (!direct) reader->row = malloc((size_t)info->image_width * (depth == 8 ? 1 : 4));
    if (reader->pix == NULL || (!direct && reader->row == NULL))
        give_up(reader, PICTURES_OUT_OF_MEMORY, "no memory for the picture");

    jpeg_start_decompress(info);
    // Once starved, a picture stored row by row has nothing more to give; a progressive one is
    // already there as a whole.
    while (info->output_scanline < info->output_height
           && (!reader->starved || info->progressive_mode)) {
        int64_t y = info->output_scanline;
        JSAMPROW target = direct ? (JSAMPROW)row_words(reader->pix, y) : reader->row;
        if (jpeg_read_scanlines(info, &target, 1) != 1) break;
        if (direct) continue;
        if (depth == 8) put_grey_row(reader->pix, y, reader->row);
        else put_cmyk_row(reader->pix, y, reader->row);
    }
    if (reader->starved || (reader->at_end && !is_refined(info)))
        cut_short(reader->report, "the data ends early");
    return 1;
}

PIX *jpeg_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    (void)page;
    Reader reader;
    prepare(&reader, report);
    int finished = try_rows(&reader, in);
    int64_t rows = reader.info.output_scanline;
    if (reader.starved && !reader.info.progressive_mode) rows = reader.whole_rows;
    jpeg_destroy_decompress(&reader.info);
    free(reader.row);

    if (!finished && report->outcome == PICTURES_CORRUPT && rows > 0)
        cut_short(report, report->message);
    else if (finished && report->cut_short && rows == 0)
        fail(report, PICTURES_CORRUPT, "the data ends before the first row");
    else if (finished)
        report->outcome = PICTURES_OK;
    if (reader.pix == NULL || rows == 0 || (!finished && !report->cut_short)) {
        pixDestroy(&reader.pix);
        return NULL;
    }
    if (report->cut_short) whiten_rows(reader.pix, rows);
    return reader.pix;
}
