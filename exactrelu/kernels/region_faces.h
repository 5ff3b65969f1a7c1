/*
 * Facets, equations and strict rows of cells, from the rows that are tight at their generators
 * (exactrelu/enumeration/generator_engine/facet_incidences.py says why).
 */
#ifndef EXACTRELU_REGION_FACES_H
#define EXACTRELU_REGION_FACES_H

#include "region_vertices.h"

/* The bits that occur in a cell; of each by number: how often, whether at a vertex, and where, if `sets`. */
typedef struct {
    int32_t *slot; /* of each bit its number and 1, or 0 */
    int64_t *bit, *count;
    uint8_t *touched;
    int64_t found;
} incidence;

static void new_list(block *b, lists *l) { l->start = room_for(b, b->in.cells + 1, sizeof *l->start); }

/* Finds the bits of a cell; returns whether every generator has as many as a simple one has. */
static int find_bits(block *b, int64_t cell, incidence *e)
{
    const region_input *in = &b->in;
    int simple = !in->thin[cell];
    for (int64_t k = 0; k < e->found; k++)
        e->slot[e->bit[k]] = 0;
    e->found = 0;
    for (int64_t m = in->start[cell]; m < in->start[cell + 1]; m++) {
        int64_t place = in->place[m], degree = 0;
        for (int64_t w = 0; w < in->words; w++)
            for (uint64_t left = in->masks[place * in->words + w]; left; left &= left - 1) {
                int64_t bit = 64 * w + __builtin_ctzll(left), k = e->slot[bit] - 1;
                if (k < 0) {
                    k = e->found++;
                    e->slot[bit] = (int32_t)(k + 1);
                    e->bit[k] = bit;
                    e->count[k] = 0;
                    e->touched[k] = 0;
                }
                e->count[k]++;
                e->touched[k] |= !b->is_ray[place];
                degree++;
            }
        if (degree != in->rank)
            simple = 0;
    }
    return simple;
}

static void find_sets(block *b, int64_t cell, const incidence *e, int64_t width)
{
    const region_input *in = &b->in;
    b->sets = grown(b, b->sets, &b->sets_room, e->found * width, sizeof *b->sets);
    memset(b->sets, 0, (size_t)(e->found * width) * sizeof *b->sets);
    for (int64_t m = in->start[cell], i = 0; m < in->start[cell + 1]; m++, i++)
        for (int64_t w = 0; w < in->words; w++)
            for (uint64_t left = in->masks[in->place[m] * in->words + w]; left; left &= left - 1) {
                int64_t k = e->slot[64 * w + __builtin_ctzll(left)] - 1;
                b->sets[k * width + (i >> 6)] |= (uint64_t)1 << (i & 63);
            }
}

/* Whether the generators of a bit are among those of no other, of equal ones those of the first. */
static int is_maximal(const block *b, const incidence *e, int64_t k, int64_t size, int64_t width)
{
    for (int64_t j = 0; j < e->found; j++) {
        if (j == k || e->count[j] == size || e->count[j] < e->count[k] || (e->count[j] == e->count[k] && e->bit[j] > e->bit[k]))
            continue;
        int inside = 1;
        for (int64_t w = 0; w < width && inside; w++)
            inside = !(b->sets[k * width + w] & ~b->sets[j * width + w]);
        if (inside)
            return 0;
    }
    return 1;
}

static void find_facets(block *b, int64_t cell, const incidence *e, int simple)
{
    int64_t size = b->in.start[cell + 1] - b->in.start[cell], width = (size + 63) / 64;
    if (!simple)
        find_sets(b, cell, e, width);
    for (int64_t k = 0; k < e->found; k++)
        if (e->bit[k] && e->count[k] < size && (simple || is_maximal(b, e, k, size, width)))
            append(b, &b->facets, row_number(b, cell, e->bit[k]));
    b->facets.start[cell + 1] = b->facets.used;
}

static void find_strict(block *b, int64_t cell, const incidence *e)
{
    const region_input *in = &b->in;
    for (int64_t k = 0; k < e->found; k++) {
        int64_t bit = e->bit[k];
        int wanted = bit > in->domain_rows ? !in->closed && in->bit[cell * in->bits + bit - 1 - in->domain_rows]
                                           : bit && in->strict[bit - 1];
        if (wanted && e->touched[k])
            append(b, &b->strict, row_number(b, cell, bit));
    }
    b->strict.start[cell + 1] = b->strict.used;
}

/* equations -------------------------------------------------------------------------------------------- */

static int64_t pivot_of(const word *row)
{
    int64_t j = 0;
    for (; !row[0]; j++)
        row = next(row);
    return j;
}

