// Functions out of `int8_tile` and `int4_tile` for each count of rows up to TILE_ROWS, and their tables.
#ifndef PACKED_ROWCOUNTS_H
#define PACKED_ROWCOUNTS_H

#include "tiles.h"

#define TILE(name, rows) static void name##_##rows(const packed_tile *t) { name(t, rows); }
#if TILE_ROWS >= 12
#define EACH_COUNT(what, name) what(name, 1) what(name, 2) what(name, 3) what(name, 4) what(name, 5) what(name, 6) \
    what(name, 7) what(name, 8) what(name, 9) what(name, 10) what(name, 11) what(name, 12)
#elif TILE_ROWS >= 8
#define EACH_COUNT(what, name) what(name, 1) what(name, 2) what(name, 3) what(name, 4) what(name, 5) what(name, 6) \
    what(name, 7) what(name, 8)
#elif TILE_ROWS >= 6
#define EACH_COUNT(what, name) what(name, 1) what(name, 2) what(name, 3) what(name, 4) what(name, 5) what(name, 6)
#else
#define EACH_COUNT(what, name) what(name, 1) what(name, 2) what(name, 3) what(name, 4)
#endif
#define TILE_NAME(name, rows) name##_##rows,

EACH_COUNT(TILE, int8_tile)
EACH_COUNT(TILE, int4_tile)
static packed_tile_function *const int8_functions[] = {EACH_COUNT(TILE_NAME, int8_tile)};
static packed_tile_function *const int4_functions[] = {EACH_COUNT(TILE_NAME, int4_tile)};

static const packed_tiles int8_tiles = {int8_functions, TILE_ROWS};
static const packed_tiles int4_tiles = {int4_functions, TILE_ROWS};

#endif
