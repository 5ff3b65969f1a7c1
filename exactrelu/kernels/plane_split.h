/* A cell and the first neuron that is not decided on it: its children, and where they wait. */
#ifndef EXACTRELU_PLANE_SPLIT_H
#define EXACTRELU_PLANE_SPLIT_H

#include "plane_found.h"

/* children ---------------------------------------------------------------------------------------------------- */

/* Begin the two children of `own`: at most two corners more, the same undecided neurons but the first. */
static int begin_children(Plane *p) {
    Head room = p->own.head;
    room.corners += 2;
    room.touching = p->found ? room.touching + room.undecided : 0;
    room.changes = room.undecided;
    const int64_t sources = (int64_t)room.corners * 8, bytes = room_for(&room) + sources;
    if (!grow(p, &p->parts, &p->part_bytes, 2 * bytes)) return 0;
    for (int side = 0; side < 2; side++) {
        Cell *c = &p->child[side];
        char *at = p->parts + side * bytes;
        c->head = p->own.head;
        c->head.corners = c->head.touching = c->head.changes = 0;
        p->source[side] = (int32_t *)at;
        lay_out(c, at + sources, &room);
    }
    return 1;
}

/* Append a corner, an old one or new one -1, -2, and the edge that leaves it. */
static Corner *append(Plane *p, int side, int32_t source, const Corner *v, const Edge *e) {
    Cell *c = &p->child[side];
    const int32_t k = c->head.corners++;
    p->source[side][k] = source;
    c->corner[k] = *v;
    if (e) c->edge[k] = *e;
    return &c->corner[k];
}

static void note_bit(Plane *p, Cell *c, int32_t neuron, int bit) {
    const int layer = c->head.layer;
    if (p->found || layer < p->layers - 1) /* nobody else reads those of the last */
        c->change[c->head.changes++] = 2 * ((int32_t)p->layer[layer].offset + neuron) + bit;
    if (c->head.next) contribute(p, c->head.layer, c->head.next, neuron, bit);
}

/* Whether a neuron has to be split by, given its signs at the corners of a cell; else its bit, -1 for "has to". */
static int bit_of_signs(const Plane *p, const int8_t *signs, int32_t corners) {
    int above = 0, below = 0, zero = 0;
    for (int32_t k = 0; k < corners; k++) {
        above |= signs[k] > 0;
        below |= signs[k] < 0;
        zero |= signs[k] == 0;
    }
    if ((above && below) || (zero && (p->reading == CLOSED || (p->reading == HALF_OPEN && above)))) return -1;
    return above;
}

/* Keep a neuron of the layer that is decided on a cell, with its signs at the corners, if one is zero. */
static void keep_zeros(Plane *p, Cell *c, int32_t neuron, const int8_t *signs) {
    int8_t *zeros = c->zeros + (int64_t)c->head.touching * c->head.corners, any = 0;
    for (int32_t k = 0; k < c->head.corners; k++) any |= zeros[k] = !signs[k];
    if (any) c->tight[c->head.touching++] = (int32_t)p->layer[c->head.layer].offset + neuron;
}

/* Give a child the zeros of its parent's neurons, where they are on it: at a new corner, if at both ends of its edge. */
static void pass_zeros(Plane *p, int side) {
    const Cell *own = &p->own;
    Cell *c = &p->child[side];
    const int32_t corners = c->head.corners, *source = p->source[side];
    for (int32_t j = 0; j < own->head.touching; j++) {
        const int8_t *old = own->zeros + (int64_t)j * own->head.corners;
        int8_t *zeros = c->zeros + (int64_t)c->head.touching * corners, any = 0;
        for (int32_t k = 0; k < corners; k++) {
            const int32_t *ends = p->between[source[k] == -2];
            any |= zeros[k] = source[k] >= 0 ? old[source[k]] : old[ends[0]] & old[ends[1]];
        }
        if (any) c->tight[c->head.touching++] = own->tight[j];
    }
}