/* The rows of a basis in reduced row echelon form, primitive with positive pivots, put into `echelon`. */
static void add_basis(block *b, const int64_t *numbers, int64_t count)
{
    int64_t size = b->in.inputs + 1, rows = b->in.equations + count, done = 0, *at = room_for(b, rows, sizeof *at);
    b->passing.used = 0;
    for (int64_t r = 0; r < rows; r++) {
        const word *x = r < b->in.equations ? b->in.domain.numbers + b->in.domain.at[b->in.domain_rows + r]
                                            : distinct_row(b, numbers[r - b->in.equations]);
        at[r] = b->passing.used;
        for (int64_t j = 0; j < size; j++, x = next(x))
            put_number(b, &b->passing, x);
    }
    for (int64_t column = 0; column < size && done < rows; column++) {
        int64_t r = done;
        while (r < rows && !after(b->passing.at + at[r], column)[0])
            r++;
        if (r == rows)
            continue;
        int64_t other = at[r];
        at[r] = at[done];
        at[done] = other;
        for (r = 0; r < rows; r++) {
            const word *row = b->passing.at + at[r], *pivot = b->passing.at + at[done], *factor = after(row, column);
            if (r != done && factor[0])
                at[r] = put_combination(b, &b->passing, after(pivot, column), row, factor, pivot, size);
        }
        done++;
    }
    for (int64_t r = 0; r < done; r++) {
        const word *x = b->passing.at + at[r];
        int negative = is_negative(after(x, pivot_of(x)));
        for (int64_t j = 0; j < size; j++, x = next(x)) {
            clear(b->sums + j);
            add_number(b->sums + j, x, negative);
        }
        append(b, &b->bases, put_vector(b, &b->echelon, b->sums, size, 1, 0));
    }
}

static int64_t basis_with(block *b, const int64_t *numbers, int64_t count)
{
    for (int64_t k = b->bases_count - 1; k >= 0 && k >= b->bases_count - 64; k--)
        if (b->keys.start[k + 1] - b->keys.start[k] == count &&
            (!count || !memcmp(b->keys.item + b->keys.start[k], numbers, (size_t)count * sizeof *numbers)))
            return k;
    int64_t known = b->bases_count++;
    b->keys.start = grown(b, b->keys.start, &b->keys_room, known + 2, sizeof *b->keys.start);
    b->bases.start = grown(b, b->bases.start, &b->bases_room, known + 2, sizeof *b->bases.start);
    b->keys.start[0] = b->bases.start[0] = 0;
    for (int64_t i = 0; i < count; i++)
        append(b, &b->keys, numbers[i]);
    add_basis(b, numbers, count);
    b->keys.start[known + 1] = b->keys.used;
    b->bases.start[known + 1] = b->bases.used;
    return known;
}

static int64_t equations_of(const block *b, int64_t cell)
{
    int64_t basis = b->basis_of[cell];
    return basis < 0 ? 0 : b->bases.start[basis + 1] - b->bases.start[basis];
}

static const word *equation(const block *b, int64_t cell, int64_t k)
{
    return b->echelon.at + b->bases.item[b->bases.start[b->basis_of[cell]] + k];
}

/* The number of a row that is made zero in the pivots of the cell's equations. */
static int64_t reduced_row(block *b, int64_t cell, int64_t number_of)
{
    int64_t size = b->in.inputs + 1, at = -1;
    b->passing.used = 0;
    for (int64_t k = 0; k < equations_of(b, cell); k++) {
        const word *base = equation(b, cell, k), *row = at < 0 ? distinct_row(b, number_of) : b->passing.at + at;
        int64_t pivot = pivot_of(base);
        const word *factor = after(row, pivot);
        if (factor[0])
            at = put_combination(b, &b->passing, after(base, pivot), row, factor, base, size);
    }
    return at < 0 ? number_of : number_of_row(b, b->passing.at + at, 0);
}

static void find_equations(block *b, int64_t cell, const incidence *e, int64_t *own)
{
    int64_t size = b->in.start[cell + 1] - b->in.start[cell], count = 0;
    for (int64_t k = 0; k < e->found; k++)
        if (e->bit[k] && e->count[k] == size) {
            int64_t row = row_number(b, cell, e->bit[k]), i = count++;
            for (; i && own[i - 1] > row; i--)
                own[i] = own[i - 1];
            own[i] = row;
        }
    b->basis_of[cell] = count || b->in.equations ? basis_with(b, own, count) : -1;
}

static void find_faces(block *b)
{
    int64_t bits = 64 * b->in.words;
    incidence e = {0};
    e.slot = room_for(b, bits, sizeof *e.slot);
    e.bit = room_for(b, bits, sizeof *e.bit);
    e.count = room_for(b, bits, sizeof *e.count);
    e.touched = room_for(b, bits, 1);
    int64_t *own = room_for(b, bits, sizeof *own);
    b->basis_of = room_for(b, b->in.cells, sizeof *b->basis_of);
    b->domain_number = room_for(b, b->in.domain_rows + 1, sizeof *b->domain_number);
    new_list(b, &b->facets);
    new_list(b, &b->strict);
    for (int64_t c = 0; c < b->in.cells; c++) {
        int simple = find_bits(b, c, &e);
        find_equations(b, c, &e, own);
        find_facets(b, c, &e, simple);
        find_strict(b, c, &e);
        if (b->basis_of[c] >= 0)
            for (int64_t i = b->facets.start[c]; i < b->facets.used; i++)
                b->facets.item[i] = reduced_row(b, c, b->facets.item[i]);
    }
    rank_rows(b);
    copy_short_rows(b);
    sort_rows(b, &b->facets);
    sort_rows(b, &b->strict);
}

#endif
