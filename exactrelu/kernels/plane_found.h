/* How leaves of the search in the plane are handed over: bits, corners, and which neurons are zero where. */
#ifndef EXACTRELU_PLANE_FOUND_H
#define EXACTRELU_PLANE_FOUND_H

#include "plane_search.h"

/* Whether there is room for the leaves of one more step, two at most. */
static int has_room(const Plane *p) { return !p->found || p->found->cells + 2 <= p->found->room; }

static void write_bits(const Plane *p, const Found *f) {
    uint8_t *row = f->bits + f->cells * f->width;
    if (!f->bent) {
        copy_part(row, p->bits, f->width);
        return;
    }
    for (int64_t i = 0; i < f->width; i++) row[i] = p->bits[f->bent[i]];
}

static int write_corners(Plane *p, Found *f, const Cell *c) {
    const int32_t n = c->head.corners;
    if (!grow(p, &f->line, &f->line_bytes, (f->lines + n) * 2 * (int64_t)sizeof(int64_t))) return 0;
    int64_t *line = (int64_t *)f->line + 2 * f->lines;
    double *centre = f->centre + 3 * f->cells;
    centre[0] = centre[1] = centre[2] = 0;
    for (int32_t k = 0; k < n; k++) {
        const Corner *v = &c->corner[k];
        *line++ = v->one, *line++ = v->two;
        for (int j = 0; j < 3; j++) centre[j] += v->x[j] / v->sum;
    }
    f->corners[f->cells] = n;
    f->lines += n;
    return 1;
}

static int write_zeros(Plane *p, Found *f, const Cell *c) {
    const int64_t n = c->head.corners, most = f->zero_pairs + n * c->head.touching;
    if (!grow(p, &f->zero, &f->zero_bytes, most * 2 * (int64_t)sizeof(int32_t))) return 0;
    int32_t *start = (int32_t *)f->zero + 2 * f->zero_pairs, *pair = start;
    for (int32_t j = 0; j < c->head.touching; j++)
        for (int32_t k = 0; k < n; k++)
            if (c->zeros[j * n + k]) *pair++ = k, *pair++ = c->tight[j];
    f->zeros[f->cells] = (int32_t)((pair - start) / 2);
    f->zero_pairs += (pair - start) / 2;
    return 1;
}

/* Count a leaf, and write what is known of it where leaves are wanted. */
static void hand_over(Plane *p, const Cell *c) {
    Found *f = p->found;
    p->count++;
    if (!f) return;
    note_changes(p, c);
    write_bits(p, f);
    if (!write_corners(p, f, c) || !write_zeros(p, f, c)) return;
    f->cells++;
    p->work += f->width / 8 + 8 * (int64_t)c->head.corners;
}

#endif
