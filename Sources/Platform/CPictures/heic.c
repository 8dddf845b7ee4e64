#include "decoders.h"

#include <libheif/heif.h>

static int report_error(PicturesReport *report, struct heif_error error) {
    int outcome = PICTURES_CORRUPT;
    switch (error.code) {
        case heif_error_Unsupported_feature:
        case heif_error_Unsupported_filetype:
        case heif_error_Plugin_loading_error: outcome = PICTURES_UNSUPPORTED; break;
        case heif_error_Memory_allocation_error: outcome = PICTURES_OUT_OF_MEMORY; break;
        default: break;
    }
    if (error.code == heif_error_Memory_allocation_error
        && error.subcode == heif_suberror_Security_limit_exceeded)
        outcome = PICTURES_TOO_LARGE;
    return fail(report, outcome, "%s", error.message ? error.message : "cannot be decoded");
}

// The file and its main picture; libheif turns and mirrors it itself, and says its size so turned.
typedef struct File {
    struct heif_context *context;
    struct heif_image_handle *handle;
} File;

static void close_file(File *file) {
    if (file->handle) heif_image_handle_release(file->handle);
    if (file->context) heif_context_free(file->context);
}

static int open_file(const Input *in, File *file, PicturesReport *report) {
    memset(file, 0, sizeof *file);
    file->context = heif_context_alloc();
    if (file->context == NULL)
        return fail(report, PICTURES_OUT_OF_MEMORY, "no memory for the decoder");
    heif_context_set_max_decoding_threads(file->context, 0);
    heif_context_set_maximum_image_size_limit(file->context, 65535);
    struct heif_error error =
        heif_context_read_from_memory_without_copy(file->context, in->bytes, in->count, NULL);
    if (error.code == heif_error_Ok)
        error = heif_context_get_primary_image_handle(file->context, &file->handle);
    if (error.code != heif_error_Ok) return report_error(report, error);
    return PICTURES_OK;
}

int heic_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    File file;
    if (open_file(in, &file, report) == PICTURES_OK) {
        page->stored_width = heif_image_handle_get_width(file.handle);
        page->stored_height = heif_image_handle_get_height(file.handle);
    }
    close_file(&file);
    return report->outcome;
}

static PIX *copy_pixels(const struct heif_image *image, const Input *in, PicturesReport *report) {
    int stride = 0;
    const uint8_t *plane = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    int width = heif_image_get_width(image, heif_channel_interleaved);
    int height = heif_image_get_height(image, heif_channel_interleaved);
    if (plane == NULL || check_size(in, width, height, report) != PICTURES_OK) return NULL;
    PIX *pix = create_pix(width, height, 32, report);
    for (int y = 0; pix && y < height; y++) {
        const uint8_t *row = plane + (size_t)y * (size_t)stride;
        uint32_t *words = row_words(pix, y);
        for (int x = 0; x < width; x++, row += 4)
            words[x] = rgb_word(row[0], row[1], row[2]) | row[3];
    }
    if (pix) compose_on_white(pix);
    return pix;
}

PIX *heic_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    File file;
    PIX *pix = NULL;
    if (open_file(in, &file, report) == PICTURES_OK
        && check_size(in, page->stored_width, page->stored_height, report) == PICTURES_OK) {
        struct heif_image *image = NULL;
        struct heif_decoding_options *options = heif_decoding_options_alloc();
        if (options) options->convert_hdr_to_8bit = 1;
        struct heif_error error = heif_decode_image(
            file.handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, options);
        if (error.code == heif_error_Ok) pix = copy_pixels(image, in, report);
        else report_error(report, error);
        if (image) heif_image_release(image);
        if (options) heif_decoding_options_free(options);
    }
    close_file(&file);
    return grey_if_colourless(pix);
}
