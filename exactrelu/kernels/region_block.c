/*
 * The canonical geometry of many cells, exact, and as text.
 *
 * What `CellBlock` in exactrelu/enumeration/generator_engine and exactrelu/documents/region_texts.py do with
 * integers of any length. Here these have at most MOST limbs, which is checked; where one is longer, nothing is
 * said of the whole block.
 */
#include "kernels.h"

#if defined(__SIZEOF_INT128__) && defined(__GNUC__)

#include "region_columns.h"

EXACTRELU_API void exactrelu_region_block_free(block *b)
{
    distinct *all[] = {&b->facet_rows, &b->corners, &b->pairs};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        free(all[i]->words.at);
        free(all[i]->at);
        free(all[i]->slot);
    }
    column *columns[] = {&b->generator_entries, &b->row_entries, &b->told};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        free(columns[i]->bytes.at);
        free(columns[i]->end);
    }
    void *own[] = {b->corner_of_pair, b->rows.at, b->passing.at, b->points.at, b->scaled.at,
                   b->stack, b->vertices.item, b->rays.item, b->facets.item, b->strict.item, b->bases.item,
                   b->bases.start, b->keys.item, b->keys.start, b->echelon.at, b->sets,
                   b->pieces_of_generators.at, b->pieces_of_rows.at, b->written.at, b->biases.at};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        free(own[i]);
    while (b->last) {
        kept *before = b->last->before;
        free(b->last);
        b->last = before;
    }
    free(b);
}

EXACTRELU_API block *exactrelu_region_block_new(const region_input *in)
{
    block *b = calloc(1, sizeof *b);
    if (b)
        b->in = *in;
    return b;
}

/* Finds vertices, facets and rows; to be called once. */
EXACTRELU_API int64_t exactrelu_region_block_find(block *b)
{
    if (setjmp(b->escape))
        return b->status;
    if (b->in.longest > MOST)
        fail(b, TOO_LONG);
    b->sums = room_for(b, b->in.inputs + 1, sizeof *b->sums);
    b->scratch = room_for(b, (b->in.inputs + 1) * (MOST + 1), sizeof *b->scratch);
    b->is_pivot = room_for(b, b->in.inputs + 1, sizeof *b->is_pivot);
    b->short_point = room_for(b, b->in.inputs, sizeof *b->short_point);
    number_neurons(b);
    index_weights(b);
    find_runs(b);
    find_vertices(b);
    find_faces(b);
    b->is_wide = room_for(b, b->in.places, 1);
    b->wide = room_for(b, b->in.places * b->in.inputs * WIDE, sizeof *b->wide);
    b->ray_sums = room_for(b, b->in.inputs, sizeof *b->ray_sums);
    return FITS;
}

/* Writes cells from `first` on, up to `*end` or about `most` bytes; `ends` takes where each ends, `between` behind it. */
EXACTRELU_API int64_t exactrelu_region_block_write(block *b, int64_t first, int64_t *end, int64_t most, int64_t full,
                                                   const char *lines, int64_t lines_size, const char *between,
                                                   int64_t between_size, int64_t *ends, char **found)
{
    if (b->status || setjmp(b->escape)) /* what failed is half done */
        return b->status;
    write_rows(b);
    if (full)
        write_generators(b);
    b->written.used = 0;
    int64_t c = first;
    for (; c < *end && b->written.used < most; c++) {
        if (put_region(b, &b->written, c, full != 0, lines, lines_size))
            put_bytes(b, &b->written, between, between_size);
        ends[c - first] = b->written.used;
    }
    *end = c;
    *found = b->written.at;
    return FITS;
}

/*
 * Writes a column of cells from `first` on, up to `*end` or about `most` bytes: how many vectors each has (-1 for
 * a point that is not known), where their entries end, and their texts.
 */
EXACTRELU_API int64_t exactrelu_region_block_column(block *b, int64_t kind, int64_t first, int64_t *end, int64_t most,
                                                    int64_t *vectors, column *found)
{
    if (b->status || setjmp(b->escape))
        return b->status;
    if (kind == VERTICES || kind == RAYS)
        write_generator_entries(b);
    if (kind == FACETS || kind == STRICT)
        write_row_entries(b);
    b->told.count = b->told.bytes.used = 0;
    int64_t c = first;
    for (; c < *end && b->told.bytes.used < most; c++)
        vectors[c - first] = put_cell(b, &b->told, c, kind);
    *end = c;
    *found = b->told;
    return FITS;
}

/* The dimensions of all cells. */
EXACTRELU_API void exactrelu_region_block_dimensions(const block *b, int32_t *dimensions)
{
    for (int64_t c = 0; c < b->in.cells; c++)
        dimensions[c] = (int32_t)(b->in.inputs - equations_of(b, c));
}

#else

/* A compiler without integers of 128 bits: there are no blocks. */
EXACTRELU_API void *exactrelu_region_block_new(const void *in)
{
    (void)in;
    return 0;
}

#endif