/* Give a child the signs that follow from its corners; decide what can be decided. fresh: signs at new corners. */
static void settle(Plane *p, int side, const int8_t *fresh) {
    const Cell *own = &p->own;
    Cell *c = &p->child[side];
    const int32_t corners = c->head.corners, u = own->head.undecided, *source = p->source[side];
    int32_t kept = 0;
    if (p->found) {
        pass_zeros(p, side);
        for (int32_t k = 0; k < corners; k++) c->signs[k] = source[k] >= 0 ? own->signs[source[k]] : 0;
        keep_zeros(p, c, own->list[0], c->signs);
    }
    for (int32_t j = 1; j < u; j++) {
        int8_t *signs = c->signs + (int64_t)kept * corners;
        const int8_t *old = own->signs + (int64_t)j * own->head.corners;
        for (int32_t k = 0; k < corners; k++) signs[k] = source[k] >= 0 ? old[source[k]] : fresh[2 * j - 1 - source[k]];
        const int bit = bit_of_signs(p, signs, corners);
        if (bit < 0) {
            c->list[kept++] = own->list[j];
            continue;
        }
        note_bit(p, c, own->list[j], bit);
        if (p->found) keep_zeros(p, c, own->list[j], signs);
    }
    c->head.undecided = kept;
    p->work += (int64_t)u * corners;
}

static int is_leaf(const Plane *p, const Cell *c) { return c->head.layer == p->layers - 1 && !c->head.undecided; }

/* Put a cell where it waits for its next step; leaves are handed over. */
static void place(Plane *p, Cell *c) {
    if (is_leaf(p, c)) {
        hand_over(p, c);
        return;
    }
    if (!p->found && c->head.layer == p->layers - 1 && c->head.undecided == 1 && p->reading == FULL) {
        p->count += 2; /* it has both signs, or it would be decided */
        return;
    }
    if (!c->head.undecided) {
        c->head.waits = ENTERING;
        c->head.layer++;
    }
    push(p, c);
}

/* The map of the next layer for a second child. */
static double *copy_of_next(Plane *p, const double *next, int layer) {
    if (!next) return NULL;
    double *map = take_map(p, layer + 1);
    if (map) memcpy(map, next, (size_t)(3 * p->layer[layer + 1].neurons) * sizeof(double));
    return map;
}

/* Place both children, so that all that comes of the bit 0 comes first. */
static void place_in_order(Plane *p) {
    Cell *first = &p->child[0], *second = &p->child[1];
    if (is_leaf(p, first)) {
        hand_over(p, first);
        place(p, second);
        return;
    }
    if (p->found && is_leaf(p, second)) {
        second->head.waits = LEAF;
        push(p, second);
    } else {
        place(p, second);
    }
    place(p, first);
}

/* Finish the children that there are; bit 0 comes on top of the stack. */
static int place_children(Plane *p, int with_zero, int with_one, const int8_t *fresh) {
    const int32_t neuron = p->own.list[0];
    double *next = p->own.head.next;
    p->child[1].head.next = with_zero && with_one ? copy_of_next(p, next, p->own.head.layer) : next;
    if (p->failed) return p->failed;
    pop(p);
    for (int bit = 1; bit >= 0; bit--) {
        if (!(bit ? with_one : with_zero)) continue;
        note_bit(p, &p->child[bit], neuron, bit);
        settle(p, bit, fresh);
    }
    if (with_zero && with_one)
        place_in_order(p);
    else
        place(p, &p->child[with_one]);
    return p->failed ? p->failed : BUSY;
}

/* splitting ---------------------------------------------------------------------------------------------------- */

/* The signs of the undecided neurons at a new corner on an edge from corner k to corner l. */
static void signs_between(Plane *p, const Corner *w, int32_t k, int32_t l, int8_t *fresh) {
    const Cell *own = &p->own;
    const Layer *layer = &p->layer[own->head.layer];
    const double bound = bound_at(&layer->map, w);
    for (int32_t j = 1; j < own->head.undecided; j++) {
        const int8_t *signs = own->signs + (int64_t)j * own->head.corners;
        const int8_t one = signs[k], two = signs[l];
        if (one * two >= 0) { /* linear on the edge: never zero between ends that are not both zero */
            fresh[2 * j] = one ? one : two;
            continue;
        }
        const double value = value_at(&layer->map, layer->neurons, own->list[j], w);
        fresh[2 * j] = settled_sign(p, w, own->list[j], value, bound);
    }
}

