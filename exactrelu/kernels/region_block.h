/* What is known of some cells, and the memory that it takes, which is freed at once. */
#ifndef EXACTRELU_REGION_BLOCK_H
#define EXACTRELU_REGION_BLOCK_H

#include "limbs.h"

#include <setjmp.h>
#include <stdlib.h>

enum { FITS, NO_MEMORY, TOO_LONG };

/* Vectors, and where each begins. */
typedef struct {
    const word *numbers;
    const int64_t *at;
} vectors;

/*
 * What Python passes on and keeps (region_block.py). Generators come from a pedigree, or are corners of the plane,
 * where two lines meet (exactrelu/enumeration/generator_engine/plane_source.py); then there are `lines`.
 */
typedef struct {
    int64_t inputs, layers, cells, bits, nodes, seeds, places, words, rank, domain_rows, equations, closed;
    int64_t longest; /* limbs of a number below */
    const int64_t *widths;  /* of all layers, that of the outputs last; `layers` are hidden */
    const int64_t *columns; /* of each hidden neuron the column of its bit, or -1 */
    vectors weights;        /* of each neuron and output: its row, the bias last */
    vectors slopes;         /* of each hidden neuron: below zero, above it, in integers */
    vectors scales;         /* what the biases of each layer are multiplied by, and the outputs' denominator */
    vectors domain;         /* rows of the domain and seams, then the equations of its affine hull */
    const uint8_t *strict;  /* of the former */
    const int64_t *births;  /* rows of positive parents, negative parents, layers, neurons */
    vectors seed;           /* the coordinates (X, t) of the first nodes */
    const uint8_t *bit;     /* of each cell its bits, one byte each */
    const uint8_t *thin;
    const int64_t *node, *owner; /* of each place, and a cell that has it */
    const int64_t *start, *place; /* the places of each cell's generators */
    const uint64_t *masks;        /* of each place its tight rows */
    const int64_t *lines;         /* of each corner, cell by cell, the names of two lines */
    const uint8_t *piece;         /* of each cell the first cell that it is in */
    const int32_t *zero_count, *zeros; /* of each cell: pairs of a corner and a neuron that is zero there */
    vectors edges, basis, positive; /* rows of edges in the plane, its basis, what is positive on first cells */
    int64_t edge_count;
} region_input;

typedef struct {
    word *at;
    int64_t used, room;
} arena;

typedef struct {
    char *at;
    int64_t used, room;
} text;

/* Texts one after the other, and where each ends. */
typedef struct {
    text bytes;
    int64_t *end, count, room;
} column;

/* Distinct vectors, by number. */
typedef struct {
    arena words;
    int64_t *at, count, room;
    int32_t *slot; /* number and 1, or 0 */
    int64_t slots;
} distinct;

/* Lists of numbers, one for each cell. */
typedef struct {
    int64_t *item, *start, used, room;
} lists;

/* Of a run (its number and 1): the neurons that pass something on, and those that differ from the run before. */
typedef struct {
    int64_t run, *others, *neuron, active, count;
    const uint8_t *old; /* the bits of the run before, or NULL if it does not serve */
} change;

/* Memory that is freed with the block, in a chain. */
typedef union kept {
    union kept *before;
    long double aligned;
} kept;

