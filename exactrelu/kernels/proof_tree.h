/* What a case tree is made of: the task, the path, the text; see proof_tree.c. */
#ifndef EXACTRELU_PROOF_TREE_H
#define EXACTRELU_PROOF_TREE_H

#include "float_proofs.h"
#include "proof_multipliers.h"
#include "proof_rows.h"
#include "simplex.h"

/* The arguments; `ProofTask` of proof_tree.py. */
typedef struct {
    int64_t inputs, depth, limbs, small, domain_rows, members, bits, layer, first, decisions, length, full, closed;
    const int64_t *widths, *bent;
    const int32_t *numbers;
    const limb *weights, *scales;
    const int64_t *slopes;
    const limb *domain;            /* primitive rows */
    const uint8_t *domain_strict;
    const uint8_t *bit;            /* members x bits, sorted */
    const int32_t *decision;       /* layer, neuron, bit, position of each row of the path but the domain's */
} Task;

/* A row of the path, turned so that it is not negative. */
typedef struct {
    int32_t layer, neuron; /* of the domain: -1, the number */
    int32_t position;
    int8_t sign, strict;
    int32_t side;        /* of a box's side with the factor 1 or -1: the coordinate that it is a limit of; else -1 */
    int8_t sign_of_side; /* that factor */
} Slot;

/* Lines without their sums, and what has to be filled in: `Written` of proof_tree.py. */
typedef struct {
    char *text;
    int32_t *hole;
    int64_t length, room, holes, hole_room, excluded, reached, lines;
} Output;

typedef struct {
    const Task *task;
    Output *out;
    Layers net;
    Layer *layer;
    Slot *slot;
    double *row;          /* of each slot, turned */
    double *domain_row, *domain_logarithm;
    Limits limits;
    int32_t *side;        /* the slots of the lower limits of coordinates, then of the upper ones; -1 if there is none */
    int64_t most_slots;
    int32_t *member;      /* the members, permuted */
    int32_t *spare;       /* room for as many */
    Dictionary *frame;    /* one for each level of the recursion, made when needed */
    uint8_t *framed;
    Dictionary around;    /* a copy to walk about in */
    double *point, *other;
    int32_t *support;     /* slots */
    int32_t *order;       /* their columns in the matrix, or -1 */
    Matrix matrix;
    limb *values;
    int32_t *active;
    int failed;           /* no memory */
} Tree;

static const double *float_row(const Tree *t, int64_t layer, int64_t neuron) {
    const int64_t entries = t->task->inputs + 1;
    return layer < 0 ? t->domain_row + neuron * entries : t->layer[layer].doubles + neuron * entries;
}

static const limb *exact_row(const Tree *t, int64_t layer, int64_t neuron) {
    if (layer < 0) return t->task->domain + neuron * (t->task->inputs + 1) * t->task->limbs;
    return primitive_row(&t->net, &t->layer[layer], neuron);
}

static double row_logarithm(const Tree *t, int64_t layer, int64_t neuron) {
    return layer < 0 ? t->domain_logarithm[neuron] : t->layer[layer].logarithm[neuron];
}

/* The relation of a side is strict; it says y > 0 for bit 1, -y >= 0 for bit 0, but in the readings with two alike. */
static int side_is_strict(const Task *task, int bit) { return task->full || (bit && !task->closed); }

/* Room for more text. */
static int has_room(Tree *t, size_t more) {
    Output *out = t->out;
    if ((size_t)(out->room - out->length) >= more) return 1;
    const int64_t room = 2 * out->room + (int64_t)more;
    char *text = realloc(out->text, (size_t)room);
    if (!text) return !(t->failed = 1);
    out->text = text;
    out->room = room;
    return 1;
}

static char *put_text(char *end, const char *text) {
    const size_t size = strlen(text);
    memcpy(end, text, size);
    return end + size;
}

/* A line with a node; `kind` is the text before its numbers, `rest` that after them. */
static void put_node(Tree *t, const char *kind, int64_t layer, int64_t neuron, const char *rest) {
    if (!has_room(t, 96)) return;
    char *end = put_text(t->out->text + t->out->length, kind);
    end = put_small(end, (limb)layer + 1);
    *end++ = ',';
    end = put_small(end, (limb)t->net.numbers[t->layer[layer].first + neuron]);
    end = put_text(end, rest);
    *end++ = '\n';
    t->out->length = end - t->out->text;
    t->out->lines++;
}

static void put_split(Tree *t, int64_t layer, int64_t neuron) { put_node(t, "{\"split\":[", layer, neuron, "]"); }

static void put_zero(Tree *t, int64_t layer, int64_t neuron) { put_node(t, "{\"zero\":[", layer, neuron, "],\"by\":[]"); }

/*
 * An empty line that has to be filled in: its number, a member of its cell, the neuron whose bit is not the other one
 * (layer -1: a reached leaf), that bit, the length of the path, its rows but the domain's.
 */
static void put_hole(Tree *t, int64_t member, int64_t layer, int64_t neuron, int bit, int64_t length, int64_t slots) {
    Output *out = t->out;
    const int64_t domain = t->task->domain_rows, size = 7 + 4 * (slots - domain);
    if (!has_room(t, 1)) return;
    if (out->hole_room - out->holes < size) {
        const int64_t room = 2 * out->hole_room + size;
        int32_t *hole = realloc(out->hole, (size_t)room * sizeof *hole);
        if (!hole) {
            t->failed = 1;
            return;
        }
        out->hole = hole;
        out->hole_room = room;
    }
    int32_t *at = out->hole + out->holes;
    *at++ = (int32_t)out->lines;
    *at++ = (int32_t)member;
    *at++ = (int32_t)layer;
    *at++ = (int32_t)neuron;
    *at++ = bit;
    *at++ = (int32_t)length;
    *at++ = (int32_t)(slots - domain);
    for (int64_t s = domain; s < slots; s++) {
        *at++ = t->slot[s].layer;
        *at++ = t->slot[s].neuron;
        *at++ = t->slot[s].sign > 0;
        *at++ = t->slot[s].position;
    }
    out->holes += size;
    out->text[out->length++] = '\n';
    out->lines++;
}

#endif