/* Cut a polygon or a segment by its first undecided neuron, which has both signs there. */
static int cut(Plane *p, int8_t *fresh) {
    const Cell *own = &p->own;
    const Layer *layer = &p->layer[own->head.layer];
    const int32_t n = own->head.corners, ends = n > 2 ? n : 1, neuron = own->list[0];
    const int8_t *s = own->signs;
    Edge line[2]; /* of the part below, of the part above */
    Corner fresh_corner[2];
    int32_t made = 0;
    for (int side = 0; side < 2; side++) {
        edge_of_row(&line[side], &layer->map, layer->neurons, neuron, !side);
        line[side].name = ((int64_t)own->head.layer << 32) + neuron;
        line[side].open = side && p->reading == HALF_OPEN;
    }
    for (int32_t k = 0; k < ends; k++) {
        const int32_t l = k + 1 < n ? k + 1 : 0;
        if (s[k] * s[l] >= 0) continue;
        if (made == 2) return IMPOSSIBLE;
        Corner *w = &fresh_corner[made];
        meet(w, &own->edge[k], &line[s[k] > 0]); /* e x a where the sign falls, e x -a where it rises */
        w->open = own->edge[k].open;
        p->between[made][0] = k, p->between[made][1] = l;
        signs_between(p, w, k, l, fresh + made++);
    }
    if (p->questions) return QUESTIONS;
    int32_t changes = made;
    made = 0;
    for (int32_t k = 0; k < n; k++) {
        const int32_t l = k + 1 < n ? k + 1 : 0, before = k ? k - 1 : n - 1;
        const Corner *v = &own->corner[k];
        const Edge *e = &own->edge[n > 2 ? k : 0];
        if (s[k]) append(p, s[k] > 0, k, v, e);
        if (!s[k]) {
            const int falls = s[before] > 0;
            if (s[before] * s[l] >= 0) return IMPOSSIBLE;
            changes++;
            append(p, 0, k, v, falls ? e : &line[0]);
            append(p, 1, k, v, falls ? &line[1] : e)->open |= line[1].open;
        } else if (s[k] * s[l] < 0 && k < ends) {
            const int falls = s[k] > 0;
            append(p, 0, -1 - made, &fresh_corner[made], falls ? e : &line[0]);
            append(p, 1, -1 - made, &fresh_corner[made], falls ? &line[1] : e)->open |= line[1].open;
            made++;
        }
    }
    const int least = n > 2 ? 3 : 2;
    if (p->child[0].head.corners < least || p->child[1].head.corners < least) return IMPOSSIBLE;
    if (changes != (n > 2 ? 2 : 1)) return IMPOSSIBLE;
    return place_children(p, 1, 1, fresh);
}

/* Take the whole of `own` for one child. */
static void take_all(Plane *p, int side) {
    const int32_t n = p->own.head.corners;
    for (int32_t k = 0; k < n; k++)
        append(p, side, k, &p->own.corner[k], k < edges_of(n) ? &p->own.edge[k] : NULL);
}

/* A neuron that vanishes on a face and has one sign elsewhere, or vanishes everywhere: faces may be cells. */
static int touch(Plane *p, int above, int zeros) {
    const Cell *own = &p->own;
    const int32_t n = own->head.corners;
    const int8_t *s = own->signs;
    take_all(p, above);
    if (zeros == n) { /* closed reading: both bits */
        take_all(p, !above);
        return place_children(p, 1, 1, NULL);
    }
    if (zeros > 2) return IMPOSSIBLE;
    int32_t first = 0;
    while (s[first]) first++;
    if (zeros == 2 && !first && s[1]) first = n - 1; /* the edge from the last corner to the first */
    const int32_t second = first + 1 < n ? first + 1 : 0;
    if (zeros == 2 && s[second]) return IMPOSSIBLE;
    const int open = zeros == 1 ? own->corner[first].open : own->edge[first].open;
    if (!open) {
        append(p, !above, first, &own->corner[first], zeros == 2 ? &own->edge[first] : NULL);
        if (zeros == 2) append(p, !above, second, &own->corner[second], NULL);
    }
    if (above && p->reading == HALF_OPEN) {
        for (int32_t k = 0; k < n; k++) p->child[1].corner[k].open |= !s[k];
        if (zeros == 2) p->child[1].edge[first].open = 1;
    }
    return place_children(p, above ? !open : 1, above ? 1 : !open, NULL);
}

static int split(Plane *p) {
    const Cell *own = &p->own;
    int above = 0, below = 0, zeros = 0;
    for (int32_t k = 0; k < own->head.corners; k++) {
        above |= own->signs[k] > 0;
        below |= own->signs[k] < 0;
        zeros += !own->signs[k];
    }
    if (!begin_children(p)) return p->failed;
    if (!above || !below) return touch(p, above, zeros);
    int8_t small[128], *fresh = small;
    if (own->head.undecided > 64) fresh = malloc((size_t)own->head.undecided * 2);
    if (!fresh) return p->failed = NO_MEMORY;
    const int status = cut(p, fresh);
    if (fresh != small) free(fresh);
    return status;
}

#endif