typedef struct {
    region_input in;
    jmp_buf escape;
    int status; /* why it failed, and does no more */
    kept *last;
    sum *sums; /* inputs + 1 of them */
    word *scratch; /* so many numbers */
    /* rows (region_rows.h) */
    int64_t *first_neuron;                     /* of each layer, and how many neurons and outputs there are */
    int64_t *layer_of;                         /* of each neuron */
    int64_t *neuron_of;                        /* of each column */
    int64_t **run, **first_cell, **row_at, **entry_at;     /* of each layer */
    change *changes;
    int32_t **row_number;
    int32_t *domain_number;
    arena rows, passing;
    distinct facet_rows;
    int64_t *row_rank, *short_row; /* the latter as far as `is_short` */
    uint8_t *is_short;
    /* vertices (region_vertices.h) */
    distinct corners, pairs;
    int64_t *corner_of_pair, pair_room; /* of each pair of lines */
    arena points, scaled;
    int64_t *point_at, *stack, stack_room, *scaled_at;
    uint8_t *is_wide; /* whether `wide` has them: 0 nobody asked, 1 yes, 2 no (region_points.h) */
    word *wide;
    sum *ray_sums;
    double *near;
    uint8_t *is_ray;
    lists vertices, rays;
    /* faces (region_faces.h) */
    uint64_t *sets;
    int64_t sets_room;
    lists facets, strict;
    lists bases;       /* of each: where its rows begin in `echelon` */
    lists keys;        /* of each: the numbers of rows that it is made of */
    int64_t bases_count, bases_room, keys_room;
    arena echelon;
    int64_t *basis_of; /* of each cell, or -1 */
    /* texts (region_texts.h) */
    text pieces_of_generators, pieces_of_rows, written, biases;
    int64_t *generator_piece, *row_piece;
    int64_t *short_point;
    column generator_entries, row_entries, told; /* region_columns.h */
    number power; /* the denominator of a point */
    int64_t *is_pivot; /* of each coordinate the number of its equation and 1, or 0 */
} block;

static void fail(block *b, int why)
{
    b->status = why;
    longjmp(b->escape, 1);
}

/* Memory, all zero, that is freed with the block. */
static void *room_for(block *b, int64_t count, size_t size)
{
    kept *found = calloc(1, sizeof *found + (size_t)(count > 0 ? count : 1) * size);
    if (!found)
        fail(b, NO_MEMORY);
    found->before = b->last;
    b->last = found;
    return found + 1;
}

/* More room for an array that is freed by name. */
static void *enlarged(block *b, void *array, int64_t *room, int64_t wanted, size_t size)
{
    int64_t more = wanted + *room + 256;
    void *found = realloc(array, (size_t)more * size);
    if (!found)
        fail(b, NO_MEMORY);
    *room = more;
    return found;
}

static inline void *grown(block *b, void *array, int64_t *room, int64_t wanted, size_t size)
{
    return wanted <= *room ? array : enlarged(b, array, room, wanted, size);
}

static inline word *arena_room(block *b, arena *a, int64_t size)
{
    a->at = grown(b, a->at, &a->room, a->used + size, sizeof *a->at);
    return a->at + a->used;
}

static void append(block *b, lists *l, int64_t item)
{
    l->item = grown(b, l->item, &l->room, l->used + 1, sizeof *l->item);
    l->item[l->used++] = item;
}

static void put_number(block *b, arena *a, const word *x)
{
    int64_t size = 1 + limbs_of(x);
    memcpy(arena_room(b, a, size), x, (size_t)size * sizeof *x);
    a->used += size;
}

static void settle(block *b, const sum *s, word *to)
{
    if (!settled(s, to))
        fail(b, TOO_LONG);
}

/*
 * Puts the vector of the given sums, divided by the common divisor of its entries if `reduce`; returns where it
 * begins. With `negate` its sign is changed.
 */
static int64_t put_vector(block *b, arena *a, const sum *sums, int64_t count, int reduce, int negate)
{
    int64_t begin = a->used, least = -1;
    word *numbers = b->scratch;
    for (int64_t j = 0; j < count; j++) {
        word *x = numbers + j * (MOST + 1);
        settle(b, sums + j, x);
        if (x[0] && (least < 0 || limbs_of(x) < limbs_of(numbers + least * (MOST + 1))))
            least = j;
    }
    word divisor[SUM], other[SUM], quotient[SUM];
    int64_t size = 0;
    if (reduce && least >= 0) {
        const word *x = numbers + least * (MOST + 1);
        size = limbs_of(x);
        memcpy(divisor, x + 1, (size_t)size * sizeof *x);
        for (int64_t j = 0; j < count && (size > 1 || divisor[0] != 1); j++) {
            x = numbers + j * (MOST + 1);
            if (j == least || !x[0])
                continue;
            int64_t rest = limbs_of(x);
            memcpy(other, x + 1, (size_t)rest * sizeof *x);
            rest = divide(quotient, other, rest, divisor, size);
            if (rest)
                size = common_divisor(divisor, size, other, rest);
        }
    }
    for (int64_t j = 0; j < count; j++) {
        word *x = numbers + j * (MOST + 1);
        if (negate)
            x[0] = 0 - x[0];
        if (x[0] && size && (size > 1 || divisor[0] != 1)) {
            int64_t own = limbs_of(x);
            memcpy(other, x + 1, (size_t)own * sizeof *x);
            divide(x + 1, other, own, divisor, size);
            set_header(x, trimmed(x + 1, own - size + 1), is_negative(x));
        }
        put_number(b, a, x);
    }
    return begin;
}

