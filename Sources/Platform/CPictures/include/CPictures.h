// Decoders and picture operations that cannot jump out, exit or print.
//
// Every function reads from memory it is given; none opens a file. A failing decoder leaves its cause in the
// report. `struct Pix` is Leptonica's picture: 1 bit (1 is ink), 8 bit grey or 32 bit 0xRRGGBB00.
#ifndef CPICTURES_H
#define CPICTURES_H

#include <stddef.h>
#include <stdint.h>

struct Pix;

enum {
    PICTURES_OK = 0,
    PICTURES_CORRUPT = 1,
    PICTURES_UNSUPPORTED = 2,
    PICTURES_TOO_LARGE = 3,
    PICTURES_TOO_MANY_PAGES = 4,
    PICTURES_OUT_OF_MEMORY = 5,
};

enum {
    PICTURES_JPEG = 0,
    PICTURES_PNG = 1,
    PICTURES_WEBP = 2,
    PICTURES_TIFF = 3,
    PICTURES_GIF = 4,
    PICTURES_BMP = 5,
    PICTURES_PNM = 6,
    PICTURES_HEIC = 7,
    PICTURES_JPEG2000 = 8,
};

// What becomes of the 16-bit samples of a PNG.
enum {
    PICTURES_NEAREST = 0,    // the nearest of 256 levels
    PICTURES_HIGH_BYTE = 1,  // the high byte
    PICTURES_SATURATED = 2,  // grey without alpha: at most 255; all others: the high byte
};

// What went wrong, or what was odd, in one call.
typedef struct PicturesReport {
    int outcome;        // PICTURES_OK …
    char message[160];  // the decoder's words for a failure
    char warning[160];  // the first thing the decoder complained of and went on
    int warning_count;
    int cut_short;  // the data ended early; rows that are missing are white
    int64_t width, height;  // of a picture that is too large
} PicturesReport;

// One page as its header describes it.
typedef struct PicturesPage {
    int64_t width, height;  // as displayed: turned and with square pixels
    int64_t stored_width, stored_height;
    int orientation;  // 1…8, as in EXIF
    double x_dpi, y_dpi;  // as stored; 0 when not said
    uint64_t offset;  // of a TIFF directory
} PicturesPage;

// Reads the headers. At most `capacity` pages are counted; one more is PICTURES_TOO_MANY_PAGES.
int pictures_inspect(
    int format, const uint8_t *bytes, size_t count, int64_t max_pixels, PicturesPage *pages,
    int capacity, int *page_count, PicturesReport *report);

// Decodes one page: upright, alpha on white, square pixels, its resolution set. NULL: see the report.
struct Pix *pictures_decode(
    int format, const uint8_t *bytes, size_t count, const PicturesPage *page, int64_t max_pixels,
    int wide_samples, PicturesReport *report);

// MARK: pictures

void pictures_destroy(struct Pix *pix);
struct Pix *pictures_create_grey(int width, int height, int grey);
int pictures_width(const struct Pix *pix);
int pictures_height(const struct Pix *pix);
int pictures_depth(const struct Pix *pix);
int pictures_dpi(const struct Pix *pix);
void pictures_set_dpi(struct Pix *pix, int dpi);
// 0…255 per channel as 0xRRGGBB; 1-bit ink is 0. Outside the picture: white.
uint32_t pictures_pixel(const struct Pix *pix, int x, int y);
// `width × height` bytes, 0 black … 255 white, top row first. Returns 0 when done.
int pictures_copy_grey(const struct Pix *pix, uint8_t *out);
// `width × rows × 3` bytes of red, green and blue: `rows` rows from `first` on, which are in the picture.
void pictures_copy_rgb(const struct Pix *pix, int first, int rows, uint8_t *out);
struct Pix *pictures_from_grey(const uint8_t *bytes, int width, int height);
// `width × height × 3` bytes of red, green and blue, top row first; grey when no pixel has a colour.
struct Pix *pictures_from_rgb(const uint8_t *bytes, int width, int height);
int pictures_same(const struct Pix *a, const struct Pix *b);

// MARK: preparation; each makes a new picture, or NULL when memory is short

struct Pix *pictures_clone(const struct Pix *pix);
struct Pix *pictures_grey(const struct Pix *pix);
struct Pix *pictures_inverted(const struct Pix *pix);
struct Pix *pictures_scaled(const struct Pix *pix, double x_factor, double y_factor);
struct Pix *pictures_quarter_turned(const struct Pix *pix, int turns);
struct Pix *pictures_rotated(const struct Pix *grey_or_colour, double radians);
struct Pix *pictures_cropped(const struct Pix *pix, int x, int y, int width, int height);
// Levels at the two ranks (0…1) become black and white; returned unchanged when they lie too close.
struct Pix *pictures_stretched(const struct Pix *pix, double low_rank, double high_rank);
struct Pix *pictures_with_gamma(const struct Pix *pix, double gamma);
// Compressed PNG in memory from malloc; the caller frees it with pictures_free.
int pictures_png(const struct Pix *pix, int level, uint8_t **out, size_t *count);
void pictures_free(void *bytes);

// MARK: measuring

/// A connected mark of ink: half open.
typedef struct PicturesMark {
    int left, top, right, bottom;
} PicturesMark;

/// The marks darker than their surroundings (Sauvola), in no order; `free` them with `pictures_free`. Not 0 when memory was short.
int pictures_marks(
    const struct Pix *pix, int half_width, double factor, int inverted, PicturesMark **marks, size_t *count);

typedef struct PicturesLetters {
    int pairs;      // letters that have a neighbour to their right
    double height;  // of a capital, in pixels; 0 when there are no pairs
    int left, top, right, bottom;  // where 99 % of the letters lie, half open
} PicturesLetters;

typedef struct PicturesSkew {
    double degrees;  // clockwise, that would set the lines level
    double confidence;
} PicturesSkew;

// Returns 0 when measured, else memory was short.
int pictures_measure(const struct Pix *pix, PicturesLetters *letters, PicturesSkew *skew);
// Grey level at a rank of 0…1, subsampled by two.
int pictures_grey_at_rank(const struct Pix *pix, double rank);

#endif
