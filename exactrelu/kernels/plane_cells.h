/*
 * Cells of dimension two, one or zero: cones in R^3 with their corners (extreme rays) in cyclic order, and the
 * arithmetic on them with its error bounds. docs/float-filter.md, sections 7 to 10, defines and proves all of it.
 */
#ifndef EXACTRELU_PLANE_CELLS_H
#define EXACTRELU_PLANE_CELLS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

#define UNIT 0x1p-53
#define FLOOR 1e-300        /* more than all underflows of one bound together */
#define ROUND_UP (1 + 1e-12) /* more than the roundings in computing one bound */
#define INEXACT 4096        /* the grid of what is not known exactly */
#define LARGEST 1.5         /* what is exact and larger is not taken for exact */

/* A functional that is not negative on the cell and zero on an edge. error == 0 means: exact, multiples of 2^-grid. */
typedef struct {
    double row[3], size, error; /* size = max |row| */
    int64_t name;               /* which line: a neuron, or a row of the domain */
    int32_t grid, open;         /* open: no point of the edge belongs to the cell */
} Edge;

/* A corner, up to a positive factor: where the lines `one` and `two` meet. */
typedef struct {
    double x[3], sum, error; /* sum = |x|_1; each entry is off by at most error */
    int64_t one, two;
    int32_t grid, open;
} Corner;

/* A map: for each of n neurons a row of three, kept by columns. */
typedef struct {
    double *rows;
    double size, error; /* of its entries */
    int32_t grid;
} Map;

static double finite_or_infinite(double bound) { return bound <= DBL_MAX ? bound : INFINITY; }

/* How far the value of any row of the map at a corner may be off; 0 only where it is computed exactly. */
static double bound_at(const Map *map, const Corner *v) {
    if (map->error == 0 && v->error == 0 && map->grid + v->grid <= 48 && map->size <= LARGEST) return 0;
    const double bound = 3 * (map->size + map->error) * v->error + (map->error + 4 * UNIT * map->size) * v->sum;
    return finite_or_infinite(bound * ROUND_UP + FLOOR);
}

static double value_at(const Map *map, int64_t n, int64_t r, const Corner *v) {
    return map->rows[r] * v->x[0] + map->rows[n + r] * v->x[1] + map->rows[2 * n + r] * v->x[2];
}

static void row_of(const Map *map, int64_t n, int64_t r, double row[3]) {
    for (int j = 0; j < 3; j++) row[j] = map->rows[j * n + r];
}

/* Row r of a map as an edge; outward takes its negative. */
static void edge_of_row(Edge *edge, const Map *map, int64_t n, int64_t r, int outward) {
    edge->size = 0;
    for (int j = 0; j < 3; j++) {
        const double entry = map->rows[j * n + r];
        edge->row[j] = outward ? -entry : entry;
        if (fabs(entry) > edge->size) edge->size = fabs(entry);
    }
    edge->error = map->error;
    edge->grid = map->grid;
    edge->open = 0;
}

/* The corner between two edges, `e` before `f` in cyclic order: their cross product. */
static void meet(Corner *w, const Edge *e, const Edge *f) {
    for (int j = 0; j < 3; j++) {
        const int k = (j + 1) % 3, l = (j + 2) % 3;
        w->x[j] = e->row[k] * f->row[l] - e->row[l] * f->row[k];
    }
    w->sum = fabs(w->x[0]) + fabs(w->x[1]) + fabs(w->x[2]);
    w->one = e->name;
    w->two = f->name;
    if (e->error == 0 && f->error == 0 && e->grid + f->grid <= 50 && e->size <= LARGEST && f->size <= LARGEST) {
        w->error = 0;
        w->grid = e->grid + f->grid;
        return;
    }
    const double inputs = 2 * (e->size * f->error + f->size * e->error + e->error * f->error);
    w->error = finite_or_infinite((inputs + 5 * UNIT * e->size * f->size) * ROUND_UP + FLOOR);
    w->grid = INEXACT;
}

static int edges_of(int corners) { return corners > 2 ? corners : corners - 1; }

#endif