/* Puts the primitive multiple of a x - c y. The vectors may lie in the arena. */
static int64_t put_combination(block *b, arena *to, const word *a, const word *x, const word *c, const word *y,
                               int64_t count)
{
    for (int64_t j = 0; j < count; j++) {
        clear(b->sums + j);
        add_product(b->sums + j, a, x, 0);
        add_product(b->sums + j, c, y, 1);
        x = next(x);
        y = next(y);
    }
    return put_vector(b, to, b->sums, count, 1, 0);
}

static void dot(const word *x, const word *y, int64_t count, sum *s)
{
    clear(s);
    for (int64_t j = 0; j < count; j++) {
        add_product(s, x, y, 0);
        x = next(x);
        y = next(y);
    }
}

static const word *vector_of(const distinct *d, int64_t number) { return d->words.at + d->at[number]; }

static uint64_t hashed(const word *x, int64_t size)
{
    uint64_t found = (uint64_t)size;
    for (int64_t i = 0; i < size; i++)
        found = ((found ^ x[i]) * 0x9E3779B97F4A7C15u) ^ found >> 29;
    return found ^ found >> 32;
}

static void refill_slots(block *b, distinct *d)
{
    int64_t size = d->slots ? 4 * d->slots : 1 << 10;
    int32_t *slot = calloc((size_t)size, sizeof *slot);
    if (!slot)
        fail(b, NO_MEMORY);
    free(d->slot);
    d->slot = slot;
    d->slots = size;
    for (int64_t k = 0; k < d->count; k++) {
        uint64_t at = hashed(vector_of(d, k), d->at[k + 1] - d->at[k]);
        while (slot[at &= (uint64_t)size - 1])
            at++;
        slot[at] = (int32_t)(k + 1);
    }
}

/* The number of the vector that was put last, which is taken back if it is known. */
static int64_t interned(block *b, distinct *d, int64_t begin)
{
    int64_t size = d->words.used - begin;
    const word *x = d->words.at + begin;
    if (2 * d->count >= d->slots)
        refill_slots(b, d);
    uint64_t at = hashed(x, size);
    for (int32_t known; (known = d->slot[at &= (uint64_t)d->slots - 1]); at++)
        if (d->at[known] - d->at[known - 1] == size &&
            !memcmp(vector_of(d, known - 1), x, (size_t)size * sizeof *x)) {
            d->words.used = begin;
            return known - 1;
        }
    d->at = grown(b, d->at, &d->room, d->count + 2, sizeof *d->at);
    d->at[d->count] = begin;
    d->at[d->count + 1] = d->words.used;
    d->slot[at] = (int32_t)++d->count;
    return d->count - 1;
}

/* Sorts numbers by a comparison, equal ones as they came; `spare` is as long. */
static void merge_sort(const block *b, int64_t *numbers, int64_t *spare, int64_t count,
                       int (*compare)(const block *, int64_t, int64_t))
{
    int64_t *from = numbers, *to = spare;
    for (int64_t width = 1; width < count; width *= 2) {
        for (int64_t low = 0; low < count; low += 2 * width) {
            int64_t middle = low + width < count ? low + width : count, high = middle + width < count ? middle + width : count;
            int64_t i = low, j = middle, k = low;
            while (i < middle && j < high)
                to[k++] = compare(b, from[i], from[j]) <= 0 ? from[i++] : from[j++];
            while (i < middle)
                to[k++] = from[i++];
            while (j < high)
                to[k++] = from[j++];
        }
        int64_t *other = from;
        from = to;
        to = other;
    }
    if (from != numbers)
        memcpy(numbers, from, (size_t)count * sizeof *numbers);
}

#endif
