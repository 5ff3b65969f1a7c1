/*
 * Exact vertices of the cells, each cut out of an edge by the row of a neuron on a cell that has it
 * (exactrelu/enumeration/generator_engine/exact_vertices.py), and their order.
 */
#ifndef EXACTRELU_REGION_VERTICES_H
#define EXACTRELU_REGION_VERTICES_H

#include "region_corners.h"

static const word *coordinates(const block *b, int64_t node)
{
    if (b->in.lines)
        return vector_of(&b->corners, node);
    return node < b->in.seeds ? b->in.seed.numbers + b->in.seed.at[node] : b->points.at + b->point_at[node] - 1;
}

static int is_known(const block *b, int64_t node) { return node < b->in.seeds || b->point_at[node]; }

/* Makes a vertex of a cell exact, its ancestors first. */
static void make_exact(block *b, int64_t node, int64_t cell)
{
    const region_input *in = &b->in;
    int64_t depth = 0, size = in->inputs + 1;
    b->stack[depth++] = node;
    while (depth) {
        int64_t top = b->stack[depth - 1];
        if (is_known(b, top)) {
            depth--;
            continue;
        }
        int64_t p = in->births[top], q = in->births[in->nodes + top];
        if (!is_known(b, p) || !is_known(b, q)) {
            b->stack = grown(b, b->stack, &b->stack_room, depth + 2, sizeof *b->stack);
            if (!is_known(b, p))
                b->stack[depth++] = p;
            if (!is_known(b, q))
                b->stack[depth++] = q;
            continue;
        }
        int64_t layer = in->births[2 * in->nodes + top], neuron = in->births[3 * in->nodes + top];
        const word *row = row_of(b, layer, b->run[layer][cell], neuron);
        number a, c;
        sum value;
        dot(row, coordinates(b, p), size, &value);
        settle(b, &value, a); /* positive */
        dot(row, coordinates(b, q), size, &value);
        settle(b, &value, c); /* negative: the neuron is zero at a q - c p */
        b->point_at[top] = 1 + put_combination(b, &b->points, a, coordinates(b, q), c, coordinates(b, p), size);
    }
}

/* The generator of a place: (X, t), t = 0 for rays. */
static const word *generator(const block *b, int64_t place)
{
    return coordinates(b, b->in.lines ? place : b->in.node[place]);
}

static int compared_quotients(const word *x, const word *s, const word *y, const word *t)
{
    sum difference;
    clear(&difference);
    add_product(&difference, x, t, 0);
    add_product(&difference, y, s, 1);
    return is_below_zero(&difference) ? -1 : is_above_zero(&difference);
}

/*
 * Vertices before rays, both in lexicographic order. The doubles are off by less than 2^-47 of themselves, if they
 * are finite and not tiny: by 2^-50 each of numerator and denominator, and the rounded quotient.
 */
static int compared_generators(const block *b, int64_t one, int64_t two)
{
    int64_t n = b->in.inputs;
    if (b->is_ray[one] != b->is_ray[two])
        return b->is_ray[one] ? 1 : -1;
    const word *x = generator(b, one), *y = generator(b, two);
    if (b->is_ray[one])
        return compared_vectors(x, y, n);
    const word *s = after(x, n), *t = after(y, n);
    for (int64_t j = 0; j < n; j++, x = next(x), y = next(y)) {
        double p = b->near[one * n + j], q = b->near[two * n + j], gap = p - q, size = (p < 0 ? -p : p) + (q < 0 ? -q : q);
        int far = size > 0x1p-900 && size < 0x1p1000 && (gap > size * 0x1p-46 || gap < size * -0x1p-46);
        int found = far ? (gap > 0) - (gap < 0) : compared_quotients(x, s, y, t);
        if (found)
            return found;
    }
    return 0;
}

static void approximate(block *b)
{
    int64_t n = b->in.inputs;
    b->near = room_for(b, b->in.places * n, sizeof *b->near);
    b->is_ray = room_for(b, b->in.places, 1);
    for (int64_t k = 0; k < b->in.places; k++) {
        const word *x = generator(b, k), *t = after(x, n);
        b->is_ray[k] = !t[0];
        double end = t[0] ? nearly(t) : 1;
        for (int64_t j = 0; j < n; j++, x = next(x)) {
            double top = nearly(x);
            int finite = top - top == 0 && end - end == 0;
            b->near[k * n + j] = finite ? top / end : 0x1p1001; /* which tells nothing apart */
        }
    }
}

/* The vertices and the rays of each cell, in order: cells take each generator when its turn has come. */
static void sort_generators(block *b)
{
    const region_input *in = &b->in;
    int64_t places = in->places, members = in->start[in->cells];
    int64_t *order = room_for(b, 2 * places, sizeof *order), *of = room_for(b, places + 1, sizeof *of);
    int64_t *cells = room_for(b, members, sizeof *cells);
    for (int64_t k = 0; k < places; k++)
        order[k] = k;
    merge_sort(b, order, order + places, places, compared_generators);
    for (int64_t m = 0; m < members; m++)
        of[in->place[m]]++;
    for (int64_t k = 0, total = 0; k <= places; k++) {
        int64_t own = of[k];
        of[k] = total;
        total += own;
    }
    for (int64_t c = 0; c < in->cells; c++)
        for (int64_t m = in->start[c]; m < in->start[c + 1]; m++)
            cells[of[in->place[m]]++] = c;
    lists *both[] = {&b->vertices, &b->rays};
    for (int kind = 0; kind < 2; kind++) {
        lists *l = both[kind];
        l->start = room_for(b, in->cells + 2, sizeof *l->start);
        for (int64_t c = 0; c < in->cells; c++) {
            l->start[c + 2] = l->start[c + 1];
            for (int64_t m = in->start[c]; m < in->start[c + 1]; m++)
                l->start[c + 2] += b->is_ray[in->place[m]] == kind;
        }
        l->used = l->start[in->cells + 1];
        l->item = grown(b, l->item, &l->room, l->used, sizeof *l->item);
    }
    for (int64_t i = 0; i < places; i++) {
        int64_t k = order[i];
        lists *l = both[b->is_ray[k]];
        for (int64_t m = k ? of[k - 1] : 0; m < of[k]; m++)
            l->item[l->start[cells[m] + 1]++] = k;
    }
}

static void make_all_exact(block *b)
{
    b->point_at = room_for(b, b->in.nodes, sizeof *b->point_at);
    b->stack = grown(b, b->stack, &b->stack_room, 64, sizeof *b->stack);
    for (int64_t k = 0; k < b->in.places; k++)
        make_exact(b, b->in.node[k], b->in.owner[k]);
}

static void find_vertices(block *b)
{
    if (b->in.lines)
        find_corners(b);
    else
        make_all_exact(b);
    b->scaled_at = room_for(b, b->in.places, sizeof *b->scaled_at);
    approximate(b);
    sort_generators(b);
}

#endif
